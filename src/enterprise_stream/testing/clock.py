"""Clocks for tests: one that stands still until it is told, and one that follows the running event loop."""

import asyncio

WALL_MS = 1_780_000_000_000.0
"""The date that test clocks begin at: 2026-05-28, in ms since 1970-01-01 UTC."""

TODAY = "2026-05-28"
"""The same day, as the business writes it."""


class FakeClock:
    """A `Clock` that moves when `advance` says so.

    Args:
        now_ms: where it begins, in ms.
        today: the local date, YYYY-MM-DD.
    """

    def __init__(self, now_ms: float = 0.0, today: str = TODAY) -> None:
        self._began = now_ms
        self._now = now_ms
        self._today = today
        self._set_by = 0.0

    def set_wall(self, by_ms: float) -> None:
        """Set the wall clock on, or back, as a person or a time server does."""
        self._set_by += by_ms

    def advance(self, ms: float) -> None:
        """Let `ms` pass.

        Raises:
            ValueError: `ms` is negative; no clock of ours goes back.
        """
        if ms < 0:
            raise ValueError(f"a clock does not go back, so not by {ms} ms")
        self._now += ms

    def now_ms(self) -> float:
        """Milliseconds since the clock's own beginning."""
        return self._now

    def wall_ms(self) -> float:
        """Milliseconds since 1970-01-01 UTC; `WALL_MS` at the beginning."""
        return WALL_MS + self._now - self._began + self._set_by

    def today(self) -> str:
        """The date that it was made with."""
        return self._today


class LoopClock:
    """A `Clock` that reads the running event loop, so that a `VirtualTimeLoop` moves it."""

    def __init__(self) -> None:
        self._set_by = 0.0

    def set_wall(self, by_ms: float) -> None:
        """Set the wall clock on, or back, as a person or a time server does."""
        self._set_by += by_ms

    def now_ms(self) -> float:
        """The loop's time, in ms."""
        return asyncio.get_running_loop().time() * 1000.0

    def wall_ms(self) -> float:
        """Milliseconds since 1970-01-01 UTC; `WALL_MS` at the loop's time 0."""
        return WALL_MS + self.now_ms() + self._set_by

    def today(self) -> str:
        """Always `TODAY`."""
        return TODAY
