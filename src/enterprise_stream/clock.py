"""Time as a value that can be replaced: the only place that reads a clock."""

import time
from typing import Protocol


class Clock(Protocol):
    """Milliseconds on a clock that never goes back."""

    def now_ms(self) -> float:
        """Milliseconds since an arbitrary but fixed moment."""
        ...


class MonotonicClock:
    """The machine's monotonic clock."""

    def now_ms(self) -> float:
        """Milliseconds since the machine's boot, or another fixed moment."""
        return time.monotonic() * 1000.0
