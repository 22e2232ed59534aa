"""A clause that a vendor is speaking: its sound on the way from the socket's task to whoever plays it."""

import asyncio
from collections import deque

from enterprise_stream.errors import VendorError
from enterprise_stream.speaking.ports import SAMPLE_RATE
from enterprise_stream.speaking.told_words import Sounded

MOST_BYTES = 2 * SAMPLE_RATE * 180
"""Sound that may wait to be played: three minutes, more than the longest clause has. More of it is a failure."""


class Sounding:
    """Written by one task, read by another, in order.

    Attributes:
        error: what it failed with, if it did.
    """

    def __init__(self) -> None:
        self._waiting: deque[Sounded] = deque()
        self._bytes = 0
        self._news = asyncio.Event()
        self._over = asyncio.Event()
        self._patience_s: float | None = None
        self.error: Exception | None = None

    def put(self, sounded: Sounded) -> None:
        """More of it has come."""
        self._waiting.append(sounded)
        self._bytes += len(sounded.pcm)
        if self._bytes > MOST_BYTES:
            self.fail(VendorError("The voice's service sends more sound than the text has.", code="vendor_garbled"))
        self._news.set()

    def end(self) -> None:
        """All of it has come."""
        self._over.set()
        self._news.set()

    def hurry(self, patience_s: float) -> None:
        """From now on the next of it is to come within `patience_s`: the service has the whole text."""
        self._patience_s = patience_s
        self._news.set()

    def fail(self, error: Exception) -> None:
        """No more comes; what has come is still played. The first failure counts."""
        self.error = self.error or error
        self.end()

    async def over(self) -> None:
        """Wait until no more of it comes."""
        await self._over.wait()

    async def get(self) -> Sounded | None:
        """The next of it, None at its end.

        Raises:
            Exception: what it failed with.
            TimeoutError: it did not come in time.
        """
        while not self._waiting:
            if self.error is not None:
                raise self.error
            if self._over.is_set():
                return None
            self._news.clear()
            async with asyncio.timeout(self._patience_s):
                await self._news.wait()
        sounded = self._waiting.popleft()
        self._bytes -= len(sounded.pcm)
        return sounded
