"""Samples as numbers: the two formats used inside the server, and the way between them."""

import numpy as np
from numpy.typing import NDArray

LISTEN_RATE = 16_000
"""Rate of everything that is heard, in Hz: mono float32, full scale ±1.0."""

SPEAK_RATE = 24_000
"""Rate of everything that is spoken, in Hz: mono int16."""

FULL_SCALE = 32_768.0
"""int16 units in full scale, so that -32768 is exactly -1.0."""

SILENCE: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
"""No samples at all."""

SILENCE.setflags(write=False)


def to_float(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """int16 of any shape to float32 of the same shape, full scale ±1.0."""
    return samples.astype(np.float32) * np.float32(1.0 / FULL_SCALE)


def to_int16(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    """float32 of any shape to int16 of the same shape, rounded; what is beyond full scale is clipped, NaN is 0."""
    clipped = np.clip(np.nan_to_num(samples, nan=0.0), -1.0, 1.0)
    scaled: NDArray[np.int16] = np.minimum(np.rint(clipped * np.float32(FULL_SCALE)), FULL_SCALE - 1).astype(np.int16)
    return scaled


def from_bytes(data: bytes | bytearray | memoryview) -> NDArray[np.int16]:
    """Little-endian 16-bit samples; `data` must hold whole samples."""
    return np.frombuffer(data, dtype="<i2").astype(np.int16, copy=False)


def to_bytes(samples: NDArray[np.int16]) -> bytes:
    """The samples as little-endian 16-bit PCM."""
    return samples.astype("<i2", copy=False).tobytes()


def samples_to_ms(samples: int, rate: int) -> float:
    """Duration in ms of `samples` at `rate` Hz."""
    return samples * 1000.0 / rate
