"""EBML's variable-length integers and element headers (RFC 8794, sections 4 to 6)."""

from collections.abc import Iterator
from typing import Final

from enterprise_stream.errors import AudioError

MAX_HEADER_BYTES: Final = 12
"""Four bytes of identifier and eight of size."""

_MAX_ID_BYTES: Final = 4
_MAX_SIZE_BYTES: Final = 8
_MAX_CHILDREN: Final = 1_000


def damaged() -> AudioError:
    """What is said about bytes that are no EBML."""
    return AudioError("the WebM stream is damaged; start the recording again")


def vint(data: bytes, offset: int, max_bytes: int = _MAX_SIZE_BYTES) -> tuple[int, int, int] | None:
    """Read the integer at `offset`.

    Returns:
        Its value without the length marker, its value with it, and its length in bytes; None when it is not all there.

    Raises:
        AudioError: `bad_audio`: no integer of up to `max_bytes` begins like this.
    """
    if offset >= len(data):
        return None
    length = 9 - data[offset].bit_length()
    if length > max_bytes:
        raise damaged()
    if offset + length > len(data):
        return None
    marked = int.from_bytes(data[offset : offset + length], "big")
    return marked & ((1 << 7 * length) - 1), marked, length


def element_header(data: bytes, offset: int = 0) -> tuple[int, int | None, int] | None:
    """Read an element's header at `offset`.

    Returns:
        Its identifier (with the marker, as it is always written), its size (None for unknown) and the header's length
        in bytes; None when it is not all there.

    Raises:
        AudioError: `bad_audio`.
    """
    identifier = vint(data, offset, _MAX_ID_BYTES)
    if identifier is None:
        return None
    size = vint(data, offset + identifier[2])
    if size is None:
        return None
    unknown = size[0] == (1 << 7 * size[2]) - 1
    return identifier[1], None if unknown else size[0], identifier[2] + size[2]


def children(body: bytes) -> Iterator[tuple[int, bytes]]:
    """The elements that a master element's body holds: identifier and body of each.

    Raises:
        AudioError: `bad_audio`: one is cut off, or of unknown size, or there are more than any recorder writes.
    """
    offset = 0
    for _ in range(_MAX_CHILDREN):
        if offset == len(body):
            return
        header = element_header(body, offset)
        if header is None:
            raise damaged()
        identifier, size, length = header
        offset += length
        if size is None or offset + size > len(body):
            raise damaged()
        yield identifier, body[offset : offset + size]
        offset += size
    raise damaged()
