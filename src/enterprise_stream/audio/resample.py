"""A streaming resampler with a short, constant delay.

Polyphase windowed sinc (J. O. Smith, "Digital Audio Resampling"): output sample n is the input, low-passed, at the
time n·M/L of the input's samples. The library's usual choice, soxr, holds back up to 37 ms for 48 to 16 kHz and 115 ms
for 8 to 16 kHz, because it filters in FFT blocks; here the delay is 32 samples of the lower of the two rates: 2 ms at
16 kHz. docs/adr/0004-incremental-demuxers.md has the numbers.
"""

import math
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from enterprise_stream.audio.pcm import SILENCE

ZERO_CROSSINGS: Final = 32
"""Zero crossings of the sinc on each side: the delay in samples of the lower rate."""

ROLLOFF: Final = 0.93
"""Half-amplitude point of the filter, as a share of the lower rate's Nyquist frequency: with the window below the
pass band ends at 0.86 of it (6.9 kHz at 16 kHz) and from Nyquist on everything is 70 dB down."""

KAISER_BETA: Final = 7.0
"""Shape of the window; 70 dB of stop band (Kaiser's formula, 0.1102·(A - 8.7))."""

_MIN_CYCLE: Final = 32
"""Outputs in one row of the matrix product, at least: enough that BLAS and not the interpreter does the work."""

_MAX_PRODUCT: Final = 1 << 18
"""Multiplications in one matrix product, at most. Above this OpenBLAS starts threads, which on a busy machine cost ten
times what they save; and a long chunk then needs no more memory than a short one."""


@lru_cache(maxsize=32)
def _matrix(up: int, down: int) -> tuple[NDArray[np.float32], int, int]:
    """Filter of one cycle of outputs for the ratio `up`/`down` in lowest terms.

    Returns:
        The matrix, shape (window, outputs), with each column's sum 1; the inputs that a cycle moves on by; and the
        inputs that an output needs on either side of its own time.
    """
    scale = min(1.0, up / down)
    half = math.ceil(ZERO_CROSSINGS / scale)
    repeat = max(1, -(-_MIN_CYCLE // up))
    outputs, step = up * repeat, down * repeat
    times = np.arange(outputs) * (down / up)
    taps = np.arange(step + 2 * half - 1) - (half - 1)
    distance = taps[:, None] - times[None, :]
    cutoff = scale * ROLLOFF
    inside = np.clip(1.0 - (distance / half) ** 2, 0.0, None)
    window = np.where(np.abs(distance) < half, np.i0(KAISER_BETA * np.sqrt(inside)), 0.0)
    matrix = np.sinc(cutoff * distance) * window
    matrix /= matrix.sum(axis=0, keepdims=True)
    return np.ascontiguousarray(matrix, dtype=np.float32), step, half


class Resampler:
    """One stream from `in_rate` to `out_rate`; equal rates pass through untouched.

    Any chunking gives the same output, up to rounding in float32, and n inputs give ceil(n·out/in) outputs in all.

    Attributes:
        delay_ms: how long a sample is held back before it can be computed.
    """

    def __init__(self, in_rate: int, out_rate: int) -> None:
        divisor = math.gcd(in_rate, out_rate)
        self._up = out_rate // divisor
        self._down = in_rate // divisor
        self._same = in_rate == out_rate
        self.delay_ms = 0.0
        if not self._same:
            self._filter, self._step, self._half = _matrix(self._up, self._down)
            self.delay_ms = self._half * 1000.0 / in_rate
            self._start()

    def _start(self) -> None:
        # `_held` begins with the first input that the running cycle's window covers; a stream begins in silence.
        self._held = np.zeros(self._half - 1, dtype=np.float32)
        self._column = 0
        self._taken = 0
        self._given = 0

    def feed(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Add float32 samples, shape (n,), and return what can be computed now, shape (m,), possibly empty."""
        if self._same:
            return samples
        if samples.size == 0:
            return SILENCE
        self._taken += samples.size
        self._held = np.concatenate((self._held, samples))
        return self._produce()

    def flush(self) -> NDArray[np.float32]:
        """Return the rest of the stream, shape (m,), and begin another."""
        if self._same:
            return SILENCE
        missing = -(-self._taken * self._up // self._down) - self._given
        self._held = np.concatenate((self._held, np.zeros(self._half + self._step, dtype=np.float32)))
        tail = self._produce()[:missing]
        self._start()
        return tail

    def _ready(self) -> int:
        """Outputs of the running cycle, and of those after it, whose whole window is held."""
        # Output k of this cycle needs the inputs up to floor(k·down/up) + half, the window starting half - 1 earlier.
        last = self._held.size - 2 * self._half
        return 0 if last < 0 else ((last + 1) * self._up - 1) // self._down + 1

    def _produce(self) -> NDArray[np.float32]:
        pieces: list[NDArray[np.float32]] = []
        window, cycle = self._filter.shape
        until = self._ready()
        if self._column and until > self._column:
            pieces.append(self._partial(self._column, min(until, cycle)))
            until -= cycle if self._column == cycle else 0
            self._next_cycle()
        if not self._column and until >= cycle:
            rows = until // cycle
            views = sliding_window_view(self._padded(rows, window), window)[:: self._step]
            most = max(1, _MAX_PRODUCT // (window * cycle))
            for first in range(0, rows, most):
                block = np.ascontiguousarray(views[first : min(first + most, rows)])
                pieces.append((block @ self._filter).ravel())
            self._held = self._held[rows * self._step :].copy()
            until -= rows * cycle
        if until > self._column:
            pieces.append(self._partial(self._column, until))
        if not pieces:
            return SILENCE
        output = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
        self._given += output.size
        return output

    def _partial(self, begin: int, end: int) -> NDArray[np.float32]:
        """Outputs `begin` to `end` of the running cycle, from what is held of its window."""
        self._column = end
        width = min(self._held.size, self._filter.shape[0])
        part: NDArray[np.float32] = self._held[:width] @ self._filter[:width, begin:end]
        return part

    def _next_cycle(self) -> None:
        if self._column == self._filter.shape[1]:
            self._column = 0
            self._held = self._held[self._step :]

    def _padded(self, rows: int, window: int) -> NDArray[np.float32]:
        """What is held, long enough for `rows` whole windows: the last taps of the last window may be zeros."""
        missing = (rows - 1) * self._step + window - self._held.size
        if missing <= 0:
            return self._held
        return np.concatenate((self._held, np.zeros(missing, dtype=np.float32)))
