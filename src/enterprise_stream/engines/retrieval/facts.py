"""`Facts` by nearness of meaning, for brains that write their own answers."""

import re

from enterprise_stream.engines.retrieval.engine import RetrievalBrain
from enterprise_stream.engines.retrieval.evidence import fact_of
from enterprise_stream.engines.retrieval.hear import named_rightly
from enterprise_stream.engines.retrieval.text import MAX_CHARS, fold, with_digits
from enterprise_stream.errors import OverloadedError
from enterprise_stream.thinking.facts import MOST_FOUND, FoundFact, by_words, told
from enterprise_stream.thinking.knowledge import KnowledgeSource
from enterprise_stream.workers import WorkerPool

NEAR = 0.3
"""Centred cosine from which a fact is worth telling; one that is asked for has 0.42 and more (`evidence`)."""

SURE = 0.7
"""The same from which a fact is asked for, whatever else speaks against it."""


class RetrievalFacts:
    """Facts that lie near a question; computed on the pool, and found by their words where that has no room.

    Args:
        brain: holds the embedded file.
        source: the same file.
        pool: runs the work.
    """

    def __init__(self, brain: RetrievalBrain, source: KnowledgeSource, pool: WorkerPool) -> None:
        self._brain = brain
        self._source = source
        self._pool = pool

    def standing(self, language: str) -> tuple[FoundFact, ...]:  # noqa: ARG002 - the port's
        """None: what is near is enough."""
        return ()

    async def find(self, owner: str, text: str, language: str) -> tuple[FoundFact, ...]:
        """The facts nearest to each of the text's sentences."""
        try:
            return await self._pool.run(owner, lambda: self._near(text, language))
        except OverloadedError:
            return by_words(self._source.load(), text, language)

    def _near(self, text: str, language: str) -> tuple[FoundFact, ...]:
        scores: dict[str, float] = {}
        sure: set[str] = set()
        index = self._brain.index()
        for sentence in sentences(text):
            vector = self._brain.vector(sentence)
            for fact_id, score in index.near(vector).items():
                scores[fact_id] = max(score, scores.get(fact_id, NEAR))
                if score >= SURE:
                    sure.add(fact_id)
            words = named_rightly(with_digits(fold(sentence), language), index.knowledge)
            asked = fact_of(words, index.find(sentence, vector), index)
            if asked is not None:
                sure.add(asked.id)
        order = sorted(
            scores.keys() | sure, key=lambda fact_id: (fact_id in sure, scores.get(fact_id, 0)), reverse=True
        )
        facts = (fact for fact_id in order[:MOST_FOUND] if (fact := index.knowledge.fact(fact_id)) is not None)
        near = (fact for fact in facts if fact.id in sure or scores.get(fact.id, 0) > NEAR)
        return tuple(told(index.knowledge, fact, language, sure=fact.id in sure) for fact in near)


def sentences(text: str) -> list[str]:
    """The sentences of a guest's words, cut to what is looked at; one for words without an end."""
    return [part for part in re.split(r"(?<=[.?!])\s+", text[:MAX_CHARS].strip()) if part]
