"""What working ahead gains and wastes: simulated engines on virtual time, so the machine's own speed does not matter.

    .venv/bin/python bench/speculation.py [--turns 60] [--slips 0.2] [--ahead-ms 100] [--openings] [--stages]

Each turn is a sentence of the labelled sets (tests/engines/retrieval), in a session of its own. Words are recognised
as by a fast vendor (interim results every 200 ms, final words 100 ms after the last speech), the brain gives its first
token after 250 ms and 60 a second, the voice its first audio 120 ms after the first words that it is given. `--slips`
is the share of interim results whose last word is misheard, `--ahead-ms` how long before its end an interim result
knows a word; `--openings` puts a library that holds openings ("A ver,") in front of the voice.

ms count from the guest's last sound to the answer's first; `used` is the share of answered turns whose answer was a
draft; `wasted` counts the output tokens and seconds of sound of dropped drafts, per turn.

`--stages` tells, for each policy, when the answer that was heard passed each stage, in ms from the guest's last sound:
all his words are known, the brain is asked, it gives its first token, the voice its first sound, the turn is over, the
guest hears it. The sound is heard at the later of the last two.
"""

import argparse
import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

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
from enterprise_stream.thinking.ports import AnswerPiece, Question
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


STAGES = ("words known", "brain asked", "first token", "first sound made", "turn's end", "heard")


@dataclass(slots=True)
class Tally:
    """What one policy came to.

    Attributes:
        waits: ms from the guest's last sound to the answer's first, per turn.
        words: final words of each turn that was answered.
        stages: ms from the guest's last sound to each of `STAGES`, per turn.
    """

    waits: list[float] = field(default_factory=list)
    drafts: list[DraftEnd] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    stages: list[list[float]] = field(default_factory=list)


Piece = TypeVar("Piece")


@dataclass(slots=True)
class Watch:
    """Notes when answers were asked for and began to come; what is dropped is forgotten, so the last is the one heard.

    Attributes:
        live: for each answer that is not dropped, when it was asked for and when its first piece came.
    """

    clock: LoopClock
    live: list[list[float]] = field(default_factory=list)

    async def over(self, pieces: AsyncGenerator[Piece]) -> AsyncGenerator[Piece]:
        """The same pieces."""
        moments = [self.clock.now_ms()]
        self.live.append(moments)
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    moments += [self.clock.now_ms()] if len(moments) == 1 else []
                    yield piece
        except BaseException:
            self.live.remove(moments)
            raise


class WatchedBrain(SimulatedBrain):
    """The brain under a watch."""

    def __init__(self, clock: LoopClock) -> None:
        super().__init__(clock)
        self.watch = Watch(clock)

    def answer(self, question: Question) -> AsyncGenerator[AnswerPiece]:
        """As the brain does."""
        return self.watch.over(super().answer(question))


class WatchedVoice(SimulatedVoice):
    """The voice under a watch."""

    def __init__(self, clock: LoopClock) -> None:
        super().__init__(clock)
        self.watch = Watch(clock)

    def speak_along(self, owner: str, words: AsyncIterator[str], language: str) -> AsyncGenerator[Speech]:
        """As the voice does."""
        return self.watch.over(super().speak_along(owner, words, language))

    def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        """As the voice does."""
        return self.watch.over(super().speak(owner, text, language))


class WithOpenings(WatchedVoice):
    """The voice with a library in front that holds the openings and nothing else."""

    def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        """An opening at once; anything else as the voice does."""
        return _opening() if holds_opening(text, language) else super().speak(owner, text, language)


