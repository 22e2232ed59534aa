"""WAV as it streams in: a header, then samples, then perhaps another file.

RIFF/WAVE as in Microsoft's "Multimedia Programming Interface and Data Specifications 1.0" with WAVE_FORMAT_EXTENSIBLE.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.audio.bytequeue import ByteQueue
from enterprise_stream.audio.companding import expand
from enterprise_stream.audio.formats import UNSUPPORTED, USUAL_RATES
from enterprise_stream.audio.limits import MAX_ELEMENT_BYTES, MAX_ELEMENTS
from enterprise_stream.audio.pcm import from_bytes, to_float
from enterprise_stream.errors import AudioError

WAV_RATES: Final = (*USUAL_RATES, 88_200, 96_000, 176_400, 192_000)
"""Sample rates that a file may have, in Hz."""

_PCM, _FLOAT, _ALAW, _MULAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
_MAX_CHANNELS: Final = 2
_ENDLESS: Final = (0, 0x7FFF_FFFF)
"""Sizes of a data chunk that say "not known when the header was written": none, or this and more."""

Samples = NDArray[np.float32]


def _pcm24(data: bytes) -> Samples:
    octets = np.frombuffer(data, dtype=np.uint8).reshape(-1, 3)
    words = np.zeros((octets.shape[0], 4), dtype=np.uint8)
    words[:, 1:] = octets
    return words.view("<i4").reshape(-1).astype(np.float32) * np.float32(2.0**-31)


def _pcm32(data: bytes) -> Samples:
    return np.frombuffer(data, dtype="<i4").astype(np.float32) * np.float32(2.0**-31)


def _pcm8(data: bytes) -> Samples:
    return (np.frombuffer(data, dtype=np.uint8).astype(np.float32) - np.float32(128)) * np.float32(1 / 128)


def _finite(samples: NDArray[np.float32]) -> Samples:
    return np.clip(np.nan_to_num(samples, nan=0.0), -1.0, 1.0)


_READERS: Final[dict[tuple[int, int], Callable[[bytes], Samples]]] = {
    (_PCM, 8): _pcm8,
    (_PCM, 16): lambda data: to_float(from_bytes(data)),
    (_PCM, 24): _pcm24,
    (_PCM, 32): _pcm32,
    (_FLOAT, 32): lambda data: _finite(np.frombuffer(data, dtype="<f4").astype(np.float32)),
    (_MULAW, 8): lambda data: to_float(expand(data, "mulaw")),
    (_ALAW, 8): lambda data: to_float(expand(data, "alaw")),
}


@dataclass(frozen=True, slots=True)
class WavFormat:
    """What a file's samples are.

    Attributes:
        tag: of the coding: 1 PCM, 3 float, 6 A-law, 7 μ-law.
        bits: of one sample.
        channels: 1 or 2, interleaved.
        rate: in Hz.
    """

    tag: int
    bits: int
    channels: int
    rate: int

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of every channel."""
        return self.bits // 8 * self.channels

    def read(self, data: bytes) -> Samples:
        """Whole frames to mono float32, shape (frames,), full scale ±1.0."""
        samples = _READERS[self.tag, self.bits](data)
        if self.channels == 1:
            return samples
        mono: Samples = samples.reshape(-1, self.channels).mean(axis=1, dtype=np.float32)
        return mono


def parse_format(chunk: bytes) -> WavFormat:
    """Read a `fmt ` chunk's body.

    Raises:
        AudioError: `bad_audio` or `unsupported_audio`.
    """
    if len(chunk) < 16:
        raise _damaged()
    tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", chunk)
    if tag == _EXTENSIBLE and len(chunk) >= 26:
        tag = int.from_bytes(chunk[24:26], "little")
    if (tag, bits) not in _READERS:
        msg = f"WAV of coding {tag} with {bits} bits cannot be taken; use 16-bit PCM (or 8, 24, 32, float, G.711)"
        raise AudioError(msg, code=UNSUPPORTED)
    if not 1 <= channels <= _MAX_CHANNELS:
        msg = f"WAV with {channels} channels cannot be taken; use mono or stereo"
        raise AudioError(msg, code=UNSUPPORTED)
    if rate not in WAV_RATES:
        msg = f"WAV at {rate} Hz cannot be taken; use one of {', '.join(map(str, WAV_RATES))} Hz"
        raise AudioError(msg, code=UNSUPPORTED)
    return WavFormat(tag, bits, channels, rate)


