import struct

import pytest

from enterprise_stream.audio.demux import OpusPacket, OpusStart
from enterprise_stream.audio.ogg import OggDemuxer
from enterprise_stream.errors import AudioError

HEAD = b"OpusHead\x01\x01\x38\x01\x80\xbb\x00\x00\x00\xff\x00"
TAGS = b"OpusTags" + bytes(8)
START = OpusStart(312, -1.0)
FIRST, LAST, CONTINUED = 2, 4, 1


def packet(filler: int, size: int = 40) -> bytes:
    """A packet of 20 ms."""
    return b"\x98" + bytes([filler]) * (size - 1)


def segments(size: int) -> bytes:
    return b"\xff" * (size // 255) + bytes([size % 255])


def page(flags: int, granule: int, *packets: bytes, serial: int = 7, table: bytes | None = None) -> bytes:
    table = b"".join(segments(len(p)) for p in packets) if table is None else table
    return struct.pack("<4sBBqIIIB", b"OggS", 0, flags, granule, serial, 0, 0, len(table)) + table + b"".join(packets)


def opening(serial: int = 7) -> bytes:
    return page(FIRST, 0, HEAD, serial=serial) + page(0, 0, TAGS, serial=serial)


def read(data: bytes, chunk: int = 1 << 22) -> list[OpusStart | OpusPacket]:
    demuxer = OggDemuxer()
    return [event for at in range(0, len(data), chunk) for event in demuxer.feed(data[at : at + chunk])]


def plain(*packets: bytes) -> list[OpusPacket]:
    return [OpusPacket(p) for p in packets]


@pytest.mark.parametrize("chunk", [1, 5, 1 << 20])
def test_pages_of_packets(chunk: int) -> None:
    data = opening() + page(0, 1_920, packet(1), packet(2, 255)) + page(LAST, 2_880, packet(3, 510))
    assert read(data, chunk) == [START, *plain(packet(1), packet(2, 255), packet(3, 510))]


def test_a_packet_over_three_pages() -> None:
    long = packet(9, 700)
    data = opening()
    data += page(0, 960, packet(1), long[:255], table=segments(40) + b"\xff")
    data += page(CONTINUED, -1, long[255:510], table=b"\xff")
    data += page(CONTINUED, 2_880, long[510:], packet(2))
    assert read(data, 13) == [START, *plain(packet(1), long, packet(2))]


def test_half_a_packet_without_the_other_half_is_dropped() -> None:
    data = opening() + page(0, 960, packet(1), packet(8, 255), table=segments(40) + b"\xff")
    data += page(0, 1_920, packet(2)) + page(CONTINUED, 2_880, packet(7), packet(3))
    assert read(data) == [START, *plain(packet(1), packet(2), packet(3))]


def test_the_last_page_cuts_what_does_not_count() -> None:
    data = opening() + page(0, 960, packet(1)) + page(LAST, 960 + 1_000, packet(2), packet(3), packet(4))
    assert read(data)[1:] == [
        OpusPacket(packet(1)),
        OpusPacket(packet(2)),
        OpusPacket(packet(3), 40),
        OpusPacket(packet(4), 0),
    ]


def test_a_recording_on_one_page_is_cut_too_and_one_joined_late_is_not() -> None:
    assert read(opening() + page(LAST, 500, packet(1)))[1:] == [OpusPacket(packet(1), 500)]
    late = opening() + page(0, 10**9, packet(1)) + page(LAST, 10**9 + 960, packet(2))
    assert read(late)[1:] == plain(packet(1), packet(2))


def test_a_chain_begins_anew_and_other_streams_are_left_out() -> None:
    video = page(FIRST, 0, b"\x80theora", serial=1)
    one = video + page(FIRST, 0, HEAD) + page(0, 0, b"x", serial=1) + page(0, 0, TAGS) + page(0, 960, packet(1))
    two = opening(serial=8) + page(LAST, 960, packet(2), serial=8)
    assert read(one + two, 17) == [START, *plain(packet(1)), START, *plain(packet(2))]


def test_tags_over_many_pages_are_no_sound() -> None:
    data = page(FIRST, 0, HEAD) + page(0, -1, TAGS + bytes(255 * 255 - 16), table=b"\xff" * 255)
    data += page(CONTINUED, 0, b"end") + page(0, 960, packet(1))
    assert read(data) == [START, *plain(packet(1))]


def test_finished_after_the_last_page() -> None:
    demuxer = OggDemuxer()
    list(demuxer.feed(opening() + page(0, 960, packet(1))))
    assert not demuxer.finished
    list(demuxer.feed(page(LAST, 1_920, packet(1))))
    assert demuxer.finished


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (page(FIRST, 0, b"\x01vorbis....") + page(0, 0, b"x"), "holds vorbis....; record with audio/ogg"),
        (page(FIRST, 0) + page(0, 0, b"x"), "an unknown codec"),
        (page(FIRST, 0, HEAD.replace(b"\x01\x01", b"\x01\x08")), "8 channels"),
    ],
)
def test_what_is_not_taken_is_named(data: bytes, words: str) -> None:
    with pytest.raises(AudioError, match=words) as caught:
        read(data)
    assert caught.value.code == "unsupported_audio"


@pytest.mark.parametrize(
    "data",
    [
        page(0, 960, packet(1)),
        opening() + b"x" * 40,
        opening() + b"OggS\x01" + bytes(40),
        opening() + page(0, 960, b"\x03"),
        page(FIRST, 0, HEAD[:10]),
        page(FIRST, 0, HEAD)
        + page(0, -1, bytes(255 * 255), table=b"\xff" * 255)
        + page(CONTINUED, -1, bytes(255 * 255), table=b"\xff" * 255) * 20,
    ],
)
def test_damage_is_refused(data: bytes) -> None:
    with pytest.raises(AudioError) as caught:
        read(data)
    assert caught.value.code == "bad_audio"
