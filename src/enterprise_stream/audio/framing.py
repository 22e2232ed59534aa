"""The stamp before the samples of a binary frame, for clients that asked for `framing: "stamped"`.

Eight bytes, big-endian: u8 version, u8 flags (bit 0: last of its stream), u16 stream, u32 position of the first sample.
"""

import struct
from dataclasses import dataclass
from typing import Final

from enterprise_stream.errors import AudioError

VERSION: Final = 1

MICROPHONE: Final = 0
"""Number of the guest's own stream."""

_HEADER: Final = struct.Struct(">BBHI")
_LAST: Final = 0x01


@dataclass(frozen=True, slots=True)
class Stamped:
    """A binary frame with its stamp.

    Attributes:
        version: of the stamp.
        last: whether the stream ends with this frame.
        stream: 0 for the microphone, else the number that `audio_start.stream` announced.
        position: of the first sample in its stream, modulo 2**32.
        payload: the samples, as the stream's encoding has them.
    """

    version: int
    last: bool
    stream: int
    position: int
    payload: bytes


def pack(*, last: bool, stream: int, position: int, samples_bytes: bytes, version: int = VERSION) -> bytes:
    """Put the stamp before the samples.

    Args:
        last: whether the stream ends with this frame.
        stream: 0 to 65535.
        position: of the first sample in its stream; wraps at 2**32, more than a day at 48 kHz.
        samples_bytes: what the frame carries.
        version: of the stamp.
    """
    return _HEADER.pack(version, _LAST if last else 0, stream, position & 0xFFFF_FFFF) + samples_bytes


def unpack(data: bytes) -> Stamped:
    """Take a frame apart; flags that this version does not know are ignored.

    Raises:
        AudioError: code `bad_frame`: the frame has no whole stamp, or one of another version.
    """
    if len(data) < _HEADER.size:
        msg = f"a stamped frame begins with {_HEADER.size} bytes of stamp, this one has {len(data)} bytes in all"
        raise AudioError(msg, code="bad_frame")
    version, flags, stream, position = _HEADER.unpack_from(data)
    if version != VERSION:
        msg = f'a stamp of version {version} cannot be read; send version {VERSION}, or ask for framing "bare" in start'
        raise AudioError(msg, code="bad_frame")
    return Stamped(version, bool(flags & _LAST), stream, position, data[_HEADER.size :])
