"""One socket of the voice: it says one clause at a time, and is silent again before the next."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from functools import partial
from typing import Any

from deepgram.speak.v1.types import SpeakV1Text

from enterprise_stream.clock import Clock
from enterprise_stream.engines.deepgram.failures import failure, failure_of_message
from enterprise_stream.engines.deepgram.line import Line
from enterprise_stream.engines.deepgram.sdk import Connect, Socket
from enterprise_stream.errors import VendorError
from enterprise_stream.speaking.ports import SAMPLE_RATE

MESSAGE_CHARS = 2_000
"""Longest text of one message; the service closes the socket (1009 BIG-0001) for more."""

FLUSHES = 18
"""Clauses that a socket says in a minute. The service takes 20 flushes in 60 s by its own clock."""

CHARS = 2_300
"""Characters that a socket says in a minute; the service closes it beyond 2400."""

WINDOW_MS = 60_000.0

IDLE_S = 30.0
"""A socket that nobody speaks through is closed after this: an account has only some 15 of them at once."""

OLDEST_MS = 55 * 60_000.0
"""From this age on a socket says no more; the service ends it at an hour."""

CLEAR_S = 1.0
"""How long a socket that was told to be silent may take to say that it is."""

AFTER_END_S = 0.4
"""Quiet that ends a clause whose end was told before its sound came."""

WHOLE_S = 0.7
"""Quiet that ends a clause all of which has sounded by its length, at a service that has told no end yet: more than a
lively one leaves between two pieces, and less than a ladder waits for the next."""

STALLED_MS = 800.0
"""Quiet in which a clause that is broken off had stalled."""

_NO_FLUSH = "FLUSH"
"""In the code of a warning: too many flushes were asked for, and the clause stays unsaid."""

MOST_BYTES = 2 * SAMPLE_RATE * 180
"""Sound of a clause that may wait to be played: three minutes, more than the longest text has."""


class _Clause:
    """The sound of the clause that is being said, as it comes.

    Args:
        whole_bytes: as much of it may be all, where the service tells no ends; None where it does.

    Attributes:
        sounded: whether any has come.
        told: whether its end was told; the sound may still be on its way.
        guessed: whether quiet was taken for its end, which was not told.
        ended: whether no more comes.
    """

    def __init__(self, whole_bytes: float | None) -> None:
        self.sounded = False
        self.told = False
        self.guessed = False
        self._whole_bytes = whole_bytes
        self._heard = 0
        self._sound: deque[bytes] = deque()
        self._waiting = 0
        self._news = asyncio.Event()
        self._error: VendorError | None = None
        self.ended = False

    def put(self, sound: bytes) -> None:
        self.sounded = self.sounded or bool(sound)
        self._heard += len(sound)
        self._sound.append(sound)
        self._waiting += len(sound)
        if self._waiting > MOST_BYTES:
            self.end(failure("vendor_garbled"))
        self._news.set()

    def told_end(self) -> None:
        """The service says that it is over. Where nothing has sounded yet, it has only begun."""
        self.told = True
        if self.sounded:
            self.end()

    def end(self, error: VendorError | None = None) -> None:
        self.ended = True
        self._error = self._error or error
        self._news.set()

    async def get(self) -> bytes | None:
        """The next of it, None at its end.

        Raises:
            VendorError: the service failed.
        """
        while not self._sound:
            if self._error is not None:
                raise self._error
            if self.ended:
                return None
            self._news.clear()
            try:
                async with asyncio.timeout(self._quiet_s()):
                    await self._news.wait()
            except TimeoutError:
                self.guessed = not self.told
                self.end()
        sound = self._sound.popleft()
        self._waiting -= len(sound)
        return sound

    def _quiet_s(self) -> float | None:
        """Quiet that ends it now, in s; None where the end is still to be told."""
        if not self.sounded:
            return None
        if self.told:
            return AFTER_END_S
        return WHOLE_S if self._whole_bytes is not None and self._heard >= self._whole_bytes else None


class VoiceSocket:
    """A socket of Aura-2.

    Args:
        connect: opens it.
        clock: for what a minute allows.
        ended: told when it is over, and why unless it was our wish.
        learn: told of each clause that sounded whether the service said its end, or stopped without.

    Attributes:
        taken: whether somebody is about to speak through it, or does.
    """

    def __init__(
        self,
        connect: Connect,
        clock: Clock,
        ended: Callable[["VoiceSocket", VendorError | None], None],
        learn: Callable[[bool], None],
    ) -> None:
        self._clock = clock
        self._ended = ended
        self._learn = learn
        self._sounded_ms = 0.0
        self._line = Line(connect, self._hear, self._over)
        self._clause: _Clause | None = None
        self._clearing = False
        self._said: deque[tuple[float, int]] = deque()
        self._began_ms = clock.now_ms()
        self._timer: asyncio.TimerHandle | None = None
        self._error: VendorError | None = None
        self.taken = False

    def start(self, group: asyncio.TaskGroup) -> None:
        """Begin to open it."""
        self._line.start(group)
        self._set_timer(IDLE_S, self.leave)

    @property
    def free(self) -> bool:
        """Whether it could say a clause now, or once it is open."""
        return not (self.taken or self._clearing or self._line.over)

    @property
    def ready(self) -> bool:
        """Whether it is open."""
        return self._line.open

    @property
    def old(self) -> bool:
        """Whether it should say no more."""
        return self._clock.now_ms() - self._began_ms > OLDEST_MS

    def may_say(self, chars: int) -> bool:
        """Whether the service's limits allow a clause of so many characters now."""
        since = self._clock.now_ms() - WINDOW_MS
        while self._said and self._said[0][0] < since:
            self._said.popleft()
        return len(self._said) < FLUSHES and sum(said for _, said in self._said) + chars <= CHARS

    async def open(self) -> None:
        """Wait until it is open.

        Raises:
            VendorError: it will not be.
        """
        if not await self._line.settled():
            raise self._error or failure("vendor_down")

    async def say(self, text: str, whole_ms: float | None = None) -> AsyncGenerator[bytes]:
        """The sound of a clause. Closing the iterator early has the service be silent.

        Args:
            text: at most as much as `may_say` allows.
            whole_ms: how long all of it sounds at least, where quiet is to be its end; None where the end is told.

        Raises:
            VendorError: the service failed.
        """
        clause = self._clause = _Clause(None if whole_ms is None else whole_ms * SAMPLE_RATE * 2 / 1000)
        self._stop_timer()
        self._said.append((self._clock.now_ms(), len(text)))
        for message in messages(text):
            self._line.send(partial(_speak, message))
        self._line.send(_flush)
        try:
            while (sound := await clause.get()) is not None:
                yield sound
        finally:
            self._clause = None
            self.taken = False
            if clause.ended and not clause.guessed:
                self._set_timer(IDLE_S, self.leave)
            else:
                self._clear()
                if clause.guessed or (clause.sounded and self._clock.now_ms() - self._sounded_ms >= STALLED_MS):
                    self._learn(False)

    def leave(self) -> None:
        """Close it."""
        if not self._line.over:
            self._line.hang_up(_close)
            self._over(None)

    def drop(self) -> None:
        """Close it without a goodbye."""
        self._line.drop()
        self._over(None)

    def _clear(self) -> None:
        self._clearing = True
        self._line.send(_clear)
        self._set_timer(CLEAR_S, self.drop)

    def _hear(self, message: Any) -> None:
        if isinstance(message, bytes):
            if self._clause is not None and not self._clearing:
                self._clause.put(message)
                self._sounded_ms = self._clock.now_ms()
            return
        kind = getattr(message, "type", None)  # the SDK takes any message that it does not know for a `Flushed`
        if kind == "Flushed" and not self._clearing and self._clause is not None:
            self._clause.told_end()
            self._learn(True)
        elif kind == "Cleared":
            self._clearing = False
            self._set_timer(IDLE_S, self.leave)
        elif kind == "Warning" and self._clause is not None and _NO_FLUSH in str(getattr(message, "code", "")):
            self._line.lose(failure("vendor_limited"))  # other warnings cost no sound
        elif kind == "Error":
            self._line.lose(failure_of_message(getattr(message, "code", None)))
        elif not isinstance(kind, str):
            raise ValueError("a kind of message is missing")

    def _over(self, error: VendorError | None) -> None:
        self._stop_timer()
        self._error = error
        if self._clause is not None:
            self._clause.end(error or failure("vendor_down"))
        self._ended(self, error)

    def _set_timer(self, seconds: float, call: Callable[[], None]) -> None:
        self._stop_timer()
        if not self._line.over:
            self._timer = asyncio.get_running_loop().call_later(seconds, call)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def messages(text: str) -> list[str]:
    """A text in pieces that a message may hold, cut at blanks where there are any."""
    found = []
    rest = text
    while len(rest) > MESSAGE_CHARS:
        blank = rest.rfind(" ", 1, MESSAGE_CHARS)
        cut = blank + 1 if blank > 0 else MESSAGE_CHARS
        found.append(rest[:cut])
        rest = rest[cut:]
    return [*found, rest]


async def _speak(text: str, socket: Socket) -> None:
    await socket.send_text(SpeakV1Text(type="Speak", text=text))


async def _flush(socket: Socket) -> None:
    await socket.send_flush()


async def _clear(socket: Socket) -> None:
    await socket.send_clear()


async def _close(socket: Socket) -> None:
    await socket.send_close()
