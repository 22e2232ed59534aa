"""A spoken question on its way to the server: kept, and sent again as our page does it."""

from typing import Final

import numpy as np

from enterprise_stream.listening.ports import SAMPLE_RATE
from enterprise_stream.testing.spoken_numbers import spoken

FRAME_MS: Final = 100
FRAME: Final = SAMPLE_RATE * FRAME_MS // 1000
MARGIN: Final = 1000 // FRAME_MS
"""Frames that count as not heard yet though they have arrived."""


class Microphone:
    """One question of a guest who holds the button, with quiet before and after it.

    Args:
        number: the question's.
    """

    def __init__(self, number: int) -> None:
        tone = (spoken(number) * 32767).astype("<i2")
        quiet = np.zeros(FRAME, "<i2")
        sound = np.concatenate((quiet, tone, quiet))
        self._frames = [sound[at : at + FRAME].tobytes() for at in range(0, sound.size, FRAME)]
        self._sent = 0
        self._doubtful = 0
        self._over = 0

    @property
    def said(self) -> bool:
        """Whether all of it has been sent."""
        return self._sent >= len(self._frames)

    def take(self) -> tuple[bytes, bool]:
        """The frame that is sent next, and whether it is the last."""
        self._sent += 1
        return self._frames[self._sent - 1], self.said

    @property
    def place(self) -> int:
        """What a ping behind the sound carries."""
        return self._sent

    def arrived(self, place: int) -> None:
        """That ping was answered."""
        self._doubtful = place - MARGIN

    def stopped(self, *, unheard: bool) -> None:
        """The server takes the utterance to be over, or has dropped it."""
        if unheard:
            self._send_from(0)
        else:
            self._over = self._sent

    def resumed(self) -> None:
        """The session goes on over a new connection."""
        self._send_from(max(self._doubtful, self._over))

    def _send_from(self, place: int) -> None:
        self._sent = min(self._sent, max(0, place))
        self._doubtful = min(self._doubtful, self._sent)
        self._over = min(self._over, self._sent)
