"""The voice's sockets, a bounded number for all sessions: open when an answer is likely, closed when none comes."""

import asyncio

from enterprise_stream.clock import Clock
from enterprise_stream.engines.deepgram.failures import NotServedError
from enterprise_stream.engines.deepgram.sdk import Connect
from enterprise_stream.engines.deepgram.voice_socket import VoiceSocket
from enterprise_stream.errors import EngineError, VendorError
from enterprise_stream.ladder.breaker import Breaker, BreakerPolicy

SOCKETS = 8
"""Sockets at most. An account was given 15 at once; the rest is for other servers and for requests without a socket."""

ACCOUNT = 15
"""Sockets at most where there are no requests to go by."""

NOT_SERVED = BreakerPolicy(failures=2, window_ms=600_000.0, open_ms=60_000.0, longest_ms=960_000.0)
"""Two sockets that are refused as things that the server does not have, and none opened between: clauses go by requests
for a minute, then one socket is tried. Each further refusal doubles that, up to 16 minutes."""

ENDLESS = 2
"""Clauses that sounded and then stopped without an end, before any had one: the server does not tell where a clause
ends on a socket. The next are asked for by requests, whose end cannot be missed."""

BY_REQUESTS_MS = 600_000.0
"""How long that is done before sockets are tried again; and how long it is not, once a request was refused as something
that the server does not have. Then quiet ends a clause on a socket."""


class VoicePool:
    """Sockets that are shared by all sessions. Who gets none asks by a request.

    Args:
        connect: opens one.
        clock: for what the service allows in a minute.
        most: how many there may be.
    """

    def __init__(self, connect: Connect, clock: Clock, most: int = SOCKETS) -> None:
        self._connect = connect
        self._clock = clock
        self._most = most
        self._sockets: list[VoiceSocket] = []
        self._expecting: set[str] = set()
        self._endless: int | None = 0  # None once an end was told
        self._sockets_served = Breaker(NOT_SERVED)
        self._requests_from_ms = self._requests_until_ms = 0.0
        self._group: asyncio.TaskGroup | None = None

    def begin(self, group: asyncio.TaskGroup) -> None:
        """Sockets may be opened; `group` owns their work."""
        self._group = group

    def end(self) -> None:
        """Close all, now."""
        self._group = None
        for socket in list(self._sockets):
            socket.drop()

    def expect(self, owner: str) -> None:
        """A session is about to speak: have a free socket for each that is, as far as there may be so many."""
        self._expecting.add(owner)
        free = sum(socket.free for socket in self._sockets)
        for _ in range(min(len(self._expecting) - free, self._most - len(self._sockets))):
            self._open()

    def forget(self, owner: str) -> None:
        """The session has gone."""
        self._expecting.discard(owner)

    @property
    def tells_ends(self) -> bool:
        """Whether the service has said where a clause ends."""
        return self._endless is None

    async def take(self, owner: str, chars: int) -> VoiceSocket | None:
        """An open socket that may say a clause of so many characters, None when a request is to be made.

        Raises:
            VendorError: it could not be opened.
        """
        self._expecting.discard(owner)
        if self._by_requests():
            return None
        socket = self._free(chars) or self._open()
        if socket is None:
            return None
        socket.taken = True
        try:
            await socket.open()
        except VendorError as error:
            if isinstance(error, NotServedError) or error.code == "vendor_limited":
                return None  # requests may be served, and have limits of their own
            raise
        except asyncio.CancelledError:
            socket.taken = False
            raise
        return socket

    async def instead(self, owner: str, chars: int, refused: NotServedError) -> VoiceSocket:
        """A socket in the place of a request that was refused as something that the server does not have.

        Raises:
            VendorError: there is none either.
        """
        self._requests_from_ms = self._clock.now_ms() + BY_REQUESTS_MS
        socket = await self.take(owner, chars)
        if socket is None:
            raise refused
        return socket

    def _by_requests(self) -> bool:
        return self._requests_from_ms <= self._clock.now_ms() < self._requests_until_ms

    def _free(self, chars: int) -> VoiceSocket | None:
        for socket in [socket for socket in self._sockets if socket.free and socket.old]:
            socket.leave()
        able = [socket for socket in self._sockets if socket.free and socket.may_say(chars)]
        return min(able, key=lambda socket: not socket.ready, default=None)

    def _open(self) -> VoiceSocket | None:
        if self._group is None or len(self._sockets) >= self._room() or not self._may_try():
            return None
        socket = VoiceSocket(self._connect, self._clock, self._forget, self._learn)
        self._sockets.append(socket)
        socket.start(self._group)
        return socket

    def _room(self) -> int:
        without_requests = self._clock.now_ms() < self._requests_from_ms
        return max(self._most, ACCOUNT) if without_requests else self._most

    def _may_try(self) -> bool:
        if self._by_requests():
            return False
        if any(socket.ready for socket in self._sockets):
            self._sockets_served.succeeded()
        return self._sockets_served.admit(self._clock.now_ms())

    def _learn(self, ended: bool) -> None:
        """A clause that had sounded was told to be over, or nothing more came of it."""
        if ended:
            self._endless = None
        elif self._endless is not None:
            self._endless += 1
            if self._endless == ENDLESS:
                self._endless = 0
                self._requests_until_ms = self._clock.now_ms() + BY_REQUESTS_MS

    def _forget(self, socket: VoiceSocket, error: VendorError | None) -> None:
        if socket not in self._sockets:
            return
        self._sockets.remove(socket)
        now_ms = self._clock.now_ms()
        if socket.ready:
            self._sockets_served.succeeded()
        elif isinstance(error, NotServedError):
            self._sockets_served.failed(now_ms, EngineError("A socket was refused."))
        else:
            self._sockets_served.abandoned(now_ms)
