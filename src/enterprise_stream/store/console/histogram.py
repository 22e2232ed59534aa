"""Waits counted in steps of two percent: days can be added up, and any percentile read to one percent."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from math import log
from typing import Final, Self

STEP: Final = 1.02
"""From a length to the next: the percentile that is read is at most one percent beside the true one."""

_LOG_STEP: Final = log(STEP)


@dataclass(frozen=True)
class Histogram:
    """How many waits there were of each length.

    Attributes:
        first: step of the shortest wait; step 0 is that of waits of 0 and 1 ms.
        counts: by step, from the first on.
    """

    first: int = 0
    counts: Sequence[int] = ()

    @classmethod
    def of(cls, lengths: Iterable[int]) -> Self:
        """Lengths in ms."""
        steps = Counter(map(step, lengths))
        first = min(steps, default=0)
        return cls(first, [steps[number] for number in range(first, max(steps, default=-1) + 1)])

    @classmethod
    def sum(cls, histograms: Sequence["Histogram"]) -> Self:
        """All of them together."""
        held = [each for each in histograms if each.counts]
        first = min((each.first for each in held), default=0)
        counts = [0] * (max((each.first + len(each.counts) for each in held), default=0) - first)
        for each in held:
            for place, count in enumerate(each.counts, each.first - first):
                counts[place] += count
        return cls(first, counts)

    @cached_property
    def _up_to(self) -> list[int]:
        return list(accumulate(self.counts))

    @property
    def total(self) -> int:
        """How many there were."""
        return self._up_to[-1] if self.counts else 0

    def percentile(self, share: float) -> int | None:
        """The length that this share of them (0 to 1) did not exceed, in ms; None without any."""
        if not self.total:
            return None
        return round(STEP ** (self.first + bisect_left(self._up_to, share * self.total)))


@lru_cache(maxsize=8192)
def step(ms: int) -> int:
    """The number of the step that a length is counted in."""
    return round(log(ms) / _LOG_STEP) if ms > 1 else 0
