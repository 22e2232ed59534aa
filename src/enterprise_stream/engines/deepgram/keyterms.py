"""Words of the business that a recogniser is told to expect, within what the service takes."""

from collections.abc import Iterable

MOST_TERMS = 100
"""Flux takes no more; many more than that also make a recogniser hear them where they are not."""

MOST_TOKENS = 450
"""Of all terms together; the service counts 500 by its own tokeniser and refuses the socket beyond that."""

_CHARS_PER_TOKEN = 3
_KEYWORD_LETTERS = 4


def key_terms(terms: Iterable[str]) -> list[str]:
    """The first of `terms`, each once, that fit."""
    kept: list[str] = []
    tokens = 0
    for term in dict.fromkeys(" ".join(term.split()) for term in terms):
        tokens += -(-len(term) // _CHARS_PER_TOKEN) + 1
        if len(kept) == MOST_TERMS or tokens > MOST_TOKENS:
            break
        if term:
            kept.append(term)
    return kept


def keywords(terms: Iterable[str]) -> list[str]:
    """The same for nova-2, which knows single words only; short ones are left out, since they are heard everywhere."""
    return key_terms(word for term in terms for word in term.split() if len(word) >= _KEYWORD_LETTERS)
