"""Whether an answer to some words also answers others: the same facts found, the same numbers, names and negation."""

import re
from collections import Counter
from dataclasses import dataclass

from enterprise_stream.engines.retrieval.index import Index, stem, subject_of
from enterprise_stream.engines.retrieval.state import Reply
from enterprise_stream.engines.retrieval.text import fold, with_digits

NOT_UNDERSTOOD = frozenset(("unknown", "not_understood"))
"""Intents of answers that found nothing: two of them have nothing in common."""

_NEGATION = re.compile(
    r"\b(?:no|ni|nunca|jam[aá]s|nada|nadie|ning[uú]n[oa]?|sin|tampoco|not|never|nobody|nothing|none|without|neither|nor|"
    r"cannot)\b|n['’]t\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SENTENCE = re.compile(r"[.!?…¿¡]+\s*")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was said and what the brain makes of it, state and all."""

    text: str
    reply: Reply


def same_meaning(one: Asked, other: Asked, language: str, index: Index) -> bool:
    """Whether an answer to `one` also answers `other`; in doubt it does not.

    Equal replies already hold the same facts, lodgings, dates and guests. A language model may make more of the words
    than the facts do, so numbers, negation, names and subjects that the facts do not know have to be the same as well.
    """
    if one.reply != other.reply or NOT_UNDERSTOOD & set(one.reply.state.intents):
        return False
    return same_details(one.text, other.text, language, index)


def same_details(one: str, other: str, language: str, index: Index) -> bool:
    """Whether two texts hold the same numbers, negation, names and strange subjects; costs half a ms and no model."""
    return _details(one, language, index) == _details(other, language, index)


def _details(text: str, language: str, index: Index) -> tuple[object, ...]:
    folded = fold(text)
    numbers = Counter(re.findall(r"\d+", with_digits(folded, language)))
    negation = len(_NEGATION.findall(text))
    strange = frozenset(stem(w) for w in subject_of(folded, index.lodging_words) if not index.knows(w))
    return numbers, negation, _names(text), strange


def _names(text: str) -> frozenset[str]:
    """Folded words that are capitalised though no sentence begins with them."""
    names = set()
    for sentence in _SENTENCE.split(text):
        names |= {fold(word) for word in _WORD.findall(sentence)[1:] if word[0].isupper() and word != "I"}
    return frozenset(names)
