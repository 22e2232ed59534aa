"""Up to where an utterance may hold speech: what a recogniser must have heard before its words are all of them."""

import numpy as np

from enterprise_stream.listening.ports import SAMPLE_RATE, Samples

BLOCK = SAMPLE_RATE * 20 // 1000
"""Samples that are measured at once: 20 ms."""

QUIET_DB = 26.0
"""A block this much below the utterance's loudest holds no word of it. Where a room is louder than that, all of the
audio counts, and only the wait for the last words is longer."""

FLOOR = 1e-4
"""Root mean square below which nothing is heard at all: -80 dBFS."""


class Levels:
    """The level of each block of one utterance."""

    def __init__(self) -> None:
        self._levels: list[float] = []
        self._loudest = 0.0

    def add(self, chunk: Samples) -> None:
        """Measure the next chunk, whole blocks of it."""
        blocks = chunk.reshape(-1, BLOCK)
        levels = np.sqrt(np.mean(np.square(blocks), axis=1))
        self._levels += levels.tolist()
        self._loudest = max(self._loudest, float(levels.max(initial=0.0)))

    @property
    def loud_until(self) -> int:
        """Samples up to the end of the last block that may hold speech; 0 when none does."""
        least = max(FLOOR, self._loudest * 10 ** (-QUIET_DB / 20))
        count = len(self._levels)
        while count and self._levels[count - 1] < least:
            count -= 1
        return count * BLOCK
