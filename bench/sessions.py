"""What the server itself costs, without engines: CPU per turn, and CPU and memory per idle connection.

Each figure comes from one server process of its own (the real server on a loopback socket, scripted engines that cost
next to nothing, the real Silero), read from /proc/PID: user and system time of that process alone. Guests run in this
process and are not counted. Budgets (docs/performance.md): at most 5 ms of CPU a turn; at most 0.25 % of a core and
0.1 MB for a connection that streams a quiet microphone.
"""

import argparse
import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import uvicorn
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect

from enterprise_stream.clock import MonotonicClock
from enterprise_stream.engines.silero import Silero
from enterprise_stream.listening.ports import Samples, VoiceActivity
from enterprise_stream.models import ModelStore
from enterprise_stream.observe.logs import configure_logs
from enterprise_stream.server.access import AccessRules
from enterprise_stream.server.admission import Admission
from enterprise_stream.server.routes import build_app
from enterprise_stream.server.service import Service
from enterprise_stream.server.serving import server_config
from enterprise_stream.session.engines import Engines
from enterprise_stream.testing import (
    Heard,
    Reply,
    ScriptedBrain,
    ScriptedRecogniser,
    ScriptedTurnDetector,
    ScriptedVoice,
    quiet,
)
from enterprise_stream.testing.engines import scripted_engines
from enterprise_stream.testing.listening import EnergyActivity, ScriptedUtterance, speech
from enterprise_stream.thinking.persona import Persona

FRAME_MS = 20
RATE = 16_000
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
ANSWER = ("Claro que sí. ", "Tenemos una suite con vistas al río, ", "por cien euros la noche, con desayuno.")


@dataclass(frozen=True, slots=True)
class Report:
    """The figures.

    Attributes:
        turn_ms: the server's CPU for one turn: 2 s of speech in 20 ms frames, an answer of 4.4 s; Silero included.
        turn_own_ms: the same without Silero: the server's own work.
        typed_ms: a typed turn, without listening.
        room_percent: a connection that streams a quiet room's noise in real time, in % of one core; Silero included.
        room_own_percent: the same without Silero.
        muted_percent: a connection that streams digital silence, which never asks Silero.
        connection_mb: memory that one more connection takes.
    """

    turns: int
    turn_ms: float
    turn_own_ms: float
    typed_ms: float
    connections: int
    room_percent: float
    room_own_percent: float
    muted_percent: float
    connection_mb: float


# --- the server -----------------------------------------------------------------------------------------------------


class _AnyGuest(ScriptedRecogniser):
    """Hears the same words in every utterance and keeps none."""

    def utterance(self, owner: str, language: str) -> ScriptedUtterance:
        """Nothing is remembered of `owner` and `language`."""
        del owner, language
        return ScriptedUtterance(Heard(("¿Tienen una suite para el sábado?",), delay_ms=30))


class _SileroByLoudness(EnergyActivity):
    """Costs what Silero costs and takes the bench's tone for speech."""

    def __init__(self, silero: VoiceActivity) -> None:
        self._silero = silero

    def probability(self, frame: Samples) -> float:
        self._silero.probability(frame)
        return super().probability(frame)


