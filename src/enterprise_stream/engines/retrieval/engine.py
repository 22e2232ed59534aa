"""The embedded brain: retrieval over the business's knowledge file with a memory of the dialogue, and no more."""

import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from enterprise_stream.clock import MonotonicClock
from enterprise_stream.engines.retrieval.calls import Outcomes, call_for, person_told, result_of, waits_for
from enterprise_stream.engines.retrieval.dialogue import Dialogue
from enterprise_stream.engines.retrieval.embedder import CachedEmbedder, E5Embedder, Embedder, Vectors
from enterprise_stream.engines.retrieval.index import Index, query_text
from enterprise_stream.engines.retrieval.meaning import NOT_UNDERSTOOD, Asked, same_details, same_meaning
from enterprise_stream.engines.retrieval.state import DialogueState, Reply
from enterprise_stream.errors import CANNOT_GO_ON, EngineError
from enterprise_stream.thinking.knowledge import Knowledge, KnowledgeSource
from enterprise_stream.thinking.ports import AnswerEnd, AnswerPiece, AnswerText, Question
from enterprise_stream.workers import WorkerPool

VECTORS_KEPT = 256
"""Embedded questions that are remembered, 1.5 KB each: those of the guests who talk now."""

NAME = "retrieval"
"""What this brain is called wherever its name is shown."""


class RetrievalBrain:
    """A `LanguageModel` that says only what the knowledge file holds or what follows from it.

    Args:
        source: the knowledge file; a change takes effect at the next question.
        pool: runs the work, since an answer computes for tens of milliseconds.
        cache: `.npz` file that keeps the embedded knowledge for the next start, or None.
        embedder: turns texts into vectors; multilingual-e5-small by default.
        passages: embeds the knowledge file; `embedder` with `cache` by default.
    """

    name = NAME

    def __init__(
        self,
        source: KnowledgeSource,
        pool: WorkerPool,
        *,
        cache: Path | None = None,
        embedder: Embedder | None = None,
        passages: CachedEmbedder | None = None,
    ) -> None:
        self._source = source
        self._pool = pool
        self._embedder: Embedder = embedder or E5Embedder()
        self._passages = passages or CachedEmbedder(self._embedder, cache)
        self._vectors = lru_cache(VECTORS_KEPT)(self._embedded)
        self._index: Index | None = None

    def over(self, source: KnowledgeSource) -> "RetrievalBrain":
        """The same model over another knowledge file; what both files say is not embedded again."""
        return RetrievalBrain(source, self._pool, embedder=self._embedder, passages=self._passages.beside())

    async def warm_up(self) -> None:
        """Load the model and embed the knowledge file, so that the first guest does not wait for it.

        Raises:
            KnowledgeError: the knowledge file cannot be used.
            ModelError: the model's package is missing.
        """
        await self._pool.run("retrieval", self._ready)
        await self._pool.run("retrieval", lambda: self._embed("hola"))

    async def answer(self, question: Question) -> AsyncGenerator[AnswerPiece]:
        """Stream the answer clause by clause, then its end.

        Raises:
            EngineError: another brain has begun the answer.
            KnowledgeError: no version of the knowledge file could ever be used.
            ModelError: the model's package is missing.
            OverloadedError: too much work waits already.
        """
        before = question.memory if isinstance(question.memory, DialogueState) else DialogueState()
        reply = await self._pool.run(question.owner, lambda: self._think(question))
        call = call_for(question, before, reply)
        status = result_of(question, call) if call is not None else None
        if question.said and status is None:
            raise EngineError("The facts do not go on where another has begun.", code=CANNOT_GO_ON, retryable=False)
        outcomes = Outcomes(self._source.load(), question.language)
        if call is not None and status is not None:
            reply, call = outcomes.after(call, status, before, reply), None
        elif person_told(question):
            reply, call = outcomes.told(reply), None
        if call is None or not waits_for(call, reply):
            for piece in clauses(reply.text):
                yield AnswerText(piece)
        if call is not None:
            yield call
        answered = NOT_UNDERSTOOD.isdisjoint(reply.state.intents)
        yield AnswerEnd(reply.type, reply.state if call is None else question.memory, answered=answered)

    async def known(self, question: Question) -> str | None:
        """What the knowledge file itself says to this question; None where it takes more than its facts.

        Of use with any brain: it costs nothing, and the voice library was built from it. Raises what `answer` raises.
        """
        reply = await self._pool.run(question.owner, lambda: self._think(replace(question, memory=None)))
        facts = {fact.id for fact in self._ready().knowledge.facts}
        return reply.text if reply.state.intents and facts.issuperset(reply.state.intents) else None

    async def same_meaning(self, question: Question, text: str) -> bool:
        """Whether an answer to `question` also answers `text` in its place; raises what `answer` raises.

        Of use with any brain: what is compared is what the knowledge file has to say to both.
        """
        if self.differs(question, text):
            return False
        return await self._pool.run(question.owner, lambda: self.judge_meaning(question, text))

    def differs(self, question: Question, text: str) -> bool:
        """Whether the words alone show that `text` asks for something else; at once, without the model."""
        index = self._index
        return index is not None and not same_details(question.text, text, question.language, index)

    def judge_meaning(self, question: Question, text: str) -> bool:
        """The same, blocking for about 20 ms."""
        one = Asked(question.text, self._think(question))
        other = Asked(text, self._think(replace(question, text=text)))
        return same_meaning(one, other, question.language, self._ready())

    def index(self) -> Index:
        """The knowledge in use, ready to be searched; blocks while a changed file is embedded."""
        return self._ready()

    def vector(self, text: str) -> Vectors:
        """A question's embedding, shape (384,), read-only; blocks for about 16 ms where it was not asked before."""
        return self._embed(text)

    def _think(self, question: Question) -> Reply:
        index = self._ready()
        state = question.memory if isinstance(question.memory, DialogueState) else DialogueState()
        today = date.fromisoformat(question.today or MonotonicClock().today())
        return Dialogue(index, question.language, self._embed).reply(question.text, state, today)

    def _ready(self) -> Index:
        """The index of the knowledge in use; made anew when the file has changed."""
        knowledge: Knowledge = self._source.poll()
        index = self._index
        if index is None or index.knowledge is not knowledge:
            index = Index(knowledge, self._passages)
            self._index = index
        return index

    def _embed(self, text: str) -> Vectors:
        """The text's vector; read-only, since the same words are asked about again as a guest's words become final."""
        return self._vectors(query_text(text))

    def _embedded(self, text: str) -> Vectors:
        vector: Vectors = self._embedder([text])[0]
        vector.flags.writeable = False
        return vector


def clauses(text: str) -> list[str]:
    """A text in pieces that end where a speaker may pause; joined, they are the text."""
    return re.findall(r".+?(?:[,;:.?!]+(?:\s+|$)|$)", text, re.DOTALL)
