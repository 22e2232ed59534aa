"""From the guest's last sound to her first with vendors' engines on emulators: what each mechanism gains.

    .venv/bin/python -m bench.cloud_latency [--turns 40] [--rows flux,openings] [--ahead-ms 100] [--brief] [--wall]

Each turn is a sentence of the labelled sets (as in bench/speculation.py), said in bursts of noise with real timing, in
a session of its own: the ladders, library and gates that the server has, over sockets to emulators on loopback at
realistic latencies (recognition 260 ± 80 ms, first token 450 ± 150 ms and 80 a second, voice 180 ± 60 ms, handshakes
200 ± 40 ms; drawn from one seed). A recogniser knows a word `--ahead-ms` before its end at the earliest. The turn
detector is an oracle. Time is virtual: this machine's own work counts for nothing but the search for facts, which
takes `FACTS_MS` as on a quiet core, and `MEANING_MS` for a comparison; `--wall` goes by the real clock.

`first` counts from the guest's last audible sample to her first, `own` to her first that is not an opening ("A ver,").
Between them are the medians of the turn's ledger.
"""

import argparse
import asyncio
import logging
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from bench.speculation import KNOWLEDGE, Judge, sentences

from enterprise_stream.composition.vendors import RemoteVoice, Vendors
from enterprise_stream.config import Settings, load_settings
from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.events import Left
from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.cost.gates import GatedBrain, GatedRecogniser, gated_voice
from enterprise_stream.cost.governor import Amounts
from enterprise_stream.cost.meter import Meter
from enterprise_stream.cost.price_file import load_prices
from enterprise_stream.engines.retrieval import RetrievalBrain
from enterprise_stream.ladder import Ladder, LadderBrain, LadderRecogniser, ladder_voice
from enterprise_stream.ladder.build import rungs_of
from enterprise_stream.listening.ports import SAMPLE_RATE, Samples, SpeechToText, TurnDetector
from enterprise_stream.session.engines import Engines, never_the_same
from enterprise_stream.session.outbox import Sound
from enterprise_stream.session.replies import DraftEnd
from enterprise_stream.session.session import Session
from enterprise_stream.session.settings import SessionSettings
from enterprise_stream.speaking.library import ClipStore, LibraryVoice, Rendering, StreamingLibraryVoice, Tally
from enterprise_stream.speaking.ports import SAMPLE_RATE as VOICE_RATE
from enterprise_stream.speaking.ports import Speech, StreamingTextToSpeech, TextToSpeech
from enterprise_stream.testing import LoopClock, run_virtual
from enterprise_stream.testing.emulators import ToneVoice
from enterprise_stream.testing.emulators.cartesia import CartesiaEmulator
from enterprise_stream.testing.emulators.deepgram import REALISTIC, DeepgramEmulator
from enterprise_stream.testing.emulators.ears import QUIET_MS, HeardWord
from enterprise_stream.testing.emulators.openai import Answer, OpenAiEmulator
from enterprise_stream.testing.emulators.openai.chat_request import ChatRequest
from enterprise_stream.testing.listening import EnergyActivity
from enterprise_stream.testing.simulated.engines import SimulatedTurnDetector
from enterprise_stream.testing.simulated.recordings import Recording, Recordings, with_floor
from enterprise_stream.thinking.facts import FoundFact, by_words
from enterprise_stream.thinking.knowledge import KnowledgeSource
from enterprise_stream.thinking.openings import OPENINGS
from enterprise_stream.thinking.persona import Persona
from enterprise_stream.thinking.ports import LanguageModel
from enterprise_stream.vendor_settings import SttName, TtsName
from enterprise_stream.workers import WorkerPool

FRAME = SAMPLE_RATE // 50
AUDIBLE = 328
"""Peak of int16 samples that are heard: -40 dBFS."""

FACTS_MS = 25.0
"""What `RetrievalFacts.find` takes on one quiet core (docs/performance.md)."""

BEFORE_MS, AFTER_MS = 1_000, 6_000
"""Silence around a guest's sentence: he needs a moment to begin, and waits for the answer."""

