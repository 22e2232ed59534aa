"""A server process that can be ended, stopped, starved of disk and told the wrong time."""

import asyncio
import os
import resource
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, Protocol

import httpx

from enterprise_stream.testing.crash import VARIABLE

UP_WITHIN_S: Final = 120.0
ENDS_WITHIN_S: Final = 40.0


class Process(Protocol):
    """What is needed of a process; as `subprocess.Popen`."""

    @property
    def pid(self) -> int:
        """Its number."""
        ...

    @property
    def returncode(self) -> int | None:
        """How it ended; None while it runs."""
        ...

    def poll(self) -> int | None:
        """The same, looked at now."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """The same, waited for, in seconds."""
        ...

    def send_signal(self, sig: int) -> None:
        """Give it a signal."""
        ...


class ServerProcess:
    """One server after another on one port and one folder.

    Args:
        folder: of its data; what it logs goes to `server.log` there.
        log_level: what it logs.
        settings: environment variables.
    """

    def __init__(self, folder: Path, log_level: str = "warning", **settings: str) -> None:
        self.folder = folder
        self._log_level = log_level
        self._settings = {"MAX_SESSIONS": "1000", "MAX_LAG_MS": "0", "DRAIN_S": "5"} | settings
        with closing(socket.create_server(("127.0.0.1", 0))) as probe:
            self.port = int(probe.getsockname()[1])
        self._process: Process | None = None
        self._cert = settings.get("TLS_CERT_FILE", "")

    def _http(self, headers: Mapping[str, str] | None = None) -> httpx.AsyncClient:
        """Asks it for pages; its own certificate is trusted."""
        trusted = ssl.create_default_context(cafile=self._cert) if self._cert else False
        return httpx.AsyncClient(trust_env=False, headers=headers, verify=trusted)

    @property
    def pid(self) -> int:
        """Of the process that runs."""
        if self._process is None:
            raise RuntimeError("no server runs")
        return self._process.pid

    @property
    def url(self) -> str:
        """Of its pages."""
        return f"http{'s' if self._cert else ''}://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What it has logged."""
        return self.folder / "server.log"

    async def start(self, crash_at: str = "") -> None:
        """Begin, and wait until guests may come; `crash_at` names a point where it is killed, maybe before we look."""
        where = ["--data", str(self.folder), "--port", str(self.port), "--log-level", self._log_level]
        self._process = self._launch(where, self._settings | {VARIABLE: crash_at})
        async with asyncio.timeout(UP_WITHIN_S), self._http() as http:
            while not await self._up(http, crash_at):  # noqa: ASYNC110 - another process tells nobody
                await asyncio.sleep(0.05)

    def _launch(self, arguments: Sequence[str], settings: Mapping[str, str]) -> Process:
        command = [sys.executable, "-m", "enterprise_stream.testing.scripted_server", *arguments]
        with self.log.open("ab") as log:
            return subprocess.Popen(command, env=os.environ | settings, stdout=log, stderr=log, cwd=self.folder)

    async def gone(self) -> int:
        """Wait until it has ended by itself; returns its exit code."""
        process = self._process
        if process is None:
            return 0
        code = await asyncio.to_thread(process.wait, ENDS_WITHIN_S)
        self._process = None
        return code

    async def _up(self, http: httpx.AsyncClient, crash_at: str) -> bool:
        """Whether it serves, or has done so and is gone; looked at once, for it may be killed at any moment."""
        code = None if self._process is None else self._process.poll()
        if code is not None and not (crash_at and code == -signal.SIGKILL):
            raise RuntimeError(f"the server ended with {code}; see {self.log}")
        if code is not None:
            return True
        try:
            return (await http.get(f"{self.url}/livez")).status_code == 200
        except httpx.TransportError:
            return False

    async def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal that ends it; returns its exit code."""
        if self._process is None:
            return 0
        process, self._process = self._process, None
        process.send_signal(number)
        return await asyncio.to_thread(process.wait, ENDS_WITHIN_S)

    async def pause(self, seconds: float) -> None:
        """Stop it in mid-work, and let it go on."""
        os.kill(self.pid, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        os.kill(self.pid, signal.SIGCONT)

    async def fill_disk(self, seconds: float) -> None:
        """No file of the process may grow any more for a while, as on a full disk."""
        before = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (0, before[1]))
        await asyncio.sleep(seconds)
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, before)

    def set_clock(self, *, back: bool) -> None:
        """Its wall clock jumps by an hour."""
        os.kill(self.pid, signal.SIGUSR2 if back else signal.SIGUSR1)

    def memory_mb(self) -> float:
        """Its resident memory."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 1e6

    def most_mb(self, *, from_now: bool = False) -> float:
        """The most that it was, since the process began or since this was asked with `from_now`."""
        if from_now:
            Path(f"/proc/{self.pid}/clear_refs").write_text("5")
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        (most,) = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
        return int(most) * 1024 / 1e6

    def descriptors(self) -> int:
        """Its open descriptors."""
        return sum(1 for _ in Path(f"/proc/{self.pid}/fd").iterdir())

    async def tasks(self) -> int:
        """Tasks of its event loop."""
        return round((await self.metrics("tasks"))[0])

    async def waiting(self) -> int:
        """Sessions that wait for their guests."""
        return round((await self.metrics("sessions_waiting"))[0])

    async def metrics(self, *names: str) -> list[float]:
        """Some of its numbers, of one moment."""
        key = self._settings.get("ADMIN_KEY")
        shown = {"authorization": f"Bearer {key}"} if key else {}
        async with self._http(shown) as http:
            page = (await http.get(f"{self.url}/metrics")).text
        values = dict(line.split()[:2] for line in page.splitlines() if not line.startswith("#"))
        return [float(values[f"enterprise_stream_{name}"]) for name in names]
