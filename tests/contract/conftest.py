"""Every engine of a kind, with a sound or a text that it can work with."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import pytest

from enterprise_stream.clock import MonotonicClock
from enterprise_stream.engines.cartesia import CartesiaVoice
from enterprise_stream.engines.deepgram import DeepgramAura, DeepgramFlux, DeepgramNova
from enterprise_stream.engines.elevenlabs import ElevenLabsVoice
from enterprise_stream.engines.kokoro import KokoroVoice
from enterprise_stream.engines.openai import OpenAIBrain, OpenAIVoice
from enterprise_stream.engines.retrieval import RetrievalBrain
from enterprise_stream.engines.silero import Silero
from enterprise_stream.engines.smart_turn import SmartTurn
from enterprise_stream.engines.whisper import WhisperRecogniser
from enterprise_stream.listening.ports import Samples, SpeechToText, TurnDetector, VoiceActivity
from enterprise_stream.models import ModelStore
from enterprise_stream.purchases import nobody_counts
from enterprise_stream.speaking.library import ClipStore, LibraryVoice, Rendering, Tally
from enterprise_stream.speaking.ports import TextToSpeech
from enterprise_stream.testing import (
    EnergyActivity,
    FakeClock,
    Heard,
    Reply,
    ScriptedBrain,
    ScriptedRecogniser,
    ScriptedTurnDetector,
    ScriptedVoice,
    quiet,
    speech,
)
from enterprise_stream.testing.emulators import Latency
from enterprise_stream.testing.emulators.cartesia import CartesiaEmulator
from enterprise_stream.testing.emulators.deepgram import DeepgramEmulator
from enterprise_stream.testing.emulators.ears import ScriptedEar
from enterprise_stream.testing.emulators.elevenlabs import ElevenLabsEmulator
from enterprise_stream.testing.emulators.openai import OpenAiEmulator, PromptCache, ScriptedMind
from enterprise_stream.thinking.facts import WrittenFacts
from enterprise_stream.thinking.knowledge import KnowledgeSource
from enterprise_stream.thinking.ports import LanguageModel
from enterprise_stream.workers import WorkerPool

KNOWLEDGE = Path(__file__).parents[2] / "src" / "enterprise_stream" / "data" / "casas-del-turia.yaml"
BOTH = ["scripted", pytest.param("embedded", marks=pytest.mark.models)]
Engine = TypeVar("Engine")
QUESTION = "¿Cuánto cuesta el ático por noche?"


async def at_rest(case: "Case[Any]") -> None:
    """Wait until the engine works for nobody; a thread's work ends when it does, which no event tells."""
    async with asyncio.timeout(10):
        while not case.idle():  # noqa: ASYNC110
            await asyncio.sleep(0)


def _nothing_waits() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Case(Generic[Engine]):
    """An engine to hold to its port.

    Attributes:
        sound: a guest's question, as this engine can hear it.
        idle: whether the engine works for nobody now.
    """

    engine: Engine
    sound: Samples = field(default_factory=lambda: speech(1_500))
    idle: Callable[[], bool] = _nothing_waits


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    pool = WorkerPool(2)
    yield pool
    pool.close()


@pytest.fixture(scope="session")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the embedded demo business is kept for the whole run."""
    return tmp_path_factory.mktemp("vectors") / "demo.npz"


@pytest.fixture(scope="module")
def whisper(pool: WorkerPool) -> WhisperRecogniser:
    return WhisperRecogniser(ModelStore().path("whisper-base"), pool)


@pytest.fixture(scope="module")
def kokoro(pool: WorkerPool) -> KokoroVoice:
    store = ModelStore()
    return KokoroVoice(store.path("kokoro"), store.path("kokoro-voices"), pool, voice="sandra")


def question() -> Samples:
    """A guest's question, spoken."""
    from enterprise_stream.testing.guest_voice import guest_says

    return guest_says(QUESTION, lead_ms=200, tail_ms=300)


def _idle(pool: WorkerPool) -> Callable[[], bool]:
    return lambda: (pool.waiting, pool.running) == (0, 0)


@asynccontextmanager
async def deepgram(kind: str) -> AsyncIterator[DeepgramFlux | DeepgramNova]:
    """A recogniser of Deepgram's at an emulator that hears the question in every stretch of sound."""
    async with DeepgramEmulator(ScriptedEar(*[QUESTION] * 20)) as emulator:
        maker = DeepgramFlux if kind == "flux" else DeepgramNova
        async with maker("key", nobody_counts, MonotonicClock(), base_url=emulator.base_url) as recogniser:
            yield recogniser


@pytest.fixture(params=[*BOTH, "flux", "nova"])
async def recogniser(request: pytest.FixtureRequest, pool: WorkerPool) -> AsyncIterator[Case[SpeechToText]]:
    match request.param:
        case "scripted":
            yield Case(ScriptedRecogniser(Heard((QUESTION,), delay_ms=0)))
        case "embedded":
            yield Case(request.getfixturevalue("whisper"), question(), _idle(pool))
        case _:
            async with deepgram(request.param) as recogniser:
                yield Case(recogniser)


