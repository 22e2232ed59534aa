"""Rules of the floor: when a turn is over. Pure functions; speech over an answer is in `interruptions.py`."""

from dataclasses import dataclass, field

from enterprise_stream.conversation.interruptions import InterruptionPolicy
from enterprise_stream.conversation.lexicon import is_unfinished


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
        played_grace_ms: how long after its due time an answer's end is awaited from a client that reports playback.
        interruption: thresholds of speech over an answer.
    """

    complete_at: float = 0.5
    sure_ms: float = 256.0
    unsure_ms: float = 1500.0
    unfinished_ms: float = 2200.0
    ask_again_ms: float = 480.0
    noise_ms: float = 480.0
    played_grace_ms: float = 3000.0
    interruption: InterruptionPolicy = field(default_factory=InterruptionPolicy)


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
