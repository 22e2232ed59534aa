"""Our own server with the simulated engines, for one run of the benchmark.

    .venv/bin/python -m bench.peers.ours --port 8100 --recordings FOLDER --turns smart-turn --speculation interim

The real server, sessions and Silero; recogniser, brain and voice are simulated. Prints `ready` when guests may come.
"""

import argparse
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from enterprise_stream.clock import MonotonicClock
from enterprise_stream.config import Settings
from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.engines.silero import Silero
from enterprise_stream.engines.smart_turn import SmartTurn
from enterprise_stream.listening.ports import TurnDetector
from enterprise_stream.models import ModelStore
from enterprise_stream.observe.logs import configure_logs
from enterprise_stream.server.access import Access, AccessSettings
from enterprise_stream.server.admission import Admission
from enterprise_stream.server.drain import leave
from enterprise_stream.server.routes import build_app
from enterprise_stream.server.service import Service
from enterprise_stream.server.serving import Server, server_config
from enterprise_stream.session.engines import Engines, never_the_same
from enterprise_stream.testing.simulated.engines import (
    CompleteAtOnce,
    SimulatedBrain,
    SimulatedRecogniser,
    SimulatedVoice,
)
from enterprise_stream.testing.simulated.recordings import Recordings, load_recordings
from enterprise_stream.thinking.knowledge import KnowledgeSource
from enterprise_stream.thinking.persona import Persona
from enterprise_stream.thinking.ports import Question
from enterprise_stream.workers import WorkerPool

TURNS = ("smart-turn", "silence")


def engines(recordings: Recordings, given: argparse.Namespace, pool: WorkerPool) -> Engines:
    """Real Silero; smart-turn or silence alone at the turn's end; the rest simulated."""
    store, clock = ModelStore(), MonotonicClock()
    judges = given.turns == "smart-turn"
    detector: TurnDetector = SmartTurn(store.path("smart-turn"), pool) if judges else CompleteAtOnce()
    return Engines(
        activity=Silero(store.path("silero-vad")),
        recogniser=SimulatedRecogniser(recordings, clock, ahead_ms=given.words_ahead_ms),
        turn_detector=detector,
        brain=SimulatedBrain(clock),
        voice=SimulatedVoice(clock),
        same_meaning=_judge_of_meaning(pool) if given.agreement == "meaning" else never_the_same,
        busy=lambda: pool.waiting > 0,
    )


def _judge_of_meaning(pool: WorkerPool) -> Callable[[Question, str], Awaitable[bool]]:
    """The real one, on the demo business's knowledge."""
    from enterprise_stream.engines.retrieval import RetrievalBrain

    settings = Settings()
    source = KnowledgeSource(settings.knowledge_file, report=lambda _: None)
    return RetrievalBrain(source, pool, cache=settings.knowledge_vectors).same_meaning


def build(recordings: Recordings, given: argparse.Namespace, pool: WorkerPool) -> Starlette:
    """The whole server, ready at once."""
    simulated = engines(recordings, given, pool)
    service = Service(
        cast=lambda: simulated,
        persona=Persona("Sandra", "simulated"),
        clock=MonotonicClock(),
        language="es",
        languages=("es", "en"),
        access=Access(AccessSettings(), MonotonicClock()),
        admission=Admission(10_000, lambda: 0, 1),
        mode="bench",
        idle_s=600.0,
        ready=lambda: (),
        speculation=SpeculationPolicy(given.speculation, given.agreement, given.drafts),
    )

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.service = service
        print("ready", flush=True)
        yield
        pool.close()

    return build_app(lifespan)


def _default(setting: str) -> Any:
    """What the product itself does."""
    return Settings.model_fields[setting].default


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--recordings", type=Path, required=True, help="folder of the recordings that guests play")
    parser.add_argument("--turns", choices=TURNS, default="smart-turn", help="what judges the end of a turn")
    parser.add_argument("--threads", type=int, default=1, help="threads for models (1)")
    parser.add_argument("--words-ahead-ms", type=float, default=0.0, help="how long before its end a word is known (0)")
    parser.add_argument("--speculation", choices=("off", "pause", "interim"), default=_default("speculation"))
    parser.add_argument("--agreement", choices=("words", "meaning"), default=_default("speculation_agreement"))
    parser.add_argument("--drafts", type=int, default=_default("speculation_drafts"))
    given = parser.parse_args(arguments)
    configure_logs("error")
    pool = WorkerPool(given.threads)
    app = build(load_recordings(given.recordings), given, pool)
    Server(server_config(app, port=given.port), partial(leave, app), leave_s=0).run()


if __name__ == "__main__":
    main()