ANSWERS = {
    "es": "Puede entrar desde las tres de la tarde. Si llega antes, le guardamos el equipaje en la recepción.",
    "en": "You can come in from three in the afternoon. If you arrive earlier, we gladly keep your luggage for you.",
}
BRIEF = {
    "es": "Desde las tres. Si llega antes, le guardamos el equipaje en la recepción.",
    "en": "From three. If you arrive earlier, we gladly keep your luggage for you.",
}
"""The same, begun as the prompt asks for: with a sentence of two to five words."""

STAGES = ("endpoint", "transcript", "first_text", "first_clause", "first_audio")


@dataclass(frozen=True, slots=True)
class Row:
    """What is switched on.

    Attributes:
        judged: whether the end-of-turn model is asked; without it, words and silence decide.
        early: whether the voice is given words before their clause is whole, where it begins with them.
    """

    name: str
    speculation: SpeculationPolicy
    recogniser: SttName
    judged: bool
    openings: bool
    voice: TtsName = "deepgram-aura2"
    early: bool = True


NONE = Row("everything off", SpeculationPolicy("off"), "deepgram-nova3", judged=False, openings=False)
ALL = Row("all on", SpeculationPolicy("interim", "meaning"), "deepgram-flux", judged=True, openings=True)
PAUSE, WORDS = SpeculationPolicy("pause"), SpeculationPolicy("interim", "words")

ROWS = {
    "off": NONE,
    "flux": replace(NONE, name="flux, its own judgement of the end", recogniser="deepgram-flux"),
    "turn": replace(NONE, name="the end-of-turn model", judged=True),
    "pause": replace(NONE, name="speculation pause", speculation=PAUSE),
    "interim": replace(NONE, name="speculation interim, words", speculation=WORDS),
    "meaning": replace(NONE, name="speculation interim, meaning", speculation=ALL.speculation),
    "openings": replace(NONE, name="openings from the library", openings=True),
    "whole": replace(NONE, name="another voice (cartesia), whole clauses", voice="cartesia", early=False),
    "early": replace(NONE, name="the same, from the first words on", voice="cartesia"),
    "default": replace(ALL, name="the defaults: pause, flux, openings", speculation=PAUSE),
    "words": replace(ALL, name="all on, agreement of words", speculation=WORDS),
    "all": ALL,
    "all-early": replace(ALL, name="all on, cartesia from the first words on", voice="cartesia"),
    "no-openings": replace(ALL, name="all on but openings", openings=False),
    "default-early": replace(ALL, name="the defaults with cartesia", speculation=PAUSE, voice="cartesia"),
    "default-no-openings": replace(ALL, name="the defaults but openings", speculation=PAUSE, openings=False),
    "no-flux": replace(ALL, name="all on but flux (nova-3)", recogniser="deepgram-nova3"),
    "no-turn": replace(ALL, name="all on but the end-of-turn model", judged=False),
    "no-draft": replace(ALL, name="all on but speculation", speculation=NONE.speculation),
}


# --- who is there beside the vendors ----------------------------------------------------------------------------


class EarInTime:
    """An `Ear` for one recording after the other: a word is known `ahead_ms` before it ends, or in silence."""

    def __init__(self, ahead_ms: float) -> None:
        self.recording: Recording | None = None
        self._ahead_ms = ahead_ms

    def listen(self, language: str) -> "HearingInTime":
        """Begin a stream of the recording of now."""
        if self.recording is None:
            raise AssertionError("nobody speaks")
        return HearingInTime(self.recording, language, self._ahead_ms)


