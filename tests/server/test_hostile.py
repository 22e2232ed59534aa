"""Frames, JSON and headers that nobody sends by mistake, and what a proxy may say."""

import asyncio
import gc
import json
import random
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
import pytest
import structlog
from starlette.requests import HTTPConnection

from enterprise_stream.errors import EnterpriseStreamError
from enterprise_stream.server.access import AccessSettings
from enterprise_stream.server.access.admin import WRONG_KEYS_AT_ONCE
from enterprise_stream.server.access.peers import plain_from_afar
from enterprise_stream.server.access.transport import STRICT_TRANSPORT
from enterprise_stream.server.websocket import MAX_FRAGMENTS
from enterprise_stream.wire.codec import parse_client

from .house import House, client, house

KEY = "esk_of-the-owner-0123456789abcdef012345"


def masked(first: int, payload: bytes) -> bytes:
    """A client's frame under a mask of zeros."""
    size = len(payload)
    head = bytes((first, 0x80 | size)) if size < 126 else struct.pack("!BBH", first, 0x80 | 126, size)
    return head + bytes(4) + payload


@asynccontextmanager
async def upgraded(place: House, *more: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection after its handshake, without a library that keeps the rules."""
    lines = [
        "GET /ws/stream HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Version: 13", *more,
    ]  # fmt: skip
    reader, writer = await asyncio.open_connection("127.0.0.1", place.port)
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    try:
        yield reader, writer
    finally:
        await hung_up(writer)


async def hung_up(writer: asyncio.StreamWriter) -> None:
    """Closes a connection, and waits until nothing is left of it."""
    writer.transport.abort()
    with suppress(OSError):
        await writer.wait_closed()


FRAMES = {
    "unmasked": b"\x81\x02{}",
    "reserved opcode": masked(0x83, b"x"),
    "reserved bit": masked(0xC1, b"{}"),
    "bad UTF-8": masked(0x81, b"\xff\xfe"),
    "a continuation of nothing": masked(0x80, b"x"),
    "a new message within one": masked(0x01, b"{") + masked(0x81, b"{}"),
    "a control frame in pieces": masked(0x09, b"x"),
    "a long control frame": b"\x89\xfe\x00\xff" + bytes(4 + 255),
    "a close of one byte": masked(0x88, b"x"),
    "a close with no code": masked(0x88, struct.pack("!H", 999)),
    "a length without an end": b"\x82\xff" + b"\xff" * 8 + bytes(4),
    "noise": random.Random(7).randbytes(4096),
}


@pytest.mark.requirement("S7")
@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
async def test_a_frame_against_the_rules_ends_its_connection_alone_and_leaves_no_trace(frame: bytes) -> None:
    with structlog.testing.capture_logs() as logged:
        async with house() as place, client(place) as other:
            async with upgraded(place) as (reader, writer):
                assert b" 101 " in await reader.readline()
                writer.write(frame)
                writer.write_eof()
                async with asyncio.timeout(30):
                    await reader.read()
            assert (await other.ask("test", "test"))["ok"] is True
            async with asyncio.timeout(30):
                while place.service.admission.inside > 1:  # noqa: ASYNC110 - polls virtual time
                    await asyncio.sleep(0.1)
    assert [line for line in logged if line["log_level"] in {"error", "critical"}] == []


@pytest.mark.requirement("S7")
async def test_a_storm_of_empty_fragments_is_closed_before_it_costs_the_others_their_time() -> None:
    """Whoever goes on sending may have a reset in place of the 1009 (tests/server/test_patience.py)."""
    with structlog.testing.capture_logs() as logged:
        async with house() as place, client(place) as other, upgraded(place) as (reader, writer):
            assert b" 101 " in await reader.readline()
            storm = masked(0x01, b'{"type": "test"}') + masked(0x00, b"") * 100_000 + masked(0x80, b"")
            began = time.process_time()
            writer.write(storm)
            async with asyncio.timeout(60):
                with suppress(ConnectionResetError):
                    await reader.read()
                while place.service.admission.inside > 1:  # noqa: ASYNC110 - polls virtual time
                    await asyncio.sleep(0.1)
            assert (await other.ask("test", "test"))["ok"] is True
            assert time.process_time() - began < 0.3, "all of them would take seconds"
    assert [line for line in logged if line["log_level"] in {"error", "critical"}] == []


async def test_a_message_in_as_many_pieces_as_it_may_have_is_one() -> None:
    async with house() as place, upgraded(place) as (reader, writer):
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        pieces = masked(0x00, b"") * (MAX_FRAGMENTS - 2)
        writer.write(masked(0x01, b'{"type": "test"}') + pieces + masked(0x80, b""))
        async with asyncio.timeout(60):
            while b'"type":"test"' not in (await reader.read(65_536)).replace(b" ", b""):
                pass


@pytest.mark.requirement("S6")
async def test_compression_is_never_agreed_on() -> None:
    offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"
    async with house() as place, upgraded(place, offer) as (reader, _):
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head
        assert b"sec-websocket-extensions" not in head.lower()


JSON = {
    "deep lists": "[" * 30_000 + "]" * 30_000,
    "deep objects": '{"a":' * 10_000 + "1" + "}" * 10_000,
    "deep within a message": '{"type": "test", "id": ' + "[" * 30_000 + "]" * 30_000 + "}",
    "many keys": "{" + ",".join(f'"{n:x}":0' for n in range(7_000)) + "}",
    "the same key again and again": "{" + ",".join('"type":"ping"' for _ in range(4_000)) + "}",
    "not a number": '{"type": "ping", "t": NaN}',
    "infinity": '{"type": "ping", "t": -Infinity}',
    "a number without end": '{"type": "ping", "t": ' + "9" * 60_000 + "}",
    "an exponent without end": '{"type": "ping", "t": 1e999999999}',
    "a text without end": '{"type": "text", "text": "',
    "lone surrogates": '{"type": "text", "text": "' + "\\ud800" * 9_000 + '"}',
    "nothing": "",
    "zeros": "\x00" * 60_000,
}


@pytest.mark.requirement("S8")
@pytest.mark.parametrize("text", JSON.values(), ids=JSON)
def test_hostile_json_is_taken_or_refused_quickly(text: str) -> None:
    parse_client('{"type": "ping"}')  # whatever is made once is made now
    gc.collect()  # what other tests have left
    began = time.thread_time()  # what it costs, whoever else is at work
    with suppress(EnterpriseStreamError):
        parse_client(text)
    assert time.thread_time() - began < 0.05


@pytest.mark.requirement("S8")
async def test_hostile_json_changes_nothing_and_the_connection_lives_on() -> None:
    async with house() as place, client(place) as guest:
        for text in JSON.values():
            await guest.connection.send(text)
        assert (await guest.ask("test", "test"))["ok"] is True
        assert {error["code"] for error in guest.seen("error")} <= {"bad_message", "text_too_long"}
        assert "Traceback" not in json.dumps(guest.messages)


# --- proxies ----------------------------------------------------------------------------------------------------------


async def _wrong(http: httpx.AsyncClient, forwarded: str) -> int:
    headers = {"authorization": "Bearer wrong", "x-forwarded-for": forwarded}
    return (await http.get("/metrics", headers=headers)).status_code


@pytest.mark.requirement("S30")
async def test_a_forged_address_is_not_believed() -> None:
    async with house(access=AccessSettings(admin_key=KEY)) as place, httpx.AsyncClient(base_url=place.http) as http:
        told = [await _wrong(http, f"203.0.113.{n}") for n in range(WRONG_KEYS_AT_ONCE + 1)]
        assert told == [401] * WRONG_KEYS_AT_ONCE + [429]


@pytest.mark.requirement("S30")
async def test_a_trusted_proxy_is_believed_but_not_what_it_was_told_itself() -> None:
    how: dict[str, Any] = {"access": AccessSettings(admin_key=KEY), "trusted_proxies": ("127.0.0.1", "10.0.0.0/8")}
    async with house(**how) as place, httpx.AsyncClient(base_url=place.http) as http:
        for n in range(WRONG_KEYS_AT_ONCE):
            assert await _wrong(http, f"198.51.100.{n}, 203.0.113.7, 10.1.2.3") == 401
        assert await _wrong(http, "203.0.113.7") == 429
        assert await _wrong(http, "203.0.113.8") == 401


TLS = {"x-forwarded-proto": "https"}
GUEST = {"x-forwarded-for": "203.0.113.7"}


@pytest.mark.requirement("S31")
@pytest.mark.parametrize(
    ("trusted", "headers", "status"),
    [
        (("127.0.0.1",), GUEST, 403),
        (("127.0.0.1",), GUEST | {"x-forwarded-proto": "http"}, 403),
        (("127.0.0.1",), GUEST | TLS, 101),
        (("127.0.0.1",), GUEST | {"host": "localhost:3000"}, 101),
        ((), GUEST, 101),  # a proxy on this machine that is not trusted is what is connected
        ((), {}, 101),
    ],
    ids=str,
)
async def test_a_plain_connection_from_another_machine_is_refused_before_the_upgrade(
    trusted: tuple[str, ...], headers: dict[str, str], status: int
) -> None:
    upgrade = {
        "host": "voice.example", "connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13",
        "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }  # fmt: skip
    async with (
        house(trusted_proxies=trusted) as place,
        httpx.AsyncClient(base_url=place.http) as http,
        http.stream("GET", "/ws/stream", headers=upgrade | headers) as answer,
    ):
        assert answer.status_code == status
        if status == 403:
            told = json.loads(await answer.aread())
            assert told["code"] == "tls_needed"
            assert "TRUSTED_PROXIES" in told["message"]


@pytest.mark.requirement("S31")
async def test_a_forged_word_of_tls_is_not_believed() -> None:
    scope = {
        "type": "websocket", "scheme": "ws", "path": "/ws/stream", "query_string": b"", "client": ("203.0.113.7", 4),
        "headers": [(b"host", b"voice.example"), (b"x-forwarded-proto", b"https")],
    }  # fmt: skip
    assert plain_from_afar(HTTPConnection(scope))
    for here in (("127.0.0.1", 4), ("::1", 4)):
        assert not plain_from_afar(HTTPConnection(scope | {"client": here}))
    assert plain_from_afar(HTTPConnection(scope | {"client": None}))


@pytest.mark.requirement("S31")
async def test_browsers_are_told_to_stay_with_tls_and_the_cookie_does() -> None:
    async with (
        house(access=AccessSettings(admin_key=KEY), trusted_proxies=("127.0.0.1",)) as place,
        httpx.AsyncClient(base_url=place.http) as http,
    ):
        plain = await http.get("/livez")
        assert "strict-transport-security" not in plain.headers
        tls = {"x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.7", "host": "voice.example"}
        for path in ("/livez", "/metrics", "/nothing-here"):
            assert (await http.get(path, headers=tls)).headers["strict-transport-security"] == STRICT_TRANSPORT
        form = {"origin": "https://voice.example"} | tls
        assert "Secure" in (await http.post("/console/login", data={"key": KEY}, headers=form)).headers["set-cookie"]
