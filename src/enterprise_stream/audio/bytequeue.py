"""Bytes that wait to be parsed."""


class ByteQueue:
    """A buffer that is filled at the end and read from the start; each byte is moved a bounded number of times."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._read = 0

    def __len__(self) -> int:
        return len(self._buffer) - self._read

    def append(self, data: bytes) -> None:
        """Add bytes at the end, and forget those that were read."""
        if self._read:
            del self._buffer[: self._read]
            self._read = 0
        self._buffer += data

    def peek(self, size: int) -> bytes:
        """Up to `size` bytes from the start, left in place."""
        return bytes(self._buffer[self._read : self._read + size])

    def take(self, size: int) -> bytes:
        """Up to `size` bytes from the start."""
        taken = self.peek(size)
        self._read += len(taken)
        return taken

    def skip(self, size: int) -> int:
        """Drop up to `size` bytes from the start and return how many there were."""
        skipped = min(size, len(self))
        self._read += skipped
        return skipped
