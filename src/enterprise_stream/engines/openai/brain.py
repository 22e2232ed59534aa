"""The brain on OpenAI's chat completions, or on any server that speaks their protocol."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from functools import lru_cache
from typing import Self

import httpx2

from enterprise_stream.clock import Clock
from enterprise_stream.engines.openai.chat import Chat, Completed
from enterprise_stream.engines.openai.client import connect
from enterprise_stream.engines.openai.discretion import Discretion
from enterprise_stream.engines.openai.history import Memory, SummaryOrder, Window, summed_up, window
from enterprise_stream.engines.openai.models import Models
from enterprise_stream.engines.openai.overlap import Overlap
from enterprise_stream.engines.openai.prompt import late_part, request_for, stable_part, summary_request
from enterprise_stream.engines.openai.summaries import Summaries
from enterprise_stream.engines.openai.wording import wording
from enterprise_stream.purchases import Buy, nobody_counts
from enterprise_stream.thinking.facts import MOST_FOUND, Facts, FoundFact
from enterprise_stream.thinking.ignorance import admits_ignorance
from enterprise_stream.thinking.knowledge import KnowledgeSource
from enterprise_stream.thinking.ports import AnswerEnd, AnswerPiece, AnswerText, Question
from enterprise_stream.thinking.response_type import response_type
from enterprise_stream.thinking.tokens import count_tokens, load_tokens

SUMMARY_TOKENS = 200
"""Longest summary: 80 words, with room."""

LINES_COUNTED = 4_096
"""Texts whose tokens are remembered: the lines of the calls that go on now."""


class OpenAIBrain:
    """A `LanguageModel`; in use while it is entered.

    Args:
        key: of the vendor's; None for a server that needs none.
        base_url: of a server that speaks the protocol, `…/v1`; None is OpenAI.
        model: asked first.
        successors: asked in its place, in order, once the vendor says that it is gone.
        temperature: 0 to 2, for models that take one.
        max_tokens: longest answer.
        history_tokens: most that the conversation so far may take of a prompt; older lines are summed up.
        persona: who speaks.
        source: the knowledge file; whoever owns it looks for changes.
        facts: finds what a question asks for.
        clock: the date, where a question has none.
        buy: told of every request that is billed.
        transport: what carries requests instead of the network.
    """

    name = "openai"

    def __init__(
        self,
        key: str | None,
        *,
        source: KnowledgeSource,
        facts: Facts,
        clock: Clock,
        base_url: str | None = None,
        model: str = "gpt-4o-mini",
        successors: tuple[str, ...] = (),
        temperature: float = 0.4,
        max_tokens: int = 300,
        history_tokens: int = 1500,
        persona: str = "Sandra",
        buy: Buy = nobody_counts,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._source = source
        self._facts = facts
        self._clock = clock
        self._persona = persona
        self._max_tokens = max_tokens
        self._history_tokens = history_tokens
        self._client = connect(key, base_url, transport)
        self._chat = Chat(self._client, Models(model, successors, own_server=base_url is not None), temperature, buy)
        self._summaries = Summaries(self._summarise)
        self._tokens = lru_cache(LINES_COUNTED)(count_tokens)
        self._stack = AsyncExitStack()
        self._group: asyncio.TaskGroup | None = None

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(load_tokens)
        self._stack.push_async_callback(self._client.close)
        self._group = await self._stack.enter_async_context(asyncio.TaskGroup())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._summaries.stop()
        await self._stack.aclose()

    async def answer(self, question: Question) -> AsyncGenerator[AnswerPiece]:
        """Stream the answer as the model writes it; closing early closes the request at once.

        Raises:
            KnowledgeError: no version of the knowledge file could ever be used.
            VendorError: there is no answer, or it broke off.
        """
        found = await self._find(question)
        standing = self._facts.standing(question.language)
        memory, told = self._remembered(question)
        knowledge = self._source.load()
        stable = stable_part(knowledge, self._persona, question.language, standing)
        late = late_part(question, question.today or self._clock.today(), _not_among(found, standing))
        request = request_for(question, stable, late, told, self._max_tokens)
        results = (exchange.result for exchange in question.exchanges)
        guest = (question.text, *(line.text for line in question.history if line.role == "user"))
        discretion = Discretion(question.language, (stable, late, *results), guest)
        overlap, text = Overlap(question.said), ""
        async with aclosing(self._chat.stream(question.owner, request)) as pieces:
            async for piece in pieces:
                new = discretion.feed(overlap.flush() if isinstance(piece, Completed) else overlap.feed(piece))
                if isinstance(piece, Completed):
                    new += discretion.flush()
                    new += f"… {wording(question.language).declines}" if discretion.broken else ""
                if new or piece == "":
                    text += new
                    yield AnswerText(new)
                if isinstance(piece, Completed):
                    for call in piece.calls:
                        yield call
                    memory = self._sum_up(question, memory, told)
                    kind = response_type(question.text, found, text, knowledge)
                    answered = not admits_ignorance(text, question.language)
                    yield AnswerEnd(kind, memory, piece.usage, answered)

    async def _find(self, question: Question) -> tuple[FoundFact, ...]:
        """Facts that the guest's words ask for, then those of his words before, which a follow-up is about."""
        found = await self._facts.find(question.owner, question.text, question.language)
        before = next((line.text for line in reversed(question.history) if line.role == "user"), "")
        if len(found) < MOST_FOUND and before:
            earlier = await self._facts.find(question.owner, before, question.language)
            found += tuple(_aside(fact) for fact in _not_among(earlier, found))
        return found[:MOST_FOUND]

    def _remembered(self, question: Question) -> tuple[Memory, Window]:
        """What the last answer handed on, with the summary made since; and what of the conversation to tell."""
        memory = question.memory if isinstance(question.memory, Memory) and question.history else Memory()
        if memory.ordered and self._summaries.has(memory.order):
            memory = summed_up(memory, self._summaries.of(memory.order))
        elif memory.ordered and not self._summaries.waits(memory.order):
            memory = replace(memory, ordered="")
        return memory, window(memory, question.history, self._history_tokens, self._tokens)

    def _sum_up(self, question: Question, memory: Memory, told: Window) -> Memory:
        """Have older lines summed up before the next turn, where that is due; returns what to hand on."""
        if told.order is None or self._group is None:
            return memory
        self._summaries.ask(self._group, question.owner, told.order, question.language)
        return replace(memory, ordered=told.order.mark)

    async def _summarise(self, owner: str, order: SummaryOrder, language: str) -> str:
        request = summary_request(order.summary, order.lines, language, SUMMARY_TOKENS)
        async with aclosing(self._chat.stream(owner, request)) as pieces:
            return "".join([piece async for piece in pieces if isinstance(piece, str)]).strip()


def _not_among(facts: tuple[FoundFact, ...], others: tuple[FoundFact, ...]) -> tuple[FoundFact, ...]:
    known = {fact.id for fact in others}
    return tuple(fact for fact in facts if fact.id not in known)


def _aside(fact: FoundFact) -> FoundFact:
    """A fact that is told, though this question does not ask for it."""
    return FoundFact(fact.id, fact.type, fact.text)
