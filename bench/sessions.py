"""What the server itself costs, without engines: CPU per turn, per open microphone and connection; memory.

Each figure comes from one server process of its own (the real server on a loopback socket, scripted engines that cost
next to nothing, the real Silero), read from /proc/PID: user and system time of that process alone. Guests run in this
process and are not counted. Budgets (docs/performance.md): at most 5 ms of CPU a turn and 2.5 ms for a second of an
open microphone; for a connection that streams a quiet one 0.25 % of a core, which is the same, and 0.1 MB.

`--before` serves with uvicorn's own WebSocket instead of ours, to compare the two in one run.
"""

import argparse
import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
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
from enterprise_stream.server.access import Access, AccessSettings
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
class Cost:
    """CPU that the server has used.

    Attributes:
        own_s: in its own code, the event loop and the libraries.
        system_s: in the kernel: sockets, waiting and waking.
    """

    own_s: float
    system_s: float

    @property
    def whole_s(self) -> float:
        """Both."""
        return self.own_s + self.system_s

    def since(self, before: "Cost") -> "Cost":
        """What has been used since then."""
        return Cost(self.own_s - before.own_s, self.system_s - before.system_s)

    def each(self, count: float) -> "Cost":
        """A share of it."""
        return Cost(self.own_s / count, self.system_s / count)


@dataclass(frozen=True, slots=True)
class Open:
    """What microphones that stream in real time cost, each.

    Attributes:
        connections: at once.
        second: CPU for a second of one microphone.
        memory_mb: of one connection.
        stretched: how long the sound took to send, by its length: much over 1.0 the guests found no time on the
            machine, sent their frames in heaps, and the figures are too good.
    """

    connections: int
    second: Cost
    memory_mb: float
    stretched: float


@dataclass(frozen=True, slots=True)
class Report:
    """The figures.

    Attributes:
        turn: 2.9 s of sound in 20 ms frames, sent as fast as they are taken, and an answer of 4.4 s; with Silero.
        turn_own: the same without Silero.
        typed: a typed turn, without listening.
        rooms: a quiet room's noise, with Silero; for several numbers of connections.
        room_own: the same without Silero, for the greatest number.
        muted: digital silence, for the greatest number.
    """

    turn: Cost
    turn_own: Cost
    typed: Cost
    rooms: tuple[Open, ...]
    room_own: Open
    muted: Open


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


def serve(listener: socket.socket, *, with_silero: bool, before: bool) -> None:
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
        cast=lambda: engines,
        persona=Persona("Sandra", "scripted"),
        clock=MonotonicClock(),
        language="es",
        languages=("es", "en"),
        access=Access(AccessSettings(), MonotonicClock()),
        admission=Admission(10_000, lambda: 0, 1),
        mode="bench",
        idle_s=600.0,
        ready=lambda: (),
    )

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.service = service
        print("ready", flush=True)
        yield

    config = server_config(build_app(lifespan))
    if before:
        config.ws = "websockets-sansio"
    uvicorn.Server(config).run(sockets=[listener])