@pytest.fixture(params=BOTH)
def detector(request: pytest.FixtureRequest, pool: WorkerPool) -> Case[TurnDetector]:
    if request.param == "scripted":
        return Case(ScriptedTurnDetector((0.9,)))
    return Case(SmartTurn(ModelStore().path("smart-turn"), pool), question(), _idle(pool))


@pytest.fixture(params=BOTH)
def activity(request: pytest.FixtureRequest) -> Case[VoiceActivity]:
    if request.param == "scripted":
        return Case(EnergyActivity(), np.concatenate([quiet(320), speech(1_500)]))
    return Case(Silero(ModelStore().path("silero-vad"))(), question())


@pytest.fixture
async def openai() -> AsyncIterator[OpenAiEmulator]:
    """OpenAI's service, which answers at once and remembers no prompt, so that the same answer costs the same."""
    quick, forgetful = Latency(), PromptCache(threshold=1 << 30)
    mind = ScriptedMind("El ático cuesta 120 € la noche.")
    async with OpenAiEmulator(
        mind, cache=forgetful, first_token=quick, next_token=quick, first_audio=quick
    ) as emulator:
        yield emulator


@pytest.fixture(params=[*BOTH, "openai"])
async def brain(
    request: pytest.FixtureRequest, pool: WorkerPool, vectors: Path, openai: OpenAiEmulator
) -> AsyncIterator[Case[LanguageModel]]:
    source = KnowledgeSource(KNOWLEDGE)
    if request.param == "scripted":
        yield Case(ScriptedBrain(Reply(("El ático ", "cuesta 120 €."), delay_ms=0, piece_ms=0)))
    elif request.param == "embedded":
        yield Case(RetrievalBrain(source, pool, cache=vectors), idle=_idle(pool))
    else:
        facts = WrittenFacts(source)
        async with OpenAIBrain("key", base_url=openai.api_url, source=source, facts=facts, clock=FakeClock()) as brain:
            yield Case(brain, idle=lambda: openai.connections == 0)


@asynccontextmanager
async def elevenlabs() -> AsyncIterator[Case[TextToSpeech]]:
    """ElevenLabs' voice, against its emulator."""
    async with (
        ElevenLabsEmulator(first_audio=Latency()) as emulator,
        ElevenLabsVoice("key-for-tests", nobody_counts, voice_id="v1", base_url=emulator.base_url) as voice,
    ):
        yield Case(voice, idle=lambda: voice.speaking == 0)


@asynccontextmanager
async def cartesia() -> AsyncIterator[Case[TextToSpeech]]:
    """Cartesia's voice, against its emulator."""
    async with (
        CartesiaEmulator(first_audio=Latency()) as emulator,
        CartesiaVoice("key-for-tests", nobody_counts, voice_id="v1", base_url=emulator.base_url) as voice,
    ):
        yield Case(voice, idle=lambda: (voice.speaking, emulator.contexts) == (0, 0))


@asynccontextmanager
async def aura() -> AsyncIterator[Case[TextToSpeech]]:
    """Deepgram's voice, against its emulator."""
    async with (
        DeepgramEmulator() as emulator,
        DeepgramAura("key", nobody_counts, MonotonicClock(), base_url=emulator.base_url) as voice,
    ):
        yield Case(voice)


VENDORS = {"aura": aura, "elevenlabs": elevenlabs, "cartesia": cartesia}


@pytest.fixture(
    params=[*BOTH, *VENDORS, "openai", "scripted, library", pytest.param("embedded, library", marks=pytest.mark.models)]
)
async def voice(
    request: pytest.FixtureRequest, pool: WorkerPool, tmp_path: Path, openai: OpenAiEmulator
) -> AsyncIterator[Case[TextToSpeech]]:
    kind, *library = request.param.split(", ")
    if kind in VENDORS:
        async with VENDORS[kind]() as vendor:
            yield vendor
        return
    if kind == "openai":
        async with OpenAIVoice("key", base_url=openai.api_url) as spoken:
            yield Case(spoken, idle=lambda: openai.connections == 0)
        return
    if kind == "scripted":
        case: Case[TextToSpeech] = Case(ScriptedVoice(delay_ms=0))
    else:
        case = Case(request.getfixturevalue("kokoro"), idle=_idle(pool))
    if not library:
        yield case
        return
    clips = ClipStore(tmp_path, Rendering(case.engine.voice, kind), 1 << 30)
    clock = MonotonicClock()
    async with LibraryVoice(case.engine, clips, Tally(tmp_path / "tally", clock.today), clock) as voice:
        yield replace(case, engine=voice)
