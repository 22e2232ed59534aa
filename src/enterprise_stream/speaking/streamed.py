"""A clause from a service that streams plain PCM: its sound in pieces that can be played, each with its words."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence

import numpy as np

from enterprise_stream.speaking.edges import Edges
from enterprise_stream.speaking.pauses import pause_after_ms
from enterprise_stream.speaking.ports import SAMPLE_RATE, Pcm, Speech
from enterprise_stream.speaking.speech_text import Segment
from enterprise_stream.speaking.word_clock import Pace, WordClock

PORTION = 9_600
"""Bytes that are heard before the event loop does something else: 200 ms of sound, a millisecond or two of work."""


def spoken_text(segments: Sequence[Segment]) -> str:
    """What a service is given to say for a clause; empty when there is nothing to say in it."""
    spoken = " ".join(segment.spoken for segment in segments if segment.spoken)
    return spoken if any(character.isalnum() for character in spoken) else ""


async def streamed(
    pcm: AsyncIterator[bytes], segments: Sequence[Segment], pace: Pace, language: str
) -> AsyncGenerator[Speech]:
    """The clause's sound as it comes, without the silence around it and with the pause that belongs after it.

    A little of it is held back (`word_clock.LOOK_MS`), so that it is known which words begin in a piece.

    Args:
        pcm: little-endian 16-bit mono at 24 kHz, in pieces of any size: a sample may be cut in two.
        segments: what the clause says.
        pace: of the voice, for where its words sound.
        language: ISO 639-1 code of what is said.
    """
    clause = _Clause(WordClock(segments, pace, language))
    async for data in pcm:
        for start in range(0, len(data), PORTION):
            if start:
                await asyncio.sleep(0)
            if speech := clause.hear(data[start : start + PORTION]):
                yield speech
    if speech := clause.end(pause_after_ms(spoken_text(segments))):
        yield speech


class _Clause:
    """What has come of a clause and was not given on yet."""

    def __init__(self, clock: WordClock) -> None:
        self._clock = clock
        self._edges = Edges()
        self._odd = b""
        self._held: Pcm = np.zeros(0, np.int16)
        self._given = 0

    def hear(self, data: bytes) -> Speech | None:
        """What can be played now that `data` have come."""
        data = self._odd + data
        whole = len(data) // 2 * 2
        self._odd = data[whole:]
        samples = self._edges.cut(np.frombuffer(data[:whole], "<i2").astype(np.int16))
        words = self._clock.hear(samples)
        self._held = np.concatenate([self._held, samples])
        ready = round(self._clock.settled_ms * SAMPLE_RATE / 1000) - self._given
        if not ready:
            return None
        speech, self._held = Speech(self._held[:ready], words), self._held[ready:]
        self._given += ready
        return speech

    def end(self, pause_ms: float) -> Speech | None:
        """What is left when no more comes, with the pause after it."""
        words = self._clock.end((self._given + self._held.size) * 1000 / SAMPLE_RATE)
        rest = np.concatenate([self._held, self._edges.end(pause_ms)])
        return Speech(rest, words) if rest.size or words else None