def serve(listener: socket.socket, *, with_silero: bool) -> None:
    """Serve until killed; prints a line when guests may come."""
    configure_logs("error")
    silero = Silero(ModelStore().path("silero-vad"))
    scripted = scripted_engines(
        recogniser=_AnyGuest(),
        turn_detector=ScriptedTurnDetector((0.95,)),
        brain=ScriptedBrain(Reply(ANSWER, delay_ms=20)),
        voice=ScriptedVoice(ms_per_char=50, delay_ms=20),
    )
    engines = Engines(
        (lambda: _SileroByLoudness(silero())) if with_silero else EnergyActivity,
        scripted.recogniser,
        scripted.turn_detector,
        scripted.brain,
        scripted.voice,
    )
    service = Service(
        engines=engines,
        persona=Persona("Sandra", "scripted"),
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

    config = server_config(build_app(service, lifespan))
    uvicorn.Server(config).run(sockets=[listener])


class Served:
    """A server in a process of its own."""

    def __init__(self, *, with_silero: bool) -> None:
        with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
            port = listener.getsockname()[1]
            fd = listener.fileno()
            os.set_inheritable(fd, True)
            command = [
                sys.executable,
                str(Path(__file__)),
                "--serve",
                str(fd),
                *(["--silero"] if with_silero else []),
            ]
            self._process = subprocess.Popen(command, pass_fds=[fd], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        if self._process.stdout.readline().strip() != "ready":
            sys.exit("the server did not start")
        self.url = f"ws://127.0.0.1:{port}/ws/stream"

    def cpu_s(self) -> float:
        """User and system time of the process so far, in s."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_S

    def memory_mb(self) -> float:
        """Memory of the process that is its own, in MB."""
        for line in Path(f"/proc/{self._process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        raise ValueError("no VmRSS")

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


# --- the guests -----------------------------------------------------------------------------------------------------


def frames(samples: Samples) -> list[bytes]:
    """Binary frames of 20 ms."""
    data = (samples * 32767).astype("<i2").tobytes()
    size = RATE * FRAME_MS // 1000 * 2
    return [data[start : start + size] for start in range(0, len(data), size)]


def room(ms: float) -> Samples:
    """A quiet room's noise at -55 dBFS, shape (n,), float32: too loud to be skipped as digital silence."""
    noise = np.random.default_rng(3).normal(0.0, 10 ** (-55 / 20), round(ms * RATE / 1000))
    return noise.astype(np.float32)


async def drain(socket_: ClientConnection, until: str, count: int) -> None:
    """Read until that many messages of a type have come."""
    while count:
        data = await socket_.recv()
        if isinstance(data, str) and json.loads(data)["type"] == until:
            count -= 1


async def turns(url: str, number: int, *, spoken: bool) -> None:
    """That many turns, one after another; the guest sends as fast as the server takes it."""
    talk = frames(np.concatenate([quiet(200), speech(2_000), quiet(700)]))
    # A limit of the server's counts audio ahead of real time, so one connection takes twelve turns.
    for first in range(0, number, 12):
        async with connect(url, compression=None, ping_interval=None, proxy=None) as socket_:
            await drain(socket_, "ready", 1)
            for _ in range(first, min(number, first + 12)):
                if spoken:
                    for frame in talk:
                        await socket_.send(frame)
                else:
                    await socket_.send(json.dumps({"type": "text", "text": "¿Tienen una suite?"}))
                await drain(socket_, "audio_end", 1)
                await socket_.send(json.dumps({"type": "playback", "turn": 1, "played_ms": 60_000}))
                await socket_.send(json.dumps({"type": "interrupt"}))


async def listeners(served: Served, number: int, seconds: float, sound: Samples) -> tuple[float, float]:
    """CPU of the server in % of a core and memory in MB, each for one of `number` connections that stream in real time.

    Memory is taken at the end, when every connection has its buffers.
    """
    data = frames(sound)
    before_mb = served.memory_mb()
    async with contextlib.AsyncExitStack() as stack:
        sockets = [
            await stack.enter_async_context(connect(served.url, compression=None, ping_interval=None, proxy=None))
            for _ in range(number)
        ]
        loop = asyncio.get_running_loop()

        async def stream(offset: int) -> None:
            began = loop.time() + offset * FRAME_MS / 1000 / number
            for count in range(round(seconds * 1000 / FRAME_MS)):
                await asyncio.sleep(began + count * FRAME_MS / 1000 - loop.time())
                await sockets[offset].send(data[(count + offset) % len(data)])

        cpu, began = served.cpu_s(), time.monotonic()
        await asyncio.gather(*(stream(offset) for offset in range(number)))
        percent = (served.cpu_s() - cpu) / (time.monotonic() - began) * 100
        return percent / number, (served.memory_mb() - before_mb) / number


def turn_cpu_ms(number: int, *, spoken: bool, with_silero: bool) -> float:
    """CPU of the server for one turn, in ms."""
    served = Served(with_silero=with_silero)
    try:
        asyncio.run(turns(served.url, 4, spoken=spoken))
        before = served.cpu_s()
        asyncio.run(turns(served.url, number, spoken=spoken))
        return (served.cpu_s() - before) * 1000 / number
    finally:
        served.stop()


def idle(connections: int, seconds: float, sound: Samples, *, with_silero: bool) -> tuple[float, float]:
    """CPU in % of a core and memory in MB of one connection."""
    served = Served(with_silero=with_silero)
    try:
        asyncio.run(listeners(served, 4, 0.5, sound))
        return asyncio.run(listeners(served, connections, seconds, sound))
    finally:
        served.stop()


def measure(number: int, connections: int, seconds: float) -> Report:
    """All figures."""
    spoken, alone = (turn_cpu_ms(number, spoken=True, with_silero=silero) for silero in (True, False))
    typed = turn_cpu_ms(number, spoken=False, with_silero=False)
    quiet_room = idle(connections, seconds, room(2_000), with_silero=True)
    room_alone = idle(connections, seconds, room(2_000), with_silero=False)
    muted = idle(connections, seconds, quiet(2_000), with_silero=True)
    memory = round(max(quiet_room[1], muted[1]), 3)
    return Report(
        turns=number,
        turn_ms=round(spoken, 2),
        turn_own_ms=round(alone, 2),
        typed_ms=round(typed, 2),
        connections=connections,
        room_percent=round(quiet_room[0], 3),
        room_own_percent=round(room_alone[0], 3),
        muted_percent=round(muted[0], 3),
        connection_mb=memory,
    )


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=36, help="turns measured of each kind (36)")
    parser.add_argument("--connections", type=int, default=30, help="idle connections at once (30)")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long they stream, in s (5)")
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--silero", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve is not None:
        serve(socket.socket(fileno=given.serve), with_silero=given.silero)
        return
    report = measure(given.turns, given.connections, given.seconds)
    if given.json:
        print(json.dumps(asdict(report), indent=2))
        return
    rows = (
        ("a spoken turn", f"{report.turn_ms:8.2f} ms of CPU", f"{report.turns} turns"),
        ("  without Silero", f"{report.turn_own_ms:8.2f} ms of CPU", "budget 5"),
        ("a typed turn", f"{report.typed_ms:8.2f} ms of CPU", ""),
        ("a quiet room", f"{report.room_percent:8.3f} % of a core", f"budget 0.25; {report.connections} at once"),
        ("  without Silero", f"{report.room_own_percent:8.3f} % of a core", ""),
        ("a muted microphone", f"{report.muted_percent:8.3f} % of a core", ""),
        ("a connection", f"{report.connection_mb:8.3f} MB", "budget 0.1"),
    )
    for name, figure, note in rows:
        print(f"{name:<20}{figure:<26}{note}")


if __name__ == "__main__":
    main()
