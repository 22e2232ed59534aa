"""How long a guest waits: from his last word to Sandra's voice, as his own client measures it, stage by stage.

    python bench/voice_to_voice.py               # one guest, 24 questions; about three minutes
    python bench/voice_to_voice.py --guests 1 4  # and again with four guests who talk at once
    python bench/voice_to_voice.py --warm        # from the voice library: everything was asked once before
    VOICE_LIBRARY=off python bench/voice_to_voice.py  # nothing from it: the half of 24 questions is asked twice

It starts the real server (`enterprise-stream serve`, embedded engines) and tells how long that takes and how much
memory it uses. Guests speak in synthetic voices that are not Sandra's, in real time, over the WebSocket, with a quiet
room after each question. Stages are those of the server's `timeline`, in ms since the guest's last word; `arrived`
is when the first frame of her voice reaches the guest and `audible` when its first sample over -40 dBFS could be heard,
both by the guest's clock, counted from his last sample over -40 dBFS. `apart` is how far the sum of the server's stages
is from `audible`.
"""

import argparse
import asyncio
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from websockets.asyncio.client import ClientConnection, connect

from enterprise_stream.testing.guest_voice import GUEST_RATE, guest_says
from enterprise_stream.testing.server_clock import ServerClock

FRAME = GUEST_RATE // 50
AUDIBLE = 0.01
"""-40 dBFS: what counts as heard."""

SERVER_STAGES = ("endpoint", "transcript", "first_text", "first_clause", "first_audio", "sent")
STAGES = (*SERVER_STAGES, "arrived", "audible", "apart")

