"""What is said in order, each message not before its time."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from enterprise_stream.testing.emulators.exchange import SocketExchange
from enterprise_stream.testing.emulators.timing import Timing

MOST: Final = 1000
"""Messages that wait at most; then who makes them waits, and with him the reading of what the client sends."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    message: Mapping[str, Any]
    due_ms: float
    piece: bool
    first: bool


class Outbox:
    """Messages on their way out; `run` says them."""

    def __init__(self, exchange: SocketExchange, timing: Timing) -> None:
        self._exchange = exchange
        self._timing = timing
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue(MOST)

    async def put(
        self, message: Mapping[str, Any], *, after_ms: float = 0.0, piece: bool = False, first: bool = False
    ) -> None:
        """Have a message said.

        Args:
            message: JSON.
            after_ms: not before so much has passed; what was put before it comes first all the same.
            piece: it belongs to an answer, so that faults may strike.
            first: another answer begins with it.
        """
        await self._queue.put(_Waiting(message, self._timing.now_ms() + after_ms, piece, first))

    async def run(self) -> None:
        """Say what is put, for ever."""
        while True:
            waiting = await self._queue.get()
            early_ms = waiting.due_ms - self._timing.now_ms()
            if early_ms > 0:
                await self._timing.wait(early_ms)
            if waiting.first:
                self._exchange.new_answer()
            if waiting.piece:
                await self._exchange.say(waiting.message)
            else:
                await self._exchange.tell(waiting.message)
            self._queue.task_done()

    async def said(self) -> None:
        """Return once all that was put has been said."""
        await self._queue.join()
