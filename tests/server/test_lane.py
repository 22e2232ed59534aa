"""The short way for frames: the application sees what it would see without it, in the same order."""

import asyncio
import struct
import tracemalloc
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.websockets import WebSocketDisconnect
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode

from enterprise_stream.server.closing import ClosedByUsError
from enterprise_stream.server.limits import CONTROLS_AT_ONCE
from enterprise_stream.server.websocket import BYTES_AT_ONCE, EXTENSION, FRAMES_AT_ONCE, LaneProtocol
from enterprise_stream.wire.codes import MAX_TEXT_FRAME_BYTES

from .house import client, house

MAX_SIZE = 70_000

HANDSHAKE = (
    b"GET /ws/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)

Seen = list[tuple[str, Any]]


class _Transport(asyncio.Transport):
    """Keeps what is written and says whether it is to be read."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.paused = False
        self.closed = False

    def write(self, data: Any) -> None:
        self.written += data

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True


async def _served(
    kind: type[WebSocketsSansIOProtocol], chunks: list[bytes], take: Callable[[bytes], bool]
) -> tuple[Seen, bytes]:
    """What an application sees of these bytes, and what its client gets."""
    seen: Seen = []

    def taker(data: bytes) -> bool:
        taken = take(data)
        if taken:
            seen.append(("bytes", data))
        return taken

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        lane = scope["extensions"].get(EXTENSION)
        if lane is not None:
            lane.take_with(taker)
        while (message := await receive())["type"] == "websocket.receive":
            seen.append(("bytes", message["bytes"]) if "bytes" in message else ("text", message["text"]))
            await asyncio.sleep(0)
        seen.append(("gone", message["code"]))

    config = uvicorn.Config(
        app, ws_max_size=MAX_SIZE, ws_per_message_deflate=False, ws_ping_interval=None, lifespan="off", log_config=None
    )
    config.load()
    transport = _Transport()
    protocol = kind(config=config, server_state=ServerState(), app_state={})
    protocol.connection_made(transport)
    protocol.data_received(HANDSHAKE)
    await _settle()
    transport.written = b""
    for chunk in chunks:
        if transport.closed:
            break
        protocol.data_received(chunk)
        while transport.paused and not transport.closed:  # noqa: ASYNC110 - as a socket's loop looks
            await asyncio.sleep(0)
        await asyncio.sleep(0)
    await _settle()
    if not transport.closed:
        protocol.connection_lost(None)
    await _settle()
    return seen, transport.written


async def _settle() -> None:
    for _ in range(12):
        await asyncio.sleep(0)


def _binary(data: bytes, *, fin: bool = True, opcode: Opcode = Opcode.BINARY, mask: bool = True) -> bytes:
    return Frame(opcode, data, fin).serialize(mask=mask)


PAYLOADS = st.one_of(
    st.binary(max_size=12),
    st.integers(120, 130).map(bytes),
    st.sampled_from([640, 65_534, 65_535, 65_536, MAX_SIZE]).map(bytes),
)
GOOD = st.one_of(
    PAYLOADS.map(_binary),
    st.text(max_size=9).map(lambda text: _binary(text.encode(), opcode=Opcode.TEXT)),
    st.binary(max_size=9).map(lambda data: _binary(data, opcode=Opcode.PING)),
    st.binary(max_size=9).map(
        lambda data: (
            _binary(data, fin=False)
            + _binary(b"", opcode=Opcode.PING)
            + _binary(data, opcode=Opcode.CONT, fin=False)
            + _binary(data, opcode=Opcode.CONT)
        )
    ),
)
BAD = st.one_of(
    st.just(_binary(b"x", mask=False)),
    st.just(_binary(bytes(MAX_SIZE + 1))),
    st.just(_binary(b"x", opcode=Opcode.CONT)),
    st.just(_binary(b"x", fin=False) + _binary(b"x")),
    st.just(_binary(b"\xff\xfe", opcode=Opcode.TEXT)),
    st.just(b"\xc2\x81\0\0\0\0x"),
    st.just(b"\x83\x80\0\0\0\0"),
    st.just(_binary(b"\x03\xe8", opcode=Opcode.CLOSE) + _binary(b"late")),
    st.binary(max_size=30),
)
SHORT = GOOD.filter(lambda frames: len(frames) < 200)
STREAMS = st.tuples(st.lists(GOOD, max_size=25), st.one_of(st.just(b""), BAD), st.lists(SHORT, max_size=3)).map(
    lambda parts: [*parts[0], *(bytes([byte]) for byte in b"".join((parts[1], *parts[2])))]
)
"""What a client sends: whole frames, up to what may be wrong; from there on byte by byte, since with a frame that is
wrong uvicorn drops the right ones that came in the same read."""


@settings(deadline=None, max_examples=100)
@given(STREAMS, st.lists(st.integers(0, 4_000), max_size=12), st.lists(st.booleans(), min_size=1, max_size=5))
def test_any_bytes_cut_anywhere_are_seen_as_without_the_lane(
    pieces: list[bytes], cuts: list[int], willing: list[bool]
) -> None:
    stream = b"".join(pieces)
    places = sorted({0, *(cut for cut in cuts if cut < len(stream)), len(stream)})
    chunks = [stream[begin:end] for begin, end in pairwise(places)]
    turns = 0

    def take(_: bytes) -> bool:
        nonlocal turns
        turns += 1
        return willing[turns % len(willing)]

    expected = asyncio.run(_served(WebSocketsSansIOProtocol, pieces, lambda _: False))
    assert asyncio.run(_served(LaneProtocol, chunks, take)) == expected


async def test_a_frame_is_taken_while_it_is_read() -> None:
    taken: list[bytes] = []

    def take(data: bytes) -> bool:
        taken.append(data)
        return True

    await _served(LaneProtocol, [_binary(b"one"), _binary(b"two") + _binary(b"three")], take)
    assert taken == [b"one", b"two", b"three"]


async def test_of_many_frames_at_once_most_wait_so_that_others_get_their_turn() -> None:
    taken: list[bytes] = []

    def take(data: bytes) -> bool:
        taken.append(data)
        return True

    seen, _ = await _served(LaneProtocol, [b"".join(_binary(bytes([n])) for n in range(100))], take)
    assert len(taken) == FRAMES_AT_ONCE
    assert seen[:100] == [("bytes", bytes([n])) for n in range(100)]


async def test_a_fault_of_the_taker_comes_up_in_the_application() -> None:
    def take(_: bytes) -> bool:
        raise ZeroDivisionError

    raised: list[BaseException] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        scope["extensions"][EXTENSION].take_with(take)
        try:
            await receive()
        except ZeroDivisionError as error:
            raised.append(error)

    config = uvicorn.Config(app, ws_ping_interval=None, lifespan="off", log_config=None)
    config.load()
    protocol = LaneProtocol(config=config, server_state=ServerState(), app_state={})
    protocol.connection_made(_Transport())
    protocol.data_received(HANDSHAKE)
    await _settle()
    protocol.data_received(_binary(b"x"))
    await _settle()
    assert len(raised) == 1


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
async def test_what_is_sent_can_be_read(size: int) -> None:
    protocol, transport = await _open()
    assert protocol.send_now(bytes(size))
    assert protocol.send_now("¡hola!")
    await _settle()
    assert transport.written == Frame(Opcode.BINARY, bytes(size)).serialize(mask=False) + Frame(
        Opcode.TEXT, "¡hola!".encode()
    ).serialize(mask=False)


async def test_nothing_is_sent_to_a_client_that_must_read_first_or_has_gone() -> None:
    protocol, transport = await _open()
    protocol.pause_writing()
    assert not protocol.send_now(b"x")
    await _settle()
    assert transport.written == b""
    protocol.resume_writing()
    assert protocol.send_now(b"x")
    transport.close()
    with pytest.raises(WebSocketDisconnect):
        protocol.send_now(b"x")


async def test_frames_are_written_together_and_a_close_comes_after_them() -> None:
    protocol, transport = await _open()
    for _ in range(3):
        protocol.send_now(b"x")
    assert transport.written == b""
    await protocol.send({"type": "websocket.close", "code": 1000})
    assert transport.written == b"\x82\x01x" * 3 + b"\x88\x02\x03\xe8"
    await _settle()
    assert transport.written.endswith(b"\x88\x02\x03\xe8")


async def test_much_is_written_at_once_so_that_the_transport_can_say_when_it_has_enough() -> None:
    protocol, transport = await _open()
    protocol.send_now(bytes(BYTES_AT_ONCE))
    assert len(transport.written) > BYTES_AT_ONCE


async def _waiting(_: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    await receive()


async def _open(app: Any = _waiting) -> tuple[LaneProtocol, _Transport]:
    config = uvicorn.Config(app, ws_ping_interval=None, lifespan="off", log_config=None)
    config.load()
    protocol, transport = LaneProtocol(config=config, server_state=ServerState(), app_state={}), _Transport()
    protocol.connection_made(transport)
    protocol.data_received(HANDSHAKE)
    await _settle()
    transport.written = b""
    return protocol, transport


async def test_a_frame_that_comes_bit_by_bit_is_not_copied_for_each_bit() -> None:
    protocol, _ = await _open()
    frame = _binary(bytes(1_000_000))
    protocol.data_received(frame[:900_000])
    tracemalloc.start()
    try:
        for at in range(900_000, 900_010):
            protocol.data_received(frame[at : at + 1])
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 1_500_000, "what is held may grow, once"
    protocol.data_received(frame[900_010:])
    assert (await protocol.receive())["bytes"] == bytes(1_000_000)


@pytest.mark.parametrize("opcode", [Opcode.PING, Opcode.PONG])
@pytest.mark.parametrize("aligned", [True, False])
async def test_of_a_flood_of_control_frames_few_are_answered(opcode: Opcode, *, aligned: bool) -> None:
    protocol, transport = await _open()
    if not aligned:
        protocol._aligned = False
    protocol.data_received(_binary(b"", opcode=opcode) * 40_000)
    assert transport.written.count(b"\x8a\x00") <= (700 if opcode is Opcode.PING else 0)
    assert transport.written.endswith(b"one ping in 20 s keeps a connection open"), "the close is the last"
    assert transport.closed
    with pytest.raises(ClosedByUsError, match="too many pings"):
        await protocol.receive()


async def test_a_flood_of_pings_while_the_connection_closes_ends_it() -> None:
    protocol, transport = await _open()
    await protocol.send({"type": "websocket.close", "code": 1000})
    protocol.data_received(_binary(b"", opcode=Opcode.PING) * 40_000)
    assert transport.closed
    assert transport.written.count(b"\x8a\x00") <= 700


async def test_a_ping_every_twentieth_of_a_second_is_answered_for_ever() -> None:
    protocol, transport = await _open()
    for _ in range(5 * int(CONTROLS_AT_ONCE)):
        protocol.data_received(_binary(b"", opcode=Opcode.PING))
        await asyncio.sleep(0.05)
    assert transport.written.count(b"\x8a\x00") == 5 * int(CONTROLS_AT_ONCE)


async def test_the_application_runs_under_uvicorns_own_websocket_too() -> None:
    async with house(plain=True) as place, client(place) as guest:
        await guest.send("text", text="¿Tienen una suite?")
        await guest.wait("audio_end")
        assert guest.audio()


# --- texts that are too long, and what comes too early ----------------------------------------------------------------

LONG = bytes(MAX_TEXT_FRAME_BYTES + 1)
TOO_LONG = {
    "one frame": _binary(LONG, opcode=Opcode.TEXT),
    "the first of several": _binary(LONG, opcode=Opcode.TEXT, fin=False),
    "one and another": _binary(LONG[:9], opcode=Opcode.TEXT, fin=False) + _binary(LONG[:-9], opcode=Opcode.CONT),
    "one, many and another": _binary(b"", opcode=Opcode.TEXT, fin=False)
    + _binary(LONG[:8_192], opcode=Opcode.CONT, fin=False) * 8
    + _binary(b"x", opcode=Opcode.CONT, fin=False),
}


@pytest.mark.requirement("S6")
@pytest.mark.parametrize("piece", [1_000_000, 1_000, 7])
@pytest.mark.parametrize("frames", TOO_LONG.values(), ids=TOO_LONG)
async def test_a_text_that_is_too_long_is_closed_with_1009_once_its_frame_is_there(frames: bytes, piece: int) -> None:
    faults: list[Exception] = []

    async def app(_: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        try:
            await receive()
        except ClosedByUsError as fault:
            faults.append(fault)
            await send({"type": "websocket.close", "code": int(fault.code), "reason": fault.reason})

    protocol, transport = await _open(app)
    for at in range(0, len(frames), piece):
        await asyncio.sleep(0)
        assert faults == []
        protocol.data_received(frames[at : at + piece])
        assert len(protocol._held) <= MAX_TEXT_FRAME_BYTES
    if protocol.conn.current_size is None:
        protocol.data_received(_binary(b"sound") + _binary(LONG, opcode=Opcode.TEXT))
    await _settle()
    assert [str(fault) for fault in faults] == ["a text frame is at most 64 KiB"]
    assert transport.written.endswith(b"\x03\xf1a text frame is at most 64 KiB")


async def test_as_long_as_may_be_is_taken_in_one_frame_or_several() -> None:
    protocol, transport = await _open()
    words = b"x" * MAX_TEXT_FRAME_BYTES
    for frames in (
        _binary(words, opcode=Opcode.TEXT),
        _binary(words[:9], opcode=Opcode.TEXT, fin=False) + _binary(words[9:], opcode=Opcode.CONT),
    ):
        protocol.data_received(frames)
        assert (await protocol.receive())["text"] == words.decode()
    sound = _binary(LONG, fin=False) + _binary(LONG, opcode=Opcode.CONT)
    for at in range(0, len(sound), 50_000):
        protocol.data_received(sound[at : at + 50_000])
    assert (await protocol.receive())["bytes"] == LONG + LONG
    assert not transport.closed


@pytest.mark.requirement("S6")
async def test_of_a_text_that_is_too_long_nothing_is_kept() -> None:
    protocol, _ = await _open()
    header = struct.pack("!BBQ", 0x81, 0xFF, 1_000_000) + bytes(4)
    protocol.data_received(header)
    block = bytes(100_000)
    tracemalloc.start()
    try:
        for _ in range(9):
            protocol.data_received(block)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 10_000


async def test_what_comes_before_the_handshake_is_answered_waits_and_is_read_in_its_order() -> None:
    answer, seen = asyncio.Event(), list[str]()

    async def app(_: Any, receive: Any, send: Any) -> None:
        await receive()
        await answer.wait()
        await send({"type": "websocket.accept"})
        while len(seen) < 3:
            seen.append((await receive())["text"])

    protocol, transport = await _open(app)
    early = b"".join(_binary(text, opcode=Opcode.TEXT) for text in (b"one", b"two", b"three"))
    protocol.data_received(early[:10])
    await _settle()
    assert (transport.paused, seen) == (True, [])
    answer.set()
    await _settle()
    assert not transport.paused
    protocol.data_received(early[10:])
    await _settle()
    assert seen == ["one", "two", "three"]
