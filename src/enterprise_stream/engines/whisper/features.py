"""What Whisper's encoder hears: a log-mel spectrogram, in numpy.

The recipe and its constants are those of the published model (Radford et al. 2022, "Robust Speech Recognition via
Large-Scale Weak Supervision", section 2.2, and its `log_mel_spectrogram`): 25 ms periodic Hann windows every 10 ms,
80 triangular filters on Slaney's mel scale with unit area, the logarithm kept within 8 decades of the loudest bin.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.listening.ports import SAMPLE_RATE, Samples

N_FFT = 400
"""Samples in a window: 25 ms at 16 kHz."""

HOP = 160
"""Samples from one window to the next: 10 ms at 16 kHz."""

N_MELS = 80
"""Filters; 80 for every multilingual Whisper up to large-v2."""

FRAMES_PER_SECOND = SAMPLE_RATE // HOP

_BATCH = 16
"""Frames multiplied at once: few enough that numpy's BLAS does not wake threads that spin for longer than they work."""

_BREAK_HZ = 1000.0  # Slaney's scale is linear below this
_HZ_PER_MEL = 200.0 / 3.0
_LOG_STEP = np.log(6.4) / 27.0  # and 27 steps to 6.4 kHz above it


def log_mel(samples: Samples) -> NDArray[np.float32]:
    """Features of `samples` as the encoder takes them.

    Args:
        samples: shape (n,), mono at 16 kHz, full scale ±1.0; n > N_FFT // 2.

    Returns:
        Shape (N_MELS, n // HOP): natural range about -1 to 1, relative to the loudest bin of these very samples.
    """
    frames = len(samples) // HOP
    padded = np.pad(samples.astype(np.float32, copy=False), N_FFT // 2, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::HOP][:frames]
    spectrum = np.fft.rfft(windows * _hann(), axis=-1)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32, copy=False)
    log = np.log10(np.maximum(_filtered(power), 1e-10))
    log = np.maximum(log, log.max() - 8.0)
    features: NDArray[np.float32] = ((log + 4.0) / 4.0).astype(np.float32)
    return features


def _filtered(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """Power in each filter, shape (N_MELS, frames), of (frames, N_FFT // 2 + 1)."""
    frames = len(power)
    whole = np.pad(power, ((0, -frames % _BATCH), (0, 0)))
    mel: NDArray[np.float32] = whole.reshape(-1, _BATCH, power.shape[1]) @ mel_filters().T
    return np.ascontiguousarray(mel.reshape(-1, N_MELS)[:frames].T)


@cache
def mel_filters() -> NDArray[np.float32]:
    """The filter bank, shape (N_MELS, N_FFT // 2 + 1): triangles of unit area between 0 Hz and half the rate."""
    bins = np.linspace(0.0, SAMPLE_RATE / 2, N_FFT // 2 + 1)
    edges = _mel_to_hz(np.linspace(0.0, _hz_to_mel(SAMPLE_RATE / 2), N_MELS + 2))
    rise = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    fall = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    triangles = np.maximum(0.0, np.minimum(rise, fall))
    return (triangles * (2.0 / (edges[2:] - edges[:-2]))[:, None]).astype(np.float32)


@cache
def _hann() -> NDArray[np.float32]:
    return np.hanning(N_FFT + 1)[:-1].astype(np.float32)


def _hz_to_mel(hz: float) -> float:
    return hz / _HZ_PER_MEL if hz < _BREAK_HZ else _BREAK_HZ / _HZ_PER_MEL + float(np.log(hz / _BREAK_HZ)) / _LOG_STEP


def _mel_to_hz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    knee = _BREAK_HZ / _HZ_PER_MEL
    return np.where(mels < knee, mels * _HZ_PER_MEL, _BREAK_HZ * np.exp(_LOG_STEP * (mels - knee)))
