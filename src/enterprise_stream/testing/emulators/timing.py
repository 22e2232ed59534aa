"""How an emulator knows time and takes it: latencies as distributions, and waits that tests can make short."""

import asyncio
import heapq
import itertools
from collections.abc import Awaitable
from dataclasses import dataclass
from random import Random
from typing import Protocol


class Timing(Protocol):
    """Time that passes for an emulator."""

    def now_ms(self) -> float:
        """Milliseconds since an arbitrary but fixed moment."""
        ...

    def wait(self, ms: float) -> Awaitable[None]:
        """Return `ms` later; at once, but not before other work had its turn, for 0."""
        ...


class LoopTiming:
    """The running event loop's time, so that a virtual-time loop moves it."""

    def now_ms(self) -> float:
        """The loop's time, in ms."""
        return asyncio.get_running_loop().time() * 1000.0

    async def wait(self, ms: float) -> None:
        """Sleep on the loop."""
        await asyncio.sleep(ms / 1000.0)


class SteppedTiming:
    """Time that stands still until `advance` moves it, for tests on a real loop that must not wait."""

    def __init__(self) -> None:
        self._now = 0.0
        self._order = itertools.count()
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []

    @property
    def waiting(self) -> int:
        """Waits that are not over."""
        return sum(not due.done() for _, _, due in self._waiting)

    def now_ms(self) -> float:
        """Milliseconds that it has been advanced by."""
        return self._now

    async def wait(self, ms: float) -> None:
        """Return once `advance` has come `ms` further."""
        if ms <= 0:
            await asyncio.sleep(0)
            return
        due: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (self._now + ms, next(self._order), due))
        await due

    def advance(self, ms: float) -> None:
        """Let `ms` pass; those whose wait is over run at the loop's next turn."""
        self._now += ms
        while self._waiting and self._waiting[0][0] <= self._now:
            _, _, due = heapq.heappop(self._waiting)
            if not due.done():
                due.set_result(None)


@dataclass(frozen=True, slots=True)
class Latency:
    """A delay that varies: normal, cut off at three deviations and at a tenth of the mean.

    Attributes:
        mean_ms: in ms.
        deviation_ms: standard deviation, in ms.
    """

    mean_ms: float = 0.0
    deviation_ms: float = 0.0

    def draw(self, random: Random) -> float:
        """One delay, in ms."""
        spread = min(3.0, max(-3.0, random.gauss(0.0, 1.0))) * self.deviation_ms
        return max(self.mean_ms / 10.0, self.mean_ms + spread)


RECOGNITION = Latency(260.0, 80.0)
"""From a guest's last sound to the final words, as cloud recognisers have it."""

FIRST_TOKEN = Latency(450.0, 150.0)
"""From a question to the first token."""

FIRST_AUDIO = Latency(180.0, 60.0)
"""From a text to its first sound."""
