"""The composition root: joins settings, engines, session and server. Nothing else knows all of them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from functools import partial
from pathlib import Path

import numpy as np
import structlog
from starlette.applications import Starlette

from enterprise_stream.clock import Clock
from enterprise_stream.composition.clips import LibraryClips
from enterprise_stream.composition.house import House, open_house
from enterprise_stream.composition.local import Local, build_local
from enterprise_stream.composition.records import SESSION_LOG_FILE
from enterprise_stream.composition.rehearsal import Rehearsals
from enterprise_stream.composition.reload import InForce, Parts, call_limits, load_limits, shares
from enterprise_stream.composition.vendors_in_use import mode, processors
from enterprise_stream.config import Settings
from enterprise_stream.contained import contained, kept_up
from enterprise_stream.listening.ports import SAMPLE_RATE
from enterprise_stream.log.memory import MemoryLog
from enterprise_stream.log.ports import SessionLog
from enterprise_stream.log.sqlite import SqliteLog
from enterprise_stream.observe.log_metrics import LogCollector
from enterprise_stream.observe.metrics import Metrics
from enterprise_stream.observe.store_metrics import StoreCollector, WriterState
from enterprise_stream.server.access import Access, AccessSettings
from enterprise_stream.server.access.used import UsedTickets
from enterprise_stream.server.access.used_by_all import UsedInDatabase
from enterprise_stream.server.admission import Admission
from enterprise_stream.server.api.console.desk import Desk, LibraryLook
from enterprise_stream.server.keeping import Keeper
from enterprise_stream.server.load import Load
from enterprise_stream.server.log_outage import LogOutage
from enterprise_stream.server.projection import Projector, Upkeep, Wording
from enterprise_stream.server.routes import build_app
from enterprise_stream.server.service import Service
from enterprise_stream.server.sessions import LOG_SLACK_S
from enterprise_stream.server.trials import Trials
from enterprise_stream.store import Store
from enterprise_stream.store.privacy import Limits
from enterprise_stream.store.watch import StoreWatch
from enterprise_stream.thinking.knowledge import KnowledgeSource, Problem
from enterprise_stream.thinking.ports import Question
from enterprise_stream.vendor_settings import VENDOR_OF
from enterprise_stream.voices import build_when_idle, library_report, take_in_and_tell, worth_building

log = structlog.get_logger(__name__)


def create_app(settings: Settings, read: Callable[[], Settings] | None = None) -> Starlette:
    """The whole server. Models are loaded here; guests are let in when everything has been used once.

    Args:
        settings: to begin with.
        read: reads them again when that is asked for; by default they stay.
    """
    return app_with(settings, load(settings), read=read)


def app_with(
    settings: Settings, local: Local, clock: Clock | None = None, read: Callable[[], Settings] | None = None
) -> Starlette:
    """The whole server on engines of this machine that are there already.

    Args:
        settings: all the rest.
        local: given back when the server ends.
        clock: all that waits and counts goes by it; this machine's by default.
        read: see `create_app`.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await asyncio.to_thread(take_in_and_tell, settings)
        metrics = Metrics()
        async with (
            open_house(settings, local, metrics, clock) as house,
            Projector(house.store, house.clock, _wording(settings), ledger=house.ledger) as projector,
            open_session_log(settings, house.clock) as session_log,
            asyncio.TaskGroup() as group,
        ):
            watch = StoreWatch(house.store, _written_in(settings))
            metrics.watch(StoreCollector(partial(_writers, house.store, projector, watch)))
            outage = LogOutage(house.clock)
            metrics.watch(LogCollector(lambda: outage.state))
            in_force = InForce(settings, read or (lambda: settings))
            service = _service(in_force, house, metrics, session_log, projector, watch, outage)
            app.state.service = service
            parts = Parts(house.meter, service.admission, service.load, local.source)
            app.state.reload = partial(in_force.reload, parts)
            app.state.desk = _desk(settings, house)
            app.state.trials = Trials(Rehearsals(settings, house, service), house.clock)
            await warm_up(local)
            upkeep = Upkeep(house.store, session_log, retention_limits(settings), house.clock, house.ledger)
            background = [
                group.create_task(kept_up(partial(_watch, local.source), "knowledge")),
                group.create_task(kept_up(upkeep.run, "upkeep")),
                group.create_task(kept_up(watch.run, "storage")),
                group.create_task(contained(projector.restore(session_log), "calls")),
            ]
            for voice in house.ladders.voices:
                if voice.library is not None and settings.voice_library_build == "idle":
                    phrases = worth_building(house.ahead, house.persona, paid=voice.name in VENDOR_OF)
                    alone = build_when_idle(voice.library, phrases, lambda: service.admission.inside == 0)
                    background.append(group.create_task(contained(alone, "voice_library")))
            log.info("ready", mode=service.mode, voice=house.cast().voice.voice, language=settings.language)
            async with app.state.trials.running():
                yield
            for task in background:
                task.cancel()

    return build_app(lifespan)


