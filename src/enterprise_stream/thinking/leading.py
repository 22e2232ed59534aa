"""The first words of an answer, as far as they can be said before their clause is whole."""

import re

_WORD = r"[^\W\d_]+(?:['’-][^\W\d_]+)*,?\s+"
_PLAIN = re.compile(rf"[\s¿¡]*(?:{_WORD}(?={_WORD}))*")
"""Whole words of letters before another such word: what follows does not change how they are read, as "10:30" after
"las", "1" after "May" and "€" after "12" do."""


def plain_words(text: str) -> str:
    """The beginning of `text` that a voice may already say: its plain words but the last, each with its blank."""
    found = _PLAIN.match(text)
    return found[0] if found is not None and found[0].strip() else ""
