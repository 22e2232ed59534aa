"""Questions with a number that are spoken by a tone, and a recogniser that knows them by it."""

import asyncio
from typing import Final

import numpy as np

from enterprise_stream.listening.ports import SAMPLE_RATE, Samples, Transcript
from enterprise_stream.testing.listening import LOUD, loudness

LOWEST_HZ: Final = 300
STEP_HZ: Final = 5
"""From one number to the next; half a second of a tone tells tones apart by 2 Hz."""

HEARD_MS: Final = 40.0
"""How long the recogniser takes."""


def spoken(number: int, ms: int = 800) -> Samples:
    """A question of this number, shape (n,), float32 at 16 kHz; up to 999 are below half of the rate."""
    seconds = np.arange(ms * SAMPLE_RATE // 1000) / SAMPLE_RATE
    return (0.2 * np.sin(2 * np.pi * (LOWEST_HZ + STEP_HZ * number) * seconds)).astype(np.float32)


def question(number: int) -> str:
    """Its words."""
    return f"pregunta {number}"


class NumberUtterance:
    """One utterance; the tone that most of its loud sound has is the number's."""

    def __init__(self) -> None:
        self._loud: list[Samples] = []
        self._audio_ms = 0.0

    def push(self, samples: Samples) -> None:
        """See `Utterance.push`."""
        self._audio_ms += samples.size * 1000 / SAMPLE_RATE
        if loudness(samples) >= LOUD:
            self._loud.append(samples)

    async def partial(self) -> Transcript:
        """See `Utterance.partial`."""
        return await self.final()

    async def final(self) -> Transcript:
        """See `Utterance.final`."""
        await asyncio.sleep(HEARD_MS / 1000)
        text = self._text()
        return Transcript(text, "es" if text else None, 0.99, round(self._audio_ms))

    def close(self) -> None:
        """Nothing to give back."""

    def _text(self) -> str:
        if not self._loud:
            return ""
        samples = np.concatenate(self._loud)
        strength = np.abs(np.fft.rfft(samples, max(samples.size, SAMPLE_RATE)))
        hz = int(strength.argmax()) * SAMPLE_RATE / max(samples.size, SAMPLE_RATE)
        return question(max(0, round((hz - LOWEST_HZ) / STEP_HZ)))


class NumberRecogniser:
    """A `SpeechToText` for what `spoken` says."""

    def utterance(self, owner: str, language: str) -> NumberUtterance:
        """See `SpeechToText.utterance`."""
        del owner, language
        return NumberUtterance()
