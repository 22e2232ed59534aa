"""How often somebody may do something: a token bucket each, in a table that cannot grow without end."""

from collections import OrderedDict
from typing import Final

MAX_KNOWN: Final = 10_000
"""Names in a table; beyond it the one not seen for longest is forgotten: who has so many addresses has more."""


class Rates:
    """A token bucket for each name.

    Args:
        a_second: how often in the long run.
        at_once: how often at once.
        known: names in the table at most.
    """

    def __init__(self, a_second: float, at_once: float, known: int = MAX_KNOWN) -> None:
        self._a_second = a_second
        self._at_once = at_once
        self._known = known
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, name: str, now_ms: float) -> float:
        """Seconds until `take` would let it; 0.0 is now."""
        return max(0.0, (1.0 - self._level(name, now_ms)) / self._a_second)

    def take(self, name: str, now_ms: float) -> float:
        """Count one at `now_ms`; returns 0.0 within the rate, else the seconds to wait, and then counts nothing."""
        level = self._level(name, now_ms)
        if level < 1.0:
            return (1.0 - level) / self._a_second
        self._buckets[name] = (level - 1.0, now_ms)
        self._buckets.move_to_end(name)
        if len(self._buckets) > self._known:
            self._buckets.popitem(last=False)
        return 0.0

    def _level(self, name: str, now_ms: float) -> float:
        level, at = self._buckets.get(name, (self._at_once, now_ms))
        return min(self._at_once, level + (now_ms - at) / 1000 * self._a_second)
