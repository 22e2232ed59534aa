"""The composition root: joins settings, engines, session and server. Nothing else knows all of them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from starlette.applications import Starlette

from enterprise_stream.clock import MonotonicClock
from enterprise_stream.config import Settings
from enterprise_stream.errors import ConfigError
from enterprise_stream.models import ModelStore
from enterprise_stream.server.access import AccessRules
from enterprise_stream.server.admission import Admission
from enterprise_stream.server.routes import build_app
from enterprise_stream.server.service import Service
from enterprise_stream.session.engines import Engines
from enterprise_stream.thinking.knowledge import Knowledge, KnowledgeSource, Problem
from enterprise_stream.thinking.persona import Persona
from enterprise_stream.workers import WorkerPool

log = structlog.get_logger(__name__)

VOICE_NAME = "sandra"
"""Her voice's public name; which model speaks behind it is the engine's business."""

EMBEDDED = "embedded"
"""`ready.server.mode` of a server whose engines all run on this machine."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """The embedded engines and what they stand on."""

    engines: Engines
    pool: WorkerPool
    source: KnowledgeSource
    knowledge: Knowledge
    warm_ups: tuple[Callable[[], Coroutine[Any, Any, None]], ...]

    async def warm_up(self) -> None:
        """Load and run every model once, so that the first guest does not wait for it."""
        async with asyncio.TaskGroup() as group:
            for warm in self.warm_ups:
                group.create_task(warm())


def build_embedded(settings: Settings) -> Embedded:
    """The engines that need no key.

    Raises:
        ModelError: a model is not in the cache; the message names the command that pulls it.
        KnowledgeError: the knowledge file cannot be used.
        ConfigError: the packages of the `local` extra are not installed.
    """
    try:
        from enterprise_stream.engines.kokoro import KokoroVoice
        from enterprise_stream.engines.retrieval import RetrievalBrain
        from enterprise_stream.engines.silero import Silero
        from enterprise_stream.engines.smart_turn import SmartTurn
        from enterprise_stream.engines.whisper import WhisperRecogniser
    except ImportError as error:
        raise ConfigError(
            f"The embedded engines need {error.name}: install `enterprise-stream[local]`, or run `make setup`."
        ) from error
    store = ModelStore(settings.models_folder)
    pool = WorkerPool(settings.threads)
    source = KnowledgeSource(settings.knowledge_file, report=_report)
    knowledge = source.load()
    activity = Silero(store.path("silero-vad"))
    recogniser = WhisperRecogniser(store.path("whisper-base"), pool)
    turn_detector = SmartTurn(store.path("smart-turn"), pool)
    brain = RetrievalBrain(source, pool)
    voice = KokoroVoice(store.path("kokoro"), store.path("kokoro-voices"), pool, voice=VOICE_NAME)
    engines = Engines(activity, recogniser, turn_detector, brain, voice, busy=lambda: pool.waiting > 0)
    warm_ups = (
        recogniser.warm_up,
        brain.warm_up,
        partial(pool.run, "warm-up", turn_detector.warm_up),
        partial(pool.run, "warm-up", voice.warm_up),
    )
    return Embedded(engines, pool, source, knowledge, warm_ups)


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
        engines=embedded.engines,
        persona=build_persona(settings, embedded.knowledge),
        clock=MonotonicClock(),
        language=settings.language,
        languages=spoken_languages(settings, embedded.knowledge),
        access=AccessRules(frozenset(settings.allowed_origins)),
        admission=Admission(settings.max_sessions, lambda: pool.waiting, settings.max_sessions * 4),
        mode=EMBEDDED,
        idle_s=settings.idle_timeout_s,
        ready=lambda: () if "engines" in warm else ("engines",),
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            watcher = group.create_task(_watch(embedded.source))
            await embedded.warm_up()
            warm.add("engines")
            log.info("ready", mode=EMBEDDED, voice=VOICE_NAME, language=settings.language)
            yield
            warm.clear()
            watcher.cancel()
        pool.close()

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
