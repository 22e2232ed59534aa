"""The silence around a clause that a service speaks: cut while its sound still comes, and replaced by the house's."""

import numpy as np

from enterprise_stream.speaking.ports import SAMPLE_RATE, Pcm

AUDIBLE = 32767.0 * 10 ** (-50 / 20)
"""Root mean square of 5 ms from which something is heard, as `loudness` counts it for a piece that is not whole yet."""

FRAME = SAMPLE_RATE // 200
"""Samples that are judged at once: 5 ms."""

LONGEST_HELD = SAMPLE_RATE * 600 // 1000
"""Quiet that is held back, because it may be the clause's end; more than that is a pause inside it."""

_KEEP_BEFORE = SAMPLE_RATE * 15 // 1000
_KEEP_AFTER = SAMPLE_RATE * 40 // 1000


def audible(samples: Pcm) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which whole frames of `samples` can be heard, shape (samples.size // FRAME,)."""
    frames = samples[: samples.size // FRAME * FRAME].reshape(-1, FRAME).astype(np.float32)
    return np.asarray(np.sqrt(np.mean(frames * frames, axis=1)) > AUDIBLE)


class Edges:
    """Cuts the quiet before and after one clause, as its sound comes.

    Attributes:
        skipped: samples that were cut in front so far.
    """

    def __init__(self) -> None:
        self.skipped = 0
        self._held: Pcm = np.zeros(0, np.int16)
        self._kept = 0  # samples from here that belong to the last sound
        self._begun = False

    def cut(self, samples: Pcm) -> Pcm:
        """What can be played by now, when `samples` have come; may be empty."""
        self._held = np.concatenate([self._held, samples])
        heard = np.flatnonzero(audible(self._held))
        if not self._begun:
            if not heard.size:
                skipped = max(0, self._held.size - _KEEP_BEFORE) // FRAME * FRAME
                self.skipped += skipped
                self._held = self._held[skipped:]
                return self._held[:0]
            self._begun = True
            skipped = max(0, int(heard[0]) * FRAME - _KEEP_BEFORE)
            self._held = self._held[skipped:]
            self.skipped += skipped
            heard -= skipped // FRAME
        if heard.size:
            self._kept = (int(heard[-1]) + 1) * FRAME + _KEEP_AFTER
        ready = max(0, min(self._kept, self._held.size), self._held.size - LONGEST_HELD)
        self._kept = max(0, self._kept - ready)
        out, self._held = self._held[:ready], self._held[ready:]
        return out

    def end(self, pause_ms: float) -> Pcm:
        """What is left when no more comes: nothing but the pause, of `pause_ms`; empty where nothing was heard."""
        return np.zeros(round(pause_ms * SAMPLE_RATE / 1000) if self._begun else 0, np.int16)
