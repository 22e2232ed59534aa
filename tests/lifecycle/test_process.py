"""A real server process: what signals do to it and to its guests, and that a guest survives its end."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from bench.chaos.faults import ENDS, MACHINE
from bench.chaos.guest import GONE
from bench.chaos.process import ServerProcess
from bench.chaos.storm import Plan, storm
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from enterprise_stream.testing import speech

from .forked import ForkedServer


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    """A server that runs, and is gone afterwards."""
    server = ForkedServer(tmp_path)
    await server.start()
    yield server
    await server.end(signal.SIGKILL)


@pytest.fixture
async def patient(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    """One that gives its guests more time to finish than any of these tests takes."""
    server = ForkedServer(tmp_path, DRAIN_S="120")
    await server.start()
    yield server
    await server.end(signal.SIGKILL)


def opened(server: ServerProcess) -> Any:
    """A guest's connection."""
    return connect(f"ws://127.0.0.1:{server.port}/ws/stream", compression=None, max_size=None, proxy=None)


async def closed(guest: ClientConnection, kinds: list[str]) -> int:
    """Reads until the connection is closed; its code."""
    try:
        while True:
            data = await guest.recv()
            kinds.append("binary" if isinstance(data, bytes) else json.loads(data)["type"])
    except ConnectionClosed as gone:
        return gone.rcvd.code if gone.rcvd else 1006


async def told(guest: ClientConnection, kind: str) -> None:
    """Reads until a message of a type has come."""
    async with asyncio.timeout(30):
        while True:
            data = await guest.recv()
            if isinstance(data, str) and json.loads(data)["type"] == kind:
                return


async def test_sigterm_lets_guests_go_and_ends_with_0_and_no_trace(patient: ServerProcess) -> None:
    kinds: list[str] = []
    async with opened(patient) as guest:
        await guest.send('{"type": "text", "text": "pregunta 1, despacio"}')
        async with asyncio.timeout(30):
            while not isinstance(await guest.recv(), bytes):
                pass
            ending = asyncio.ensure_future(patient.end(signal.SIGTERM))
            assert await closed(guest, kinds) == 1012
            assert await ending == 0
    assert kinds.index("going_away") < kinds.index("audio_end")
    assert "Traceback" not in patient.log.read_text()


async def test_a_second_sigterm_ends_it_at_once(patient: ServerProcess) -> None:
    process = patient._process
    assert process is not None
    async with opened(patient) as guest:
        await guest.send('{"type": "start", "turn": {"mode": "manual"}}')
        await guest.send((speech(800) * 32767).astype("<i2").tobytes())
        await told(guest, "speech_started")
        process.send_signal(signal.SIGTERM)
        await told(guest, "going_away")
        await guest.send('{"type": "test"}')
        await told(guest, "test")  # the button is held, so the server waits for the end of the turn
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 30) == 1
    assert '"forced"' in patient.log.read_text()


async def test_guests_survive_kill_9_a_restart_a_standstill_and_a_clock_that_is_set(server: ServerProcess) -> None:
    faults = {name: (fault, 1) for name, fault in (*ENDS.items(), *MACHINE.items())}
    account = await storm(server, Plan(3, 12, faults, 0.4, seed=3, speaking=1))
    assert (account.lost, account.twice, account.stuck) == (0, 0, 0), (account.wrong(), account.differences)
    assert account.left() == []
    assert [result.forgotten for result in account.results] == [[], [], []]


async def logged(server: ServerProcess, text: str) -> None:
    """Wait until the server has said so."""
    async with asyncio.timeout(20):
        while text not in server.log.read_text():  # noqa: ASYNC110 - another process tells nobody
            await asyncio.sleep(0.05)


async def test_sighup_puts_changed_settings_in_force_for_the_next_guest(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path, log_level="info", MAX_SESSIONS="")
    await server.start()
    async with opened(server) as inside:
        await inside.recv()
        (tmp_path / ".env").write_text("MAX_SESSIONS=1\n")
        os.kill(server.pid, signal.SIGHUP)
        await logged(server, "settings_reloaded")
        with pytest.raises(InvalidStatus) as refused:
            await opened(server)
        assert refused.value.response.status_code == 503
        (tmp_path / ".env").write_text("MAX_SESSIONS=many\n")
        os.kill(server.pid, signal.SIGHUP)
        await logged(server, "settings_not_reloaded")
        await inside.send('{"type": "test"}')
    assert await server.end() == 0


async def test_what_nothing_can_go_on_without_ends_the_process_when_it_breaks(tmp_path: Path) -> None:
    """So that whoever started it sees the code and starts it again."""
    server = ServerProcess(tmp_path)
    await server.start()
    process = server._process
    assert process is not None
    os.kill(server.pid, signal.SIGALRM)
    with suppress(*GONE):  # the first that is to be written of a guest ends it, whatever the guest is at
        async with opened(server) as guest:
            await guest.send('{"type": "text", "text": "pregunta 1"}')
            await asyncio.to_thread(process.wait, 30)
    assert await asyncio.to_thread(process.wait, 30) == 1
    assert "server_broke" in server.log.read_text()


KEY = "esk_" + "0123456789abcdef" * 3


@pytest.mark.requirement("S3")
async def test_a_token_from_before_a_restart_opens_nothing_after_it(tmp_path: Path) -> None:
    """The process that ended may have used it, and nobody else knows."""
    server = ServerProcess(tmp_path, SESSION_SECRET="a secret of tests, 32 characters or more", API_KEYS=f"hotel:{KEY}")
    await server.start()

    async def token() -> list[Subprotocol]:
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.post(f"{server.url}/api/sessions", headers={"authorization": f"Bearer {KEY}"})
        return [Subprotocol("enterprise-stream.v1"), Subprotocol(f"token.{answer.json()['token']}")]

    def come(shown: list[Subprotocol]) -> Any:
        return connect(f"ws://127.0.0.1:{server.port}/ws/stream", subprotocols=shown, compression=None, proxy=None)

    used, kept = await token(), await token()
    async with come(used) as guest:
        await guest.recv()
    await server.end(signal.SIGKILL)
    await server.start()
    for shown in (used, kept):
        with pytest.raises(InvalidStatus) as refused:
            await come(shown)
        assert refused.value.response.status_code == 401
        assert json.loads(refused.value.response.body or b"")["code"] == "bad_token"
    async with come(await token()) as guest:
        await guest.recv()
    await server.end()
