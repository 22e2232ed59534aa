"""The systems under the benchmark, each with its configurations, and how one of them is started."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "enterprise-stream" / "bench" / "peers"
RECORDINGS = CACHE / "recordings"
START_S = 60.0
"""How long a server may take to listen."""


@dataclass(frozen=True, slots=True)
class System:
    """One system in one configuration.

    Attributes:
        name: in results and tables.
        wire: a key of `WIRES`.
        arguments: of its server.
        judged: whether a model judges the end of a turn; otherwise silence does, or the recogniser.
        expected: conversations per core to begin the search at.
        says: the configuration in words.
    """

    name: str
    wire: str
    arguments: tuple[str, ...]
    judged: bool
    expected: int
    says: str

    @property
    def path(self) -> str:
        """Of its WebSocket."""
        return "/ws/stream" if self.wire == "ours" else "/ws"

    def command(self, port: int) -> list[str]:
        """What starts it."""
        common = ["--port", str(port), "--recordings", str(RECORDINGS), *self.arguments]
        if self.wire == "ours":
            return [sys.executable, "-m", "bench.peers.ours", *common]
        return [str(CACHE / self.wire / "bin" / "python"), str(HERE / "rivals" / f"{self.wire}_server.py"), *common]


SYSTEMS = (
    System("ours", "ours", (), True, 64, "as it comes: smart-turn, answers begun ahead in a pause"),
    System(
        "ours fast", "ours", ("--speculation", "interim"), True, 64, "smart-turn, answers begun ahead of interim words"
    ),
    System(
        "ours silence",
        "ours",
        ("--speculation", "interim", "--turns", "silence"),
        False,
        112,
        "no end-of-turn model: silence and words end a turn; answers begun ahead of interim words",
    ),
    System(
        "ours early words",
        "ours",
        ("--speculation", "interim", "--words-ahead-ms", "100"),
        True,
        64,
        "ours fast with a recogniser that knows words 100 ms before they end, which no rival's path would use",
    ),
    System("pipecat", "pipecat", ("--config", "default"), True, 6, "as it comes: Silero, smart-turn v3, by sentences"),
    System("pipecat fast", "pipecat", ("--config", "fast"), False, 14, "silence of 0.2 s, no timeout, by tokens"),
    System(
        "pipecat eager",
        "pipecat",
        ("--config", "eager"),
        False,
        28,
        "the recogniser owns the turn (verdict after 300 ms), answers begun at its eager end of turn, by tokens",
    ),
    System(
        "livekit",
        "livekit",
        ("--config", "default"),
        True,
        20,
        "as it comes: Silero, its end-of-turn model, text begun ahead, by sentences",
    ),
    System(
        "livekit fast",
        "livekit",
        ("--config", "fast"),
        False,
        48,
        "silence of 0.2 s, no delay, text and voice begun ahead, by tokens, interruption after 0.2 s",
    ),
)


@dataclass(frozen=True, slots=True)
class Served:
    """A server that listens."""

    pid: int
    url: str


@contextmanager
def serving(system: System, *, core: int | None) -> Iterator[Served]:
    """Run a system's server while the block runs, on one core if told.

    Raises:
        RuntimeError: it does not listen in time; its output says why.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = CACHE / "logs" / f"{system.name.replace(' ', '-')}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as data, log.open("w", encoding="utf-8") as output:
        paths = [str(HERE.parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "XDG_DATA_HOME": data}
        process = subprocess.Popen(
            [*pinned(core), *system.command(port)], stdout=output, stderr=subprocess.STDOUT, env=environment
        )
        try:
            _wait(port, process, log)
            yield Served(process.pid, f"ws://127.0.0.1:{port}{system.path}")
        finally:
            process.kill()
            process.wait()


def pinned(core: int | None) -> list[str]:
    """The beginning of a command that is to run on one core."""
    taskset = shutil.which("taskset")
    return [] if core is None or taskset is None or (os.cpu_count() or 1) <= core else [taskset, "-c", str(core)]


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1.0).close()
        except OSError:
            time.sleep(0.1)
        else:
            time.sleep(1.0)
            return
    raise RuntimeError(f"{process.args!r} does not listen; see {log}:\n{log.read_text(encoding='utf-8')[-2000:]}")
