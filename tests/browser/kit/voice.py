"""A voice for the real server whose words can be read back from a recording."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.speaking.ports import Speech, Word

from .marked import GAP_MS, RATE, SLOT_MS, WORD_MS, WORDS, sound

PIECE_MS = 70
"""Sound in one piece: pieces end in the midst of words."""


def plain(text: str) -> list[str]:
    """The words of a text that are sounds of their own."""
    return [word for word in (each.strip(".,¿?¡!").lower() for each in text.split()) if word in WORDS]


class MarkedVoice:
    """A `TextToSpeech` that says the words of `marked` and nothing else.

    Args:
        speed: how much faster than real time it speaks.

    Attributes:
        clauses: the words of each clause that it was given, in order.
    """

    def __init__(self, speed: float = 3.0) -> None:
        self._speed = speed
        self.clauses: list[list[str]] = []

    @property
    def voice(self) -> str:
        """The voice's name."""
        return "marked"

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        """Say a clause, piece by piece; `owner` and `language` do not matter."""
        del owner, language
        said = plain(text)
        self.clauses.append(said)
        if not said:
            yield Speech(np.zeros(RATE * GAP_MS // 1000, np.int16))
            return
        samples, size = sound(said), RATE * PIECE_MS // 1000
        words = [Word(word, n * SLOT_MS, n * SLOT_MS + WORD_MS) for n, word in enumerate(text.split())]
        for start in range(0, samples.size, size):
            await asyncio.sleep(PIECE_MS / 1000 / self._speed)
            begins, ends = (at * 1000 / RATE for at in (start, start + size))
            here = tuple(word for word in words if begins <= word.start_ms < ends)
            yield Speech(samples[start : start + size], here)

    def spoken(self) -> Sequence[str]:
        """All words that it was asked to say, in order."""
        return [word for clause in self.clauses for word in clause]


def answer_sound(words: Sequence[str]) -> NDArray[np.float64]:
    """What an answer of these words sounds like, shape (n,), full scale 1.0 at 24 kHz."""
    return sound(words).astype(np.float64) / 32767
