"""Tries every fault at every vendor's engine, in every phase: `python -m enterprise_stream.testing.faults.trials`.

It writes down what came of it, for the page that `by_engine` makes and for the tests that hold each to it. Time is
virtual and sockets are real, so the deadlines are those of a real call.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from structlog.testing import capture_logs

from enterprise_stream.ladder import Asked, LadderEvent
from enterprise_stream.ladder.breaker import Open
from enterprise_stream.purchases import Kind
from enterprise_stream.testing.clock import LoopClock
from enterprise_stream.testing.emulators import EVERY_FAULT, Fault
from enterprise_stream.testing.faults.matrix import outcome
from enterprise_stream.testing.faults.vendors import ENGINES, Engine
from enterprise_stream.testing.faults.visit import House, Visit, house
from enterprise_stream.testing.loop import run_virtual

RESULTS: Final = Path(__file__).with_name("trials.json")
COMMAND: Final = "python -m enterprise_stream.testing.faults.trials"

MOST_TURNS: Final = 6
"""After so many a breaker has opened, or it never does."""

CLIENT: Final = "the client's own voice"


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a fault.

    Attributes:
        first_ms: from the guest's last word to the first that he heard, or to the word that there is none; to 0.1 s.
        silent_ms: the longest that he waited in mid-answer; to 0.1 s.
        by: who served him in the place, or before and in the place, of the engine that failed.
        told: what he got.
        turns: that the vendor was asked in until it was left alone; None where it never was.
        closed: whether it is asked again, and serves, once all is well.
    """

    first_ms: int
    silent_ms: int
    by: str
    told: str
    turns: int | None
    closed: bool


@dataclass(slots=True)
class Tried:
    """The same with all that was seen, for tests.

    Attributes:
        visits: each question of the guest's while the fault lasted.
        after: his question after it.
    """

    trial: Trial
    visits: list[Visit]
    after: Visit


def name_of(fault: Fault) -> str:
    """By which a fault is written down."""
    return f"{fault.kind}-{fault.phase}"


async def tried(engine: Engine, fault: Fault) -> Tried:
    """Have a guest ask while a fault lasts until the vendor is left alone, and once more when all is well again."""
    async with engine.opened() as at, house(at.rungs) as place:
        breaker = place.ensemble.breaker(engine.kind, 0)
        at.emulator.faults.arm(replace(fault, times=None, after=engine.mid))
        visits = [await place.guest.ask()]
        by = served_by(engine.kind, place.events, visits[0])
        while not isinstance(breaker.state, Open) and len(visits) < MOST_TURNS:
            visits.append(await place.guest.ask())
        at.emulator.faults.clear()
        turns = None
        if isinstance(breaker.state, Open):
            turns = len(visits)
            await asyncio.sleep(max(0.0, breaker.state.until - LoopClock().now_ms()) / 1000)
        after = await place.guest.ask()
        closed = breaker.position(LoopClock().now_ms()) == "closed" and _served(engine, place)
    first = visits[0]
    trial = Trial(_tenths(first.first_ms), _tenths(first.starved_ms), by, outcome(first), turns, closed)
    return Tried(trial, visits, after)


def served_by(kind: Kind, events: Sequence[LadderEvent], visit: Visit) -> str:
    """Whose words, text or sound the guest got."""
    if kind == "tts":
        spoke = _last_asked(kind, events)
        return f"{spoke}, then {CLIENT}" if visit.said and visit.left else (CLIENT if visit.left else spoke)
    if kind == "llm":
        return "facts" if outcome(visit).startswith("the facts") else "openai"
    return _last_asked(kind, events, "ok")


def _last_asked(kind: Kind, events: Sequence[LadderEvent], ended: str = "") -> str:
    names = [event.engine for event in events if isinstance(event, Asked) and event.kind == kind]
    served = [
        event.engine
        for event in events
        if isinstance(event, Asked) and event.kind == kind and (not ended or event.outcome == ended)
    ]
    return (served or names or ["nobody"])[-1]


def _served(engine: Engine, place: House) -> bool:
    last = [event for event in place.events if isinstance(event, Asked) and event.kind == engine.kind][-1]
    return last == Asked(engine.kind, engine.name, "ok")


def _tenths(ms: float) -> int:
    return round(ms / 100) * 100


async def all_of(engine: Engine) -> Mapping[str, Tried]:
    """Every fault at an engine, each in a house of its own, side by side."""
    async with asyncio.TaskGroup() as group:
        running = {name_of(fault): group.create_task(tried(engine, fault)) for fault in EVERY_FAULT}
    return {name: task.result() for name, task in running.items()}


def read(kept: Path = RESULTS) -> dict[str, dict[str, Trial]]:
    """What was written down, by engine and fault."""
    written = json.loads(kept.read_text(encoding="utf-8"))
    return {engine: {fault: Trial(**trial) for fault, trial in faults.items()} for engine, faults in written.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Try all, and write down what came of it."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("--kept", type=Path, default=RESULTS)
    parser.add_argument("engines", nargs="*", help=f"some of {', '.join(ENGINES)}; all by default")
    chosen = parser.parse_args(arguments)
    found = read(chosen.kept) if chosen.engines else {}
    with capture_logs():
        for name in chosen.engines or ENGINES:
            sys.stderr.write(f"{name}\n")
            found[name] = {fault: each.trial for fault, each in run_virtual(all_of(ENGINES[name])).items()}
    written = {
        name: {fault: asdict(trial) for fault, trial in found[name].items()} for name in ENGINES if name in found
    }
    chosen.kept.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
