"""Scripted ears: voice activity by loudness, a recogniser and a turn detector that know what they will hear."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from enterprise_stream.errors import EngineError
from enterprise_stream.listening.ports import SAMPLE_RATE, VAD_FRAME, Samples, Transcript

LOUD = 0.02
"""RMS (full scale 1.0, -34 dBFS) from which scripted engines take sound for speech."""

BURST_GAP_MS = 200.0
"""Silence after which what follows is the next part of a scripted utterance."""


def failed(message: str = "The scripted engine failed; try again.") -> EngineError:
    """What a real engine raises when its vendor or model fails."""
    return EngineError(message)


def speech(ms: float) -> Samples:
    """A guest's voice, as far as scripted engines can tell: a tone of 200 Hz, shape (n,), float32 at 16 kHz."""
    n = round(ms * SAMPLE_RATE / 1000)
    return (0.2 * np.sin(2 * np.pi * 200.0 * np.arange(n) / SAMPLE_RATE)).astype(np.float32)


def quiet(ms: float) -> Samples:
    """Silence, shape (n,), float32 at 16 kHz."""
    return np.zeros(round(ms * SAMPLE_RATE / 1000), np.float32)


def loudness(samples: Samples) -> float:
    """RMS of samples, full scale 1.0."""
    return math.sqrt(float(np.dot(samples, samples)) / samples.size) if samples.size else 0.0


class EnergyActivity:
    """A `VoiceActivity` that takes every loud frame for speech."""

    def probability(self, frame: Samples) -> float:
        """0.95 for a loud frame, shape (VAD_FRAME,), else 0.02."""
        if frame.shape != (VAD_FRAME,):
            raise ValueError(f"a frame has {VAD_FRAME} samples, not shape {frame.shape}")
        return 0.95 if loudness(frame) >= LOUD else 0.02

    def reset(self) -> None:
        """Nothing to forget."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a scripted recogniser understands of one utterance.

    Attributes:
        parts: words of each burst of speech, in order; bursts are parted by `BURST_GAP_MS` of silence. Words of bursts
            that have not been pushed yet are not known; bursts without words of their own add none.
        delay_ms: how long each transcription takes.
        failure: raised instead of a transcript.
        failures: transcriptions that fail before one succeeds; None fails them all.
        confidence: of each word; None where it does not tell.
    """

    parts: tuple[str, ...] = ()
    language: str | None = "es"
    probability: float = 0.99
    delay_ms: float = 80.0
    failure: Exception | None = None
    failures: int | None = None
    confidence: float | None = None


class ScriptedUtterance:
    """One utterance of a `ScriptedRecogniser`.

    Attributes:
        partials: transcriptions of what there was, asked for so far.
        finals: transcriptions of the whole.
        audio_ms: pushed so far.
        bursts: bursts of speech pushed so far.
    """

    def __init__(self, script: Heard) -> None:
        self.script = script
        self.partials = 0
        self.finals = 0
        self.audio_ms = 0.0
        self.bursts = 0
        self.closed = False
        self._silent_ms = BURST_GAP_MS

    def push(self, samples: Samples) -> None:
        """Count the audio and its bursts."""
        if self.closed or self.finals:
            raise AssertionError("audio was pushed to an utterance that is over")
        ms = samples.size * 1000 / SAMPLE_RATE
        self.audio_ms += ms
        if loudness(samples) < LOUD:
            self._silent_ms += ms
            return
        if self._silent_ms >= BURST_GAP_MS:
            self.bursts += 1
        self._silent_ms = 0.0

    async def partial(self) -> Transcript:
        """The words of the bursts so far."""
        self.partials += 1
        return await self._transcribe()

    async def final(self) -> Transcript:
        """The words of all bursts."""
        self.finals += 1
        return await self._transcribe()

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True

    async def _transcribe(self) -> Transcript:
        script, bursts, audio_ms, number = self.script, self.bursts, self.audio_ms, self.partials + self.finals
        await asyncio.sleep(script.delay_ms / 1000)
        if script.failure is not None and (script.failures is None or number <= script.failures):
            raise script.failure
        text = " ".join(script.parts[:bursts])
        language, told = script.language if text else None, script.confidence
        confidences = () if told is None else (told,) * len(text.split())
        return Transcript(text, language, script.probability, round(audio_ms), confidences)


class ScriptedRecogniser:
    """A `SpeechToText` whose n-th utterance is the n-th script; those beyond the script have no words.

    Attributes:
        utterances: all that were opened, in order.
        asked: owner and language of each.
    """

    def __init__(self, *scripts: Heard | str) -> None:
        self._scripts = [Heard((script,)) if isinstance(script, str) else script for script in scripts]
        self.utterances: list[ScriptedUtterance] = []
        self.asked: list[tuple[str, str]] = []

    def utterance(self, owner: str, language: str) -> ScriptedUtterance:
        """Open the next utterance."""
        self.asked.append((owner, language))
        number = len(self.utterances)
        opened = ScriptedUtterance(self._scripts[number] if number < len(self._scripts) else Heard())
        self.utterances.append(opened)
        return opened


class ScriptedTurnDetector:
    """A `TurnDetector` that answers with its script, then with the script's last word.

    Args:
        probabilities: one for each call.
        delay_ms: how long a call takes.
        failure: raised instead of every answer.

    Attributes:
        calls: owner and ms of audio of each call.
    """

    def __init__(
        self, probabilities: Sequence[float] = (0.95,), *, delay_ms: float = 20.0, failure: Exception | None = None
    ) -> None:
        self._probabilities = probabilities
        self._delay_ms = delay_ms
        self._failure = failure
        self.calls: list[tuple[str, float]] = []

    async def completion(self, owner: str, samples: Samples) -> float:
        """The script's next probability."""
        number = min(len(self.calls), len(self._probabilities) - 1)
        self.calls.append((owner, samples.size * 1000 / SAMPLE_RATE))
        await asyncio.sleep(self._delay_ms / 1000)
        if self._failure is not None:
            raise self._failure
        return self._probabilities[number]