async def _opening() -> AsyncGenerator[Speech]:
    yield Speech(np.full(VOICE_RATE // 2, 1000, np.int16))


def holds_opening(text: str, language: str) -> bool:
    """Whether the library holds this clause."""
    return text in OPENINGS.get(language, ())


@dataclass(frozen=True, slots=True)
class Judge:
    """The brain's judgement of meaning, in `MEANING_MS` of virtual time where the words alone do not tell."""

    brain: RetrievalBrain

    async def __call__(self, question: Question, text: str) -> bool:
        """See `RetrievalBrain.same_meaning`."""
        if self.brain.differs(question, text):
            return False
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
    thinks, speaks = WatchedBrain(clock), (WithOpenings if given.openings else WatchedVoice)(clock)
    engines = Engines(
        activity=EnergyActivity,
        recogniser=Slips(SimulatedRecogniser(known, clock, ahead_ms=given.ahead_ms), given.slips, recording.name),
        turn_detector=SimulatedTurnDetector(known, clock),
        brain=thinks,
        voice=speaks,
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
        listening = group.create_task(_first_sound(session, clock, recording.text, tally))
        for number in range(0, samples.size, FRAME):
            await asyncio.sleep(max(0.0, began + (number + FRAME) * 1000 / RATE - clock.now_ms()) / 1000)
            await session.hear(samples[number : number + FRAME])
            if listening.done():
                break
        known_at, over_at, heard_at = await listening
        tally.waits.append(heard_at - ended)
        made_at = speaks.watch.live[-1][-1] if not given.openings else heard_at
        moments = (known_at, *thinks.watch.live[-1][:2], made_at, over_at, heard_at)
        tally.stages.append([at - ended for at in moments])
        await session.tell(Left(0))
        await running


async def _first_sound(session: Session[None], clock: LoopClock, said: str, tally: Tally) -> tuple[float, float, float]:
    """When all words of the guest's were known, when his turn was over, and when her first sound came."""
    known_at = over_at = clock.now_ms()
    while True:
        item = await session.outbox.get()
        if isinstance(item, act.WordsShown):
            known_at = clock.now_ms() if item.words.text == said and not item.final else known_at
            over_at = clock.now_ms()
        if isinstance(item, act.WordsShown) and item.final:
            tally.words.append(item.words.text)
        if isinstance(item, Sound):
            return known_at, over_at, clock.now_ms()


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
    parser.add_argument("--policies", default="; ".join(POLICIES), help="some of them, parted by '; '")
    parser.add_argument("--stages", action="store_true")
    given = parser.parse_args()
    recordings = sentences(given.turns)
    pool = WorkerPool(1)
    brain = RetrievalBrain(KnowledgeSource(KNOWLEDGE), pool, cache=load_settings().knowledge_vectors)
    asyncio.run(brain.warm_up())
    pool.close()
    shown = stages_line if given.stages else gains_line
    print(f"| policy | {' | '.join(STAGES if given.stages else GAINS)} |")
    print("| --- |" + " ---: |" * len(STAGES if given.stages else GAINS))
    for name in given.policies.split("; "):
        tally = run_virtual(play(recordings, POLICIES[name], given, brain))
        print(f"| {name} | {' | '.join(shown(tally, recordings))} |", flush=True)


GAINS = ("p50 ms", "p95 ms", "used", "drafts a turn", "tokens wasted", "sound wasted, s", "same words")


def gains_line(tally: Tally, recordings: Sequence[Recording]) -> list[str]:
    """What a policy gained and wasted."""
    turns, dropped = len(recordings), [end for end in tally.drafts if not end.used]
    right = sum(said == recording.text for said, recording in zip(tally.words, recordings, strict=True))
    return [
        f"{np.percentile(tally.waits, 50):.0f}",
        f"{np.percentile(tally.waits, 95):.0f}",
        f"{sum(end.used for end in tally.drafts) / turns:.0%}",
        f"{len(tally.drafts) / turns:.2f}",
        f"{sum(end.text_tokens for end in dropped) / turns:.1f}",
        f"{sum(end.sound_ms for end in dropped) / turns / 1000:.2f}",
        f"{right} of {turns}",
    ]


def stages_line(tally: Tally, recordings: Sequence[Recording]) -> list[str]:
    """When each stage was passed: p50 and p95 of the turns."""
    del recordings
    columns = zip(*tally.stages, strict=True)
    return [f"{np.percentile(column, 50):.0f} / {np.percentile(column, 95):.0f}" for column in columns]


if __name__ == "__main__":
    main()
