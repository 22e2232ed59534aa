"""Speech over an answer with a recogniser that streams its words: how soon she stops, and for what.

    .venv/bin/python -m bench.streamed_interruptions [--held-out] [--slips 0.2] [--verbose]

The remarks of `bench.interruptions`, 0.3 to 2.7 s into an answer, on virtual time: words are recognised as by a fast
vendor (interim results every 200 ms with the words that have ended, final words after 100 ms of silence), `--slips` is
the share of interim results whose last word is cut in half. Words are bursts of noise (60 ms a letter), so activity
and level are those of a quiet room; what real sounds do to a gate is `bench.interruptions`'s to tell.
"""

import argparse
import asyncio
import statistics
from dataclasses import dataclass, field

import numpy as np
from bench.interruption_cases import QUESTION, Kind, Line, lines, which
from bench.slips import Slips

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.events import Left
from enterprise_stream.session.engines import Engines
from enterprise_stream.session.outbox import Sound
from enterprise_stream.session.session import Session
from enterprise_stream.session.settings import SessionSettings
from enterprise_stream.testing import LoopClock, run_virtual
from enterprise_stream.testing.listening import EnergyActivity
from enterprise_stream.testing.simulated.engines import (
    SimulatedBrain,
    SimulatedRecogniser,
    SimulatedTurnDetector,
    SimulatedVoice,
)
from enterprise_stream.testing.simulated.recordings import RATE, Recordings, babble, with_floor
from enterprise_stream.testing.simulated.recordings import Sound as Samples
from enterprise_stream.thinking.persona import Persona

FRAME = RATE // 50
INTO_ANSWER_MS = (300, 800, 1400, 2100, 2700)
AFTERWARDS_S = 2


@dataclass(slots=True)
class Outcome:
    """What came of a remark; ms since its first word began, None where it did not happen."""

    line: Line
    ducked: float | None = None
    stopped: float | None = None


@dataclass(slots=True)
class Stage:
    """A session on virtual time, and what it has told."""

    session: Session[None]
    clock: LoopClock
    sounded: asyncio.Event = field(default_factory=asyncio.Event)
    ducked: list[float] = field(default_factory=list)
    stopped: list[float] = field(default_factory=list)

    async def watch(self) -> None:
        """Take everything that the guest would get."""
        while True:
            item = await self.session.outbox.get()
            if isinstance(item, Sound):
                self.session.sent(item.reply)
                self.sounded.set()
            elif isinstance(item, act.AnswerInterrupted):
                self.stopped.append(self.clock.now_ms())
            elif isinstance(item, act.Ducked) and item.on:
                self.ducked.append(self.clock.now_ms())

    async def hear(self, samples: Samples) -> None:
        """Send sound at its own pace, until she has stopped."""
        began = self.clock.now_ms()
        sound = samples.astype(np.float32) / np.float32(32768)
        for start in range(0, sound.size, FRAME):
            if self.stopped:
                return
            await self.session.hear(sound[start : start + FRAME])
            due = began + (start + FRAME) * 1000 / RATE
            await asyncio.sleep(max(0.0, due - self.clock.now_ms()) / 1000)


def _quiet(ms: float) -> Samples:
    return with_floor(np.zeros(int(RATE * ms / 1000), np.float32), "quiet")


async def hear(line: Line, into_ms: float, slips: float) -> Outcome:
    """One remark over one answer."""
    clock = LoopClock()
    question = babble("question", QUESTION[line.language], line.language)
    remark = babble("remark", line.text, line.language)
    known = Recordings((question, remark))
    engines = Engines(
        activity=EnergyActivity,
        recogniser=Slips(SimulatedRecogniser(known, clock), slips, line.text),
        turn_detector=SimulatedTurnDetector(known, clock),
        brain=SimulatedBrain(clock),
        voice=SimulatedVoice(clock),
    )
    settings = SessionSettings("bench", line.language, ("es", "en"), Persona("Sandra", "simulated"))
    stage = Stage(Session(settings, engines, clock), clock)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(stage.session.run())
        watching = group.create_task(stage.watch())
        await stage.hear(question.samples)
        while not stage.sounded.is_set():
            await stage.hear(_quiet(20))
        await stage.hear(_quiet(into_ms))
        onset = clock.now_ms() + remark.words[0].start_ms
        await stage.hear(np.concatenate([remark.samples, _quiet(AFTERWARDS_S * 1000)]))
        watching.cancel()
        await stage.session.tell(Left(0))
        await running
    first = [next((at - onset for at in told), None) for told in (stage.ducked, stage.stopped)]
    return Outcome(line, *first)


def report(kind: Kind, outcomes: list[Outcome]) -> None:
    """One row for each language."""
    for language in ("es", "en"):
        mine = [outcome for outcome in outcomes if outcome.line.language == language]
        stops = [outcome.stopped for outcome in mine if outcome.stopped is not None]
        ducks = [outcome.ducked for outcome in mine if outcome.ducked is not None]
        when = f"{statistics.median(stops):4.0f} / {np.percentile(stops, 95):4.0f}" if stops else "   –"
        duck = f"{statistics.median(ducks):3.0f}" if ducks else "  –"
        print(
            f"{kind:13} {language}  {len(mine):3} remarks  duck {duck} ms  {len(stops):3} stopped, p50 / p95 {when} ms"
        )


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--held-out", action="store_true", help="remarks that nothing was tuned on")
    parser.add_argument("--fresh", action="store_true", help="the newest of such remarks")
    parser.add_argument("--slips", type=float, default=0.2, help="share of interim results with half a last word")
    parser.add_argument("--verbose", action="store_true", help="every remark that was judged wrongly or late")
    given = parser.parse_args()
    kinds: tuple[Kind, ...] = ("backchannel", "interruption")
    for kind in kinds:
        outcomes = [
            run_virtual(hear(line, INTO_ANSWER_MS[number % len(INTO_ANSWER_MS)], given.slips))
            for number, line in enumerate(lines(kind, which(held_out=given.held_out, fresh=given.fresh)))
        ]
        report(kind, outcomes)
        for outcome in outcomes if given.verbose else ():
            late = outcome.stopped is None or outcome.stopped > 500
            if (outcome.stopped is not None) if kind == "backchannel" else late:
                print(f"    {outcome.line.text}  stopped: {outcome.stopped}")


if __name__ == "__main__":
    main()
