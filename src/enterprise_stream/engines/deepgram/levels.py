"""Up to where an utterance may hold speech: what a recogniser must have heard before its words are all of them."""

import numpy as np

from enterprise_stream.listening.ports import Samples

QUIET_DB = 26.0
"""A chunk this much below the utterance's loudest holds no word of it. Where a room is louder than that, all of the
audio counts, and only the wait for the last words is longer."""

FLOOR = 1e-4
"""Root mean square below which nothing is heard at all: -80 dBFS."""


class Levels:
    """The level of each chunk of one utterance."""

    def __init__(self) -> None:
        self._levels: list[float] = []
        self._ends: list[int] = []
        self._samples = 0

    def add(self, chunk: Samples) -> None:
        """Measure the next chunk."""
        self._samples += chunk.size
        self._levels.append(float(np.sqrt(np.mean(np.square(chunk)))) if chunk.size else 0.0)
        self._ends.append(self._samples)

    @property
    def loud_until(self) -> int:
        """Samples up to the end of the last chunk that may hold speech; 0 when none does."""
        least = max(FLOOR, max(self._levels, default=0.0) * 10 ** (-QUIET_DB / 20))
        loud = (end for level, end in zip(reversed(self._levels), reversed(self._ends), strict=True) if level >= least)
        return next(loud, 0)
