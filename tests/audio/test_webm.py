from itertools import pairwise

import pytest

from enterprise_stream.audio.demux import OpusPacket, OpusStart
from enterprise_stream.audio.webm import WebmDemuxer
from enterprise_stream.errors import AudioError

HEAD = b"OpusHead\x01\x02\x38\x01\x80\xbb\x00\x00\x00\x00\x00"
PACKETS = [bytes([0x98]) + bytes([n]) * (n + 1) for n in range(12)]
UNKNOWN = b"\x01" + b"\xff" * 7


def size_of(value: int) -> bytes:
    return (value | 1 << 56).to_bytes(8, "big")


def element(identifier: str, *body: bytes, unknown: bool = False) -> bytes:
    content = b"".join(body)
    return bytes.fromhex(identifier) + (UNKNOWN if unknown else size_of(len(content))) + content


def track(codec: bytes = b"A_OPUS", number: int = 1, *more: bytes) -> bytes:
    return element("ae", element("d7", bytes([number])), element("86", codec), element("63a2", HEAD), *more)


def block(*packets: bytes, lacing: int = 0, number: int = 1, identifier: str = "a3") -> bytes:
    return element(identifier, bytes([0x80 | number, 0, 0, 0x80 | lacing << 1]), *packets)


def recording(*clusters: bytes, tracks: bytes | None = None, doc_type: bytes = b"webm") -> bytes:
    head = element("1a45dfa3", element("4282", doc_type))
    head += element("18538067", element("ec", bytes(20)), element("1549a966"), unknown=True)
    return head + element("1654ae6b", track() if tracks is None else tracks) + b"".join(clusters)


def cluster(*blocks: bytes) -> bytes:
    """As Chromium's MediaRecorder writes it: nobody knows yet how long it will be."""
    return element("1f43b675", element("e7", b"\0"), *blocks, unknown=True)


def read(data: bytes, chunk: int = 1 << 21) -> list[OpusStart | OpusPacket]:
    demuxer = WebmDemuxer()
    events = [event for at in range(0, len(data), chunk) for event in demuxer.feed(data[at : at + chunk])]
    assert not demuxer.finished
    return events


def sound(data: bytes, chunk: int = 1 << 21) -> list[bytes]:
    return [event.data for event in read(data, chunk) if isinstance(event, OpusPacket)]


START = OpusStart(312, 0.0)


@pytest.mark.parametrize("chunk", [1, 2, 11, 1 << 20])
def test_unknown_sizes_block_groups_and_elements_that_do_not_matter(chunk: int) -> None:
    group = element("a0", block(PACKETS[2], identifier="a1"), element("9b", b"\x3c"), element("75a2", b"\x00"))
    data = recording(
        cluster(block(PACKETS[0]), element("ab", b"\1"), block(PACKETS[1])),
        cluster(group),
        element("1c53bb6b", b"cues"),
    )
    assert read(data, chunk) == [START, *(OpusPacket(packet) for packet in PACKETS[:3])]


def test_discarded_padding_cuts_the_end_of_the_last_packet() -> None:
    ten_ms = (10_000_000).to_bytes(4, "big")
    group = element("a0", block(PACKETS[2], identifier="a1"), element("75a2", ten_ms))
    assert read(recording(cluster(group)))[1:] == [OpusPacket(PACKETS[2], keep=480)]


def xiph(packets: list[bytes]) -> bytes:
    sizes = b"".join(b"\xff" * (len(p) // 255) + bytes([len(p) % 255]) for p in packets[:-1])
    return bytes([len(packets) - 1]) + sizes + b"".join(packets)


def ebml(packets: list[bytes]) -> bytes:
    sizes = size_of(len(packets[0]))
    for before, after in pairwise(packets[:-1]):
        sizes += (len(after) - len(before) + (1 << 13) - 1 | 1 << 14).to_bytes(2, "big")
    return bytes([len(packets) - 1]) + sizes + b"".join(packets)


@pytest.mark.parametrize("packets", [PACKETS, PACKETS[::-1], [b"\x98" * 600, b"\x98" * 255, b"\x98", b"\x98" * 300]])
def test_lacing_with_sizes(packets: list[bytes]) -> None:
    assert sound(recording(cluster(block(xiph(packets), lacing=1)))) == packets
    assert sound(recording(cluster(block(ebml(packets), lacing=3)))) == packets


def test_fixed_lacing() -> None:
    same = [bytes([0x98, n, n]) for n in range(5)]
    assert sound(recording(cluster(block(bytes([4]), *same, lacing=2)))) == same


def test_a_second_recording_begins_anew() -> None:
    one = recording(cluster(block(PACKETS[0])))
    two = recording(cluster(block(PACKETS[1])))
    for chunk in (3, 1 << 20):
        assert read(one + two, chunk) == [START, OpusPacket(PACKETS[0]), START, OpusPacket(PACKETS[1])]


def test_only_the_first_opus_track_counts() -> None:
    tracks = track(b"V_VP8", 1) + track(number=2) + track(number=3)
    blocks = (block(PACKETS[n], number=n) for n in (1, 2, 3, 4))
    assert read(recording(cluster(*blocks), tracks=tracks)) == [START, OpusPacket(PACKETS[2])]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (recording(cluster(), tracks=track(b"A_VORBIS")), "A_VORBIS; record with audio/webm;codecs=opus"),
        (recording(cluster(), tracks=b""), "an unknown codec"),
        (recording(cluster(), tracks=track(b"\x00\xff<script>")), "<script>;"),
        (recording(doc_type=b"other"), "not WebM but other"),
        (recording(tracks=track(b"A_OPUS", 1, element("6d80", b""))), "compressed or encrypted"),
        (recording(tracks=track().replace(b"OpusHead\x01\x02", b"OpusHead\x01\x06")), "6 channels"),
    ],
)
def test_what_is_not_taken_is_named(data: bytes, words: str) -> None:
    with pytest.raises(AudioError, match=words) as caught:
        read(data)
    assert caught.value.code == "unsupported_audio"


@pytest.mark.parametrize(
    "data",
    [
        cluster(block(PACKETS[0])),
        recording(b"\x00"),
        recording(b"\x08\x80\x80\x80"),
        recording(b"\xa3" + UNKNOWN),
        recording(b"\xa3" + size_of(2 << 20)),
        recording(b"\xec" + size_of(2 << 20)),
        recording(tracks=element("ae", b"\xd7\x90\1")),
        recording(tracks=track().replace(b"OpusHead", b"OpusHelp")),
        recording(cluster(element("a3", b"\x81\0"))),
        recording(cluster(block(lacing=1))),
        recording(cluster(block(b"\x05\xff", lacing=1))),
        recording(cluster(block(b"\x02\x09\x09abc", lacing=1))),
        recording(cluster(block(b"\x02abcd", lacing=2))),
        recording(cluster(block(b"\xff", lacing=2))),
        recording(cluster(block(b"\x02", lacing=3))),
        recording(cluster(block(b"\x02\x81\x80abc", lacing=3))),
        recording(cluster(element("ec") * 60_000)),
        recording(cluster(element("a0", element("ec") * 1_001))),
    ],
)
def test_damage_is_refused(data: bytes) -> None:
    with pytest.raises(AudioError) as caught:
        read(data)
    assert caught.value.code == "bad_audio"
