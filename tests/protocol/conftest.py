"""The real server for the suite: started as a user starts it, or any server named by `ES_URL`."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from .facts import UTTERANCES
from .scenes import Running
from .sounds import spoken

READY_WITHIN_S = 120.0
STOPS_WITHIN_S = 20.0


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server answers."""

    http: str
    ws: str


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_ready(process: subprocess.Popen[bytes], http: str, log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the server ended with {process.returncode}:\n{log.read_text()[-4000:]}")
        try:
            if httpx.get(f"{http}/readyz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass  # not listening yet
        time.sleep(0.2)
    pytest.fail(f"/readyz was not 200 within {READY_WITHIN_S} s:\n{log.read_text()[-4000:]}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server under test; at the end it must stop on SIGTERM with 0 and no traceback in its log."""
    given = os.environ.get("ES_URL")
    if given:
        http = re.sub(r"^ws", "http", given).split("/ws/")[0].rstrip("/")
        yield Server(http, re.sub(r"^http", "ws", http) + "/ws/stream")
        return
    home = tmp_path_factory.mktemp("server")
    log, port = home / "server.log", _free_port()
    http = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "LOG_LEVEL": "INFO",
        "XDG_DATA_HOME": str(home / "data"),
        "VOICE_LIBRARY_FOLDER": str(home / "voices"),
    }
    command = [str(Path(sys.executable).with_name("enterprise-stream")), "serve"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=home, env=environment, stdout=output, stderr=output)
    try:
        _wait_ready(process, http, log)
        yield Server(http, f"ws://127.0.0.1:{port}/ws/stream")
        process.send_signal(signal.SIGTERM)
        code = process.wait(STOPS_WITHIN_S)
    finally:
        process.kill()
        process.wait()
    text = log.read_text()
    assert code == 0, f"SIGTERM ended the server with {code}:\n{text[-4000:]}"
    assert "Traceback" not in text, f"the server logged a traceback:\n{text[text.index('Traceback') - 500 :][:6000]}"


@pytest.fixture(scope="session")
def url(server: Server) -> str:
    """The stream's address."""
    return server.ws


@pytest.fixture(scope="session")
def material() -> None:
    """Everything that guests say is made (or read from its cache) before a conversation's clock runs."""
    for name in UTTERANCES:
        spoken(name)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(request: pytest.FixtureRequest, material: None, url: str) -> AsyncIterator[Running]:
    """The module's selected scenes, started side by side."""
    names = [
        str(item.callspec.params["scene"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.path == request.path and hasattr(item, "callspec")
        and "scene" in item.callspec.params
    ]  # fmt: skip
    scenes = Running(request.module.SCENES, names, url)
    yield scenes
    await scenes.stop()
