"""How much sound one call may make: what keeps a decoder bounded in time and memory."""

from typing import Final

from enterprise_stream.errors import AudioError

MAX_FEED_MS: Final = 120_000
"""Sound that one feed may give. A binary frame holds at most 1 MiB, which is 65 s of 16-bit samples at 8 kHz, but hours
of the smallest Opus packets."""

MAX_ELEMENT_BYTES: Final = 1 << 20
"""Largest piece of a container's structure that is taken, in bytes; as large as a binary frame may be."""


MAX_ELEMENTS: Final = 50_000
"""Pieces of a container's structure that one feed may hold: more than `MAX_FEED_MS` of the shortest packets has, and
few enough that empty ones cannot keep a core busy."""


class FeedBudget:
    """Sound that the running feed may still give."""

    def __init__(self, max_ms: float = MAX_FEED_MS) -> None:
        self._max_ms = max_ms
        self._left_ms = max_ms

    def renew(self) -> None:
        """A new feed begins."""
        self._left_ms = self._max_ms

    def take(self, duration_ms: float) -> None:
        """Use some, before the sound is made.

        Raises:
            AudioError: code `audio_too_long`.
        """
        self.foresee(duration_ms)
        self._left_ms -= duration_ms

    def foresee(self, duration_ms: float) -> None:
        """Refuse what is more than there is left, before any of it is made.

        Raises:
            AudioError: code `audio_too_long`.
        """
        if duration_ms > self._left_ms:
            msg = f"one frame holds more than {self._max_ms / 1000:.0f} s of audio; send it in smaller pieces"
            raise AudioError(msg, code="audio_too_long")
