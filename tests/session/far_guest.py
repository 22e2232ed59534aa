"""A guest at the other end of a network, with a clock of his own: speaks, plays, pings, and measures what he waits."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import numpy as np

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.events import FirstSound, Played
from enterprise_stream.conversation.timeline import Timeline
from enterprise_stream.listening.ports import SAMPLE_RATE, Samples
from enterprise_stream.listening.speech_end import AUDIBLE
from enterprise_stream.session.outbox import Sound
from enterprise_stream.session.session import Session
from enterprise_stream.testing.server_clock import ServerClock

PLAYER_MS = 60.0
"""Audio that the guest's player gathers before it sounds."""


@dataclass(frozen=True, slots=True)
class Network:
    """Delays in ms each way: what is always there, and at most so much more by chance."""

    up_ms: float = 0.0
    down_ms: float = 0.0
    jitter_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Skew:
    """How the guest's clock differs from the server's."""

    offset_ms: float = 0.0
    drift: float = 0.0


class Way:
    """One direction of the network: keeps the order, as TCP does."""

    def __init__(self, delay_ms: float, jitter_ms: float, chance: random.Random) -> None:
        self._delay_ms, self._jitter_ms, self._chance = delay_ms, jitter_ms, chance
        self._queue: asyncio.Queue[tuple[float, Callable[[], Awaitable[None]]]] = asyncio.Queue()

    def send(self, arrive: Callable[[], Awaitable[None]]) -> None:
        """Let something arrive at the other end."""
        delay = self._delay_ms + self._chance.uniform(0, self._jitter_ms)
        self._queue.put_nowait((asyncio.get_running_loop().time() + delay / 1000, arrive))

    async def run(self) -> None:
        """Carry, until cancelled."""
        while True:
            due, arrive = await self._queue.get()
            await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
            await arrive()


class FarGuest:
    """One guest.

    Attributes:
        voice_to_voice_ms: what he waited, by his own clock: last audible sample spoken to first audible sample played.
        timeline: what the server says that he waited.
    """

    def __init__(
        self, session: Session[None], network: Network, skew: Skew, seed: int, *, reports: bool = True
    ) -> None:
        chance = random.Random(seed)
        self._session = session
        self._up = Way(network.up_ms, network.jitter_ms, chance)
        self._down = Way(network.down_ms, network.jitter_ms, chance)
        self._skew = skew
        self._reports = reports
        self._server = ServerClock()
        self._spoken: float | None = None
        self._arrived: float | None = None
        self._turn = 0
        self.voice_to_voice_ms: float | None = None
        self.timeline: Timeline | None = None
        self.timed = asyncio.Event()

    @property
    def now(self) -> float:
        """The guest's own clock, in ms."""
        return self._skew.offset_ms + self._loop_ms() * (1 + self._skew.drift)

    async def run(self) -> None:
        """Be connected, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for work in (self._up.run(), self._down.run(), self._serve(), self._ping()):
                group.create_task(work)

    async def speak(self, samples: Samples) -> None:
        """Speak in real time, in frames of 20 ms, each sent when its last sample has been captured."""
        size = SAMPLE_RATE // 50
        last = int(np.flatnonzero(np.abs(samples) > AUDIBLE)[-1])
        began = self._loop_ms()
        for start in range(0, samples.size, size):
            due = began + (start + size) * 1000 / SAMPLE_RATE
            await asyncio.sleep((due - self._loop_ms()) / 1000)
            frame = samples[start : start + size]
            self._up.send(lambda frame=frame: self._session.hear(frame))  # type: ignore[misc]
            if start <= last < start + size:
                ago = due - (began + last * 1000 / SAMPLE_RATE)
                self._spoken = self.now - ago * (1 + self._skew.drift)

    async def _serve(self) -> None:
        """The server's end: what `Connection` does with the session's outbox."""
        sent: set[int] = set()
        while True:
            item = await self._session.outbox.get()
            self._down.send(lambda item=item: self._take(item))  # type: ignore[misc]
            if isinstance(item, Sound) and item.reply not in sent:
                sent.add(item.reply)
                self._session.sent(item.reply)

    async def _take(self, item: act.Notice | Sound | None) -> None:
        match item:
            case act.VoiceBegan(turn=turn):
                self._turn = turn
            case Sound() if self._arrived is None:
                self._arrived = self.now
                asyncio.get_running_loop().call_later(PLAYER_MS / 1000, self._played)
            case act.TurnTimed(timeline=timeline):
                self.timeline = timeline
                self.timed.set()

    def _played(self) -> None:
        assert self._spoken is not None
        assert self._arrived is not None
        self.voice_to_voice_ms = self.now - self._spoken
        heard, arrived = self._server.to_server(self.now), self._server.to_server(self._arrived)
        assert heard is not None
        first = FirstSound(heard, arrived, self._server.round_trip_ms(self.now)) if self._reports else None
        self._up.send(lambda: self._session.tell(Played(0, self._turn, 10, first)))

    async def _ping(self) -> None:
        """Two a second."""
        while True:
            sent = self.now

            async def at_server(sent: float = sent) -> None:
                at = self._loop_ms()

                async def back() -> None:
                    self._server.pong(sent, at, self.now)

                self._down.send(back)

            self._up.send(at_server)
            await asyncio.sleep(0.5)

    @staticmethod
    def _loop_ms() -> float:
        return asyncio.get_running_loop().time() * 1000