QUESTIONS = (
    ("es", "em_alex", "¿Cuánto cuesta el Ático Ruzafa por noche?"),
    ("es", "em_santa", "¿A qué hora puedo entrar en el apartamento?"),
    ("es", "em_alex", "¿Se admiten mascotas en el apartamento?"),
    ("es", "em_santa", "Hola, buenas tardes. Quería saber si hay aparcamiento para el coche."),
    ("es", "em_alex", "¿Tienen cuna para el bebé?"),
    ("es", "em_santa", "Somos seis personas, ¿qué alojamiento nos recomienda?"),
    ("en", "af_heart", "How much is the penthouse per night?"),
    ("en", "bm_george", "What time is check-in?"),
    ("en", "am_michael", "Can I bring my dog to the apartment?"),
    ("en", "bf_emma", "Good afternoon. Is there parking for my car?"),
    ("en", "af_bella", "Is breakfast included in the price?"),
    ("en", "am_fenrir", "How do I get there from the airport?"),
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and when its answer came; ms since the guest's last word."""

    question: str
    heard: str
    answer: str
    ms: dict[str, float]


@dataclass(frozen=True, slots=True)
class Share:
    """One stage over all turns, in ms."""

    stage: str
    p50: float
    p95: float
    most: float


class Guest:
    """One connection: speaks, and notes when what comes back."""

    def __init__(self, connection: ClientConnection) -> None:
        self._socket = connection
        self._messages: list[tuple[float, dict[str, Any]]] = []
        self._sound: list[tuple[float, NDArray[np.int16]]] = []
        self._news = asyncio.Event()
        self._clock = ServerClock()

    async def listen(self) -> None:
        """Keep what comes, until the connection ends."""
        async for data in self._socket:
            now = time.perf_counter()
            if isinstance(data, str):
                self._messages.append((now, json.loads(data)))
            else:
                self._sound.append((now, np.frombuffer(data, "<i2")))
            self._news.set()

    async def ask(self, language: str, voice: str, question: str) -> Turn:
        """Ask aloud, be quiet, and wait for the whole answer."""
        await self._socket.send(json.dumps({"type": "set_language", "language": language}))
        await self._align()
        self._messages.clear()
        self._sound.clear()
        said = guest_says(question, language, voice, lead_ms=400, tail_ms=0)
        last_word = int(np.flatnonzero(np.abs(said) > AUDIBLE)[-1])
        speaking = asyncio.create_task(self._speak(said, last_word))
        try:
            done = await self._wait("response_complete", "error")
            if done["type"] == "error":
                sys.exit(f"{question!r}: {done['code']}: {done['message']}")
            await self._wait("audio_end")
            ended_at = await self._ended
        finally:
            speaking.cancel()
        await self._report(done["turn"])
        ms = _ends((await self._wait("timeline"))["stages"])
        total = ms.pop("heard")
        ms["arrived"] = (self._sound[0][0] - ended_at) * 1000
        ms["audible"] = (self._audible_at() - ended_at) * 1000
        ms["apart"] = abs(total - ms["audible"])
        heard = next(m["text"] for _, m in self._messages if m["type"] == "transcription" and m["final"])
        return Turn(question, heard, done["text"], ms)

    async def _align(self, pings: int = 4) -> None:
        """Find out what the server's clock says."""
        for _ in range(pings):
            self._messages = [(at, message) for at, message in self._messages if message["type"] != "pong"]
            sent = time.perf_counter() * 1000
            await self._socket.send(json.dumps({"type": "ping", "t": sent}))
            pong = await self._wait("pong")
            came = next(at for at, message in self._messages if message is pong)
            self._clock.pong(sent, pong["at"], came * 1000)

    async def _report(self, turn: int) -> None:
        """Say that all was heard, and when the first of it was."""
        audible, arrived = self._audible_at() * 1000, self._sound[0][0] * 1000
        first = {
            "heard_at": self._clock.to_server(audible),
            "arrived_at": self._clock.to_server(arrived),
            "round_trip_ms": self._clock.round_trip_ms(audible),
        }
        report = {"type": "playback", "turn": turn, "played_ms": 600_000, "first": first}
        await self._socket.send(json.dumps(report))

    async def _speak(self, said: NDArray[np.float32], last_word: int) -> None:
        """Send the words and then a quiet room, in real time."""
        self._ended: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        room = np.random.default_rng(5).normal(0, 1e-4, GUEST_RATE).astype(np.float32)
        began = time.perf_counter()
        sent = 0
        while True:
            frame = said[sent : sent + FRAME] if sent < said.size else room[:FRAME]
            data = (np.pad(frame, (0, FRAME - frame.size)) * 32767).astype("<i2").tobytes()
            await asyncio.sleep(began + (sent + FRAME) / GUEST_RATE - time.perf_counter())
            await self._socket.send(data)
            sent += FRAME
            if sent > last_word and not self._ended.done():
                self._ended.set_result(began + last_word / GUEST_RATE)

    def _audible_at(self) -> float:
        """When the first loud sample is played by a client that plays at once and without a break."""
        start = next(m for _, m in self._messages if m["type"] == "audio_start")
        first = self._sound[0][0]
        samples = np.concatenate([pcm for _, pcm in self._sound])
        loud = int(np.flatnonzero(np.abs(samples) > AUDIBLE * 32768)[0])
        return first + loud / float(start["sample_rate"])

    async def _wait(self, *kinds: str) -> dict[str, Any]:
        async with asyncio.timeout(60):
            while True:
                for _, message in self._messages:
                    if message["type"] in kinds:
                        return message
                self._news.clear()
                await self._news.wait()


def _ends(stages: Sequence[dict[str, Any]]) -> dict[str, float]:
    """When each of the server's stages ended, in ms since the guest's last word; `heard` is the whole."""
    ends, now = {}, 0.0
    for stage in stages:
        now += stage["ms"] or 0
        ends[stage["name"]] = now
    return {name: ends[name] for name in (*SERVER_STAGES, "heard")}


async def converse(url: str, number: int, questions: int) -> list[Turn]:
    """The turns of `number` guests who talk at once, each `questions` of the list, begun at different places."""

    async def one(offset: int) -> list[Turn]:
        async with connect(url, compression=None, proxy=None) as connection, asyncio.TaskGroup() as group:
            guest = Guest(connection)
            listening = group.create_task(guest.listen())
            await asyncio.sleep(0.3 * offset)
            asked = [QUESTIONS[(3 * offset + at) % len(QUESTIONS)] for at in range(questions)]
            turns = [await guest.ask(*question) for question in asked]
            listening.cancel()
            return turns

    return [turn for turns in await asyncio.gather(*(one(offset) for offset in range(number))) for turn in turns]


def shares(turns: Sequence[Turn]) -> list[Share]:
    """p50, p95 and the most of each stage."""
    result = []
    for stage in STAGES:
        values = sorted(turn.ms[stage] for turn in turns)
        p95 = values[min(len(values) - 1, round(0.95 * (len(values) - 1)))]
        result.append(Share(stage, round(statistics.median(values)), round(p95), round(values[-1])))
    return result


class Server:
    """The real server in a process of its own, with its data in a folder of its own."""

    def __init__(self, data: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._began = time.perf_counter()
        command = [str(Path(sys.executable).with_name("enterprise-stream")), "serve", "--port", str(self.port)]
        environment = os.environ | {"XDG_DATA_HOME": str(data)}
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)

    @property
    def url(self) -> str:
        """Where guests connect."""
        return f"ws://127.0.0.1:{self.port}/ws/stream"

    def wait(self) -> float:
        """Seconds from its start until `/readyz` says that guests may come."""
        while self.process.poll() is None:
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5).close()
                return time.perf_counter() - self._began
            time.sleep(0.02)
        sys.exit("the server did not start; see: enterprise-stream doctor")

    def memory_mb(self) -> int:
        """Resident memory of the process, in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(status.split("VmRSS:")[1].split()[0]) // 1024


@contextlib.contextmanager
def served() -> Iterator[Server]:
    """A server, for as long as it is needed."""
    with tempfile.TemporaryDirectory() as data:
        server = Server(Path(data))
        try:
            yield server
        finally:
            server.process.terminate()
            server.process.wait(15)


async def first_answer(url: str) -> float:
    """Seconds from connecting until the first sound of a typed question's answer."""
    began = time.perf_counter()
    async with connect(url, compression=None, proxy=None) as connection:
        await connection.send(json.dumps({"type": "text", "text": "¿Cuánto cuesta el Ático Ruzafa?"}))
        async for data in connection:
            if isinstance(data, bytes):
                return time.perf_counter() - began
    sys.exit("the server closed the connection")


