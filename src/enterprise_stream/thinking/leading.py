"""The first words of an answer, as far as they can be said before their clause is whole."""

import re

_PLAIN = re.compile(r"[\s¿¡]*(?:[^\W\d_]+(?:['’-][^\W\d_]+)*,?\s+)*")
"""Whole words of letters only: how they are read does not depend on what follows, as "12" before "€" or "Sr." would."""


def plain_words(text: str) -> str:
    """The beginning of `text` that a voice may already say: its plain words, each with the blank after it."""
    found = _PLAIN.match(text)
    return found[0] if found is not None and found[0].strip() else ""
