"""How busy the machine is, as it is measured: whether one more guest would be served badly.

Two things are late before a guest hears it: the event loop, which every frame goes through, and the threads of the
embedded engines. Both are looked at over a window, so that one long call of the system refuses nobody; and what was
refused for is let in again only once it is well below the limit, so that the door does not swing.

How late the loop is, is told by what is usual of it (the median): a loop that has too much to do is late all the time,
and one that is not may be late by as much for a moment. One that stands still again and again is seen by the rest.
"""

import asyncio
import math
import statistics
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from enterprise_stream.clock import Clock

LOOK_S: Final = 0.05
"""How often the loop's lag is measured, in seconds."""

WINDOW_S: Final = 5.0
"""Over how long, in seconds."""

LEAST: Final = 20
"""Measurements of the loop before which nothing is known: a second's. So many count, however old: a loop that is late
by a second is not looked at more often, and one that has stood still once is not known by that alone."""

LEAST_WAITS: Final = 5
"""Jobs of the engines, the same."""

STILL: Final = 10.0
"""Times its usual lag by which a loop may be late in one look of twenty."""

EASED: Final = 0.5
"""Share of its limit below which a value lets guests in again."""

STALE_S: Final = 2.0
"""Without a measurement for this long, in seconds, the last says nothing."""


@dataclass(frozen=True, slots=True)
class LoadLimits:
    """From where on a guest would be served badly, in ms; 0 is no limit.

    Attributes:
        lag_ms: the event loop is late by this much, as `lag` has it.
        wait_ms: a job of an engine waits this long for its thread, at the 95th percentile.
    """

    lag_ms: float = 50.0
    wait_ms: float = 3_000.0


@dataclass(frozen=True, slots=True)
class Measured:
    """The load at one moment, in ms, as `LoadLimits` has it; None while too little was measured."""

    lag_ms: float | None = None
    wait_ms: float | None = None


class Load:
    """Measures while `watch` runs.

    Args:
        limits: those in force.
        clock: the machine's.
        waits: how long the engines' jobs of the last so many seconds have waited, in ms.
    """

    def __init__(
        self, limits: LoadLimits, clock: Clock, waits: Callable[[float], Sequence[float]] = lambda _: ()
    ) -> None:
        self.limits = limits
        self._clock = clock
        self._waits = waits
        self._lags: deque[tuple[float, float]] = deque()
        self._looked_at = clock.now_ms()
        self._strained = False

    @property
    def strained(self) -> bool:
        """Whether one more guest would be served badly."""
        return self._strained

    @property
    def fresh(self) -> bool:
        """Whether what is known was measured just now."""
        return self._clock.now_ms() - self._looked_at < STALE_S * 1000

    @property
    def measured(self) -> Measured:
        """What was measured."""
        waits = self._waits(WINDOW_S)
        return Measured(
            lag([late for _, late in self._lags]) if len(self._lags) >= LEAST else None,
            p95(waits) if len(waits) >= LEAST_WAITS else None,
        )

    async def watch(self) -> None:
        """Measure until cancelled."""
        while True:
            before = self._clock.now_ms()
            await asyncio.sleep(LOOK_S)
            self._looked_at = self._clock.now_ms()
            self._lags.append((self._looked_at, max(0.0, self._looked_at - before - LOOK_S * 1000)))
            while len(self._lags) > LEAST and self._lags[0][0] <= self._looked_at - WINDOW_S * 1000:
                self._lags.popleft()
            self._judge(self.measured)

    def _judge(self, measured: Measured) -> None:
        used = max(_share(measured.lag_ms, self.limits.lag_ms), _share(measured.wait_ms, self.limits.wait_ms))
        self._strained = used >= (EASED if self._strained else 1.0)


def _share(value: float | None, limit: float) -> float:
    return value / limit if value is not None and limit else 0.0


def lag(values: Sequence[float]) -> float:
    """How late a loop is: by the median, or a tenth of the 95th percentile where it stands still again and again."""
    return max(statistics.median_high(values), p95(values) / STILL)


def p95(values: Sequence[float]) -> float:
    """The 95th percentile, by nearest rank."""
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]
