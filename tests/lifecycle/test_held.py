"""What hostile and deaf clients leave in a real server's memory, and guests' sound on its disk: nothing."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from bench.chaos.process import ServerProcess
from websockets.asyncio.client import connect

from enterprise_stream.testing import speech

DEAF = 50
ZEROS = 200_000_000
LONG = 1_000_000
"""Bytes of a text that is too long, and of sound would not be."""

MIB = (1 << 20) / 1e6
"""In MB."""

HANDSHAKE = (
    b"GET /ws/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
QUESTION = b'{"type": "text", "text": "pregunta 1"}'


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    """A server that has talked once, so that whatever is made once is made."""
    server = ServerProcess(tmp_path)
    await server.start()
    async with connect(f"ws://127.0.0.1:{server.port}/ws/stream", compression=None, max_size=None, proxy=None) as guest:
        await guest.send(QUESTION.decode())
        while not isinstance(await guest.recv(), bytes):
            pass
    yield server
    await server.end()


async def upgraded(server: ServerProcess, receive_buffer: int = 65_536) -> socket.socket:
    """A bare WebSocket."""
    loop, bare = asyncio.get_running_loop(), socket.socket()
    bare.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    bare.setblocking(False)
    await loop.sock_connect(bare, ("127.0.0.1", server.port))
    await loop.sock_sendall(bare, HANDSHAKE)
    assert b" 101 " in await loop.sock_recv(bare, 64)
    return bare


async def too_long(server: ServerProcess) -> None:
    """A text of 200 MB of zeros, which is refused by what it announces, and hung up on."""
    loop, bare = asyncio.get_running_loop(), await upgraded(server)
    with suppress(OSError):
        await loop.sock_sendall(bare, struct.pack("!BBQ", 0x81, 0xFF, ZEROS) + bytes(4))
        for _ in range(ZEROS // 1_000_000):
            await loop.sock_sendall(bare, bytes(1_000_000))
        raise AssertionError("the server takes 200 MB of zeros")
    bare.close()


async def told_1009(bare: socket.socket) -> None:
    """Reads as far as the close."""
    loop, last = asyncio.get_running_loop(), b""
    async with asyncio.timeout(30):
        while b"\x03\xf1a text frame is at most 64 KiB" not in last:
            data = await loop.sock_recv(bare, 65_536)
            assert data, "hung up without the close"
            last = (last + data)[-200:]


def files(folder: Path) -> dict[Path, bytes]:
    """All that the server has written."""
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.requirement("S6", "S11", "S28")
async def test_neither_zeros_nor_deaf_clients_fill_the_memory_and_no_sound_is_on_the_disk(
    server: ServerProcess, tmp_path: Path
) -> None:
    """One process for all three: most of the time goes into its start."""
    loop = asyncio.get_running_loop()
    await too_long(server)  # what the first such frame makes is made
    before = server.most_mb(from_now=True)
    for _ in range(3):
        await too_long(server)
        assert server.most_mb() - before < MIB

    before = server.most_mb(from_now=True)
    unfinished = [await upgraded(server) for _ in range(DEAF)]
    for bare in unfinished:
        await loop.sock_sendall(bare, struct.pack("!BBQ", 0x81, 0xFF, LONG) + bytes(4) + bytes(LONG - 1))
    for bare in unfinished:
        await loop.sock_sendall(bare, b"\0")
        await told_1009(bare)
    assert (server.most_mb() - before) / DEAF < 0.5 * MIB  # each, with its session
    for bare in unfinished:
        bare.close()

    deaf = [await upgraded(server, receive_buffer=4_096) for _ in range(DEAF)]
    before = server.memory_mb()
    for bare in deaf:
        for _ in range(20):
            await loop.sock_sendall(bare, bytes([0x81, 0x80 | len(QUESTION), 0, 0, 0, 0]) + QUESTION)
    await asyncio.sleep(3)
    assert (server.memory_mb() - before) / DEAF < 1.0  # each; a session that answers takes a third of it
    for bare in deaf:
        bare.close()

    noisy = speech(1_000) + np.random.default_rng(1).uniform(-0.1, 0.1, 16_000)  # no two moments are alike
    said = (noisy * 30_000).astype("<i2").tobytes()
    async with connect(f"ws://127.0.0.1:{server.port}/ws/stream", compression=None, max_size=None, proxy=None) as guest:
        for at in range(0, len(said), 640):
            await guest.send(said[at : at + 640])
        await guest.send('{"type": "stop"}')
        async with asyncio.timeout(30):
            while '"speech_started"' not in str(await guest.recv()):
                pass
    held = files(tmp_path)
    pieces = [said[at : at + 64] for at in range(0, len(said), 1_600)]
    assert held
    assert [file for file, data in held.items() if any(piece in data for piece in pieces)] == []
    assert [file for file in held if file.suffix in {".wav", ".webm", ".ogg", ".opus", ".flac", ".pcm"}] == []