class HearingInTime:
    """One stream; its recording's words begin with the first loud sound."""

    completion = 0.95

    def __init__(self, recording: Recording, language: str, ahead_ms: float) -> None:
        self.language = recording.language or language
        self._words, self._ahead_ms = recording.words, ahead_ms
        self._now_ms = self._loud_ms = 0.0
        self._began_ms: float | None = None
        self._settled = 0

    def hear(self, samples: Samples, loud: bool) -> None:
        """See `Hearing.hear`."""
        if loud and self._began_ms is None:
            self._began_ms = self._now_ms - self._words[0].start_ms
        self._now_ms += samples.size * 1000 / SAMPLE_RATE
        self._loud_ms = self._now_ms if loud else self._loud_ms

    async def words(self) -> Sequence[HeardWord]:
        """See `Hearing.words`."""
        return list(self._known())

    async def settle(self) -> Sequence[HeardWord]:
        """See `Hearing.settle`."""
        known = list(self._known())
        self._settled += len(known)
        return known

    def close(self) -> None:
        """Nothing is held."""

    def _known(self) -> Iterator[HeardWord]:
        if self._began_ms is None:
            return
        silent = self._now_ms - self._loud_ms >= QUIET_MS
        known_ms = self._now_ms + (self._ahead_ms if not silent else QUIET_MS)
        for word in self._words[self._settled :]:
            start_ms, end_ms = self._began_ms + word.start_ms, self._began_ms + word.end_ms
            if end_ms <= known_ms:
                yield HeardWord(word.text, min(start_ms, self._loud_ms), min(end_ms, self._loud_ms))


class Even:
    """A `TurnDetector` that says nothing either way."""

    async def completion(self, owner: str, samples: Samples) -> float:
        """Even."""
        del owner, samples
        return 0.5


class SameAnswer:
    """A `Mind` that says the same to all."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self.language = "es"
        self._answers = answers

    def answer(self, request: ChatRequest) -> Answer:
        """In the guest's language."""
        del request
        return Answer(self._answers[self.language])


@dataclass(frozen=True, slots=True)
class FactsInTime:
    """`Facts` by words, in the time that the search by meaning takes."""

    source: KnowledgeSource

    def standing(self, language: str) -> tuple[FoundFact, ...]:
        """None."""
        del language
        return ()

    async def find(self, owner: str, text: str, language: str) -> tuple[FoundFact, ...]:
        """See `Facts.find`."""
        del owner
        await asyncio.sleep(FACTS_MS / 1000)
        return by_words(self.source.load(), text, language)


class WholeClauses:
    """A voice that is not given the beginning of a clause."""

    def __init__(self, inner: RemoteVoice) -> None:
        self._inner = inner
        self.voice = inner.voice

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        """As the voice does."""
        async for piece in self._inner.speak(owner, text, language):
            yield piece


# --- a row ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Counts:
    """What a row came to; ms from the guest's last audible sample.

    Attributes:
        first: to her first sound.
        own: to her first that is no opening.
        stages: the turn's ledger.
    """

    first: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    stages: list[act.Latency] = field(default_factory=list)
    drafts: list[DraftEnd] = field(default_factory=list)

    def stage(self, name: str) -> str:
        """Its median."""
        known = [at for latency in self.stages if (at := getattr(latency, name)) is not None]
        return f"{np.median(known):.0f}" if known else ""

    def line(self, name: str, wanted: int) -> str:
        """A line of the table."""
        drafted = sum(end.used for end in self.drafts)
        percentiles = (np.percentile(each, part) for each in (self.first, self.own) for part in (50, 95))
        cells = [name, *(f"{each:.0f}" for each in percentiles), *map(self.stage, STAGES)]
        cells += [f"{drafted / wanted:.0%}", f"{len(self.drafts) / wanted:.1f}", f"{len(self.first)}/{wanted}"]
        return f"| {' | '.join(cells)} |"