def _damaged() -> AudioError:
    return AudioError("the WAV file is damaged; save it again, or send 16-bit PCM")


class WavDemuxer:
    """A WAV stream's bytes to its format and its samples, pushed in as they arrive."""

    def __init__(self) -> None:
        self._queue = ByteQueue()
        self._to_skip = 0
        self._format: WavFormat | None = None
        self._sounding: WavFormat | None = None
        self._data_left: int | None = None
        self._padding = 0
        self._sounded = False

    @property
    def finished(self) -> bool:
        """Whether all samples that the header announced have been read."""
        return self._sounded and self._sounding is None

    def feed(self, data: bytes) -> Iterator[WavFormat | bytes]:
        """Add bytes; the iterator gives each file's format, then whole frames, and must be read to its end.

        Raises:
            AudioError: `bad_audio` or `unsupported_audio`; the demuxer is of no use afterwards.
        """
        self._queue.append(data)
        for _ in range(MAX_ELEMENTS):
            self._to_skip -= self._queue.skip(self._to_skip)
            if self._to_skip:
                return
            if self._sounding is not None:
                yield self._take_frames(self._sounding)
                if not self.finished:
                    return
                continue
            head = self._queue.peek(12)
            if len(head) < (12 if head[:4] == b"RIFF" else 8):
                return
            if head[:4] == b"data":
                yield self._begin_data(int.from_bytes(head[4:8], "little"))
            elif not self._chunk(head):
                return
        raise _damaged()

    def _take_frames(self, fmt: WavFormat) -> bytes:
        width = fmt.frame_bytes
        held = len(self._queue)
        if self._data_left is None:
            return self._queue.take(held // width * width)
        frames = self._queue.take(min(held, self._data_left) // width * width)
        self._data_left -= len(frames)
        if self._data_left < width:
            # Half a frame at the end is dropped; chunks begin at even positions.
            self._to_skip = self._data_left + self._padding
            self._sounding = None
        return frames

    def _begin_data(self, size: int) -> WavFormat:
        if self._format is None:
            raise _damaged()
        self._queue.skip(8)
        self._sounding = self._format
        self._sounded = True
        self._data_left = None if size == _ENDLESS[0] or size >= _ENDLESS[1] else size
        self._padding = size % 2
        return self._format

    def _chunk(self, head: bytes) -> bool:
        """Read or skip the chunk that begins with `head`; False when there is nothing more to do for now."""
        name, size = head[:4], int.from_bytes(head[4:8], "little")
        if name == b"RIFF":
            self._begin_file(head)
            return True
        if self._sounded and not name.strip().isalnum():
            # What follows the samples is no chunk: padding that the file's writer left, without meaning.
            self._queue.skip(len(self._queue))
            return False
        if size > MAX_ELEMENT_BYTES:
            raise _damaged()
        if name == b"fmt ":
            return self._read_format(size)
        self._to_skip = 8 + size + size % 2
        return True

    def _begin_file(self, head: bytes) -> None:
        if head[8:12] != b"WAVE":
            msg = "this RIFF file is no WAV; send WAV, WebM, Ogg or 16-bit PCM"
            raise AudioError(msg, code=UNSUPPORTED)
        self._format = None
        self._sounded = False
        self._queue.skip(12)

    def _read_format(self, size: int) -> bool:
        if len(self._queue) < 8 + size:
            return False
        self._queue.skip(8)
        self._format = parse_format(self._queue.take(size))
        self._to_skip = size % 2
        return True
