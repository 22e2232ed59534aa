"""How like a recording is to the sound that was meant."""

import numpy as np
import soxr
from numpy.typing import NDArray

from ..hearing import Heard

_AUDIBLE = 1e-2


def alike(heard: Heard, meant: NDArray[np.float64], rate: int) -> float:
    """The correlation of a recording, up to its last sound, with the part of what was meant that fits it best.

    1 is one piece of it, whole and at its own pace; a pause, a repetition or a gap shift what follows, and lower it.

    Args:
        heard: the recording.
        meant: shape (n,).
        rate: of `meant`, Hz.
    """
    loud = np.flatnonzero(np.abs(heard.samples) > _AUDIBLE)
    recorded = heard.samples[loud[0] : loud[-1]]
    around = np.zeros(len(recorded))
    long = np.concatenate((around, soxr.resample(meant, rate, heard.rate), around))
    size = 1 << len(long).bit_length()
    cross = np.fft.irfft(np.fft.rfft(long, size) * np.conj(np.fft.rfft(recorded, size)), size)
    lag = int(np.argmax(cross[: len(long) - len(recorded)]))
    part = long[lag : lag + len(recorded)]
    return float(recorded @ part / np.sqrt((recorded @ recorded) * (part @ part)))
