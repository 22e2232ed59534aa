"""Cut-offs against delay at the end of a turn: our policy, silence alone, smart-turn alone.

`python -m bench.turns` makes the evaluation set (Kokoro voices that are not Sandra's; a person's recordings where the
Debian packages are to be had), hears it with the real gate, end-of-turn model and recogniser, which takes a quarter of
an hour on two quiet cores the first time and is kept on disk, and plays every policy over what was heard.

A turn counts as cut off when it is ended in a pause before its real end. Delay is from the real end to the moment when
the turn is over and its words are known. The weights were fitted on the part of the set called `tune`; figures are of
the part that was held out, other sentences by other voices.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.recogniser_speech import cache_folder
from bench.turns.evidence import Ears
from bench.turns.plot import Curve, draw
from bench.turns.simulate import (
    Case,
    Engines,
    Over,
    Score,
    ours,
    play,
    score,
    silence_alone,
    smart_turn_alone,
)
from bench.turns.speech import person, synthetic

from enterprise_stream.conversation.policy import TurnPolicy
from enterprise_stream.listening.gate import GateSettings

LANGUAGES = ("es", "en")
CERTAINTIES = (0.3, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.96, 0.98, 0.99)
TIMEOUTS_MS = (200.0, 300.0, 400.0, 500.0, 600.0, 700.0, 800.0, 900.0, 1000.0, 1200.0, 1400.0)
THRESHOLDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97)
WORDS_MS = (150.0, 200.0, 300.0)
"""From a pause's first report to its words, beside what is given: what a faster embedded recogniser is worth."""

ONCE_MS, ONCE_ELSE_MS = 192.0, 3000.0
"""How the model's publishers use it: asked once, after 0.2 s of silence, and 3 s are waited if it says no."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to end turns, and how it asks its engines."""

    name: str
    over: Over
    engines: Engines
    learning: bool = True

    def score(self, cases: Sequence[Case]) -> Score:
        """Its figures."""
        return score(play(cases, self.over, self.engines, learning=self.learning))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=("tune", "held_out"), default="held_out")
    parser.add_argument("--words-ms", type=float, default=100.0, help="from a pause's first report to its words")
    parser.add_argument("--true-words", action="store_true", help="the words as written, not as recognised")
    parser.add_argument("--plot", type=Path, help="write the curves here (.svg or .png)")
    chosen = parser.parse_args()
    ears = Ears(cache_folder() / "turns")
    engines = Engines(words_ms=chosen.words_ms, true_words=chosen.true_words)
    panels = {}
    for title, cases in _groups(ears, chosen.part):
        _print(title, cases, engines)
        panels[title] = list(_curves(cases, engines))
    if chosen.plot:
        draw(panels, chosen.plot)


def _groups(ears: Ears, part: str) -> Iterator[tuple[str, list[Case]]]:
    gate = GateSettings()
    person_all: list[Case] = []
    for language in LANGUAGES:
        turns = [turn for turn in synthetic(language) if turn.part == part]
        yield f"{_NAMES[language]}, synthetic", [Case(turn, tuple(ears.pauses(turn, gate))) for turn in turns]
        person_all += [Case(t, tuple(ears.pauses(t, gate))) for t in person(language) if t.part == part]
    if person_all:
        yield "a person's recordings", person_all


def _curves(cases: Sequence[Case], engines: Engines) -> Iterator[Curve]:
    policy = TurnPolicy()
    default = Way("", ours(policy), engines).score(cases)
    yield Curve(
        "ours",
        [Way("", ours(replace(policy, certainty=c)), engines).score(cases) for c in CERTAINTIES],
        default,
    )
    yield Curve("silence alone", [Way("", silence_alone(ms), engines).score(cases) for ms in TIMEOUTS_MS])
    yield Curve(
        "smart-turn, asked again each 192 ms, else 1.5 s",
        [Way("", smart_turn_alone(t, 1500.0), engines).score(cases) for t in THRESHOLDS],
    )
    once = replace(engines, first_asked_ms=ONCE_MS, ask_again_ms=None)
    yield Curve(
        "smart-turn, asked once, else 3 s",
        [Way("", smart_turn_alone(t, ONCE_ELSE_MS), once).score(cases) for t in THRESHOLDS],
    )


def _print(title: str, cases: Sequence[Case], engines: Engines) -> None:
    policy = TurnPolicy()
    once = replace(engines, first_asked_ms=ONCE_MS, ask_again_ms=None)
    ways = [
        Way("ours", ours(policy), engines),
        Way("ours, this guest's pauses not learnt", ours(policy), engines, learning=False),
        Way("ours, true words", ours(policy), replace(engines, true_words=True)),
        *(Way(f"ours, words after {ms:.0f} ms", ours(policy), replace(engines, words_ms=ms)) for ms in WORDS_MS),
        *(Way(f"silence alone, {ms:.0f} ms", silence_alone(ms), engines) for ms in (300.0, 500.0, 800.0, 1000.0)),
        Way("smart-turn alone, asked again, else 1.5 s", smart_turn_alone(0.5, 1500.0), engines),
        Way("smart-turn alone, asked once, else 3 s", smart_turn_alone(0.5, ONCE_ELSE_MS), once),
    ]
    if not all(case.turn.said for case in cases):
        ways = [way for way in ways if not way.engines.true_words]
    holding = sum(case.holds_pause for case in cases)
    print(f"\n{title}: {len(cases)} turns, {holding} with pauses, {sum(len(c.pauses) for c in cases)} pauses and ends")
    print("| way | cut off % | median ms | p95 ms |")
    print("| --- | ---: | ---: | ---: |")
    for way in ways:
        got = way.score(cases)
        print(f"| {way.name} | {got.cut_percent:.1f} | {got.median_ms:.0f} | {got.p95_ms:.0f} |")


_NAMES = {"es": "Spanish", "en": "English"}


if __name__ == "__main__":
    main()
