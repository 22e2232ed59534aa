"""What speaking needs from an engine: a voice that says a clause.

All audio here is mono int16 at 24 kHz.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Pcm = NDArray[np.int16]

SAMPLE_RATE = 24_000
"""Rate of everything that is spoken, in Hz."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word and where it sounds, in ms from the start of the clause."""

    text: str
    start_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True)
class Speech:
    """The next piece of a clause's sound.

    Attributes:
        samples: shape (n,), int16 at 24 kHz.
        words: the words that begin in this piece; positions count from the clause's start. Their texts, in order and
            joined by blanks, are the clause's own words as written (not as normalised for speech).
    """

    samples: Pcm
    words: tuple[Word, ...] = ()


class TextToSpeech(Protocol):
    """A voice, shared by all sessions; never another one inside a session."""

    @property
    def voice(self) -> str:
        """Name of the voice, as `persona.voice` carries it."""
        ...

    def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        """Say one clause. Closing the iterator early cancels the work.

        Args:
            owner: session that the work is done for.
            text: a clause of plain text, at most 400 characters.
            language: ISO 639-1 code of the text.

        Raises:
            EngineError: the voice failed.
        """
        ...


@runtime_checkable
class StreamingTextToSpeech(TextToSpeech, Protocol):
    """A voice that begins before its clause is whole, as streaming services do."""

    def speak_along(self, owner: str, words: AsyncIterator[str], language: str) -> AsyncGenerator[Speech]:
        """Say one clause while it is written; otherwise like `speak`.

        Args:
            owner: session that the work is done for.
            words: pieces of the clause, each of whole words; joined they are the clause. A wait for the next one may be
                cancelled without losing it.
            language: ISO 639-1 code of the text.

        Raises:
            EngineError: the voice failed.
        """
        ...


@runtime_checkable
class PreparedTextToSpeech(TextToSpeech, Protocol):
    """A voice that needs time before it can speak, such as a vendor's socket."""

    def prepare(self, owner: str, language: str) -> None:
        """An answer is likely soon: be ready for `speak`. Never blocks; may be said again at any time."""
        ...

    def leave(self, owner: str) -> None:
        """The guest has gone: give back what is held for him. Never blocks; safe to say twice."""
        ...
