"""The composition root: joins settings, engines, session and server. Nothing else knows all of them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass

import numpy as np
import structlog
from starlette.applications import Starlette

from enterprise_stream.clock import MonotonicClock
from enterprise_stream.config import Settings
from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.errors import ConfigError
from enterprise_stream.listening.ports import SAMPLE_RATE, SpeechToText
from enterprise_stream.models import ModelStore
from enterprise_stream.server.access import AccessRules
from enterprise_stream.server.admission import Admission
from enterprise_stream.server.routes import build_app
from enterprise_stream.server.service import Service
from enterprise_stream.session.engines import Engines
from enterprise_stream.speaking.library import LibraryVoice
from enterprise_stream.speaking.ports import TextToSpeech
from enterprise_stream.thinking.ahead import Phrase
from enterprise_stream.thinking.knowledge import Knowledge, KnowledgeSource, Problem
from enterprise_stream.thinking.persona import Persona
from enterprise_stream.thinking.ports import Question
from enterprise_stream.voices import VOICE_NAME, build_library, build_when_idle, said_ahead, take_in_and_tell
from enterprise_stream.workers import WorkerPool

log = structlog.get_logger(__name__)

EMBEDDED = "embedded"
"""`ready.server.mode` of a server whose engines all run on this machine."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """The embedded engines and what they stand on; in use while `running`.

    Attributes:
        voice: the voice itself, behind its library.
        library: what `engines.voice` is, unless the settings want none.
        ahead: what she will say whoever asks, clause by clause.
    """

    engines: Engines
    pool: WorkerPool
    source: KnowledgeSource
    knowledge: Knowledge
    voice: TextToSpeech
    library: LibraryVoice | None
    ahead: tuple[Phrase, ...]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The time in which sessions may use the engines; the pool ends with it."""
        try:
            async with self.library or nullcontext():
                yield
        finally:
            self.pool.close()

    async def warm_up(self) -> None:
        """Use every engine once, so that the first guest does not pay for what is loaded on first use."""
        async with asyncio.TaskGroup() as group:
            for language in self.knowledge.business.languages:
                group.create_task(_drain(self.voice.speak("warm-up", "Hola.", language)))
            group.create_task(_drain(self.engines.brain.answer(Question("warm-up", "Hola", "es"))))
            group.create_task(self._listen())

    async def _listen(self) -> None:
        silence = np.zeros(SAMPLE_RATE, np.float32)
        await self.engines.turn_detector.completion("warm-up", silence)
        utterance = self.engines.recogniser.utterance("warm-up", "es")
        utterance.push(silence)
        await utterance.final()
        utterance.close()


async def _drain(stream: AsyncGenerator[object]) -> None:
    async with aclosing(stream) as pieces:
        async for _ in pieces:
            pass


@contextmanager
def local_packages() -> Iterator[None]:
    """Turn a missing package of the `local` extra into help.

    Raises:
        ConfigError: the packages of the `local` extra are not installed.
    """
    try:
        yield
    except ImportError as error:
        raise ConfigError(
            f"The embedded engines need {error.name}: install `enterprise-stream[local]`, or run `make setup`."
        ) from error


def build_voice(settings: Settings, pool: WorkerPool) -> TextToSpeech:
    """Sandra's voice on this machine.

    Raises:
        ModelError: a model is not in the cache; the message names the command that pulls it.
        ConfigError: the packages of the `local` extra are not installed.
    """
    with local_packages():
        from enterprise_stream.engines.kokoro import KokoroVoice
    store = ModelStore(settings.models_folder)
    return KokoroVoice(
        store.path("kokoro"), store.path("kokoro-voices"), pool, voice=VOICE_NAME, region=settings.region
    )


def build_recogniser(settings: Settings, pool: WorkerPool) -> SpeechToText:
    """The recogniser on this machine; raises what `build_voice` raises."""
    with local_packages():
        from enterprise_stream.engines.whisper import WhisperRecogniser
    model = ModelStore(settings.models_folder).path("whisper-base")
    return WhisperRecogniser(model, pool, parallel=settings.threads, languages=settings.languages)


