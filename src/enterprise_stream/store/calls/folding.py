"""Words as they are searched and compared: without capitals, accents and signs."""

import re
import unicodedata
from collections.abc import Iterable

from enterprise_stream.store.calls.rows import MOST_WORDS_CHARS

_WORD = re.compile(r"[^\W_]+")
_MARKS = re.compile(r"[\u0300-\u036f]+")


def folded(text: str) -> list[str]:
    """The words of a text: "¿Qué tal, Ana?" is `que`, `tal`, `ana`."""
    return _WORD.findall(_MARKS.sub("", unicodedata.normalize("NFD", text.casefold())))


def searchable(texts: Iterable[str]) -> str:
    """Each word of the texts once, in order, as far as there is room."""
    words = dict.fromkeys(word for text in texts for word in folded(text))
    joined = " ".join(words)
    return joined if len(joined) <= MOST_WORDS_CHARS else joined[:MOST_WORDS_CHARS].rsplit(" ", 1)[0]
