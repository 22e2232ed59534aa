"""WebM as it streams in: the Opus packets of the first Opus track.

Only what live recordings need of Matroska (RFC 9559) on EBML (RFC 8794). Identifiers are unique over the levels, so
the parser keeps no stack: it steps into the masters that lead to a block, reads the four elements that matter whole,
and skips all others by their size. A segment or cluster of unknown size then needs no care at all, and neither does a
second recording after the first.
"""

from collections.abc import Iterator
from typing import Final

from enterprise_stream.audio.bytequeue import ByteQueue
from enterprise_stream.audio.demux import OpusPacket, OpusStart, named, parse_opus_head
from enterprise_stream.audio.formats import UNSUPPORTED
from enterprise_stream.audio.lacing import split_block
from enterprise_stream.audio.limits import MAX_ELEMENT_BYTES, MAX_ELEMENTS
from enterprise_stream.audio.opus import DECODE_RATE, packet_samples
from enterprise_stream.audio.vint import MAX_HEADER_BYTES, children, element_header
from enterprise_stream.errors import AudioError

_EBML: Final = 0x1A45DFA3
_DOC_TYPE: Final = 0x4282
_SEGMENT: Final = 0x18538067
_TRACKS: Final = 0x1654AE6B
_TRACK_ENTRY: Final = 0xAE
_TRACK_NUMBER: Final = 0xD7
_CODEC_ID: Final = 0x86
_CODEC_PRIVATE: Final = 0x63A2
_CONTENT_ENCODINGS: Final = 0x6D80
_CLUSTER: Final = 0x1F43B675
_SIMPLE_BLOCK: Final = 0xA3
_BLOCK_GROUP: Final = 0xA0
_BLOCK: Final = 0xA1
_DISCARD_PADDING: Final = 0x75A2

_STEPPED_INTO: Final = frozenset((_SEGMENT, _TRACKS, _CLUSTER))
_READ_WHOLE: Final = frozenset((_EBML, _TRACK_ENTRY, _SIMPLE_BLOCK, _BLOCK_GROUP))


class WebmDemuxer:
    """See `Demuxer`."""

    def __init__(self) -> None:
        self._queue = ByteQueue()
        self._to_skip = 0
        self._begun = False
        self._track: int | None = None
        self._other_codec = b""

    @property
    def finished(self) -> bool:
        """Never: a live recording does not know its end."""
        return False

    def feed(self, data: bytes) -> Iterator[OpusStart | OpusPacket]:
        """See `Demuxer.feed`."""
        queue = self._queue
        queue.append(data)
        for _ in range(MAX_ELEMENTS):
            self._to_skip -= queue.skip(self._to_skip)
            if self._to_skip:
                return
            header = element_header(queue.peek(MAX_HEADER_BYTES))
            if header is None:
                return
            identifier, size, length = header
            if identifier in _STEPPED_INTO:
                queue.skip(length)
                self._step_into(identifier)
                continue
            if size is None or size > MAX_ELEMENT_BYTES:
                msg = "the WebM stream is damaged, or holds pieces of more than 1 MiB; start the recording again"
                raise AudioError(msg)
            if identifier not in _READ_WHOLE:
                self._to_skip = length + size
                continue
            if len(queue) < length + size:
                return
            queue.skip(length)
            yield from self._element(identifier, queue.take(size))
        msg = "the WebM stream holds far more pieces than sound; start the recording again"
        raise AudioError(msg)

    def _step_into(self, identifier: int) -> None:
        if not self._begun:
            msg = "the WebM stream does not begin with its header; send the recording from its first chunk on"
            raise AudioError(msg)
        if identifier == _CLUSTER and self._track is None:
            msg = f"WebM must hold Opus, this one holds {named(self._other_codec)}; record with audio/webm;codecs=opus"
            raise AudioError(msg, code=UNSUPPORTED)

    def _element(self, identifier: int, body: bytes) -> Iterator[OpusStart | OpusPacket]:
        if identifier == _EBML:
            self._begin(body)
        elif identifier == _TRACK_ENTRY:
            yield from self._track_entry(body)
        elif identifier == _SIMPLE_BLOCK:
            yield from self._block(body, 0)
        else:
            yield from self._block_group(body)

    def _begin(self, body: bytes) -> None:
        document = next((value for key, value in children(body) if key == _DOC_TYPE), b"matroska")
        if document.rstrip(b"\0") not in (b"webm", b"matroska"):
            msg = f"this is not WebM but {named(document)}; send WebM, Ogg, WAV or 16-bit PCM"
            raise AudioError(msg, code=UNSUPPORTED)
        self._begun = True
        self._track = None
        self._other_codec = b""

    def _track_entry(self, body: bytes) -> Iterator[OpusStart]:
        fields = dict(children(body))
        codec = fields.get(_CODEC_ID, b"").rstrip(b"\0")
        if codec != b"A_OPUS":
            self._other_codec = codec
        elif self._track is None:
            if _CONTENT_ENCODINGS in fields:
                msg = "compressed or encrypted WebM tracks cannot be taken; record without"
                raise AudioError(msg, code=UNSUPPORTED)
            self._track = int.from_bytes(fields.get(_TRACK_NUMBER, b"\1"), "big")
            head = fields.get(_CODEC_PRIVATE)
            yield OpusStart(0, 0.0) if head is None else parse_opus_head(head)

    def _block_group(self, body: bytes) -> Iterator[OpusPacket]:
        fields = dict(children(body))
        padding_ns = int.from_bytes(fields.get(_DISCARD_PADDING, b""), "big", signed=True)
        if _BLOCK in fields:
            yield from self._block(fields[_BLOCK], max(0, padding_ns) * DECODE_RATE // 1_000_000_000)

    def _block(self, body: bytes, discarded: int) -> Iterator[OpusPacket]:
        """The packets of a block; `discarded` samples at the end of its last packet do not count."""
        track, packets = split_block(body)
        if track != self._track:
            return
        for index, packet in enumerate(packets):
            if not packet:
                continue
            if discarded and index == len(packets) - 1:
                yield OpusPacket(packet, max(0, packet_samples(packet) - discarded))
            else:
                yield OpusPacket(packet)
