"""How busy the machine is, as it is measured: whether one more guest would be served badly.

Two things are late before a guest hears it: the event loop, which every frame goes through, and the threads of the
embedded engines. Both are looked at over a window, so that one long call of the system refuses nobody; and what was
refused for is let in again only once it is well below the limit, so that the door does not swing.
"""

import asyncio
import math
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
"""Measurements before which nothing is known: a second's."""

LEAST_WAITS: Final = 5
"""Jobs of the engines, the same."""

EASED: Final = 0.5
"""Share of its limit below which a value lets guests in again."""

STALE_S: Final = 2.0
"""Without a measurement for this long, in seconds, the last says nothing."""


@dataclass(frozen=True, slots=True)
class LoadLimits:
    """From where on a guest would be served badly, in ms at the 95th percentile; 0 is no limit.

    Attributes:
        lag_ms: the event loop is late by this much; by default so much that an answer in a third of a second is lost.
        wait_ms: a job of an engine waits this long for its thread.
    """

    lag_ms: float = 500.0
    wait_ms: float = 3_000.0


@dataclass(frozen=True, slots=True)
class Measured:
    """The load at one moment, in ms at the 95th percentile; None while too little was measured."""

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
        self._lags: deque[float] = deque(maxlen=round(WINDOW_S / LOOK_S))
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
            p95(self._lags) if len(self._lags) >= LEAST else None, p95(waits) if len(waits) >= LEAST_WAITS else None
        )

    async def watch(self) -> None:
        """Measure until cancelled."""
        while True:
            before = self._clock.now_ms()
            await asyncio.sleep(LOOK_S)
            self._looked_at = self._clock.now_ms()
            self._lags.append(max(0.0, self._looked_at - before - LOOK_S * 1000))
            self._judge(self.measured)

    def _judge(self, measured: Measured) -> None:
        used = max(_share(measured.lag_ms, self.limits.lag_ms), _share(measured.wait_ms, self.limits.wait_ms))
        self._strained = used >= (EASED if self._strained else 1.0)


def _share(value: float | None, limit: float) -> float:
    return value / limit if value is not None and limit else 0.0


def p95(values: Sequence[float] | deque[float]) -> float:
    """The 95th percentile, by nearest rank."""
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]
