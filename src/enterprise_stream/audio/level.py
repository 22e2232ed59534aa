"""How loud a piece of sound is."""

import math

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.audio.pcm import FULL_SCALE

FLOOR_DB = -120.0
"""What silence, digital or of no samples, measures."""


def rms_dbfs(samples: NDArray[np.float32] | NDArray[np.int16]) -> float:
    """Root mean square level in dB relative to full scale.

    A full-scale square wave measures 0 dB and a full-scale sine -3.01 dB (AES17's definition would call the sine 0).

    Args:
        samples: shape (n,), float32 with full scale ±1.0 or int16.

    Returns:
        At least `FLOOR_DB`.
    """
    if samples.size == 0:
        return FLOOR_DB
    if samples.dtype == np.int16:
        values = samples.astype(np.float32)
        reference = FULL_SCALE * FULL_SCALE
    else:
        values = samples.astype(np.float32, copy=False)
        reference = 1.0
    power = float(np.dot(values, values)) / (samples.size * reference)
    if not power > 1e-12:
        return FLOOR_DB
    return 10.0 * math.log10(power)
