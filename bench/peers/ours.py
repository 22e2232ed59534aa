"""Our own server with the simulated engines, for one run of the benchmark.

    .venv/bin/python -m bench.peers.ours --port 8100 --recordings FOLDER [--turns smart-turn]

The real server, sessions and Silero; recogniser, brain and voice are simulated. Prints `ready` when guests may come.
"""

import argparse
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from enterprise_stream.clock import MonotonicClock
from enterprise_stream.engines.silero import Silero
from enterprise_stream.engines.smart_turn import SmartTurn
from enterprise_stream.listening.ports import TurnDetector
from enterprise_stream.models import ModelStore
from enterprise_stream.observe.logs import configure_logs
from enterprise_stream.server.access import AccessRules
from enterprise_stream.server.admission import Admission
from enterprise_stream.server.routes import build_app
from enterprise_stream.server.service import Service
from enterprise_stream.session.engines import Engines
from enterprise_stream.testing.simulated.engines import (
    CompleteAtOnce,
    SimulatedBrain,
    SimulatedRecogniser,
    SimulatedVoice,
)
from enterprise_stream.testing.simulated.recordings import Recordings, load_recordings
from enterprise_stream.thinking.persona import Persona
from enterprise_stream.wire.codes import MAX_BINARY_FRAME_BYTES
from enterprise_stream.workers import WorkerPool

TURNS = ("smart-turn", "silence")


def engines(recordings: Recordings, turns: str, pool: WorkerPool) -> Engines:
    """Real Silero; smart-turn or silence alone at the turn's end; the rest simulated."""
    store, clock = ModelStore(), MonotonicClock()
    detector: TurnDetector = SmartTurn(store.path("smart-turn"), pool) if turns == "smart-turn" else CompleteAtOnce()
    return Engines(
        activity=Silero(store.path("silero-vad")),
        recogniser=SimulatedRecogniser(recordings, clock),
        turn_detector=detector,
        brain=SimulatedBrain(clock),
        voice=SimulatedVoice(clock),
        busy=lambda: pool.waiting > 0,
    )


def build(recordings: Recordings, turns: str, pool: WorkerPool) -> Starlette:
    """The whole server, ready at once."""
    service = Service(
        engines=engines(recordings, turns, pool),
        persona=Persona("Sandra", "simulated"),
        clock=MonotonicClock(),
        language="es",
        languages=("es", "en"),
        access=AccessRules(frozenset()),
        admission=Admission(10_000, lambda: 0, 1),
        mode="bench",
        idle_s=600.0,
        ready=lambda: (),
    )

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        print("ready", flush=True)
        yield
        pool.close()

    return build_app(service, lifespan)


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--recordings", type=Path, required=True, help="folder of the recordings that guests play")
    parser.add_argument("--turns", choices=TURNS, default="smart-turn", help="what judges the end of a turn")
    parser.add_argument("--threads", type=int, default=1, help="threads for models (1)")
    given = parser.parse_args(arguments)
    configure_logs("error")
    pool = WorkerPool(given.threads)
    config = uvicorn.Config(
        build(load_recordings(given.recordings), given.turns, pool),
        host="127.0.0.1",
        port=given.port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=MAX_BINARY_FRAME_BYTES + 8,
        ws_per_message_deflate=False,
        access_log=False,
        log_config=None,
    )
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
