"""What listening needs from an engine.

All audio here is mono float32 at 16 kHz, full scale ±1.0. Methods that may take longer than a millisecond are
coroutines: the engine does its work outside the event loop.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

SAMPLE_RATE = 16_000
"""Rate of everything that listening hears, in Hz."""

VAD_FRAME = 512
"""Samples that a `VoiceActivity` takes at once: 32 ms, the size that Silero was trained on."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """Words recognised so far.

    Attributes:
        text: as a person would write it; empty when nothing was said.
        language: ISO 639-1 code that the words are in, or None when the engine cannot tell.
        language_probability: 0 to 1; how sure the engine is of `language`.
        audio_ms: how much of the utterance's audio the text covers.
        confidences: 0 to 1 for each word of `text`, as `str.split` has them; empty when the engine cannot tell.
    """

    text: str
    language: str | None
    language_probability: float
    audio_ms: int
    confidences: tuple[float, ...] = ()


class VoiceActivity(Protocol):
    """Speech or not, one guest's stream; holds the stream's state, is cheap and is called on the event loop."""

    def probability(self, frame: Samples) -> float:
        """Probability (0 to 1) that `frame`, shape (VAD_FRAME,), holds speech."""
        ...

    def reset(self) -> None:
        """Forget the stream: the next frame is the first of another."""
        ...


class Utterance(Protocol):
    """One utterance being recognised. `push` never blocks; the coroutines may run at most one at a time."""

    def push(self, samples: Samples) -> None:
        """Add audio to the end of the utterance."""
        ...

    async def partial(self) -> Transcript:
        """Words of what has been pushed so far; may be revised by a later call.

        Raises:
            EngineError: the recogniser failed.
        """
        ...

    async def final(self) -> Transcript:
        """Words of the whole utterance; nothing is pushed afterwards.

        Raises:
            EngineError: the recogniser failed.
        """
        ...

    def close(self) -> None:
        """Give back what the utterance holds; never blocks, safe to call twice and at any time."""
        ...


@runtime_checkable
class StreamingUtterance(Utterance, Protocol):
    """An utterance whose recogniser tells its interim words by itself, so that nobody need ask for them."""

    def on_interim(self, tell: Callable[[Transcript], None]) -> None:
        """Call `tell` on the event loop with each new interim result, until the utterance is closed."""
        ...


@runtime_checkable
class JudgingUtterance(StreamingUtterance, Protocol):
    """An utterance whose recogniser also judges whether the guest has finished, as conversational models do."""

    def on_completion(self, tell: Callable[[float], None]) -> None:
        """Call `tell` on the event loop with the probability (0 to 1) that the turn is complete, whenever it is new.

        It counts for the words told last, and is evidence beside the turn detector's; not called once closed.
        """
        ...


class SpeechToText(Protocol):
    """A recogniser, shared by all sessions."""

    def utterance(self, owner: str, language: str) -> Utterance:
        """Start recognising an utterance.

        Args:
            owner: session that the work is done for, so that the pool can be fair.
            language: ISO 639-1 code that the session speaks; a hint, the guest may speak another.
        """
        ...


@runtime_checkable
class PreparedSpeechToText(SpeechToText, Protocol):
    """A recogniser that needs time before its first utterance, such as a vendor's socket."""

    def prepare(self, owner: str, language: str) -> None:
        """A guest is here and may soon speak: be ready for `utterance`. Never blocks; may be said again at any time."""
        ...

    def leave(self, owner: str) -> None:
        """The guest has gone: give back what is held for him. Never blocks; safe to say twice."""
        ...


class TurnDetector(Protocol):
    """Tells from the sound alone whether a turn is complete; shared by all sessions."""

    async def completion(self, owner: str, samples: Samples) -> float:
        """Probability (0 to 1) that the guest has finished, from the last seconds of the turn.

        Args:
            owner: session that the work is done for.
            samples: shape (n,); the turn so far with its trailing silence. Only the last 8 s count.

        Raises:
            EngineError: the detector failed.
        """
        ...
