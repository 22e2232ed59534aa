"""What a lost connection costs: the gap until a session goes on, and what logging before sending adds to a message.

    python -m bench.resume [--cuts N]

The real server on a loopback socket in this process, scripted engines; a guest who asks, is cut in mid-answer without
a word, comes back at once and says where his sound ends. The gap is from the cut to `started`, and to the next sound.
"""

import argparse
import asyncio
import contextlib
import json
import socket
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect

from enterprise_stream.clock import MonotonicClock
from enterprise_stream.log.memory import MemoryLog
from enterprise_stream.log.ports import Entry, SessionLog
from enterprise_stream.log.sqlite import SqliteLog
from enterprise_stream.observe.logs import configure_logs
from enterprise_stream.server.access import Access, AccessSettings
from enterprise_stream.server.admission import Admission
from enterprise_stream.server.routes import build_app
from enterprise_stream.server.service import Service
from enterprise_stream.server.serving import server_config
from enterprise_stream.testing import Reply, ScriptedBrain, scripted_engines
from enterprise_stream.thinking.persona import Persona

ANSWER = Reply(tuple(f"Esta es la frase número {n} de una respuesta que es larga. " for n in range(6)), piece_ms=50)
BYTES_PER_MS = 48
TTL_S = 360.0


@contextlib.asynccontextmanager
async def opened(kind: str, folder: Path) -> AsyncIterator[SessionLog]:
    """A log by name."""
    if kind == "memory":
        yield MemoryLog(MonotonicClock(), TTL_S)
        return
    async with SqliteLog(folder / "sessions.db", MonotonicClock(), TTL_S) as log:
        yield log


@contextlib.asynccontextmanager
async def server(log: SessionLog) -> AsyncIterator[str]:
    """The server with a log; gives the stream's address."""
    engines = scripted_engines(brain=ScriptedBrain(ANSWER))
    service = Service(
        cast=lambda: engines,
        recast=lambda _voice: engines,
        persona=Persona("Sandra", "scripted"),
        clock=MonotonicClock(),
        language="es",
        languages=("es",),
        access=Access(AccessSettings(), MonotonicClock()),
        admission=Admission(10_000, lambda: 0, 1),
        mode="bench",
        idle_s=600.0,
        ready=tuple,
        session_log=log,
    )

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.service = service
        yield

    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = uvicorn.Server(server_config(build_app(lifespan)))
        async with asyncio.TaskGroup() as group:
            group.create_task(running.serve([listener]))
            yield f"ws://127.0.0.1:{listener.getsockname()[1]}/ws/stream"
            running.should_exit = True


class Guest:
    """What a guest has, over all connections."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = self.token = ""
        self.last_seq = 0
        self.turn = self.at_ms = 0

    async def come(self) -> None:
        """The first connection, and a question."""
        self.socket = await self._open()
        ready = json.loads(await self.socket.recv())
        self.session, self.token, self.last_seq = ready["session_id"], ready["resume_token"], ready["seq"]
        await self.socket.send('{"type": "text", "text": "¿Y bien?"}')

    async def listen(self, ms: int) -> None:
        """Take what comes until there is more sound than so much."""
        while self.at_ms < ms:
            self._take(await self.socket.recv())

    async def come_back(self) -> tuple[float, float]:
        """Be cut, and come back; ms until `started` and until the next sound."""
        self.socket.transport.abort()
        began = time.perf_counter()
        self.socket = await self._open()
        resume = {
            "session_id": self.session,
            "resume_token": self.token,
            "last_seq": self.last_seq,
            "played": {"turn": self.turn, "played_ms": self.at_ms},
        }
        await self.socket.send(json.dumps({"type": "start", "resume": resume}))
        await self.socket.recv()
        started = 0.0
        while True:
            data = await self.socket.recv()
            self._take(data)
            if isinstance(data, bytes):
                return started, (time.perf_counter() - began) * 1000
            if json.loads(data)["type"] == "started":
                started = (time.perf_counter() - began) * 1000
                self.token = json.loads(data)["resume_token"]

    async def _open(self) -> ClientConnection:
        return await connect(self.url, compression=None, max_size=None, proxy=None)

    def _take(self, data: str | bytes) -> None:
        if isinstance(data, bytes):
            self.at_ms += len(data) // BYTES_PER_MS
            return
        message: dict[str, Any] = json.loads(data)
        assert message["seq"] == self.last_seq + 1, (self.last_seq, message)
        self.last_seq = message["seq"]
        if message["type"] == "audio_start":
            self.turn = message["turn"]
            assert message["start_ms"] in (0, self.at_ms), message


async def gaps(kind: str, cuts: int) -> None:
    """Print the gaps with one log."""
    with tempfile.TemporaryDirectory() as folder:
        async with opened(kind, Path(folder)) as log, server(log) as url:
            found = []
            for number in range(cuts):
                guest = Guest(url)
                await guest.come()
                await guest.listen(400 + number * 37 % 2_000)
                found.append(await guest.come_back())
                guest.socket.transport.abort()
    for name, values in zip(("started", "sound"), zip(*found, strict=True), strict=True):
        print(f"{kind:>7} gap to {name:>7}: {_spread(values)}")


async def appends(kind: str, at_once: int, each: int = 300) -> None:
    """Print how long an append takes, with so many sessions that append all the time."""

    async def owner(log: SessionLog, name: str) -> list[float]:
        epoch = (await log.claim(name)).epoch
        took = []
        for seq in range(1, each + 1):
            began = time.perf_counter()
            await log.append(name, epoch, [Entry(seq, "x" * 150)])
            took.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(0)
        return took

    with tempfile.TemporaryDirectory() as folder:
        async with opened(kind, Path(folder)) as log:
            began = time.perf_counter()
            owners = [owner(log, str(number)) for number in range(at_once)]
            took = [ms for each_took in await asyncio.gather(*owners) for ms in each_took]
            rate = len(took) / (time.perf_counter() - began)
    print(f"{kind:>7} append, {at_once:3} at once: {_spread(took)}, {rate:,.0f} a second")


def _spread(values: "tuple[float, ...] | list[float]") -> str:
    marks = statistics.quantiles(values, n=100)
    return f"p50 {marks[49]:.2f} ms, p95 {marks[94]:.2f} ms, max {max(values):.2f} ms of {len(values)}"


async def main(cuts: int) -> None:
    """All figures."""
    configure_logs("error")
    for kind in ("memory", "sqlite"):
        await appends(kind, 1)
        await appends(kind, 50)
        await gaps(kind, cuts)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cuts", type=int, default=200)
    asyncio.run(main(parser.parse_args().cuts))
