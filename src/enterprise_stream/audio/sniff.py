"""Which container begins here, if any."""

from typing import Final, Literal

import numpy as np

from enterprise_stream.audio.level import rms_dbfs
from enterprise_stream.audio.pcm import from_bytes, to_float

Container = Literal["webm", "ogg", "wav"]

MAGIC: Final[dict[Container, bytes]] = {"webm": b"\x1a\x45\xdf\xa3", "ogg": b"OggS", "wav": b"RIFF"}

_MIN_PCM_BYTES: Final = 320
_LOUDEST_DB: Final = -8.0
"""Bytes of a compressed stream, read as samples, are white noise at -4.8 dB; no microphone is."""

_LEAST_CORRELATION: Final = 0.5


def container_at_start(data: bytes) -> Container | Literal["wait"] | None:
    """What the first bytes of a stream announce; "wait" when there are too few of them to say."""
    for container, magic in MAGIC.items():
        if data.startswith(magic):
            return container
    return "wait" if any(magic.startswith(data) for magic in MAGIC.values()) else None


def container_amid(data: bytes) -> Container | None:
    """What begins with a chunk that may as well go on with the stream before it: only a whole header counts."""
    if data.startswith(MAGIC["webm"]):
        return "webm"
    if data.startswith(MAGIC["wav"]) and data[8:12] == b"WAVE":
        return "wav"
    # A first page (flag 2) with the Opus header as its only segment, where it always is.
    if data.startswith(b"OggS\0\2") and data[28:36] == b"OpusHead":
        return "ogg"
    return None


def looks_like_pcm(data: bytes) -> bool:
    """Whether a chunk amid a lost stream is rather 16-bit samples than something compressed."""
    if len(data) < _MIN_PCM_BYTES:
        return False
    samples = to_float(from_bytes(data[: len(data) // 2 * 2]))
    if rms_dbfs(samples) < _LOUDEST_DB:
        return True
    power = float(np.dot(samples, samples))
    return float(np.dot(samples[1:], samples[:-1])) > _LEAST_CORRELATION * power
