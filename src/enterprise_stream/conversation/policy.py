"""Thresholds of the floor: when a turn is over, when an answer is begun ahead of it."""

from dataclasses import dataclass, field
from typing import Literal

from enterprise_stream.conversation.interruptions import InterruptionPolicy


@dataclass(frozen=True, slots=True)
class TurnPolicy:
    """Thresholds of the floor; times in ms of the guest's silence unless said otherwise.

    Attributes:
        certainty: probability from which the turn is taken to be over; the one measure of boldness (ADR 0009).
        sure_ms: silence before which no turn ends.
        unsure_ms: silence that ends a turn when nothing says that it is over; longer than most thinking pauses.
        unfinished_ms: silence that ends a turn whose last words call for more ("quería saber el…").
        ask_again_ms: silence after which the end-of-turn model is asked again; its verdict sharpens with silence.
        noise_ms: silence after which an utterance without words is dropped.
        played_grace_ms: how long after its due time an answer's end is awaited from a client that reports playback.
        interruption: thresholds of speech over an answer.
    """

    certainty: float = 0.85
    sure_ms: float = 192.0
    unsure_ms: float = 1500.0
    unfinished_ms: float = 2200.0
    ask_again_ms: float = 192.0
    noise_ms: float = 480.0
    played_grace_ms: float = 3000.0
    interruption: InterruptionPolicy = field(default_factory=InterruptionPolicy)


@dataclass(frozen=True, slots=True)
class SpeculationPolicy:
    """When an answer is begun ahead of the turn's end, and what makes it the answer.

    Attributes:
        when: `off`; `pause`, for the words before a pause; `interim`, also for words of a guest who still speaks.
        agreement: `words`, the same after normalisation; `meaning`, also words that ask for the same.
        drafts: answers begun for one turn at most; the last of them are kept for its pauses.
    """

    when: Literal["off", "pause", "interim"] = "off"
    agreement: Literal["words", "meaning"] = "words"
    drafts: int = 8
