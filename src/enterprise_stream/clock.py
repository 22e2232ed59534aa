"""Time as a value that can be replaced: the only place that reads a clock."""

import time
from datetime import date
from typing import Protocol


class Clock(Protocol):
    """Milliseconds on a clock that never goes back."""

    def now_ms(self) -> float:
        """Milliseconds since an arbitrary but fixed moment."""
        ...

    def wall_ms(self) -> float:
        """Milliseconds since 1970-01-01 UTC; may jump when the machine's clock is set."""
        ...

    def today(self) -> str:
        """The local date, YYYY-MM-DD."""
        ...


class MonotonicClock:
    """The machine's monotonic clock."""

    def now_ms(self) -> float:
        """Milliseconds since the machine's boot, or another fixed moment."""
        return time.monotonic() * 1000.0

    def wall_ms(self) -> float:
        """Milliseconds since 1970-01-01 UTC."""
        return time.time() * 1000.0

    def today(self) -> str:
        """The machine's local date, YYYY-MM-DD."""
        return date.today().isoformat()
