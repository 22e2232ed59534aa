"""How fast an emulated voice is."""

from random import Random

from enterprise_stream.testing.emulators.timing import FIRST_AUDIO, Latency, Timing

NEXT_AUDIO = Latency(20.0, 5.0)
"""From one piece of sound to the next: ten times as fast as it plays."""


class Pace:
    """The waits of one emulator's voice.

    Args:
        timing: what the waits go by.
        random: what they vary by.
        first_audio: from a text to its first sound.
        next_audio: from each piece of sound to the next.
    """

    def __init__(
        self,
        timing: Timing,
        random: Random,
        first_audio: Latency = FIRST_AUDIO,
        next_audio: Latency = NEXT_AUDIO,
    ) -> None:
        self.timing = timing
        self._random = random
        self._first_audio = first_audio
        self._next_audio = next_audio

    async def first(self) -> None:
        """Wait until a text's first sound is there."""
        await self.timing.wait(self._first_audio.draw(self._random))

    async def next(self) -> None:
        """Wait until the next piece is there."""
        await self.timing.wait(self._next_audio.draw(self._random))
