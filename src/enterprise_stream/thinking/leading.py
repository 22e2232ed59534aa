"""The first words of an answer, as far as they can be said before their clause is whole."""

import re

_WORD = re.compile(r"[\s¿¡]*([^\W\d_]+(?:['’-][^\W\d_]+)*),?\s+")
_DEPENDS = re.compile(
    r".{1,3}|jan.*|feb.*|march|april|june|july|aug.*|sept.*|oct.*|nov.*|dec.*|enero|marzo|abril|mayo|junio|julio",
    re.IGNORECASE,
)
"""Words that are read together with what follows: short ones ("las 10:30", "la 1", "Sr."), and months ("June 5")."""


def plain_words(text: str) -> str:
    """The beginning of `text` that a voice may already say: whole words of letters, each with its blank.

    A word that may be read together with what follows waits until that is such a word too.
    """
    said, end = 0, 0
    while (word := _WORD.match(text, end)) is not None:
        if said < end:  # the word before waits no more
            said = end
        end = word.end()
        if _DEPENDS.fullmatch(word[1]) is None:
            said = end
    return text[:said]
