"""A connection's hold on a session: one at a time writes to a guest, and any may be let go of at any moment."""

import asyncio
from dataclasses import dataclass
from typing import Final

from starlette.websockets import WebSocketDisconnect

from enterprise_stream.server.closing import ClosedByUsError
from enterprise_stream.server.limits import Limit
from enterprise_stream.server.line import Line
from enterprise_stream.wire import messages as wire
from enterprise_stream.wire.codes import CloseCode

PONG_WITHIN_S: Final = 2.0
"""How long a client that is there may take to answer a ping, in seconds: poor mobile networks take one."""


@dataclass(frozen=True, slots=True)
class Resumption:
    """What a client that comes back has.

    Attributes:
        last_seq: number of the last message that it got.
        played: up to where it has the sound of an answer, and goes on playing; None has nothing.
    """

    last_seq: int
    played: wire.Played | None


class Attachment:
    """The way from a session to one connection.

    Args:
        line: the connection's socket.
        resumption: what its client has; None for the connection that the session began with.
    """

    def __init__(self, line: Line, resumption: Resumption | None = None) -> None:
        self.resumption = resumption
        self._line = line
        self._verdict: ClosedByUsError | None = None
        self._over = asyncio.Event()
        self._welcomed = asyncio.Event()
        self._sending: asyncio.Timeout | None = None

    @property
    def over(self) -> bool:
        """Whether nothing goes out on it any more."""
        return self._over.is_set()

    @property
    def welcomed(self) -> bool:
        """Whether its client has been sent `ready`, or all that it missed, and with it its token."""
        return self._welcomed.is_set()

    def welcome(self) -> None:
        """It has."""
        self._welcomed.set()

    async def until_welcomed(self) -> None:
        """Wait until then, or until the connection is over."""
        await self._welcomed.wait()

    def end(self, verdict: ClosedByUsError | None = None) -> None:
        """Let go of the connection, which closes as the verdict says; a frame that waits for its network is dropped."""
        if self.over:
            return
        self._verdict = verdict
        self._over.set()
        self._welcomed.set()
        if self._sending is not None:
            self._sending.reschedule(0)

    async def until_over(self) -> None:
        """Wait until the session lets go of the connection.

        Raises:
            ClosedByUsError: how it is to be closed.
        """
        await self._over.wait()
        if self._verdict is not None:
            raise self._verdict

    async def answers(self) -> bool:
        """Whether its client is still there."""
        return not self.over and await self._line.answers(PONG_WITHIN_S)

    async def send(self, data: str | bytes) -> None:
        """Send a frame, unless the connection is over; one that the client does not take for too long ends it."""
        if self.over:
            return
        try:
            await self._send(data)
        except WebSocketDisconnect:
            self.end()
        except TimeoutError:
            self.end(
                ClosedByUsError(
                    CloseCode.POLICY,
                    "the client does not read what it is sent; read on while audio comes",
                    Limit.SLOW_READER,
                )
            )

    async def _send(self, data: str | bytes) -> None:
        try:
            async with asyncio.timeout(None) as self._sending:
                await self._line.send(data)
        finally:
            self._sending = None
