"""Which clauses may be about one guest: those are never kept.

She says names and numbers back ("a nombre de Marta Ruiz"). The call is promised to be kept only while it lasts, so a
clause is kept only when it holds nothing that could be a guest's own.
"""

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?…:]\s+)[\W_]*$")
_LONG_NUMBER = re.compile(r"\d(?:[\s().-]?\d){5,}")
_CALLED = re.compile(r"\s*[,.!?…]|\s*$")
_COMMON = frozenset(
    """
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre lunes martes miércoles
    jueves viernes sábado domingo january february march april may june july august september october november
    december monday tuesday wednesday thursday friday saturday sunday i i'm i'll i've i'd english spanish sí no
    claro perfecto gracias perdone perdón disculpe hola bien vale buenas buenos dígame entendido encantada adiós
    yes well sure thanks sorry hello hi good great perfect certainly right okay goodbye
    """.split()  # noqa: SIM905 - read as words
)


class Discretion:
    """Tells the clauses that may hold a guest's name, address or number.

    Args:
        public: texts that are the business's own: words with a capital, and numbers, that occur in them are public.
    """

    def __init__(self, public: Iterable[str]) -> None:
        texts = list(public)
        self._words = _COMMON | {word.lower() for text in texts for word in _WORD.findall(text)}
        self._numbers = {_digits(number) for text in texts for number in _LONG_NUMBER.findall(text)}

    def __call__(self, text: str) -> bool:
        """Whether `text` may be about one guest."""
        if "@" in text or any(_digits(number) not in self._numbers for number in _LONG_NUMBER.findall(text)):
            return True
        return any(self._named(text, match) for match in _WORD.finditer(text))

    def _named(self, text: str, match: re.Match[str]) -> bool:
        """Whether a word looks like a name: a capital inside a sentence, or a first word that stands alone."""
        word = match[0]
        if not word[0].isupper() or word.lower() in self._words:
            return False
        if _SENTENCE_START.search(text, 0, match.start()) is None:
            return True
        return _CALLED.match(text, match.end()) is not None


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)