async def reload(app: Starlette) -> None:
    """Read the settings of a running server again."""
    await app.state.reload()


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


def _service(
    in_force: InForce,
    house: House,
    metrics: Metrics,
    session_log: SessionLog,
    keeper: Keeper,
    watch: StoreWatch,
    outage: LogOutage,
) -> Service:
    settings, pool = in_force.settings, house.local.pool
    load = Load(load_limits(settings), house.clock, pool.waits_ms)
    return Service(
        cast=house.cast,
        recast=house.recast,
        persona=house.persona,
        clock=house.clock,
        language=settings.language,
        languages=house.languages,
        access=Access(_access(settings), house.clock, _used(settings, house.store)),
        admission=Admission(
            settings.max_sessions,
            lambda: pool.waiting,
            settings.max_sessions * 4,
            shares=shares(settings),
            strained=lambda: load.strained,
        ),
        load=load,
        mode=mode(settings),
        processors=processors(settings),
        idle_s=settings.idle_timeout_s,
        ready=tuple,
        openings=settings.openings,
        policy=settings.turn_policy,
        speculation=settings.speculation_policy,
        metrics=metrics,
        ladders=house.ladders.state,
        business=lambda: house.local.source.load().business,
        clips=LibraryClips(house.ladders.voices),
        meter=house.meter,
        paid_for=house.paid_for,
        draft_microdollars=house.draft_microdollars,
        session_log=session_log,
        resume_window_s=settings.resume_window_s,
        call_limits=lambda: call_limits(in_force.settings),
        keeper=keeper,
        health=lambda: watch.health,
        log_outage=outage,
        retention_days=settings.retention_transcript_days,
        drain_s=settings.drain_s,
    )


def _access(settings: Settings) -> AccessSettings:
    return AccessSettings(
        origins=frozenset(settings.allowed_origins),
        secret=settings.session_secret.get_secret_value() if settings.session_secret else None,
        api_keys=tuple(key.get_secret_value() for key in settings.api_keys),
        admin_key=settings.admin_key.get_secret_value() if settings.admin_key else None,
        owner_keys=tuple(key.get_secret_value() for key in settings.owner_keys),
    )


def _used(settings: Settings, store: Store) -> UsedTickets | None:
    """Where used tokens are kept: with PostgreSQL in it, for all servers; a file of SQLite is one server's."""
    return UsedInDatabase(store) if settings.several_servers else None


def _wording(settings: Settings) -> Wording:
    return Wording(kept=settings.retention_transcript_days > 0, numbers=settings.transcript_numbers == "keep")


def retention_limits(settings: Settings) -> Limits:
    """How many days each kind of data is kept."""
    return Limits(
        transcripts=settings.retention_transcript_days,
        calls=settings.retention_call_days,
        requests=settings.retention_request_days,
        spending=settings.retention_spending_days,
    )


def _writers(store: Store, projector: Projector, watch: StoreWatch) -> WriterState:
    failing = watch.health.failing
    return WriterState(
        "database" in failing, store.waiting, store.refused, projector.waiting, projector.refused, "disk" in failing
    )


def _written_in(settings: Settings) -> Path:
    url = settings.store_url
    return Path(url.database).parent if url.get_backend_name() == "sqlite" and url.database else settings.data_folder


def _desk(settings: Settings, house: House) -> Desk:
    look = library_report(settings)
    return Desk(house.store, house.clock, None if look is None else LibraryLook(look, house.clock))


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
