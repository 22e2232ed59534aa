"""What a brain looks up in the business's file for one question: a port, and the look-up that needs no model."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from enterprise_stream.thinking.knowledge import Fact, Knowledge, KnowledgeSource
from enterprise_stream.thinking.ports import ResponseType

MOST_FOUND = 4
"""Facts that one look-up brings at most: an answer of two sentences holds no more."""

WHOLE_FILE_CHARS = 12_000
"""A file whose answers are no longer than this, about 3000 tokens, is told to a brain as a whole."""

_LEAST_SHARED = 2
"""Words that a question and one of the owner's phrasings have in common for a fact to be found by them."""


@dataclass(frozen=True, slots=True)
class FoundFact:
    """A fact as a brain is told it.

    Attributes:
        text: a question for it, its answer and what follows it, in the language that was asked for, or else in one
            that it has.
        sure: the question asks for just this; otherwise it is only near.
    """

    id: str
    type: ResponseType
    text: str
    sure: bool = False


class Facts(Protocol):
    """The business's facts, shared by all sessions."""

    def standing(self, language: str) -> tuple[FoundFact, ...]:
        """Facts that every question comes with; the same ones until the file changes."""
        ...

    async def find(self, owner: str, text: str, language: str) -> tuple[FoundFact, ...]:
        """Facts that `text` may ask for, best first, at most `MOST_FOUND`; none where nothing is near.

        Args:
            owner: session that the work is done for.
            text: a guest's words.
            language: ISO 639-1 code to tell the facts in.

        Raises:
            KnowledgeError: no version of the knowledge file could ever be used.
        """
        ...


class WrittenFacts:
    """`Facts` by the words that stand in the file: all of a small file, and of a large one what shares words.

    Args:
        source: the knowledge file; whoever owns it looks for changes.
    """

    def __init__(self, source: KnowledgeSource) -> None:
        self._source = source

    def standing(self, language: str) -> tuple[FoundFact, ...]:
        """The whole file, where it is small."""
        facts = tuple(told(self._source.load(), fact, language) for fact in self._source.load().facts)
        return facts if sum(len(fact.text) for fact in facts) <= WHOLE_FILE_CHARS else ()

    async def find(self, owner: str, text: str, language: str) -> tuple[FoundFact, ...]:  # noqa: ARG002 - the port's
        """Facts that share words with `text`."""
        return by_words(self._source.load(), text, language)


def told(knowledge: Knowledge, fact: Fact, language: str, *, sure: bool = False) -> FoundFact:
    """A fact with its question and what follows it, as one text: an answer alone ("Sí, una.") does not say of what."""
    answers = [fact.answer, *(follow_up.answer for follow_up in fact.follow_ups)]
    texts = [answer.get(language) or next(iter(answer.values()), "") for answer in answers]
    phrasings = fact.ask.get(language) or next(iter(fact.ask.values()), ())
    texts = [*(_closed(phrasing) for phrasing in phrasings[:1]), *texts]
    return FoundFact(fact.id, fact.type, knowledge.fill(" ".join(texts)), sure)


def _closed(phrasing: str) -> str:
    """A phrasing that ends like a sentence, so that the answer behind it is another one."""
    return phrasing if phrasing.rstrip().endswith((".", "?", "!", "…")) else f"{phrasing.rstrip()}."


def by_words(knowledge: Knowledge, text: str, language: str) -> tuple[FoundFact, ...]:
    """Facts that a text's words give away (sure), then those whose phrasings share words with it."""
    said = plain(text)
    words = set(said.split())
    given_away = {fact.id: length for fact in knowledge.facts if (length := _longest_listed(said, fact))}
    shared = {fact.id: len(words & _asked_words(fact)) for fact in knowledge.facts}
    found = [fact for fact in knowledge.facts if fact.id in given_away or shared[fact.id] >= _LEAST_SHARED]
    found.sort(key=lambda fact: (given_away.get(fact.id, 0), shared[fact.id]), reverse=True)
    return tuple(told(knowledge, fact, language, sure=fact.id in given_away) for fact in found[:MOST_FOUND])


def plain(text: str) -> str:
    """A text's words in lower case without accents and marks, joined by single blanks."""
    letters = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", letters))


def _longest_listed(said: str, fact: Fact) -> int:
    """Length in words of the longest of the fact's own words that was said; 0 for none."""
    listed = (plain(word) for words in fact.words.values() for word in words)
    return max((word.count(" ") + 1 for word in listed if word and f" {word} " in f" {said} "), default=0)


def _asked_words(fact: Fact) -> set[str]:
    phrasings: Iterable[str] = (way for ways in fact.ask.values() for way in ways)
    return {word for way in phrasings for word in plain(way).split() if len(word) > 3}
