"""Hostile binary frames: containers that lie, sound out of nothing, stamps of streams that there are not."""

import struct
from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from enterprise_stream.audio.framing import pack

Sound = Callable[[Random], bytes]

EBML, SEGMENT, CLUSTER, SIMPLE_BLOCK = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67", b"\x1f\x43\xb6\x75", b"\xa3"
UNKNOWN: Final = b"\x01" + b"\xff" * 7
"""A size that says nothing."""

TRACK: Final = (
    b"\x16\x54\xae\x6b\x91\xae\x8f\xd7\x81\x01\x83\x81\x02\x86\x86A_OPUS\xe1\x80"  # one Opus track, of no more words
)


def webm(random: Random) -> bytes:
    """A header, and then elements whose sizes and nesting lie."""
    size = random.choice((UNKNOWN, b"\x08\xff\xff\xff\xff", b"\x80", b"\x01" + random.randbytes(7)))
    body = random.choice((TRACK, b"\xec" + size, CLUSTER + size, random.randbytes(200)))
    return EBML + b"\x84\x42\x86\x81\x01" + SEGMENT + size + body * random.randrange(1, 400)


def webm_bomb(random: Random) -> bytes:
    """As many of the smallest blocks as a frame holds, each of which claims 120 ms of sound."""
    block = SIMPLE_BLOCK + b"\x86\x81\x00\x00\x80" + random.choice((b"\xff\x3f", b"\xfb\x30", b"\x03\x7f"))
    return EBML + b"\x80" + SEGMENT + UNKNOWN + TRACK + CLUSTER + UNKNOWN + block * random.choice((500, 20_000))


def _page(flags: int, serial: int, number: int, lacing: bytes, body: bytes) -> bytes:
    return struct.pack("<4sBBqIIIB", b"OggS", 0, flags, 0, serial, number, 0, len(lacing)) + lacing + body


def ogg(random: Random) -> bytes:
    """Pages whose numbers, serials, checksums and lacing lie."""
    pages = [
        _page(
            random.randrange(8), random.randrange(3), n, random.randbytes(random.randrange(256)), random.randbytes(99)
        )
        for n in range(random.randrange(1, 30))
    ]
    return b"".join(pages)


def ogg_bomb(random: Random) -> bytes:
    """Pages full of empty packets."""
    head = _page(2, 1, 0, b"\x13", b"OpusHead\x01\x01\x38\x01\x80\xbb\x00\x00\x00\x00\x00")
    empty = _page(0, 1, 1, b"\x01" * 255, random.choice((b"\x00", b"\xfb")) * 255)
    return head + empty * random.choice((10, 500))


def wav(random: Random) -> bytes:
    """Headers whose sizes, rates and formats lie."""
    rate, channels = random.choice((0, 1, 8_000, 2**32 - 1)), random.choice((0, 1, 2, 65_535))
    tag, bits = random.choice((1, 3, 6, 7, 0xFFFE, 0)), random.choice((0, 1, 8, 16, 24, 32, 64))
    fmt = struct.pack("<HHIIHH", tag, channels, rate, random.getrandbits(32), random.getrandbits(16), bits)
    said = random.choice((0, 1, 16, 2**31, 2**32 - 1))
    return b"RIFF" + struct.pack("<I", said) + b"WAVEfmt " + struct.pack("<I", random.choice((16, 18, said))) + fmt + (
        b"data" + struct.pack("<I", said) + random.randbytes(random.randrange(2_000))
    )  # fmt: skip


def opus(random: Random) -> bytes:
    """What is taken for one Opus packet where the client has said so."""
    return bytes([random.choice((0, 3, 0xFB, 0xFF))]) + random.randbytes(random.randrange(1_500))


def stamps(random: Random) -> bytes:
    """Stamps of other versions, streams and positions, whole and cut."""
    frame = pack(
        last=random.random() < 0.5, stream=random.randrange(65_536), position=random.getrandbits(32),
        samples_bytes=random.randbytes(random.randrange(64)), version=random.randrange(256),
    )  # fmt: skip
    return frame[: random.randrange(len(frame) + 1)]


def noise(random: Random) -> bytes:
    """Anything."""
    return random.choice((b"", EBML, b"OggS\0\2", b"RIFF")) + random.randbytes(random.choice((1, 7, 641, 40_001)))


SOUNDS: Final[Mapping[str, Sound]] = {
    each.__name__.replace("_", " "): each for each in (webm, webm_bomb, ogg, ogg_bomb, wav, opus, stamps, noise)
}
