"""What working ahead gains and wastes: simulated engines on virtual time, so the machine's own speed does not matter.

    .venv/bin/python bench/speculation.py [--turns 60] [--slips 0.2] [--ahead-ms 100] [--openings]

Each turn is a sentence of the labelled sets (tests/engines/retrieval), in a session of its own. Words are recognised
as by a fast vendor (interim results every 200 ms, final words 100 ms after the last speech), the brain gives its first
token after 250 ms and 60 a second, the voice its first audio 120 ms after the first words that it is given. `--slips`
is the share of interim results whose last word is misheard, `--ahead-ms` how long before its end an interim result
knows a word; `--openings` puts a library that holds openings ("A ver,") in front of the voice.

ms count from the guest's last sound to the answer's first; `used` is the share of answered turns whose answer was a
draft; `wasted` counts the output tokens and seconds of sound of dropped drafts, per turn.
"""

import argparse
import asyncio
import random
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import yaml
from bench.slips import Slips

from enterprise_stream.config import load_settings
from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.events import Left
from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.engines.retrieval import RetrievalBrain
from enterprise_stream.session.engines import Engines
from enterprise_stream.session.outbox import Sound
from enterprise_stream.session.replies import DraftEnd
from enterprise_stream.session.session import Session
from enterprise_stream.session.settings import SessionSettings
from enterprise_stream.speaking.ports import SAMPLE_RATE as VOICE_RATE
from enterprise_stream.speaking.ports import Speech
from enterprise_stream.testing import LoopClock, run_virtual
from enterprise_stream.testing.listening import EnergyActivity
from enterprise_stream.testing.simulated.engines import (
    SimulatedBrain,
    SimulatedRecogniser,
    SimulatedTurnDetector,
    SimulatedVoice,
)
from enterprise_stream.testing.simulated.recordings import RATE, Recording, Recordings, babble, with_floor
from enterprise_stream.thinking.knowledge import KnowledgeSource
from enterprise_stream.thinking.openings import OPENINGS
from enterprise_stream.thinking.persona import Persona
from enterprise_stream.thinking.ports import Question
from enterprise_stream.workers import WorkerPool

ROOT = Path(__file__).parents[1]
SETS = ROOT / "tests" / "engines" / "retrieval"
KNOWLEDGE = ROOT / "src" / "enterprise_stream" / "data" / "casas-del-turia.yaml"
FRAME = RATE // 50
MEANING_MS = 20.0
"""What `RetrievalBrain.same_meaning` takes on one quiet core."""

POLICIES = {
    "off": SpeculationPolicy("off"),
    "pause": SpeculationPolicy("pause"),
    "interim, words": SpeculationPolicy("interim", "words"),
    "interim, meaning": SpeculationPolicy("interim", "meaning"),
}


@dataclass(slots=True)
class Tally:
    """What one policy came to.

    Attributes:
        waits: ms from the guest's last sound to the answer's first, per turn.
        words: final words of each turn that was answered.
    """

    waits: list[float] = field(default_factory=list)
    drafts: list[DraftEnd] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


