"""What a container with Opus inside gives, whichever it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from enterprise_stream.audio.formats import UNSUPPORTED
from enterprise_stream.errors import AudioError

_HEAD: Final = b"OpusHead"
_HEAD_BYTES: Final = 19
_MAX_CHANNELS: Final = 2


@dataclass(frozen=True, slots=True)
class OpusStart:
    """A stream begins; what came before is over.

    Attributes:
        pre_skip: samples at 48 kHz to drop at the start.
        gain_db: to be added to the decoded sound.
    """

    pre_skip: int
    gain_db: float


@dataclass(frozen=True, slots=True)
class OpusPacket:
    """The running stream's next packet.

    Attributes:
        data: the packet, never empty.
        keep: samples at 48 kHz that count, from the packet's start; None for all.
    """

    data: bytes
    keep: int | None = None


class Demuxer(Protocol):
    """A container's bytes to packets, pushed in as they arrive."""

    def feed(self, data: bytes) -> Iterator[OpusStart | OpusPacket]:
        """Add bytes; the iterator gives what they complete and must be read to its end.

        Raises:
            AudioError: `bad_audio` or `unsupported_audio`; the demuxer is of no use afterwards.
        """
        ...

    @property
    def finished(self) -> bool:
        """Whether the container has said that nothing more belongs to it."""
        ...


def parse_opus_head(head: bytes) -> OpusStart:
    """Read the identification header (RFC 7845, section 5.1).

    Raises:
        AudioError: `bad_audio`: it is none; `unsupported_audio`: more than two channels, or a later version.
    """
    if len(head) < _HEAD_BYTES or not head.startswith(_HEAD):
        msg = "the Opus header is damaged; start the recording again"
        raise AudioError(msg)
    version, channels, family = head[8], head[9], head[18]
    if version >= 16 or not 1 <= channels <= _MAX_CHANNELS or family > 1:
        msg = f"Opus with {channels} channels cannot be taken; record in mono or stereo"
        raise AudioError(msg, code=UNSUPPORTED)
    pre_skip = int.from_bytes(head[10:12], "little")
    gain = int.from_bytes(head[16:18], "little", signed=True)
    return OpusStart(pre_skip, gain / 256.0)


def named(codec: bytes) -> str:
    """A codec's name out of a file, fit for a message."""
    return "".join(chr(c) for c in codec[:24] if 32 < c < 127) or "an unknown codec"
