"""G.711: 8-bit logarithmic samples, both laws, by table.

ITU-T G.711 (1988); the segment arithmetic is that of the reference code in ITU-T G.191.
"""

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Law = Literal["mulaw", "alaw"]

_MULAW_BIAS: Final = 132
_MULAW_CLIP: Final = 32_635


def _mulaw_decode_table() -> NDArray[np.int16]:
    code = ~np.arange(256) & 0xFF
    segment = (code >> 4) & 7
    magnitude = ((((code & 0xF) << 3) + _MULAW_BIAS) << segment) - _MULAW_BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _alaw_decode_table() -> NDArray[np.int16]:
    code = np.arange(256) ^ 0x55
    segment = (code >> 4) & 7
    mantissa = (code & 0xF) << 4
    magnitude = np.where(segment == 0, mantissa + 8, (mantissa + 0x108) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


def _mulaw_encode_table() -> NDArray[np.uint8]:
    linear = np.arange(-32_768, 32_768)
    magnitude = np.minimum(np.abs(linear), _MULAW_CLIP) + _MULAW_BIAS
    segment = np.floor(np.log2(magnitude)).astype(np.int64) - 7
    mantissa = (magnitude >> (segment + 3)) & 0xF
    sign = np.where(linear < 0, 0x80, 0)
    codes: NDArray[np.uint8] = (~(sign | (segment << 4) | mantissa) & 0xFF).astype(np.uint8)
    return codes


def _alaw_encode_table() -> NDArray[np.uint8]:
    linear = np.arange(-32_768, 32_768)
    # 13 bits; the negative half counts from -1 (one's complement), as in the reference code.
    magnitude = np.where(linear >= 0, linear >> 4, ~linear >> 4)
    segment = np.where(magnitude > 15, np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int64) - 3, 0)
    mantissa = np.where(segment <= 1, magnitude & 0xF, (magnitude >> np.maximum(segment - 1, 0)) & 0xF)
    sign = np.where(linear >= 0, 0x80, 0)
    codes: NDArray[np.uint8] = ((sign | (segment << 4) | mantissa) ^ 0x55).astype(np.uint8)
    return codes


_DECODE: Final = {"mulaw": _mulaw_decode_table(), "alaw": _alaw_decode_table()}
_ENCODE: Final = {"mulaw": _mulaw_encode_table(), "alaw": _alaw_encode_table()}


def expand(data: bytes | bytearray | memoryview, law: Law) -> NDArray[np.int16]:
    """Each byte as a 16-bit sample; any bytes are good bytes."""
    return _DECODE[law][np.frombuffer(data, dtype=np.uint8)]


def compress(samples: NDArray[np.int16], law: Law) -> bytes:
    """Each int16 sample as one byte."""
    return _ENCODE[law][samples.astype(np.int32) + 32_768].tobytes()