class WithOpenings(SimulatedVoice):
    """The voice with a library in front that holds the openings and nothing else."""

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        """An opening at once; anything else as the voice does."""
        if holds_opening(text, language):
            yield Speech(np.full(VOICE_RATE // 2, 1000, np.int16))
            return
        async with aclosing(super().speak(owner, text, language)) as pieces:
            async for piece in pieces:
                yield piece


def holds_opening(text: str, language: str) -> bool:
    """Whether the library holds this clause."""
    return text in OPENINGS.get(language, ())


@dataclass(frozen=True, slots=True)
class Judge:
    """The brain's judgement of meaning, in `MEANING_MS` of virtual time."""

    brain: RetrievalBrain

    async def __call__(self, question: Question, text: str) -> bool:
        """See `RetrievalBrain.same_meaning`."""
        await asyncio.sleep(MEANING_MS / 1000)
        return self.brain.judge_meaning(question, text)


def sentences(count: int) -> list[Recording]:
    """As many of Spanish as of English, spread over the sets."""
    chosen = []
    for language in ("es", "en"):
        lines = [
            str(item["say"])
            for path in sorted(SETS.glob(f"*.{language}.yaml"))
            for item in yaml.safe_load(path.read_text(encoding="utf-8"))
            if isinstance(item, dict) and len(str(item.get("say", "")).split()) >= 3
        ]
        random.Random(language).shuffle(lines)
        chosen += [babble(f"{language}{number}", line, language) for number, line in enumerate(lines[: count // 2])]
    return chosen


async def turn(
    recording: Recording,
    policy: SpeculationPolicy,
    given: argparse.Namespace,
    brain: RetrievalBrain,
    tally: Tally,
) -> None:
    """One guest says one sentence and waits for the answer."""
    clock = LoopClock()
    known = Recordings((recording,))
    engines = Engines(
        activity=EnergyActivity,
        recogniser=Slips(SimulatedRecogniser(known, clock, ahead_ms=given.ahead_ms), given.slips, recording.name),
        turn_detector=SimulatedTurnDetector(known, clock),
        brain=SimulatedBrain(clock),
        voice=WithOpenings(clock) if given.openings else SimulatedVoice(clock),
        covers=holds_opening,
        same_meaning=Judge(brain),
    )
    settings = SessionSettings(
        recording.name,
        recording.language,
        ("es", "en"),
        Persona("Sandra", "simulated"),
        openings=given.openings,
        speculation=policy,
    )
    session: Session[None] = Session(settings, engines, clock, tally.drafts.append)
    sound = np.concatenate([recording.samples, with_floor(np.zeros(4 * RATE, np.float32), "after")])
    samples = sound.astype(np.float32) / np.float32(32768)
    began = clock.now_ms()
    ended = began + recording.words[-1].end_ms
    async with asyncio.TaskGroup() as group:
        running = group.create_task(session.run())
        listening = group.create_task(_first_sound(session, clock, tally))
        for number in range(0, samples.size, FRAME):
            await session.hear(samples[number : number + FRAME])
            await asyncio.sleep(max(0.0, began + (number + FRAME) * 1000 / RATE - clock.now_ms()) / 1000)
            if listening.done():
                break
        tally.waits.append(await listening - ended)
        await session.tell(Left(0))
        await running


async def _first_sound(session: Session[None], clock: LoopClock, tally: Tally) -> float:
    """When it came."""
    while True:
        item = await session.outbox.get()
        if isinstance(item, act.WordsShown) and item.final:
            tally.words.append(item.words.text)
        if isinstance(item, Sound):
            return clock.now_ms()


async def play(
    recordings: Sequence[Recording], policy: SpeculationPolicy, given: argparse.Namespace, brain: RetrievalBrain
) -> Tally:
    """All sentences under one policy."""
    tally = Tally()
    for recording in recordings:
        await turn(recording, policy, given, brain, tally)
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=60)
    parser.add_argument("--slips", type=float, default=0.0)
    parser.add_argument("--ahead-ms", type=float, default=0.0)
    parser.add_argument("--openings", action="store_true")
    given = parser.parse_args()
    recordings = sentences(given.turns)
    pool = WorkerPool(1)
    brain = RetrievalBrain(KnowledgeSource(KNOWLEDGE), pool, cache=load_settings().knowledge_vectors)
    asyncio.run(brain.warm_up())
    pool.close()
    print("| policy | p50 ms | p95 ms | used | drafts a turn | tokens wasted | sound wasted, s | same words |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, policy in POLICIES.items():
        tally = run_virtual(play(recordings, policy, given, brain))
        dropped = [end for end in tally.drafts if not end.used]
        turns = len(recordings)
        right = sum(said == recording.text for said, recording in zip(tally.words, recordings, strict=True))
        print(
            f"| {name} | {np.percentile(tally.waits, 50):.0f} | {np.percentile(tally.waits, 95):.0f} "
            f"| {sum(end.used for end in tally.drafts) / turns:.0%} | {len(tally.drafts) / turns:.2f} "
            f"| {sum(end.text_tokens for end in dropped) / turns:.1f} "
            f"| {sum(end.sound_ms for end in dropped) / turns / 1000:.2f} | {right} of {turns} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
