"""Ogg as it streams in: the Opus packets of the first Opus stream of each link of a chain.

Pages as in RFC 3533, Opus in them as in RFC 7845. Checksums are not verified: the bytes come over TCP, and a page that
is not one is found out by its first four bytes.
"""

import struct
from collections.abc import Iterator
from typing import Final

from enterprise_stream.audio.bytequeue import ByteQueue
from enterprise_stream.audio.demux import OpusPacket, OpusStart, named, parse_opus_head
from enterprise_stream.audio.formats import UNSUPPORTED
from enterprise_stream.audio.limits import MAX_ELEMENT_BYTES
from enterprise_stream.audio.opus import packet_samples
from enterprise_stream.errors import AudioError

_PAGE: Final = struct.Struct("<4sBBqIIIB")
_CONTINUED: Final = 0x01
_FIRST: Final = 0x02
_LAST: Final = 0x04
_NO_GRANULE: Final = -1


class OggDemuxer:
    """See `Demuxer`."""

    def __init__(self) -> None:
        self._queue = ByteQueue()
        self._link = _Link()
        self._begun = False

    @property
    def finished(self) -> bool:
        """Whether the last page of the running link has been read."""
        return self._link.ended

    def feed(self, data: bytes) -> Iterator[OpusStart | OpusPacket]:
        """See `Demuxer.feed`."""
        queue = self._queue
        queue.append(data)
        while len(queue) >= _PAGE.size:
            magic, version, flags, granule, serial, _, _, segments = _PAGE.unpack(queue.peek(_PAGE.size))
            if magic != b"OggS" or version != 0:
                msg = "the Ogg stream is damaged; start the recording again"
                raise AudioError(msg)
            header = queue.peek(_PAGE.size + segments)
            table = header[_PAGE.size :]
            size = len(header) + sum(table)
            if len(table) < segments or len(queue) < size:
                return
            body = queue.take(size)[len(header) :]
            yield from self._page(flags, granule, serial, table, body)

    def _page(
        self, flags: int, granule: int, serial: int, table: bytes, body: bytes
    ) -> Iterator[OpusStart | OpusPacket]:
        if flags & _FIRST:
            if self._link.sounding or self._link.ended:
                self._link = _Link()
            self._begun = True
            head = body[: table[0]] if table else b""
            if head.startswith(b"OpusHead") and self._link.serial is None:
                self._link.serial = serial
                yield parse_opus_head(head)
            else:
                self._link.other_codec = head
            return
        if not self._begun:
            msg = "the Ogg stream does not begin with its first page; send the recording from its first chunk on"
            raise AudioError(msg)
        if self._link.serial is None:
            codec = named(self._link.other_codec.lstrip(b"\x01\x7f\x80"))
            msg = f"Ogg must hold Opus, this one holds {codec}; record with audio/ogg;codecs=opus"
            raise AudioError(msg, code=UNSUPPORTED)
        self._link.sounding = True
        if serial == self._link.serial:
            yield from self._link.page(flags, granule, table, body)


class _Link:
    """One link of a chain: the Opus stream in it, from its second page on."""

    def __init__(self) -> None:
        self.serial: int | None = None
        self.other_codec = b""
        self.sounding = False
        self.ended = False
        self._tags_read = False
        self._unfinished: bytearray | None = None
        self._position: int | None = None
        self._since = 0

    def page(self, flags: int, granule: int, table: bytes, body: bytes) -> Iterator[OpusPacket]:
        """The audio packets that a page completes."""
        packets = self._packets(bool(flags & _CONTINUED), table, body)
        if packets and not self._tags_read:
            self._tags_read = True
            packets = packets[1:]
        packets = [packet for packet in packets if packet]
        self.ended = bool(flags & _LAST)
        excess = self._excess(granule, packets)
        kept: list[OpusPacket] = []
        for packet in reversed(packets):
            samples = packet_samples(packet)
            dropped = min(excess, samples)
            excess -= dropped
            kept.append(OpusPacket(packet, samples - dropped if dropped else None))
        yield from reversed(kept)

    def _packets(self, continued: bool, table: bytes, body: bytes) -> list[bytes]:
        """The packets that end in this page; half a packet without its other half is dropped."""
        held = self._unfinished if continued else bytearray()
        packets: list[bytes] = []
        offset = 0
        for segment in table:
            if held is not None:
                held += body[offset : offset + segment]
                if len(held) > MAX_ELEMENT_BYTES:
                    msg = "the Ogg stream holds a packet of more than 1 MiB; leave pictures out of its tags"
                    raise AudioError(msg)
            offset += segment
            if segment < 255:
                if held is not None:
                    packets.append(bytes(held))
                held = bytearray()
        # Only a page without segments, or ending in one of 255 bytes, leaves a packet open for the next one.
        self._unfinished = held if not table or table[-1] == 255 else None
        return packets

    def _excess(self, granule: int, packets: list[bytes]) -> int:
        """Samples at the end of the last page that do not count (RFC 7845, section 4.4)."""
        self._since += sum(packet_samples(packet) for packet in packets)
        if granule == _NO_GRANULE or not packets:
            return 0
        if self._position is None:
            # A stream that was joined late begins above zero; one that fits on a single page begins at zero.
            self._position = 0 if self.ended else granule - self._since
        excess = self._position + self._since - granule if self.ended else 0
        self._position = granule
        self._since = 0
        return max(0, excess)
