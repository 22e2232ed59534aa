"""What admission by measured load is worth to those who are inside.

    python -m bench.admission [--guests 40] [--seconds 40] [--loop]

The real server on a loopback socket in this process; its voice takes 0.3 s of one of two threads for each clause, as an
embedded one does. Guests come one after another, two a second, ask, listen for 4 s and ask again. How long those inside
wait for the first sound, once everybody has come, without a limit and with limits of `MAX_ENGINE_WAIT_MS`.

With `--loop` each clause takes 0.1 s of the event loop itself, as work does that is given to no thread, and the limits
are those of `MAX_LAG_MS`.
"""

import argparse
import asyncio
import contextlib
import json
import socket
import statistics
import time
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from random import Random
from typing import Final

from starlette.applications import Starlette
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from enterprise_stream.clock import MonotonicClock
from enterprise_stream.observe.logs import configure_logs
from enterprise_stream.server.access import Access, AccessSettings
from enterprise_stream.server.admission import Admission
from enterprise_stream.server.drain import leave
from enterprise_stream.server.load import Load, LoadLimits
from enterprise_stream.server.routes import build_app
from enterprise_stream.server.service import Service
from enterprise_stream.server.serving import Server, server_config
from enterprise_stream.speaking.ports import Speech
from enterprise_stream.testing import Reply, ScriptedBrain, ScriptedVoice, scripted_engines
from enterprise_stream.thinking.persona import Persona
from enterprise_stream.workers import WorkerPool

THREADS: Final = 2
CLAUSE_S: Final = 0.3
ON_LOOP_S: Final = 0.1
PAUSE_S: Final = 4.0
COME_S: Final = 0.5
ANSWER: Final = Reply(("Esta es la primera frase de la respuesta. ", "Y esta la segunda, algo más larga."), piece_ms=50)


class WorkedVoice(ScriptedVoice):
    """A voice whose clauses take a thread of the pool, or the event loop."""

    def __init__(self, pool: WorkerPool, *, on_loop: bool) -> None:
        super().__init__(delay_ms=0)
        self._pool = pool
        self._on_loop = on_loop

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        """Says a clause, once there was a thread for it."""
        if self._on_loop:
            time.sleep(ON_LOOP_S)  # noqa: ASYNC251 - what is measured
        else:
            await self._pool.run(owner, lambda: time.sleep(CLAUSE_S))
        async for piece in super().speak(owner, text, language):
            yield piece


@dataclass(slots=True)
class Seen:
    """What the guests saw.

    Attributes:
        waits_s: until the first sound, with when that was asked for.
        refused: guests that were not let in.
        inside: how many guests were, a second apart.
    """

    waits_s: list[tuple[float, float]] = field(default_factory=list)
    refused: int = 0
    inside: list[int] = field(default_factory=list)


@contextlib.asynccontextmanager
async def serving(limits: LoadLimits, *, on_loop: bool) -> AsyncIterator[tuple[str, Service]]:
    """The server with a limit, of the loop's lag or of the engines' wait; gives the stream's address."""
    pool, clock = WorkerPool(THREADS), MonotonicClock()
    load = Load(limits, clock, pool.waits_ms)
    voice = WorkedVoice(pool, on_loop=on_loop)
    engines = scripted_engines(brain=ScriptedBrain(ANSWER), voice=voice)
    service = Service(
        cast=lambda: engines,
        persona=Persona("Sandra", "scripted"),
        clock=clock,
        language="es",
        languages=("es",),
        access=Access(AccessSettings(), clock),
        admission=Admission(1_000, lambda: 0, 1, strained=lambda: load.strained),
        mode="bench",
        idle_s=600.0,
        ready=tuple,
        load=load,
        drain_s=0,
    )

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.service = service
        yield

    app = build_app(lifespan)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(server_config(app), lambda: leave(app), 0)
        async with asyncio.TaskGroup() as group:
            group.create_task(server.serve([listener]))
            yield f"ws://127.0.0.1:{listener.getsockname()[1]}/ws/stream", service
            server.stop()
    pool.close()


async def guest(url: str, until: float, random: Random, seen: Seen) -> None:
    """Ask, listen and ask again; come back later where the door is shut."""
    while time.monotonic() < until:
        try:
            async with connect(url, compression=None, max_size=None, proxy=None) as socket_:
                while time.monotonic() < until:
                    asked = time.monotonic()
                    await socket_.send('{"type": "text", "text": "¿Y bien?"}')
                    sounded = False
                    while not sounded:
                        async with asyncio.timeout(60):
                            data = await socket_.recv()
                        sounded = not isinstance(data, bytes) and json.loads(data)["type"] == "audio_start"
                    seen.waits_s.append((asked, time.monotonic() - asked))
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(PAUSE_S * random.uniform(0.8, 1.2)):
                            while True:
                                await socket_.recv()
        except InvalidStatus:
            seen.refused += 1
            await asyncio.sleep(random.uniform(8, 12))  # Retry-After is 10 s
        except ConnectionClosed:
            return


async def look(service: Service, seen: Seen) -> None:
    """Note what is measured, until cancelled."""
    while True:
        await asyncio.sleep(1)
        seen.inside.append(service.admission.inside)


async def measure(limit_ms: float, guests: int, seconds: float, *, on_loop: bool) -> None:
    """Print what one limit comes to."""
    seen, random = Seen(), Random(7)
    limits = LoadLimits(limit_ms, 0) if on_loop else LoadLimits(0, limit_ms)
    async with serving(limits, on_loop=on_loop) as (url, service):
        await asyncio.sleep(0.5)
        began = time.monotonic()
        until = began + guests * COME_S + seconds
        async with asyncio.TaskGroup() as group:
            looking = group.create_task(look(service, seen))
            async with asyncio.TaskGroup() as coming:
                for _ in range(guests):
                    coming.create_task(guest(url, until, random, seen))
                    await asyncio.sleep(COME_S)
            looking.cancel()
    settled = sorted(wait for asked, wait in seen.waits_s if asked >= began + guests * COME_S)
    marks = statistics.quantiles(settled, n=100, method="inclusive")
    inside = seen.inside[round(guests * COME_S) :]
    name = f"{limit_ms:.0f} ms" if limit_ms else "no limit"
    print(
        f"{name:>9}: inside {statistics.fmean(inside):4.1f} of {guests}, refused {seen.refused:3}, first sound p50 "
        f"{marks[49]:.2f} s, p95 {marks[94]:.2f} s, max {settled[-1]:.2f} s of {len(settled)}"
    )


async def main(guests: int, seconds: float, *, on_loop: bool) -> None:
    """All limits."""
    configure_logs("error")
    for limit_ms in (0, 500, 50) if on_loop else (0, 3_000, 1_000, 500):
        await measure(limit_ms, guests, seconds, on_loop=on_loop)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guests", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=40.0, help="after everybody has come")
    parser.add_argument("--loop", action="store_true", help="limits of the event loop's lag")
    given = parser.parse_args()
    asyncio.run(main(given.guests, given.seconds, on_loop=given.loop))
