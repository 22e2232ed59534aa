"""An answer made in rounds: the brain calls tools, is told what came of it, and goes on until it has said it all."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from enterprise_stream.errors import EngineError, ToolError
from enterprise_stream.session.deadline import each_within
from enterprise_stream.session.tool_desk import Running, ToolDesk, failure
from enterprise_stream.thinking.fillers import FILLERS
from enterprise_stream.thinking.ports import (
    AnswerEnd,
    AnswerPiece,
    AnswerText,
    LanguageModel,
    Question,
    ToolCall,
    ToolExchange,
    Usage,
)

TEXT_DEADLINE_S = 30.0
"""How long the brain may take for its next piece."""

MAX_ROUNDS = 4
"""Times that a brain may call tools in one turn; then it is asked once more, without any."""

MAX_CALLS = 4
"""Calls of one round that are run; the brain is told of those that are not."""

LONG_MS = 600.0
"""A tool that usually takes this long is covered at once: with what follows, its silence would be noticed."""

PATIENCE_S = 0.7
"""How long any other may take before it is covered."""

NEXT_WORD_S = 6.0
"""From one sentence that covers a wait to the next."""


class ToolRounds:
    """A brain with tools, for one turn; asked like any other brain, and calls no tool before its answer is let out.

    Args:
        brain: thinks.
        desk: takes the calls.
        turn: the turn's number.
        released: set once the answer may be heard.
    """

    def __init__(self, brain: LanguageModel, desk: ToolDesk, turn: int, released: asyncio.Event) -> None:
        self._brain = brain
        self._desk = desk
        self._turn = turn
        self._released = released
        self._exchanges: list[ToolExchange] = []
        self._calls: list[ToolCall] = []
        self._asked_for: ToolCall | None = None
        self._usage = Usage()
        self._said = ""
        self._apart = False
        self._ran = False
        self._knew = True
        self._covered = 0

    async def answer(self, question: Question) -> AsyncGenerator[AnswerPiece]:
        """The text of all rounds, then one end; raises what the brain raises.

        Raises:
            EngineError: the brain took too long, or called tools and never spoke.
        """
        self._exchanges += self._desk.carried(self._turn, question.text, question.language)
        self._asked_for = self._desk.requested(question.text, question.language)
        if self._asked_for is not None:
            self._calls.append(self._asked_for)
        rounds = MAX_ROUNDS
        while True:
            async with aclosing(self._run_calls(question.language)) as words:
                async for text in words:
                    yield text
            end: AnswerEnd | None = None
            async with aclosing(self._ask(question, may_call=rounds > 0)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, AnswerEnd):
                        end = piece
                    else:
                        yield piece
            if end is not None:
                yield end
                return
            rounds -= 1

    async def _ask(self, question: Question, *, may_call: bool) -> AsyncGenerator[AnswerText | AnswerEnd]:
        """One round's text; then the end, or calls that are to be run."""
        asked = replace(
            question,
            tools=self._desk.offered if may_call else (),
            exchanges=tuple(self._exchanges),
            said=question.said + self._said,
        )
        self._apart = True
        async with aclosing(self._brain.answer(asked)) as pieces:
            async for piece in each_within(pieces, TEXT_DEADLINE_S, "brain"):
                match piece:
                    case AnswerText(text=text):
                        yield self._say(text)
                    case ToolCall() if may_call:
                        self._calls.append(piece)
                    case AnswerEnd(usage=usage):
                        self._usage = _sum(self._usage, usage)
                        if not self._calls:
                            yield self._end(piece)

    def _end(self, end: AnswerEnd) -> AnswerEnd:
        if self._ran and not self._said.strip():
            raise EngineError("The brain called tools and then said nothing.")
        return replace(end, usage=self._usage, answered=end.answered and self._knew)

    def _say(self, text: str) -> AnswerText:
        """A piece of text, with a blank between it and what another round has said."""
        if self._apart and self._said and not self._said[-1].isspace() and not text[:1].isspace():
            text = f" {text}"
        self._apart = False
        self._said += text
        return AnswerText(text)

    async def _run_calls(self, language: str) -> AsyncGenerator[AnswerText]:
        """Run what was called, one after the other; yields the words that cover a wait."""
        calls, self._calls = self._calls, []
        if calls:
            self._ran = True
            await self._released.wait()
        for call in calls[:MAX_CALLS]:
            work = await self._desk.begin(call, self._turn, language)
            if isinstance(work, str):
                self._exchanges.append(ToolExchange(call, work))
                continue
            if work.tool.passes_on and self._asked_for is None:
                self._knew = False
            try:
                async with aclosing(self._cover(work, FILLERS.get(language, ()))) as words:
                    async for text in words:
                        yield text
                self._exchanges.append(ToolExchange(call, _result(work)))
            finally:
                self._desk.leave(work)
        for call in calls[MAX_CALLS:]:
            refused = ToolError("Too many calls at once; this one was not run.")
            self._exchanges.append(ToolExchange(call, failure(refused)))

    async def _cover(self, work: Running, fillers: tuple[str, ...]) -> AsyncGenerator[AnswerText]:
        """Words to say until a call is done."""
        at_once = work.tool.usual_ms >= LONG_MS and not self._said
        wait_s = 0.0 if at_once else NEXT_WORD_S if self._covered else PATIENCE_S
        while not (await asyncio.wait({work.task}, timeout=wait_s))[0]:
            wait_s = NEXT_WORD_S
            if self._covered < len(fillers):
                self._apart = True
                yield self._say(f"{fillers[self._covered]} ")
                self._covered += 1


def _result(work: Running) -> str:
    if work.task.cancelled():
        return failure(ToolError("It was stopped.", code="tool_unavailable"))
    return work.task.result()


def _sum(one: Usage, other: Usage) -> Usage:
    return Usage(
        one.input_tokens + other.input_tokens,
        one.cached_tokens + other.cached_tokens,
        one.output_tokens + other.output_tokens,
    )
