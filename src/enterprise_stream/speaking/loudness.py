"""Every piece equally loud, without clicks and without the model's own silence around it."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]

RATE = 24_000

TARGET_LUFS = -19.0
"""Programme loudness: what podcasts use for mono (AES TD1008), 3 dB above it would need limiting."""

PEAK = 10 ** (-1.5 / 20)
"""Highest sample, full scale 1.0; leaves room for a lossy codec's overshoot (EBU R 128 s2)."""

_SILENCE = 1e-5
_ONSET_DB = 40.0
_FRAME = RATE // 200
_KEEP_BEFORE = RATE * 15 // 1000
_KEEP_AFTER = RATE * 40 // 1000


def trim(sound: Sound) -> Sound:
    """Cut what lies more than 40 dB below the loudest 5 ms at both ends, keeping a little of the room around it.

    Shape (n,) in, (m,) out; empty when nothing is audible.
    """
    frames = sound[: sound.size // _FRAME * _FRAME].reshape(-1, _FRAME)
    if not frames.size:
        return sound[:0]
    level = np.sqrt(np.mean(frames * frames, axis=1))
    loudest = float(level.max())
    if loudest < _SILENCE:
        return sound[:0]
    audible = np.flatnonzero(level > loudest * 10 ** (-_ONSET_DB / 20))
    start = max(0, int(audible[0]) * _FRAME - _KEEP_BEFORE)
    end = min(sound.size, (int(audible[-1]) + 1) * _FRAME + _KEEP_AFTER)
    return sound[start:end]


def level(sound: Sound) -> Sound:
    """Bring a piece to `TARGET_LUFS` with its peaks at or below `PEAK`.

    Peaks above half the room are rounded, not cut, so a loud syllable does not make the rest quieter.
    """
    if sound.size == 0:
        return sound
    gain = 10 ** ((TARGET_LUFS - loudness(sound)) / 20)
    return _round_peaks(sound * np.float32(min(gain, 16.0)))


def fade(sound: Sound, in_ms: int = 4, out_ms: int = 12) -> Sound:
    """Ramp both ends (raised cosine), so that joining with silence does not click."""
    out = sound.copy()
    for count, end in ((in_ms * RATE // 1000, False), (out_ms * RATE // 1000, True)):
        count = min(count, out.size // 2)  # noqa: PLW2901 - bounded by what there is
        if count:
            ramp = (0.5 - 0.5 * np.cos(np.linspace(0, np.pi, count))).astype(np.float32)
            if end:
                out[-count:] *= ramp[::-1]
            else:
                out[:count] *= ramp
    return out


def loudness(sound: Sound) -> float:
    """Gated loudness in LUFS (ITU-R BS.1770-4, mono): blocks of 400 ms, 75 % overlap, gates at -70 and -10 LU."""
    block, hop = RATE * 4 // 10, RATE // 10
    spectrum = np.fft.rfft(sound)
    weighted = np.fft.irfft(spectrum * _k_weight(sound.size), sound.size)
    if weighted.size < block:
        energy = np.array([np.mean(weighted * weighted)])
    else:
        blocks = np.lib.stride_tricks.sliding_window_view(weighted * weighted, block)[::hop]
        energy = blocks.mean(axis=1)
    energy = energy[energy > _energy(-70.0)]
    if not energy.size:
        return -70.0
    gated = energy[energy > 0.1 * energy.mean()]
    return float(-0.691 + 10 * np.log10(gated.mean()))


def _energy(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))


@lru_cache(maxsize=8)
def _k_weight(size: int) -> NDArray[np.float64]:
    """Magnitude of BS.1770's two filters (their 48 kHz coefficients) at the bins of a transform at 24 kHz."""
    z = np.exp(2j * np.pi * np.fft.rfftfreq(size, 1 / RATE) / 48_000)
    shelf = _biquad(z, (1.53512485958697, -2.69169618940638, 1.19839281085285), (-1.69065929318241, 0.73248077421585))
    high = _biquad(z, (1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))
    return np.abs(shelf * high)


def _biquad(z: NDArray[np.complex128], b: tuple[float, float, float], a: tuple[float, float]) -> NDArray[np.complex128]:
    return (b[0] + b[1] / z + b[2] / z**2) / (1 + a[0] / z + a[1] / z**2)


def _round_peaks(sound: Sound) -> Sound:
    knee = PEAK / 2
    over = np.abs(sound) - knee
    if float(over.max()) <= 0:
        return sound
    room = PEAK - knee
    rounded = np.sign(sound) * (knee + room * np.tanh(over / room))
    return np.where(over > 0, rounded, sound).astype(np.float32)
