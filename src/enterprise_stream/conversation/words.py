"""What a recogniser understood."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """What the recogniser understood of an utterance.

    Attributes:
        text: empty when nothing was said.
        language: ISO 639-1 code of the words, or None when unknown.
        probability: 0 to 1; how sure the recogniser is of the language.
        audio_ms: sound that the words cover; 0 for typed ones.
        streamed: whether they come from a recogniser that tells them as they are said; only the last may still grow.
        confidences: 0 to 1 for each word of `text`, as `str.split` has them; empty when the recogniser cannot tell.
    """

    text: str
    language: str | None = None
    probability: float = 0.0
    audio_ms: float = 0.0
    streamed: bool = False
    confidences: tuple[float, ...] = ()
