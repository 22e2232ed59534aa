"""One WebSocket of Deepgram's: opened in the background, spoken into at any time, dropped without waiting."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

import structlog
from websockets.exceptions import WebSocketException

from enterprise_stream.engines.deepgram.failures import FAILURES, failure, failure_of
from enterprise_stream.engines.deepgram.sdk import Connect, Send, Socket, abort
from enterprise_stream.errors import VendorError

log = structlog.get_logger(__name__)

HANDSHAKE_S = 2.0
"""A socket that is not open by then is given up. Handshakes were seen to take 131 to 293 ms; the SDK waits for 10 s."""

GOODBYE_S = 1.0
"""What the peer has for its close once we have said that we leave."""

_CANCEL_AGAIN_S = 0.05


class Line:
    """A socket from before its opening to its end. What is sent before it is open waits.

    Args:
        connect: opens the socket.
        hear: told of each message, in order; raises `ValueError` for one that is no part of the protocol.
        lost: told once why the line is over, unless it was our wish.
        keep_alive: sent when nothing was sent for `keep_alive_s`; None sends nothing.
        keep_alive_s: see `keep_alive`.

    Attributes:
        open: whether it has been opened.
        over: whether nothing can be sent any more.
    """

    def __init__(
        self,
        connect: Connect,
        hear: Callable[[Any], None],
        lost: Callable[[VendorError], None],
        *,
        keep_alive: Send | None = None,
        keep_alive_s: float | None = None,
    ) -> None:
        self._connect = connect
        self._hear = hear
        self._lost = lost
        self._keep_alive = keep_alive
        self._keep_alive_s = keep_alive_s if keep_alive is not None else None
        self._outbox: deque[Send] = deque()
        self._more = asyncio.Event()
        self._timers: list[asyncio.TimerHandle] = []
        self._task: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()
        self.open = False
        self.over = False

    def start(self, group: asyncio.TaskGroup) -> None:
        """Begin to open it; `group` owns the work."""
        self._task = group.create_task(self._run())
        self._later(HANDSHAKE_S, self._slow)

    async def settled(self) -> bool:
        """Wait until it is open, or never will be; whether it can be spoken into."""
        await self._settled.wait()
        return self.open and not self.over

    def send(self, send: Send) -> None:
        """Send after all that was given before; never blocks. Nothing is sent once the line is over."""
        if not self.over:
            self._outbox.append(send)
            self._more.set()

    def hang_up(self, goodbye: Send) -> None:
        """Say goodbye and end, within `GOODBYE_S`; a line that is not open yet is dropped."""
        if self.over:
            return
        if not self.open:
            self.drop()
            return
        self.send(goodbye)
        self.over = True
        self._later(GOODBYE_S, self.drop)

    def drop(self) -> None:
        """End now."""
        self.over = True
        self._settled.set()
        self._outbox.clear()
        self._stop_timers()
        task = self._task
        if task is not None and not task.done():
            task.cancel()
            # A handshake that is cancelled waits 10 s for a peer that hangs, unless it is cancelled in that, too.
            asyncio.get_running_loop().call_later(_CANCEL_AGAIN_S, task.cancel)

    def lose(self, error: VendorError) -> None:
        """End now, and tell why."""
        if not self.over:
            self.drop()
            self._lost(error)

    def _slow(self) -> None:
        if not self.open:
            self.lose(failure("vendor_timeout"))

    async def _run(self) -> None:
        error: VendorError | None = None
        try:
            async with self._connect() as socket:
                try:
                    self.open = True
                    self._settled.set()
                    error = await self._converse(socket)
                finally:
                    abort(socket)
        except FAILURES as failed:
            error = error or failure_of(failed)  # a connection that was cut cannot be closed
        except Exception as failed:  # noqa: BLE001 - what the SDK did not foresee costs this line, not every session
            first = failed.exceptions[0] if isinstance(failed, ExceptionGroup) else failed
            log.error("deepgram_line_broke", error=type(first).__name__)
            error = error or failure("vendor_down")
        self._stop_timers()
        if not self.over:
            self.over = True
            self._lost(error)
        self._settled.set()

    async def _converse(self, socket: Socket) -> VendorError:
        """Send and listen until the end, and tell why it came."""
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(self._send_all(socket))
            error = await self._listen(socket)
            sending.cancel()
        return error

    async def _listen(self, socket: Socket) -> VendorError:
        try:
            while True:
                message = await socket.recv()
                if message is not None:  # None stands for a kind of message that the SDK does not know
                    self._hear(message)
        except FAILURES as failed:
            return failure_of(failed)

    async def _send_all(self, socket: Socket) -> None:
        try:
            while True:
                while self._outbox:
                    await self._outbox.popleft()(socket)
                self._more.clear()
                if not await self._wait_for_more() and self._keep_alive is not None:
                    await self._keep_alive(socket)
        except (WebSocketException, OSError):
            return  # who listens sees the end too, and tells of it

    async def _wait_for_more(self) -> bool:
        """Wait until something is to be sent, or the line has been silent for long."""
        try:
            async with asyncio.timeout(self._keep_alive_s):
                return await self._more.wait()
        except TimeoutError:
            return False

    def _later(self, seconds: float, call: Callable[[], None]) -> None:
        self._timers.append(asyncio.get_running_loop().call_later(seconds, call))

    def _stop_timers(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
