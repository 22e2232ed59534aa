"""Endpointing: how likely it is that a pause ends the turn, and how much silence that calls for. Pure functions.

Everything is weighed in log-odds that the turn is over: 0 is even, +2 is 7 to 1 for, -2 is 7 to 1 against.

    log-odds = what the sound says + what the words say + silence / this guest's usual pause

The last term is Bayes' rule for a guest whose thinking pauses are about as likely to end in any moment as in another
(exponential): every usual pause's worth of silence makes it e times likelier that no word will follow. The turn is over
when the log-odds reach those of `TurnPolicy.certainty`, within the policy's limits; so the silence that is needed is

    usual pause * (certainty - sound - words), at least `sure_ms`, at most `unsure_ms`

ADR 0009 says where the weights come from, docs/performance.md what they give.
"""

import math
from dataclasses import dataclass, field, replace

from enterprise_stream.conversation.endings import Ending, ending
from enterprise_stream.conversation.policy import TurnPolicy

SOUND_WEIGHT = 0.6
"""What a log-odds unit of the end-of-turn model is worth; it is surer of itself than it is right."""

LATEST = 2
"""Answers of the end-of-turn model in this pause that count: it hears more with more silence, and single ones jump."""

SUREST = 0.98
"""The model's probabilities count as at most this far from 0 and 1."""

WORDS_WEIGHT = {Ending.HANGING: -4.0, Ending.OPEN: -2.5, Ending.PLAIN: 0.0, Ending.WHOLE: 1.0}
"""What the last words say, in log-odds."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """A guest's thinking pauses in this call, beside what guests usually do.

    The mean of a few imagined pauses (`PRIOR_MS`, as many as `PRIOR_WEIGHT`) and the observed ones; old ones fade, so
    that the last `MEMORY` count most. One pause counts as at least `SHORTEST_MS` and at most `LONGEST_MS`.

    Attributes:
        count: observed pauses, faded.
        total_ms: their lengths, faded.
    """

    count: float = 0.0
    total_ms: float = 0.0

    def learn(self, pause_ms: float) -> "Pauses":
        """After a pause of `pause_ms` the guest went on; one shorter than `SHORTEST_MS` is a breath between words."""
        if pause_ms < SHORTEST_MS:
            return self
        fade = 1.0 - 1.0 / MEMORY
        return replace(self, count=self.count * fade + 1.0, total_ms=self.total_ms * fade + min(pause_ms, LONGEST_MS))

    @property
    def usual_ms(self) -> float:
        """How long this guest usually pauses to think; between `SHORTEST_MS` and `LONGEST_MS`."""
        return (PRIOR_MS * PRIOR_WEIGHT + self.total_ms) / (PRIOR_WEIGHT + self.count)


PRIOR_MS = 600.0
"""How long guests pause to think until this one's pauses are known."""

PRIOR_WEIGHT = 4.0
"""Pauses that it takes to count as much as the prior."""

MEMORY = 8.0
SHORTEST_MS = 200.0
LONGEST_MS = 1500.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a pause.

    Attributes:
        silence_ms: how long it has lasted.
        completions: the end-of-turn model's probabilities (0 to 1) over the pause, the latest last.
        text: the words before it, None while unknown.
        language: ISO 639-1 code of the words.
        pauses: this guest's earlier ones.
        judged: the recogniser's own probability (0 to 1), its latest, where it has one.
    """

    silence_ms: float
    completions: tuple[float, ...] = ()
    text: str | None = None
    language: str = "es"
    pauses: Pauses = field(default_factory=Pauses)
    judged: float | None = None


def turn_is_over(policy: TurnPolicy, evidence: Evidence) -> bool:
    """Whether this silence ends the turn."""
    return evidence.silence_ms >= needed_silence_ms(policy, evidence)


def needed_silence_ms(policy: TurnPolicy, evidence: Evidence) -> float:
    """The silence that ends the turn if nothing more becomes known.

    Never less than `sure_ms`. Words that are not known yet, or that call for more, are waited for `unfinished_ms`, all
    else at most `unsure_ms`. A higher completion never waits longer, and unfinished words never less.
    """
    if evidence.text is None:
        return policy.unfinished_ms
    last = ending(evidence.text, evidence.language)
    if last is Ending.HANGING:
        return policy.unfinished_ms
    missing = _log_odds(policy.certainty) - _sound(evidence) - WORDS_WEIGHT[last]
    return min(max(evidence.pauses.usual_ms * missing, policy.sure_ms), policy.unsure_ms)


def likely_over(evidence: Evidence) -> float:
    """Probability (0 to 1) that the guest has finished: worth working ahead for long before it is certain."""
    words = 0.0 if evidence.text is None else WORDS_WEIGHT[ending(evidence.text, evidence.language)]
    odds = _sound(evidence) + words + evidence.silence_ms / evidence.pauses.usual_ms
    return 1.0 / (1.0 + math.exp(-odds))


def _sound(evidence: Evidence) -> float:
    """What those say who have judged, each alike: the model by its latest answers' mean, the recogniser as of now."""
    judges = [] if evidence.judged is None else [_log_odds(evidence.judged)]
    latest = evidence.completions[-LATEST:]
    if latest:
        judges.append(sum(map(_log_odds, latest)) / len(latest))
    return SOUND_WEIGHT * sum(judges) / len(judges) if judges else 0.0


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, 1.0 - SUREST), SUREST)
    return math.log(bounded / (1.0 - bounded))
