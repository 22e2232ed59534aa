"""The packets in a Matroska block, laced or not (RFC 9559, section 10.3)."""

from typing import Final

from enterprise_stream.audio.vint import damaged, vint

_XIPH: Final = 1
_FIXED: Final = 2


def split_block(body: bytes) -> tuple[int, list[bytes]]:
    """Take the body of a SimpleBlock or Block apart.

    Returns:
        The track's number and the packets; some may be empty.

    Raises:
        AudioError: `bad_audio`.
    """
    track = vint(body, 0)
    if track is None or len(body) < track[2] + 3:
        raise damaged()
    number, _, offset = track
    lacing = (body[offset + 2] >> 1) & 3
    offset += 3
    if not lacing:
        return number, [body[offset:]]
    if offset >= len(body):
        raise damaged()
    count = body[offset] + 1
    offset += 1
    if lacing == _XIPH:
        sizes, offset = _xiph_sizes(body, offset, count)
    elif lacing == _FIXED:
        each, rest = divmod(len(body) - offset, count)
        if rest or not each:
            raise damaged()
        sizes = [each] * (count - 1)
    else:
        sizes, offset = _ebml_sizes(body, offset, count)
    return number, _cut(body, offset, sizes)


def _cut(body: bytes, offset: int, sizes: list[int]) -> list[bytes]:
    """Cut pieces of `sizes` from `offset` on; what is left is the last piece."""
    packets = []
    for size in sizes:
        if size < 0 or offset + size > len(body):
            raise damaged()
        packets.append(body[offset : offset + size])
        offset += size
    packets.append(body[offset:])
    return packets


def _xiph_sizes(body: bytes, offset: int, count: int) -> tuple[list[int], int]:
    """Sizes as runs of 255 and a rest, for all packets but the last."""
    sizes = []
    for _ in range(count - 1):
        size = 0
        while True:
            if offset >= len(body):
                raise damaged()
            byte = body[offset]
            offset += 1
            size += byte
            if byte != 255:
                break
        sizes.append(size)
    return sizes, offset


def _ebml_sizes(body: bytes, offset: int, count: int) -> tuple[list[int], int]:
    """The first size as it is, the others as signed differences, for all packets but the last."""
    sizes: list[int] = []
    for index in range(count - 1):
        value = vint(body, offset)
        if value is None:
            raise damaged()
        offset += value[2]
        bias = (1 << (7 * value[2] - 1)) - 1
        sizes.append(value[0] if index == 0 else sizes[-1] + value[0] - bias)
    return sizes, offset
