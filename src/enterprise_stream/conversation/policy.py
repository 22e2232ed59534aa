"""Rules of the floor: its thresholds, and when speech over an answer is an interruption. Pure functions."""

from dataclasses import dataclass
from typing import Literal

from enterprise_stream.conversation.lexicon import is_backchannel


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
        talk_over_ms: speech over an answer, without a pause, that takes the floor before its words are known.
        forget_backchannel_ms: silence after which an "ajá" over an answer is dropped.
        played_grace_ms: how long after its due time an answer's end is awaited from a client that reports playback.
    """

    certainty: float = 0.85
    sure_ms: float = 192.0
    unsure_ms: float = 1500.0
    unfinished_ms: float = 2200.0
    ask_again_ms: float = 192.0
    noise_ms: float = 480.0
    talk_over_ms: float = 900.0
    forget_backchannel_ms: float = 320.0
    played_grace_ms: float = 3000.0


@dataclass(frozen=True, slots=True)
class SpeculationPolicy:
    """When an answer is begun ahead of the turn's end, and what makes it the answer.

    Attributes:
        when: `off`; `pause`, for the words before a pause; `interim`, also for words of a guest who still speaks.
        agreement: `words`, the same after normalisation; `meaning`, also words that ask for the same.
        drafts: answers begun for one turn at most; the last of them is kept for a pause.
    """

    when: Literal["off", "pause", "interim"] = "off"
    agreement: Literal["words", "meaning"] = "words"
    drafts: int = 4


def interrupts(policy: TurnPolicy, spoken_ms: float, text: str, language: str) -> bool:
    """Whether speech over an answer takes the floor; "ajá" and short sounds without words do not.

    Args:
        policy: the thresholds.
        spoken_ms: how long the guest has spoken without a pause.
        text: the words so far, empty while unknown.
        language: ISO 639-1 code of the words.
    """
    if text.strip():
        return not is_backchannel(text, language)
    return spoken_ms >= policy.talk_over_ms