@dataclass(slots=True)
class Bench:
    """One row's vendors and engines, on one event loop."""

    row: Row
    folder: Path
    brain: RetrievalBrain | None
    ahead_ms: float
    answers: Mapping[str, str]
    clock: LoopClock = field(default_factory=LoopClock)
    counts: Counts = field(default_factory=Counts)
    ear: EarInTime = field(init=False)
    mind: SameAnswer = field(init=False)

    def __post_init__(self) -> None:
        """Nobody speaks yet."""
        self.ear = EarInTime(self.ahead_ms)
        self.mind = SameAnswer(self.answers)

    async def play(self, recordings: Sequence[Recording]) -> Counts:
        """All sentences, each in a session of its own."""
        self.ear.recording = recordings[0]
        async with self._engines(recordings) as engines:
            for recording in recordings:
                self.ear.recording, self.mind.language = recording, recording.language
                await self._turn(engines, recording)
        return self.counts

    @asynccontextmanager
    async def _engines(self, recordings: Sequence[Recording]) -> AsyncIterator[Engines]:
        """The engines on their ladders, as composition builds them."""
        row, clock, source = self.row, self.clock, KnowledgeSource(KNOWLEDGE)
        meter = Meter(load_prices(), clock, Amounts(), [])
        async with AsyncExitStack() as stack:
            deepgram = await stack.enter_async_context(DeepgramEmulator(self.ear, ToneVoice(), latencies=REALISTIC))
            openai = await stack.enter_async_context(OpenAiEmulator(self.mind))
            cartesia = await stack.enter_async_context(CartesiaEmulator(ToneVoice()))
            vendors = Vendors(_settings(deepgram, openai, cartesia), meter, clock)
            hears = await stack.enter_async_context(vendors.recogniser(row.recogniser, source.load()))
            thinks = await stack.enter_async_context(vendors.brain("openai", source, FactsInTime(source)))
            speaks = await stack.enter_async_context(vendors.voice(row.voice))
            said = gated_voice(speaks if row.early else WholeClauses(speaks), meter)
            hearers: list[tuple[str, SpeechToText]] = [(row.recogniser, GatedRecogniser(hears, meter))]
            thinkers: list[tuple[str, LanguageModel]] = [("openai", GatedBrain(thinks, meter))]
            recognisers = Ladder("stt", rungs_of("stt", hearers), clock)
            brains = Ladder("llm", rungs_of("llm", thinkers), clock)
            voice = ladder_voice(Ladder("tts", rungs_of("tts", [(row.voice, said)]), clock))
            library = await stack.enter_async_context(await self._library(voice))
            yield Engines(
                EnergyActivity,
                await stack.enter_async_context(LadderRecogniser(recognisers)),
                self._detector(recordings),
                LadderBrain(brains),
                library,
                same_meaning=Judge(self.brain) if self.brain is not None else never_the_same,
                covers=library.covers,
            )

    def _detector(self, recordings: Sequence[Recording]) -> TurnDetector:
        return SimulatedTurnDetector(Recordings(recordings), self.clock) if self.row.judged else Even()

    async def _library(self, voice: TextToSpeech) -> LibraryVoice:
        """A library that holds the openings, and keeps nothing else: no answer is heard from it."""
        store = ClipStore(self.folder / "clips", Rendering("emulated", "tone"), 100_000_000)
        tally = Tally(self.folder / "tally.sqlite3", self.clock.today)
        async with LibraryVoice(ToneVoice(), store, tally, self.clock) as builds:
            for language, texts in OPENINGS.items():
                for text in texts:
                    await builds.build("voice-library", text, language, "general")
        kind = StreamingLibraryVoice if isinstance(voice, StreamingTextToSpeech) else LibraryVoice
        return kind(voice, store, tally, self.clock, private=lambda _: True, keeps=False)

    async def _turn(self, engines: Engines, recording: Recording) -> None:
        """One guest says one sentence and waits for the answer."""
        languages = ("es", "en")
        settings = SessionSettings(
            recording.name,
            recording.language,
            languages,
            Persona("Sandra", "emulated"),
            openings=self.row.openings,
            speculation=self.row.speculation,
        )
        session: Session[None] = Session(settings, engines, self.clock, self.counts.drafts.append)
        sound, audible = _said(recording)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(session.run())
            began = self.clock.now_ms()
            listening = group.create_task(self._listen(session, began + audible * 1000 / SAMPLE_RATE))
            for start in range(0, sound.size, FRAME):
                await asyncio.sleep(max(0.0, began + (start + FRAME) * 1000 / SAMPLE_RATE - self.clock.now_ms()) / 1000)
                await session.hear(sound[start : start + FRAME])
                if listening.done():
                    break
            listening.cancel()
            await session.tell(Left(0))
            await running

    async def _listen(self, session: Session[None], ended: float) -> None:
        """Note when her first sound and her first own words are heard, and the turn's ledger."""
        first: float | None = None
        text, heard, opening = "", 0, 0
        own = False
        while not (own and self.counts.stages and len(self.counts.stages) == len(self.counts.own)):
            item = await session.outbox.get()
            if isinstance(item, act.AnswerGrew):
                text += item.text
            elif isinstance(item, act.AnswerComplete):
                self.counts.stages.append(item.latency)
            elif isinstance(item, Sound):
                now = self.clock.now_ms()
                if first is None:
                    first = now + _silence_ms(item.samples)
                    opening = _opening_samples(text) if self.row.openings else 0
                    self.counts.first.append(first - ended)
                if not own and heard + item.samples.size > opening:
                    own = True
                    self.counts.own.append(max(now, first + opening * 1000 / VOICE_RATE) - ended)
                heard += item.samples.size