def build_embedded(settings: Settings) -> Embedded:
    """The engines that need no key; raises what `build_voice` raises.

    Raises:
        KnowledgeError: the knowledge file cannot be used.
    """
    with local_packages():
        from enterprise_stream.engines.retrieval import RetrievalBrain
        from enterprise_stream.engines.silero import Silero
        from enterprise_stream.engines.smart_turn import SmartTurn
    store = ModelStore(settings.models_folder)
    pool = WorkerPool(settings.threads)
    source = KnowledgeSource(settings.knowledge_file, report=_report)
    with ThreadPoolExecutor(1) as other:  # the two large models load side by side
        recogniser = other.submit(build_recogniser, settings, pool)
        voice = build_voice(settings, pool)
        knowledge = source.load()
        persona = build_persona(settings, knowledge)
        ahead = tuple(said_ahead(knowledge, persona, spoken_languages(settings, knowledge)))
        library = build_library(settings, voice, ahead)
        brain = RetrievalBrain(source, pool, cache=settings.knowledge_vectors)
        engines = Engines(
            activity=Silero(store.path("silero-vad")),
            recogniser=recogniser.result(),
            turn_detector=SmartTurn(store.path("smart-turn"), pool),
            brain=brain,
            voice=library or voice,
            same_meaning=brain.same_meaning,
            busy=lambda: pool.waiting > 0,
            covers=library.covers if library is not None else lambda _text, _language: False,
        )
    return Embedded(engines, pool, source, knowledge, voice, library, ahead)


def build_persona(settings: Settings, knowledge: Knowledge) -> Persona:
    """Who answers, from the settings and the business's own file."""
    return Persona(settings.persona, VOICE_NAME, dict(knowledge.business.disclosure))


def spoken_languages(settings: Settings, knowledge: Knowledge) -> tuple[str, ...]:
    """The languages that sessions may speak: those of the settings that the business has answers in."""
    return tuple(code for code in settings.languages if code in knowledge.business.languages)


def create_app(settings: Settings) -> Starlette:
    """The whole server, not yet warm: `/readyz` says when guests may come."""
    embedded = build_embedded(settings)
    warm: set[str] = set()
    pool = embedded.pool
    service = Service(
        cast=lambda: embedded.engines,
        persona=build_persona(settings, embedded.knowledge),
        clock=MonotonicClock(),
        language=settings.language,
        languages=spoken_languages(settings, embedded.knowledge),
        access=AccessRules(frozenset(settings.allowed_origins)),
        admission=Admission(settings.max_sessions, lambda: pool.waiting, settings.max_sessions * 4),
        mode=EMBEDDED,
        idle_s=settings.idle_timeout_s,
        ready=lambda: () if "engines" in warm else ("engines",),
        openings=settings.openings,
        policy=settings.turn_policy,
        speculation=SpeculationPolicy(
            settings.speculation, settings.speculation_agreement, settings.speculation_drafts
        ),
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await asyncio.to_thread(take_in_and_tell, settings)
        async with embedded.running(), asyncio.TaskGroup() as group:
            await embedded.warm_up()
            background = [group.create_task(_watch(embedded.source))]
            if embedded.library is not None and settings.voice_library_build == "idle":
                alone = build_when_idle(embedded.library, embedded.ahead, lambda: service.admission.inside == 0)
                background.append(group.create_task(alone))
            warm.add("engines")
            log.info("ready", mode=EMBEDDED, voice=VOICE_NAME, language=settings.language)
            yield
            warm.clear()
            for task in background:
                task.cancel()

    return build_app(service, lifespan)


async def _watch(source: KnowledgeSource) -> None:
    """Look for a changed knowledge file, so that its owner hears of a mistake before a guest asks."""
    while True:
        await asyncio.sleep(2.0)
        if source.due():
            await asyncio.to_thread(source.poll)


def _report(problems: tuple[Problem, ...]) -> None:
    if not problems:
        log.info("knowledge_reloaded")
    for problem in problems:
        log.warning("knowledge_not_reloaded", problem=str(problem))
