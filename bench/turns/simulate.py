"""What a policy makes of the pauses that were heard: where it cuts a guest off, and how long it waits at real ends.

Time goes from one report of the gate, or answer of an engine, to the next, as in a session; nothing is asked of an
engine here, so a whole sweep takes seconds.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from bench.turns.evidence import Heard
from bench.turns.speech import Turn

from enterprise_stream.conversation.endpointing import Evidence, Pauses, turn_is_over
from enterprise_stream.conversation.policy import TurnPolicy

Over = Callable[[Evidence], bool]
"""Whether a pause of which this is known ends the turn."""

COMPLETION_MS = 50.0
"""From asking the end-of-turn model to its answer: 47 to 58 ms of CPU (docs/performance.md)."""


@dataclass(frozen=True, slots=True)
class Case:
    """One turn and its pauses as they were heard."""

    turn: Turn
    pauses: tuple[Heard, ...]

    @property
    def holds_pause(self) -> bool:
        """Whether the gate reports a pause before the turn's real end."""
        return any(not self.is_end(pause) for pause in self.pauses)

    def is_end(self, pause: Heard) -> bool:
        """Whether this is the turn's real end; the gate may take a fading last sound for silence."""
        return pause.begins_ms > self.turn.ends_ms[-1] - 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one turn.

    Attributes:
        cut: whether the guest was cut off in a pause before the turn's end.
        delay_ms: from the turn's real end to the moment when it is over and its words are known.
    """

    case: Case
    cut: bool
    delay_ms: float


@dataclass(frozen=True, slots=True)
class Engines:
    """When the engines answer.

    Attributes:
        words_ms: from a pause's first report to the words before it.
        true_words: whether the words are those of the line, not what the recogniser made of it.
        ask_again_ms: silence after which the end-of-turn model is asked again; None asks once.
        first_asked_ms: silence at which it is asked first; 0 is at the first report.
    """

    words_ms: float = 100.0
    true_words: bool = False
    ask_again_ms: float | None = 192.0
    first_asked_ms: float = 0.0


def ours(policy: TurnPolicy) -> Over:
    """Our policy."""
    return lambda evidence: turn_is_over(policy, evidence)


def silence_alone(timeout_ms: float) -> Over:
    """A timer."""
    return lambda evidence: evidence.silence_ms >= timeout_ms


def smart_turn_alone(threshold: float, fallback_ms: float) -> Over:
    """The end-of-turn model's verdict at its threshold, and a timer for when it says no."""

    def over(evidence: Evidence) -> bool:
        sounds_over = bool(evidence.completions) and evidence.completions[-1] >= threshold
        return sounds_over or evidence.silence_ms >= fallback_ms

    return over


def play(cases: Iterable[Case], over: Over, engines: Engines, *, learning: bool = True) -> list[Outcome]:
    """Play every turn, those of one call in their order; with `learning` the guest's pauses are learnt in it."""
    outcomes = []
    learnt: dict[str, Pauses] = {}
    for case in cases:
        pauses = learnt.get(case.turn.call, Pauses())
        cut, delay = False, float("nan")
        for pause in case.pauses:
            reports = (*pause.reports, *_later(pause)) if case.is_end(pause) else pause.reports
            decided = _decide(case.turn, replace(pause, reports=reports), over, engines, pauses)
            if decided is None:
                pauses = pauses.learn(pause.reports[-1][0]) if learning else pauses
                continue
            if case.is_end(pause):
                delay = max(decided, pause.reports[0][1] + engines.words_ms) - case.turn.ends_ms[-1]
                break
            # The guest went on all the same: the session finds out, for the answer has not sounded yet.
            cut = True
            pauses = pauses.learn(pause.reports[-1][0]) if learning else pauses
        learnt[case.turn.call] = pauses
        if not np.isnan(delay):
            outcomes.append(Outcome(case, cut, delay))
    return outcomes


def _later(pause: Heard) -> Iterator[tuple[float, float]]:
    """The reports that would follow when the recording's silence went on for 5 s."""
    silence, at = pause.reports[-1]
    for grown in range(64, 5000, 64):
        yield silence + grown, at + grown


def _decide(turn: Turn, pause: Heard, over: Over, engines: Engines, pauses: Pauses) -> float | None:
    """When the policy ends the turn in this pause, in ms of the turn; None where it waits to its end."""
    last = pause.reports[-1][1]
    moments = list(pause.reports)
    answers = _completions(pause, engines)
    words_at = pause.reports[0][1] + engines.words_ms
    text: str | None = _true_words(turn, pause) if engines.true_words else pause.words
    if not text:  # the core drops an utterance without words; nothing is answered
        text = None
    times = sorted(
        {at for _, at in moments}
        | {at for at, _ in answers if at <= last}
        | ({words_at} if words_at <= last else set())
    )
    evidence = Evidence(0.0, language=pause.language, pauses=pauses)
    for now in times:
        evidence = replace(
            evidence,
            silence_ms=max(silence for silence, at in moments if at <= now),
            completions=tuple(probability for at, probability in answers if at <= now),
            text=text if words_at <= now else None,
        )
        if over(evidence):
            return now
    return None


def _completions(pause: Heard, engines: Engines) -> list[tuple[float, float]]:
    """When the end-of-turn model answers in this pause, and what."""
    answers: list[tuple[float, float]] = []
    asked: float | None = None
    for silence, at in pause.reports:
        due = engines.first_asked_ms if asked is None else asked + (engines.ask_again_ms or float("inf"))
        known = [ms for ms in pause.completion if ms <= silence]
        if silence >= due and known:
            asked = silence
            answers.append((at + COMPLETION_MS, pause.completion[max(known)]))
    return answers


def _true_words(turn: Turn, pause: Heard) -> str:
    said = sum(1 for end in turn.ends_ms if end < pause.begins_ms + 200)
    return " ".join(turn.said[: max(1, said)])


@dataclass(frozen=True, slots=True)
class Score:
    """A policy's figures over many turns: % of the turns with a pause that were cut, and delays in ms."""

    turns: int
    cut_percent: float
    median_ms: float
    p95_ms: float


def score(outcomes: Sequence[Outcome]) -> Score:
    """Figures of these outcomes."""
    paused = [outcome for outcome in outcomes if outcome.case.holds_pause]
    delays = [outcome.delay_ms for outcome in outcomes]
    return Score(
        len(outcomes),
        100.0 * sum(outcome.cut for outcome in paused) / max(1, len(paused)),
        float(np.median(delays)),
        float(np.percentile(delays, 95)),
    )
