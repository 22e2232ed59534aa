"""What is heard of a voice: how loud it is in five bands, every 10 ms, and what is usual for it."""

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.speaking.ports import SAMPLE_RATE, Pcm

Levels = NDArray[np.float32]

MOMENT_MS = 10.0
"""From one moment to the next."""

WINDOW_MS = 20.0
"""What a moment is heard by."""

_HOP, _WINDOW = round(MOMENT_MS * SAMPLE_RATE / 1000), round(WINDOW_MS * SAMPLE_RATE / 1000)
_FFT = 512
_EDGES_HZ = (80, 400, 1_000, 2_200, 4_500, 10_000)
"""Of the bands: the voice's tone, two for its vowels, one where they end, and the hiss."""

_NOISE = 3e4
"""Power in a band that is taken for none, so that silence has a level: some 50 dB under a voice's vowels."""

_START_DB, _FALL_DB, _FLOOR_DB = 85.0, 0.02, -60.0
"""The loudest so far begins at the first, falls by the second every moment, and nothing is heard so far below it."""

*_BEGINS, _END = np.searchsorted(np.fft.rfftfreq(_FFT, 1 / SAMPLE_RATE), _EDGES_HZ)
_SHAPE = np.hanning(_WINDOW).astype(np.float32)

BANDS = len(_EDGES_HZ) - 1

_USUAL_DB, _DEVIATION_DB = (-25.0, -29.0, -33.0, -30.0, -34.0), (15.0, 15.0, 14.0, 14.0, 14.0)
"""Of the voices that `trellis` was tuned on: what a voice is taken for that was not heard yet."""

_REMEMBERED = 2_000.0
"""Moments that a voice's usual levels are learnt from, about: 20 s, after which older ones fade."""


class Usual:
    """A voice's usual levels: voices are dark and bright, and their rooms noisy or not.

    Attributes:
        mean: shape (`BANDS`,), dB.
        deviation: likewise.
    """

    def __init__(self) -> None:
        self.mean = np.array(_USUAL_DB, np.float32)
        self.deviation = np.array(_DEVIATION_DB, np.float32)
        self._heard = 0.0

    def learn(self, levels: Levels) -> None:
        """It has said these."""
        if not len(levels):
            return
        self._heard = min(self._heard + len(levels), _REMEMBERED)
        part = min(1.0, len(levels) / self._heard)
        mean = self.mean + part * (levels.mean(axis=0) - self.mean)
        square = (1 - part) * (self.deviation**2 + self.mean**2) + part * np.mean(levels**2, axis=0)
        self.deviation = np.sqrt(np.maximum(square - mean**2, 1.0))
        self.mean = mean


class Bands:
    """Listens to a clause as it comes; the same is heard whatever pieces it comes in."""

    def __init__(self) -> None:
        self._rest: Pcm = np.zeros(0, np.int16)
        self._loudest = _START_DB

    def hear(self, samples: Pcm) -> Levels:
        """Levels of the moments that are whole by now, in dB under the loudest so far; shape (moments, `BANDS`)."""
        self._rest = np.concatenate([self._rest, samples])
        count = max(0, (self._rest.size - _WINDOW) // _HOP + 1)
        if not count:
            return np.zeros((0, BANDS), np.float32)
        windows = np.lib.stride_tricks.sliding_window_view(self._rest, _WINDOW)[: count * _HOP : _HOP]
        self._rest = self._rest[count * _HOP :]
        power = np.abs(np.fft.rfft(windows * _SHAPE, _FFT)[:, :_END]) ** 2
        power = np.add.reduceat(power, _BEGINS, axis=1)  # a product of matrices is rounded by how many rows there are
        decibels = 10 * np.log10(power + _NOISE)
        whole = 10 * np.log10(power.sum(axis=1) + _NOISE)
        falls = _FALL_DB * np.arange(1, count + 1)
        loudest = np.maximum(np.maximum.accumulate(whole + falls), self._loudest) - falls
        self._loudest = float(loudest[-1])
        return np.asarray(np.maximum(decibels - loudest[:, None], _FLOOR_DB), np.float32)
