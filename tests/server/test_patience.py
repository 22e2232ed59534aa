"""Clients who take their time on purpose, or of whom nothing is left but a socket."""

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import pytest
import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from enterprise_stream.server.http import MAX_HEAD_BYTES, REQUEST_S
from enterprise_stream.server.websocket import END_S, MAX_FRAGMENTS, LaneProtocol
from enterprise_stream.testing import Reply, ScriptedBrain, scripted_engines
from enterprise_stream.testing.fault_proxy import FaultProxy, HalfOpen

from .house import House, client, house
from .test_hostile import hung_up, masked, upgraded
from .test_limits import counted

DRIPS_S, SAYS_NOTHING_S = 5, 10
"""Within which a handshake that drips and a peer that says nothing are to be gone, in seconds."""

PINGS_S = 2 * 20
"""Two pings, in seconds."""


@asynccontextmanager
async def opened(place: House) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A bare connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", place.port)
    try:
        yield reader, writer
    finally:
        await hung_up(writer)


async def until_closed(reader: asyncio.StreamReader, within_s: float) -> bytes:
    """What comes before the end, which comes in time."""
    try:
        async with asyncio.timeout(within_s):
            return await reader.read()
    except ConnectionResetError:
        return b""


HEAD = b"GET /ws/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"


def drip(text: bytes) -> Iterable[bytes]:
    """Byte by byte, and then a header without end."""
    for value in text + b"x-more: " + b"x" * 1_000:
        yield bytes((value,))


@pytest.mark.requirement("S12")
@pytest.mark.parametrize(
    "begin", [b"", HEAD, b"POST /api/sessions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 4000\r\n\r\n"]
)
async def test_a_request_that_drips_is_dropped_and_keeps_nobody(begin: bytes) -> None:
    async with house() as place, client(place) as other, opened(place) as (reader, writer):
        began = asyncio.get_running_loop().time()
        writer.write(begin)
        for piece in drip(b"") if begin else ():
            writer.write(piece)
            await asyncio.sleep(0.1)
            if writer.transport.is_closing() or reader.at_eof():
                break
        await until_closed(reader, 2 * REQUEST_S)
        assert asyncio.get_running_loop().time() - began < DRIPS_S + 0.2
        assert (await other.ask("test", "test"))["ok"] is True
        assert counted(place, "requests_dropped", reason="drip" if begin else "silent") == 1


