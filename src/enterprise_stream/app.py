"""The composition root: joins settings, engines, session and server. Nothing else knows all of them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

import numpy as np
import structlog
from starlette.applications import Starlette

from enterprise_stream.clock import Clock
from enterprise_stream.composition.house import House, open_house
from enterprise_stream.composition.ladders import vendors_in_use
from enterprise_stream.composition.local import Local, build_local
from enterprise_stream.config import Settings
from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.listening.ports import SAMPLE_RATE
from enterprise_stream.log.memory import MemoryLog
from enterprise_stream.log.ports import SessionLog
from enterprise_stream.log.sqlite import SqliteLog
from enterprise_stream.observe.metrics import Metrics
from enterprise_stream.server.access import AccessRules
from enterprise_stream.server.admission import Admission
from enterprise_stream.server.routes import build_app
from enterprise_stream.server.service import Service
from enterprise_stream.server.sessions import LOG_SLACK_S
from enterprise_stream.thinking.knowledge import KnowledgeSource, Problem
from enterprise_stream.thinking.ports import Question
from enterprise_stream.vendor_settings import VENDOR_OF
from enterprise_stream.voices import build_when_idle, take_in_and_tell, worth_building

log = structlog.get_logger(__name__)

SESSION_LOG_FILE = "sessions.db"
"""The durable session log, in the data folder."""


def create_app(settings: Settings) -> Starlette:
    """The whole server. Models are loaded here; guests are let in when everything has been used once."""
    return app_with(settings, load(settings))


def app_with(settings: Settings, local: Local, clock: Clock | None = None) -> Starlette:
    """The whole server on engines of this machine that are there already.

    Args:
        settings: all the rest.
        local: given back when the server ends.
        clock: all that waits and counts goes by it; this machine's by default.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await asyncio.to_thread(take_in_and_tell, settings)
        metrics = Metrics()
        async with (
            open_house(settings, local, metrics, clock) as house,
            open_session_log(settings, house.clock) as session_log,
            asyncio.TaskGroup() as group,
        ):
            service = _service(settings, house, metrics, session_log)
            app.state.service = service
            await warm_up(local)
            background = [group.create_task(_watch(local.source))]
            for voice in house.ladders.voices:
                if voice.library is not None and settings.voice_library_build == "idle":
                    phrases = worth_building(house.ahead, house.persona, paid=voice.name in VENDOR_OF)
                    alone = build_when_idle(voice.library, phrases, lambda: service.admission.inside == 0)
                    background.append(group.create_task(alone))
            log.info("ready", mode=service.mode, voice=house.cast().voice.voice, language=settings.language)
            yield
            for task in background:
                task.cancel()

    return build_app(lifespan)


def load(settings: Settings) -> Local:
    """This machine's engines; raises what `build_local` raises."""
    return build_local(settings, _report)


@asynccontextmanager
async def open_session_log(settings: Settings, clock: Clock) -> AsyncIterator[SessionLog]:
    """Where sessions are kept for guests who come back.

    Raises:
        LogError: the file cannot be opened.
    """
    ttl_s = settings.resume_window_s + LOG_SLACK_S
    if settings.session_log == "memory":
        yield MemoryLog(clock, ttl_s)
        return
    async with SqliteLog(settings.data_folder / SESSION_LOG_FILE, clock, ttl_s) as session_log:
        yield session_log


def _service(settings: Settings, house: House, metrics: Metrics, session_log: SessionLog) -> Service:
    pool = house.local.pool
    return Service(
        cast=house.cast,
        recast=house.recast,
        persona=house.persona,
        clock=house.clock,
        language=settings.language,
        languages=house.languages,
        access=AccessRules(frozenset(settings.allowed_origins)),
        admission=Admission(settings.max_sessions, lambda: pool.waiting, settings.max_sessions * 4),
        mode=vendors_in_use(settings),
        idle_s=settings.idle_timeout_s,
        ready=tuple,
        openings=settings.openings,
        policy=settings.turn_policy,
        speculation=SpeculationPolicy(
            settings.speculation, settings.speculation_agreement, settings.speculation_drafts
        ),
        metrics=metrics,
        ladders=house.ladders.state,
        meter=house.meter,
        draft_microdollars=house.draft_microdollars,
        session_log=session_log,
        resume_window_s=settings.resume_window_s,
    )


async def warm_up(local: Local) -> None:
    """Use every engine of this machine once, so that the first guest does not pay for what is loaded on first use."""
    async with asyncio.TaskGroup() as group:
        if local.voice is not None:
            for language in local.knowledge.business.languages:
                group.create_task(_drain(local.voice.speak("warm-up", "Hola.", language)))
        group.create_task(_drain(local.brain.answer(Question("warm-up", "Hola", "es"))))
        group.create_task(_listen(local))


async def _listen(local: Local) -> None:
    silence = np.zeros(SAMPLE_RATE, np.float32)
    await local.turn_detector.completion("warm-up", silence)
    if local.recogniser is not None:
        utterance = local.recogniser.utterance("warm-up", "es")
        utterance.push(silence)
        await utterance.final()
        utterance.close()


async def _drain(stream: AsyncGenerator[object]) -> None:
    async with aclosing(stream) as pieces:
        async for _ in pieces:
            pass


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
