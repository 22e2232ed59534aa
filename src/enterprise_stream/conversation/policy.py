"""Rules of the floor: when a turn is over, and when speech over an answer is an interruption. Pure functions."""

from dataclasses import dataclass
from typing import Literal

from enterprise_stream.conversation.lexicon import is_backchannel, is_unfinished


@dataclass(frozen=True, slots=True)
class TurnPolicy:
    """Thresholds of the floor; times in ms of the guest's silence unless said otherwise.

    Attributes:
        complete_at: completion from which sound alone says that the turn is over; smart-turn's own threshold.
        sure_ms: silence that ends a turn when sound and words agree that it is over.
        unsure_ms: silence that ends a turn when the sound says it is not over; longer than most thinking pauses.
        unfinished_ms: silence that ends a turn whose last words call for more ("quería saber el…").
        ask_again_ms: silence after which the end-of-turn model is asked again; its verdict sharpens with silence.
        noise_ms: silence after which an utterance without words is dropped.
        talk_over_ms: speech over an answer, without a pause, that takes the floor before its words are known.
        forget_backchannel_ms: silence after which an "ajá" over an answer is dropped.
        played_grace_ms: how long after its due time an answer's end is awaited from a client that reports playback.
    """

    complete_at: float = 0.5
    sure_ms: float = 256.0
    unsure_ms: float = 1500.0
    unfinished_ms: float = 2200.0
    ask_again_ms: float = 480.0
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


def turn_is_over(
    policy: TurnPolicy, silence_ms: float, completion: float | None, text: str | None, language: str
) -> bool:
    """Whether this silence ends the turn.

    Args:
        policy: the thresholds.
        silence_ms: silence so far.
        completion: the end-of-turn model's probability, None while unknown.
        text: the words before the silence, None while unknown.
        language: ISO 639-1 code of the words.
    """
    if text is None:
        return silence_ms >= policy.unfinished_ms
    if is_unfinished(text, language):
        return silence_ms >= policy.unfinished_ms
    if completion is not None and completion >= policy.complete_at:
        return silence_ms >= policy.sure_ms
    return silence_ms >= policy.unsure_ms


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
