"""A real server that speaks TLS itself."""

import asyncio
import json
import os
import shutil
import signal
import ssl
import struct
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from bench.chaos.microphone import Microphone
from bench.chaos.process import ServerProcess
from tests.certificates import certificate
from tests.machine import missing
from websockets.asyncio.client import ClientConnection, connect

from enterprise_stream.server.access.transport import STRICT_TRANSPORT

from .forked import ForkedServer
from .sockets import listening


class SecureServer(ForkedServer):
    """One with a certificate of its own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.cert, self.key = certificate(folder)
        super().__init__(folder, "info", TLS_CERT_FILE=str(self.cert), TLS_KEY_FILE=str(self.key), **settings)

    @property
    def trusted(self) -> ssl.SSLContext:
        """For a client that takes its certificate and no other."""
        return ssl.create_default_context(cafile=str(self.cert))

    def opened(self) -> Any:
        """A guest's connection."""
        return connect(f"wss://127.0.0.1:{self.port}/ws/stream", ssl=self.trusted, max_size=None, proxy=None)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[SecureServer]:
    server = SecureServer(tmp_path)
    await server.start()
    yield server
    await server.end(signal.SIGKILL)


async def answered(guest: ClientConnection) -> tuple[str, bytes]:
    """The next answer to its end: what was asked, as the server has heard it, and the sound."""
    heard, sound = "", b""
    async with asyncio.timeout(30):
        while True:
            data = await guest.recv()
            if isinstance(data, bytes):
                sound += data
                continue
            message = json.loads(data)
            if message["type"] == "transcription" and message["final"]:
                heard = message["text"]
            if message["type"] == "audio_end":
                return heard, sound


@pytest.mark.requirement("S31")
async def test_a_guest_types_and_speaks_over_wss_and_is_seen_off(server: SecureServer) -> None:
    async with server.opened() as guest:
        assert guest.response is not None
        assert json.loads(await guest.recv())["type"] == "ready"
        await guest.send('{"type": "text", "text": "pregunta 1"}')
        heard, sound = await answered(guest)
        assert (heard, len(sound) > 100_000) == ("pregunta 1", True)
        await guest.send('{"type": "start", "turn": {"mode": "manual"}}')
        microphone = Microphone(7)
        while not microphone.said:
            frame, _ = microphone.take()
            await guest.send(frame)
        await guest.send('{"type": "stop"}')
        heard, sound = await answered(guest)
        assert (heard, len(sound) > 100_000) == ("pregunta 7", True)
        assert await server.end(signal.SIGTERM) == 0
        assert "Traceback" not in server.log.read_text()


@pytest.mark.requirement("S31")
async def test_what_is_older_than_tls_1_2_and_what_is_plain_is_refused(server: SecureServer) -> None:
    def agree(version: ssl.TLSVersion) -> Any:
        old = server.trusted
        old.set_ciphers("ALL:@SECLEVEL=0")
        old.minimum_version = old.maximum_version = version
        return asyncio.open_connection("127.0.0.1", server.port, ssl=old)

    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        with pytest.warns(DeprecationWarning, match="is deprecated"), pytest.raises((ssl.SSLError, ConnectionError)):
            await agree(version)
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        _, writer = await agree(version)
        writer.close()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    async with asyncio.timeout(10):
        assert b"HTTP" not in await reader.read()
    writer.close()


@pytest.mark.requirement("S31")
async def test_nobody_negotiates_anew(server: SecureServer) -> None:
    if (openssl := shutil.which("openssl")) is None:
        missing("openssl, which can ask for a renegotiation as Python cannot")
    asked = [openssl, "s_client", "-connect", f"127.0.0.1:{server.port}", "-tls1_2", "-CAfile", str(server.cert)]
    done = await asyncio.to_thread(subprocess.run, asked, input=b"R\n", capture_output=True, timeout=30, check=False)
    assert b"Verify return code: 0 (ok)" in done.stdout
    assert b"RENEGOTIATING" in done.stdout + done.stderr
    assert b"no renegotiation" in done.stderr
    assert done.returncode == 1
    async with httpx.AsyncClient(trust_env=False, verify=server.trusted) as http:
        assert (await http.get(f"{server.url}/livez")).status_code == 200


@pytest.mark.requirement("S31")
async def test_browsers_stay_with_tls_but_for_this_machine_s_own_names(server: SecureServer) -> None:
    async with httpx.AsyncClient(trust_env=False, verify=server.trusted, base_url=server.url) as http:
        for path in ("/livez", "/never-there"):
            far = await http.get(path, headers={"host": "voice.example"})
            assert far.headers["strict-transport-security"] == STRICT_TRANSPORT
            assert "strict-transport-security" not in (await http.get(path)).headers
            assert "strict-transport-security" not in (await http.get(path, headers={"host": "localhost"})).headers


async def logged(server: ServerProcess, text: str) -> None:
    async with asyncio.timeout(20):
        while text not in server.log.read_text():  # noqa: ASYNC110 - another process tells nobody
            await asyncio.sleep(0.05)


async def test_a_renewed_certificate_is_served_on_sighup_and_who_is_there_stays(server: SecureServer) -> None:
    before = server.trusted
    async with server.opened() as guest:
        await guest.recv()
        server.cert.write_text("damaged")
        os.kill(server.pid, signal.SIGHUP)
        await logged(server, "certificate_not_reloaded")
        _, writer = await asyncio.open_connection("127.0.0.1", server.port, ssl=before)
        writer.close()
        certificate(server.folder)
        os.kill(server.pid, signal.SIGHUP)
        await logged(server, '"certificate_reloaded"')
        with pytest.raises(ssl.SSLCertVerificationError):
            await asyncio.open_connection("127.0.0.1", server.port, ssl=before)
        async with server.opened() as newcomer:
            await newcomer.recv()
        await guest.send('{"type": "text", "text": "pregunta 2"}')
        assert (await answered(guest))[0] == "pregunta 2"


@pytest.mark.requirement("S29")
async def test_the_owner_s_listener_is_plain_on_this_machine(tmp_path: Path) -> None:
    server = SecureServer(tmp_path, ADMIN_PORT="0")
    await server.start()
    (port,) = [port for _, port in listening(server.pid) if port != server.port]
    async with httpx.AsyncClient(trust_env=False, verify=server.trusted) as http:
        assert (await http.get(f"http://127.0.0.1:{port}/metrics")).status_code == 200
        assert (await http.get(f"{server.url}/metrics")).status_code == 404
    await server.end()


@pytest.mark.requirement("S6")
async def test_a_text_frame_too_big_closes_with_1009_over_tls_too(server: SecureServer) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, ssl=server.trusted)
    writer.write(
        b"GET /ws/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    writer.write(struct.pack("!BBQ", 0x81, 0xFF, 200_000_000) + bytes(4))
    async with asyncio.timeout(10):
        assert b"\x03\xf1" in await reader.read()
    writer.close()