def _settings(deepgram: DeepgramEmulator, openai: OpenAiEmulator, cartesia: CartesiaEmulator) -> Settings:
    given: dict[str, Any] = {
        "deepgram_api_key": "a key for emulators",
        "deepgram_base_url": deepgram.base_url,
        "openai_api_key": "a key for emulators",
        "openai_base_url": openai.api_url,
        "cartesia_api_key": "a key for emulators",
        "cartesia_base_url": cartesia.base_url,
        "cartesia_voice": "00000000-0000-4000-8000-000000000000",
    }
    return load_settings(None, given)


def _said(recording: Recording) -> tuple[Samples, int]:
    """The guest's sound with the room before and after, and up to which sample it is audible."""
    room = [with_floor(np.zeros(ms * SAMPLE_RATE // 1000, np.float32), f"{ms}") for ms in (BEFORE_MS, AFTER_MS)]
    sound = np.concatenate([room[0], recording.samples, room[1]])
    audible = int(np.flatnonzero(np.abs(sound.astype(np.int32)) > AUDIBLE)[-1]) + 1
    return sound.astype(np.float32) / np.float32(32768), audible


def _silence_ms(samples: np.ndarray[Any, Any]) -> float:
    """What a piece of sound begins with that nobody hears."""
    return int(np.argmax(np.abs(samples.astype(np.int32)) > AUDIBLE)) * 1000 / VOICE_RATE


def _opening_samples(text: str) -> int:
    """How long the opening sounds that a text begins with; 0 where it begins with none."""
    known = (opening for each in OPENINGS.values() for opening in each)
    opening = next((each for each in known if text.startswith(each)), "")
    return round(len(opening) * 60.0 * VOICE_RATE / 1000)


def measure(
    row: Row, recordings: Sequence[Recording], brain: RetrievalBrain | None, given: argparse.Namespace
) -> Counts:
    """One row."""
    with tempfile.TemporaryDirectory() as folder:
        answers = BRIEF if given.brief else ANSWERS
        work = Bench(row, Path(folder), brain, given.ahead_ms, answers).play(recordings)
        return asyncio.run(work) if given.wall else run_virtual(work)


def meanings() -> RetrievalBrain:
    """What compares two wordings."""
    pool = WorkerPool(1)
    brain = RetrievalBrain(KnowledgeSource(KNOWLEDGE), pool, cache=load_settings().knowledge_vectors)
    asyncio.run(brain.warm_up())
    pool.close()
    return brain


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=40)
    parser.add_argument("--ahead-ms", type=float, default=0.0)
    parser.add_argument("--rows", default=",".join(ROWS), help="some of " + ", ".join(ROWS))
    parser.add_argument("--brief", action="store_true", help="answers begin with a sentence of two to five words")
    parser.add_argument("--wall", action="store_true", help="go by the real clock")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    recordings, rows = sentences(given.turns), [ROWS[name] for name in given.rows.split(",")]
    brain = meanings() if any(row.speculation.agreement == "meaning" for row in rows) else None
    print(f"| | first p50 | p95 | own p50 | p95 | {' | '.join(STAGES)} | drafts used | drafts a turn | turns |")
    print("| --- |" + " ---: |" * (len(STAGES) + 7))
    for row in rows:
        print(measure(row, recordings, brain, given).line(row.name, len(recordings)), flush=True)


if __name__ == "__main__":
    main()
