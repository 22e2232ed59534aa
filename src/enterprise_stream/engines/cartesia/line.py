"""The socket to Cartesia: one for all sessions, with a context for each clause, open while it is used.

The SDK opens, writes and parses it. The SDK's own context helpers are not used: when the socket breaks, or a message
cannot be read, they leave who listens waiting for ever.
"""

import asyncio
import base64
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import structlog
from cartesia import AsyncCartesia

from enterprise_stream.engines.cartesia.failures import failure, failure_of, failure_of_event
from enterprise_stream.engines.socket_failures import SOCKET_FAILURES
from enterprise_stream.engines.sounding import Sounding
from enterprise_stream.errors import VendorError
from enterprise_stream.speaking.told_words import Mark, Sounded

log = structlog.get_logger(__name__)

HANDSHAKE_S = 2.0
"""A socket that is not open by then is given up; 130 to 300 ms are usual."""

IDLE_S = 60.0
"""A socket on which nothing happens is closed after this. The vendor keeps it for 5 minutes."""

_MESSAGE_BYTES = 4 << 20


class Line:
    """A socket from before its opening to its end, with the clauses that are said over it.

    Args:
        client: the SDK's.

    Attributes:
        over: nothing can be said through it any more.
        heard_at: when anything came last, in s of the loop's time.
    """

    def __init__(self, client: AsyncCartesia) -> None:
        self.over = False
        self.heard_at = 0.0
        self._manager = client.tts.websocket_connect(
            websocket_connection_options={"compression": None, "max_size": _MESSAGE_BYTES}
        )
        self._contexts: dict[str, Sounding] = {}
        self._connection: Any = None
        self._settled = asyncio.Event()
        self._idle: asyncio.Timeout | None = None
        self._error: VendorError | None = None

    # --- its life -----------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Open the socket, and hear it until it is idle or breaks."""
        try:
            async with asyncio.timeout(HANDSHAKE_S):
                self._connection = await self._manager.enter()
            self._settled.set()
            with suppress(TimeoutError):
                await self._hear()
        except (VendorError, *SOCKET_FAILURES) as error:
            self._error = failure_of(error)
            log.info("voice_not_ready", engine="cartesia", code=self._error.code)
        finally:
            self._end()

    async def _hear(self) -> None:
        async with asyncio.timeout(IDLE_S) as self._idle:
            while True:
                message = await self._connection.recv_bytes()
                self.heard_at = asyncio.get_running_loop().time()
                self.use()
                self._dispatch(self._connection.parse_event(message))

    def _end(self) -> None:
        self.over = True
        self._error = self._error or failure("vendor_down")
        self._settled.set()
        for sounding in self._contexts.values():
            sounding.fail(self._error)
        self._contexts.clear()
        if self._connection is not None:
            self._connection._connection.transport.abort()  # noqa: SLF001 (the SDK's close waits for the peer)

    # --- for those who speak ------------------------------------------------------------------------------------

    @property
    def quiet(self) -> bool:
        """Whether nobody is speaking through it."""
        return not self._contexts

    def use(self) -> None:
        """Something happens on it, or is about to."""
        if self._idle is not None and not self.over:
            self._idle.reschedule(asyncio.get_running_loop().time() + IDLE_S)

    async def opened(self) -> None:
        """Wait until it is open.

        Raises:
            VendorError: it will not be.
        """
        await self._settled.wait()
        if self._error is not None:
            raise self._error

    def listen(self, context: str, sounding: Sounding) -> None:
        """What comes for a context goes to `sounding`, until it ends."""
        self._contexts[context] = sounding

    def forget(self, context: str) -> bool:
        """Nobody listens any more; returns whether the context was still open."""
        return self._contexts.pop(context, None) is not None

    async def send(self, event: Mapping[str, Any]) -> None:
        """Send a request.

        Raises:
            WebSocketException: the socket broke.
        """
        self.use()
        await self._connection.send(event)

    # --- what comes ---------------------------------------------------------------------------------------------

    def _dispatch(self, event: Any) -> None:
        context = getattr(event, "context_id", None)
        kind = getattr(event, "type", None)
        if kind == "error" and context is None:
            raise failure_of_event(event)
        if not isinstance(context, str) or (sounding := self._contexts.get(context)) is None:
            return  # of a clause that was cancelled
        if kind == "chunk":
            sounding.put(Sounded(_pcm(event)))
        elif kind == "timestamps":
            sounding.put(Sounded(marks=_marks(event.word_timestamps)))
        elif kind == "error":
            self.forget(context)
            sounding.fail(failure_of_event(event))
        elif kind == "done":
            self.forget(context)
            sounding.end()


def _pcm(event: Any) -> bytes:
    """A chunk's sound; the SDK takes an event for a chunk by its type alone, whatever it holds."""
    data = getattr(event, "data", None)
    if not isinstance(data, str):
        raise failure("vendor_garbled")
    return base64.b64decode(data, validate=True)


def _marks(told: Any) -> tuple[Mark, ...]:
    """Words' places, which the vendor tells in seconds from the context's first sound."""
    try:
        words = zip(told.words, told.start, told.end, strict=True)
        return tuple(Mark(word, start * 1000, end * 1000) for word, start, end in words)
    except (AttributeError, TypeError, ValueError) as error:
        raise failure("vendor_garbled") from error
