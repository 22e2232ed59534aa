"""The voice's sockets, a bounded number for all sessions: open when an answer is likely, closed when none comes."""

import asyncio

from enterprise_stream.clock import Clock
from enterprise_stream.engines.deepgram.failures import NotServedError
from enterprise_stream.engines.deepgram.sdk import Connect
from enterprise_stream.engines.deepgram.voice_socket import VoiceSocket
from enterprise_stream.errors import VendorError

SOCKETS = 8
"""Sockets at most. An account was given 15 at once; the rest is for other servers and for requests without a socket."""

ENDLESS = 2
"""Clauses that sounded and then stopped without an end, before any had one, after which sockets are done without: the
server does not tell where a clause ends on them, and a request's end cannot be missed."""

WITHOUT_MS = 60 * 60_000.0
"""How long sockets are then done without, as with a server that has none."""


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
        self._without_until_ms = 0.0
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

    async def take(self, owner: str, chars: int) -> VoiceSocket | None:
        """An open socket that may say a clause of so many characters, None when there can be none.

        Raises:
            VendorError: it could not be opened.
        """
        self._expecting.discard(owner)
        socket = self._free(chars) or self._open()
        if socket is None:
            return None
        socket.taken = True
        try:
            await socket.open()
        except VendorError as error:
            if isinstance(error, NotServedError):
                self._do_without()
                return None
            if error.code == "vendor_limited":  # of sockets; requests have limits of their own
                return None
            raise
        except asyncio.CancelledError:
            socket.taken = False
            raise
        return socket

    def _free(self, chars: int) -> VoiceSocket | None:
        for socket in [socket for socket in self._sockets if socket.free and socket.old]:
            socket.leave()
        able = [socket for socket in self._sockets if socket.free and socket.may_say(chars)]
        return min(able, key=lambda socket: not socket.ready, default=None)

    def _open(self) -> VoiceSocket | None:
        if self._group is None or len(self._sockets) >= self._most or self._clock.now_ms() < self._without_until_ms:
            return None
        socket = VoiceSocket(self._connect, self._clock, self._forget, self._learn)
        self._sockets.append(socket)
        socket.start(self._group)
        return socket

    def _learn(self, ended: bool) -> None:
        """A clause that had sounded was told to be over, or nothing more came of it."""
        if ended:
            self._endless = None
        elif self._endless is not None:
            self._endless += 1
            if self._endless == ENDLESS:
                self._do_without()

    def _do_without(self) -> None:
        self._endless = 0
        self._without_until_ms = self._clock.now_ms() + WITHOUT_MS
        for socket in [socket for socket in self._sockets if socket.free]:
            socket.leave()

    def _forget(self, socket: VoiceSocket) -> None:
        if socket in self._sockets:
            self._sockets.remove(socket)