class Served:
    """A server in a process of its own."""

    def __init__(self, *, with_silero: bool, before: bool = False) -> None:
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
                *(["--before"] if before else []),
            ]
            self._process = subprocess.Popen(command, pass_fds=[fd], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        if self._process.stdout.readline().strip() != "ready":
            sys.exit("the server did not start")
        self.url = f"ws://127.0.0.1:{port}/ws/stream"

    def cpu(self) -> Cost:
        """What the process has used so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return Cost(int(fields[11]) / TICKS_PER_S, int(fields[12]) / TICKS_PER_S)

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


async def listeners(served: Served, number: int, seconds: float, sound: Samples) -> Open:
    """What `number` connections cost that stream in real time.

    The first second, in which rooms are learnt, is not counted. Memory is taken at the end, when every connection has
    its buffers.
    """
    data = frames(sound)
    before_mb = served.memory_mb()
    async with contextlib.AsyncExitStack() as stack:
        sockets = [
            await stack.enter_async_context(connect(served.url, compression=None, ping_interval=None, proxy=None))
            for _ in range(number)
        ]
        loop = asyncio.get_running_loop()

        async def stream(offset: int, length_s: float) -> None:
            began = loop.time() + offset * FRAME_MS / 1000 / number
            for count in range(round(length_s * 1000 / FRAME_MS)):
                await asyncio.sleep(began + count * FRAME_MS / 1000 - loop.time())
                await sockets[offset].send(data[(count + offset) % len(data)])

        await asyncio.gather(*(stream(offset, 1.0) for offset in range(number)))
        before, began = served.cpu(), loop.time()
        await asyncio.gather(*(stream(offset, seconds) for offset in range(number)))
        second = served.cpu().since(before).each(seconds * number)
        stretched = (loop.time() - began) / seconds
        return Open(number, second, (served.memory_mb() - before_mb) / number, stretched)


def turn_cost(number: int, *, spoken: bool, with_silero: bool, before: bool) -> Cost:
    """CPU of the server for one turn."""
    served = Served(with_silero=with_silero, before=before)
    try:
        asyncio.run(turns(served.url, 4, spoken=spoken))
        used = served.cpu()
        asyncio.run(turns(served.url, number, spoken=spoken))
        return served.cpu().since(used).each(number)
    finally:
        served.stop()


def open_microphones(connections: int, seconds: float, sound: Samples, *, with_silero: bool, before: bool) -> Open:
    """What one of so many connections costs."""
    served = Served(with_silero=with_silero, before=before)
    try:
        asyncio.run(listeners(served, 4, 0.5, sound))
        return asyncio.run(listeners(served, connections, seconds, sound))
    finally:
        served.stop()


def measure(number: int, connections: tuple[int, ...], seconds: float, *, before: bool) -> Report:
    """All figures."""
    noise, most = room(2_000), max(connections)
    return Report(
        turn=turn_cost(number, spoken=True, with_silero=True, before=before),
        turn_own=turn_cost(number, spoken=True, with_silero=False, before=before),
        typed=turn_cost(number, spoken=False, with_silero=False, before=before),
        rooms=tuple(open_microphones(count, seconds, noise, with_silero=True, before=before) for count in connections),
        room_own=open_microphones(most, seconds, noise, with_silero=False, before=before),
        muted=open_microphones(most, seconds, quiet(2_000), with_silero=True, before=before),
    )


def rows(report: Report) -> list[tuple[str, Cost, str]]:
    """The figures with their names and notes."""
    microphones = [
        *(("a quiet room", at) for at in report.rooms),
        ("  without Silero", report.room_own),
        ("digital silence", report.muted),
    ]
    return [
        ("a spoken turn", report.turn, ""),
        ("  without Silero", report.turn_own, "budget 5, and 7.3 for 2.9 s of open microphone"),
        ("a typed turn", report.typed, "budget 5"),
        *((f"{name}, {at.connections} at once", at.second, note(at)) for name, at in microphones),
    ]


def note(at: Open) -> str:
    """Budgets, and a doubt where there is one."""
    doubt = f"; the guests took {at.stretched:.1f} times as long" if at.stretched > 1.05 else ""
    return f"a second, budget 2.5; {at.memory_mb:.3f} MB, budget 0.1{doubt}"


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=36, help="turns measured of each kind (36)")
    parser.add_argument(
        "--connections", type=int, nargs="+", default=[1, 10, 50, 100], help="open at once (1 10 50 100)"
    )
    parser.add_argument("--seconds", type=float, default=5.0, help="how long they stream, in s (5)")
    parser.add_argument("--before", action="store_true", help="with uvicorn's own WebSocket")
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--silero", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve is not None:
        serve(socket.socket(fileno=given.serve), with_silero=given.silero, before=given.before)
        return
    report = measure(given.turns, tuple(given.connections), given.seconds, before=given.before)
    if given.json:
        print(json.dumps(asdict(report), indent=2))
        return
    print(f"{'':<32}{'ms of CPU':>10}{'own':>8}{'kernel':>8}")
    for name, cost, note in rows(report):
        figures = "".join(
            f"{s * 1000:{width}.2f}"
            for s, width in zip((cost.whole_s, cost.own_s, cost.system_s), (10, 8, 8), strict=True)
        )
        print(f"{name:<32}{figures}  {note}")


if __name__ == "__main__":
    main()
