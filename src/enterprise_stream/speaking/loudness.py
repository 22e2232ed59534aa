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

LOUDEST = 10 ** (-10 / 20)
"""What the loudest 5 ms of a levelled piece come to, where the whole piece is not there yet."""

_SILENCE = 1e-5
_ONSET_DB = 40.0
_FRAME = RATE // 200
_KEEP_BEFORE = RATE * 5 // 1000
_KEEP_AFTER = RATE * 40 // 1000


def trim(sound: Sound) -> Sound:
    """Cut what lies more than 40 dB below the loudest 5 ms at both ends, keeping a little of the room around it.

    Shape (n,) in, (m,) out; empty when nothing is audible.
    """
    loudest = float(_levels(sound).max(initial=0.0))
    return trim_end(trim_start(sound, loudest), loudest) if loudest >= _SILENCE else sound[:0]


def trim_start(sound: Sound, loudest: float = LOUDEST) -> Sound:
    """Cut what lies more than 40 dB below `loudest` (root mean square of 5 ms) before the first sound."""
    audible = np.flatnonzero(_levels(sound) > loudest * 10 ** (-_ONSET_DB / 20))
    return sound[max(0, int(audible[0]) * _FRAME - _KEEP_BEFORE) :] if audible.size else sound[:0]


def trim_end(sound: Sound, loudest: float = LOUDEST, keep: int = 0) -> Sound:
    """Cut what lies more than 40 dB below `loudest` after the last sound, but nothing of the first `keep` samples."""
    audible = np.flatnonzero(_levels(sound) > loudest * 10 ** (-_ONSET_DB / 20))
    return sound[: max(keep, (int(audible[-1]) + 1) * _FRAME + _KEEP_AFTER if audible.size else 0)]


def _levels(sound: Sound) -> Sound:
    """Root mean square of each whole 5 ms."""
    frames = sound[: sound.size // _FRAME * _FRAME].reshape(-1, _FRAME)
    return np.asarray(np.sqrt(np.mean(frames * frames, axis=1)), np.float32) if frames.size else sound[:0]


def level(sound: Sound, lufs: float = TARGET_LUFS) -> Sound:
    """Bring a piece to that loudness with its peaks at or below `PEAK`.

    Peaks above half the room are rounded, not cut, so a loud syllable does not make the rest quieter.
    """
    if sound.size == 0:
        return sound
    gain = 10 ** ((lufs - loudness(sound)) / 20)
    return round_peaks(sound * np.float32(min(gain, 16.0)))


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


def round_peaks(sound: Sound) -> Sound:
    """Bend peaks above half of `PEAK` so that none is higher than it."""
    knee = PEAK / 2
    over = np.abs(sound) - knee
    if float(over.max(initial=0.0)) <= 0:
        return sound
    room = PEAK - knee
    rounded = np.sign(sound) * (knee + room * np.tanh(over / room))
    return np.where(over > 0, rounded, sound).astype(np.float32)