def starts(number: int) -> list[dict[str, float]]:
    """Seconds from starting the server until guests may come, and until a typed question's answer begins to sound."""
    result = []
    for _ in range(number):
        with served() as server:
            ready = server.wait()
            answered = ready + asyncio.run(first_answer(server.url))
        result.append({"ready_s": round(ready, 2), "first_answer_s": round(answered, 2)})
    return result


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--guests", type=int, nargs="+", default=[1], help="guests who talk at once (1)")
    parser.add_argument("--questions", type=int, default=24, help="questions in all, for each number of guests (24)")
    parser.add_argument("--warm", action="store_true", help="have each question answered once before, unmeasured")
    parser.add_argument("--turns", action="store_true", help="print every turn")
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    given = parser.parse_args()
    for language, voice, question in QUESTIONS:
        guest_says(question, language, voice)  # made before the clock runs
    report: dict[str, Any] = {"start": starts(3), "guests": {}}
    with served() as server:
        server.wait()
        asyncio.run(first_answer(server.url))
        report["memory_mb"] = {"ready": server.memory_mb()}
        if given.warm:
            asyncio.run(converse(server.url, 1, len(QUESTIONS)))
        for number in given.guests:
            turns = asyncio.run(converse(server.url, number, max(1, given.questions // number)))
            report["guests"][number] = [asdict(share) for share in shares(turns)]
            if given.turns:
                for turn in turns:
                    print(json.dumps(asdict(turn), ensure_ascii=False), file=sys.stderr)
        report["memory_mb"]["after"] = server.memory_mb()
    if given.json:
        print(json.dumps(report, indent=2))
        return
    for start in report["start"]:
        print(f"ready after {start['ready_s']} s, first answer heard after {start['first_answer_s']} s")
    print(f"memory {report['memory_mb']['ready']} MB when ready, {report['memory_mb']['after']} MB after the calls")
    for number, stages in report["guests"].items():
        print(f"\n{number} at once: ms after the guest's last word\n{'':<14}{'p50':>8}{'p95':>8}{'most':>8}")
        for each in stages:
            print(f"{each['stage']:<14}{each['p50']:>8}{each['p95']:>8}{each['most']:>8}")


if __name__ == "__main__":
    main()
