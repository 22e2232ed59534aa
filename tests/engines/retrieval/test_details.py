"""What keeps two wordings apart although the facts found are the same: numbers, negation, names, strange subjects."""

from typing import cast

import pytest

from enterprise_stream.engines.retrieval.index import Index
from enterprise_stream.engines.retrieval.meaning import same_details

KNOWN = tuple("hab noch pisc admit perr cuest somos dos tres agost pool night dog take two four may".split())  # noqa: SIM905 - read as words


class _Knows:
    """An index that knows these words and no others."""

    lodging_words = frozenset({"turia", "casa"})

    def knows(self, word: str) -> bool:
        return word.startswith(KNOWN)


INDEX = cast("Index", _Knows())


def _same(one: str, other: str, language: str = "es") -> bool:
    return same_details(one, other, language, INDEX)


def test_other_words_for_the_same_are_the_same() -> None:
    assert _same("¿Hay piscina?", "¿Hay piscina, por favor?")
    assert _same("¿Hay piscina para dos noches?", "¿Hay piscina para 2 noches?")
    assert _same("Is there a pool?", "Is there a pool, please?", "en")


@pytest.mark.parametrize(
    ("kind", "language", "one", "other"),
    [
        ("number", "es", "¿Cuánto cuestan dos noches?", "¿Cuánto cuestan tres noches?"),
        ("number", "es", "¿Hay piscina en agosto a las 10?", "¿Hay piscina en agosto a las 11?"),
        ("number", "en", "How much are two nights?", "How much are four nights?"),
        ("negation", "es", "¿Admiten perros?", "¿No admiten perros?"),
        ("negation", "es", "¿Hay piscina con noches?", "¿Hay piscina sin noches?"),
        ("negation", "en", "Do you take dogs?", "Don't you take dogs?"),
        ("name", "es", "¿Hay piscina en casa?", "¿Hay piscina en Casa?"),
        ("name", "en", "Is there a pool in may?", "Is there a pool in May?"),
        ("subject", "es", "¿Hay piscina?", "¿Hay helicóptero?"),
    ],
)
def test_one_of_these_alone_keeps_them_apart(kind: str, language: str, one: str, other: str) -> None:
    assert not _same(one, other, language), kind
    assert not _same(other, one, language), kind