@pytest.mark.requirement("S12")
async def test_the_second_request_of_a_connection_has_no_more_time_than_the_first() -> None:
    async with house() as place, opened(place) as (reader, writer):
        writer.write(b"GET /livez HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
        writer.write(b"GET /livez HT")
        assert b" 408 " in await until_closed(reader, DRIPS_S + 0.2)
        assert counted(place, "requests_dropped", reason="drip") == 1


async def test_a_head_without_end_is_refused_and_not_kept() -> None:
    async with house() as place, opened(place) as (reader, writer):
        writer.write(HEAD + b"x: " + b"x" * (MAX_HEAD_BYTES - len(HEAD) - 3))
        await asyncio.sleep(0.1)
        writer.write(b"x")
        assert b" 431 " in await until_closed(reader, 1)
        assert counted(place, "requests_dropped", reason="long_head") == 1


async def test_a_body_that_does_not_end_is_no_fault_of_ours() -> None:
    with structlog.testing.capture_logs() as logged:
        async with house() as place:
            async with opened(place) as (_, writer):
                writer.write(
                    b"POST /console/login HTTP/1.1\r\nhost: x\r\norigin: http://x\r\ncontent-length: 99\r\n\r\nk"
                )
                await asyncio.sleep(0.1)
            await asyncio.sleep(0.1)
    assert [line for line in logged if line["log_level"] in {"error", "critical"}] == []


@pytest.mark.requirement("S7")
async def test_every_request_of_a_connection_is_told_that_nobody_is_there() -> None:
    """A client may send the next before the first is answered, and go."""
    asked, gone = asyncio.Event(), asyncio.Event()

    async def pieces() -> AsyncIterator[bytes]:
        asked.set()
        try:
            for _ in range(100):
                yield b"x"
                await asyncio.sleep(0.1)
        finally:
            gone.set()

    async def slow(_: Request) -> Response:
        return StreamingResponse(pieces())

    async with house(routes=[Route("/slow", slow)]) as place:
        async with opened(place) as (_, writer):
            writer.write(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n" * 2)
            await asyncio.wait_for(asked.wait(), 5)
        await asyncio.wait_for(gone.wait(), 2)


async def empty(place: House, within_s: float) -> None:
    """Wait until everybody has left."""
    async with asyncio.timeout(within_s):
        while place.service.admission.inside:  # noqa: ASYNC110 - polls virtual time
            await asyncio.sleep(0.1)


@pytest.mark.requirement("S12")
async def test_a_peer_that_says_nothing_after_its_handshake_is_dropped() -> None:
    async with house(idle_s=3_600) as place, upgraded(place) as (reader, _):
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        began = asyncio.get_running_loop().time()
        assert place.service.admission.inside == 1
        assert b"keepalive ping timeout" in await until_closed(reader, 2 * SAYS_NOTHING_S)
        await empty(place, SAYS_NOTHING_S)
        assert asyncio.get_running_loop().time() - began < SAYS_NOTHING_S


@pytest.mark.requirement("S12")
async def test_a_peer_that_takes_nothing_either_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even its close is waited for."""
    async with house(idle_s=3_600) as place, upgraded(place) as (reader, writer):
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        began = asyncio.get_running_loop().time()
        mine = writer.get_extra_info("sockname")
        lanes = [each for each in gc.get_objects() if type(each) is LaneProtocol]
        (peer,) = [each for each in lanes if each.transport.get_extra_info("peername") == mine]
        monkeypatch.setattr(peer.transport, "close", lambda: None)  # as where there is something left to be written
        await empty(place, 2 * SAYS_NOTHING_S)
        assert asyncio.get_running_loop().time() - began < SAYS_NOTHING_S + 0.2


@pytest.mark.parametrize("sign", [masked(0x8A, b""), masked(0x82, b""), masked(0x81, b'{"type": "ping"}')])
async def test_any_sign_of_a_peer_will_do_at_first(sign: bytes) -> None:
    """From then on it is asked as often as everybody."""
    async with house(idle_s=3_600) as place, upgraded(place) as (reader, writer):
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        writer.write(sign)
        await asyncio.sleep(2 * SAYS_NOTHING_S)
        assert place.service.admission.inside == 1


@pytest.mark.requirement("S13")
async def test_a_peer_that_is_half_gone_is_noticed_within_two_pings() -> None:
    """Its side of the line is dead: nothing comes, and nobody says so."""
    long = ScriptedBrain(Reply(("Una frase tras otra. ",) * 40, piece_ms=100))
    async with (
        house(scripted_engines(brain=long), idle_s=3_600) as place,
        FaultProxy("127.0.0.1", place.port) as proxy,
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(
            HEAD + b"Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            b"Sec-WebSocket-Version: 13\r\n\r\n"
        )
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        writer.write(masked(0x81, json.dumps({"type": "text", "text": "¿Y bien?"}).encode()))
        await asyncio.sleep(1)
        assert place.service.admission.inside == 1
        for direction in ("upstream", "downstream"):
            proxy.add(HalfOpen(), direction)
        await empty(place, PINGS_S + 1)
        await hung_up(writer)


@pytest.mark.requirement("S11")
async def test_what_nobody_takes_does_not_keep_a_connection_that_is_over() -> None:
    chatty = ScriptedBrain(Reply(("Y también le cuento esta frase. ",) * 400, piece_ms=0))
    async with house(scripted_engines(brain=chatty), send_buffer=4_096) as place, upgraded(place) as (reader, writer):
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        reader._transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(masked(0x81, json.dumps({"type": "text", "text": "todo"}).encode()))
        await asyncio.sleep(1)
        async with asyncio.timeout(120):
            while place.service.admission.inside:  # noqa: ASYNC110 - polls virtual time
                await asyncio.sleep(0.1)
        await asyncio.sleep(END_S)
        writer.write(b"\x00" * 65_536)
        await asyncio.sleep(1)
        reader._transport.resume_reading()  # type: ignore[attr-defined]
        await until_closed(reader, 1)


@pytest.mark.requirement("S7")
async def test_a_message_in_pieces_without_end_is_closed_with_1009() -> None:
    async with house() as place, upgraded(place) as (reader, writer):
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        writer.write(masked(0x01, b"{") + masked(0x00, b"") * (MAX_FRAGMENTS + 1))
        told = await until_closed(reader, 60)
        assert b"\x03\xf1too many fragments" in told
