"""The sound of the last answer, kept for a guest whose connection is lost in the middle of it."""

import math
from collections import deque
from typing import Final

from enterprise_stream.speaking.ports import SAMPLE_RATE, Pcm

KEPT_MS: Final = 120_000.0
"""How long an answer is kept after its end: what is ahead of the guest then, and twice what a dead connection takes to
be noticed."""

_SAMPLES_PER_MS: Final = SAMPLE_RATE // 1000

MAX_KEPT_MS: Final = 60_000.0
"""Sound kept at most, 2.9 MB: twice what is sent ahead. The oldest goes first."""


class KeptSound:
    """One answer's sound, from where its guest may still need it to where it has been made.

    Args:
        turn: whose answer it is.
        begin_ms: where it begins; what was before was made in another process, and is gone.
        reach_ms: up to where the guest has what was made there.

    Attributes:
        turn: whose answer it is.
        whole_at: when all of it had been made, in ms on the session's clock; None while more will come.
        end_told: whether the client has been told so.
    """

    def __init__(self, turn: int, begin_ms: float = 0.0, reach_ms: float = 0.0) -> None:
        self.turn = turn
        self.whole_at: float | None = None
        self.end_told = False
        self._pieces: deque[Pcm] = deque()
        self._start = self._end = round(begin_ms * _SAMPLES_PER_MS)
        self._reach_ms = reach_ms

    @property
    def end(self) -> int:
        """How much has been made, in samples from the turn's start."""
        return self._end

    @property
    def end_ms(self) -> float:
        """How much has been made, from the turn's start."""
        return self._end * 1000 / SAMPLE_RATE

    @property
    def whole(self) -> bool:
        """Whether nothing more will come."""
        return self.whole_at is not None

    def needless(self, now: float) -> bool:
        """Whether a guest who is connected has long heard it all, or lost a connection that is noticed by now."""
        return self.whole_at is not None and now - self.whole_at > KEPT_MS

    def add(self, samples: Pcm) -> None:
        """More of it: int16 at 24 kHz."""
        self._pieces.append(samples)
        self._end += samples.size
        self.let_go(self.end_ms - MAX_KEPT_MS)

    def let_go(self, before_ms: float) -> None:
        """What lies before this position is not needed any more."""
        before = before_ms * SAMPLE_RATE / 1000
        while self._pieces and self._start + self._pieces[0].size <= before:
            self._start += self._pieces.popleft().size

    def after(self, position_ms: float) -> tuple[int, list[Pcm]]:
        """The sound after a position, or after the nearest one that is still there; says which, in whole ms."""
        oldest = -(-self._start // _SAMPLES_PER_MS)
        start_ms = math.floor(min(max(position_ms, oldest), max(self.end_ms, self._reach_ms)))
        first, at = start_ms * _SAMPLES_PER_MS, self._start
        pieces = []
        for piece in self._pieces:
            if at + piece.size > first:
                pieces.append(piece[max(0, first - at) :])
            at += piece.size
        return start_ms, pieces
