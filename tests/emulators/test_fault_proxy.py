"""The fault proxy: each toxic does what its name says, to one direction, at once."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from enterprise_stream.testing.emulators import SteppedTiming
from enterprise_stream.testing.fault_proxy import (
    Bandwidth,
    FaultProxy,
    HalfOpen,
    Latency,
    LimitData,
    ResetPeer,
    Slicer,
    SlowClose,
    Timeout,
)

PATIENCE_S = 5.0
MOMENT_S = 0.02
"""How long a test waits to see that nothing comes."""


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Gives back what it gets, and ends when the client ends."""
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
        writer.write_eof()
    writer.close()


@contextlib.asynccontextmanager
async def proxied() -> AsyncIterator[tuple[FaultProxy, SteppedTiming]]:
    timing = SteppedTiming()
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, FaultProxy("127.0.0.1", server.sockets[0].getsockname()[1], timing=timing) as proxy:
        yield proxy, timing


class Peer:
    """A client of the proxy."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def get(self, count: int) -> bytes:
        return await asyncio.wait_for(self.reader.readexactly(count), PATIENCE_S)

    async def rest(self) -> bytes:
        return await asyncio.wait_for(self.reader.read(), PATIENCE_S)

    async def nothing(self) -> bool:
        """Whether nothing comes, not even the end."""
        try:
            await asyncio.wait_for(self.reader.read(1), MOMENT_S)
        except TimeoutError:
            return True
        return False


@contextlib.asynccontextmanager
async def peer(proxy: FaultProxy) -> AsyncIterator[Peer]:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    try:
        yield Peer(reader, writer)
    finally:
        writer.transport.abort()


async def test_without_toxics_everything_passes() -> None:
    async with proxied() as (proxy, _), peer(proxy) as client:
        client.send(b"hello" * 10_000)
        client.writer.write_eof()
        assert await client.rest() == b"hello" * 10_000


async def test_latency_delays_and_keeps_the_order() -> None:
    async with proxied() as (proxy, timing), peer(proxy) as client:
        proxy.add(Latency(100, 20))
        for byte in b"abc":
            client.send(bytes([byte]))
            await asyncio.sleep(0.005)
        assert await client.nothing()
        timing.advance(79)
        assert await client.nothing()
        timing.advance(41)
        assert await client.get(3) == b"abc"


async def test_bandwidth_paces() -> None:
    async with proxied() as (proxy, timing), peer(proxy) as client:
        proxy.add(Bandwidth(1000))
        client.send(b"a" * 100)
        assert await client.get(100) == b"a" * 100
        client.send(b"b" * 100)
        assert await client.nothing()
        timing.advance(100)
        assert await client.get(100) == b"b" * 100


async def test_a_slow_close_is_late() -> None:
    async with proxied() as (proxy, timing), peer(proxy) as client:
        proxy.add(SlowClose(500))
        client.send(b"a")
        client.writer.write_eof()
        assert await client.get(1) == b"a"
        assert await client.nothing()
        timing.advance(500)
        assert await client.rest() == b""


async def test_a_timeout_closes_after_a_while() -> None:
    async with proxied() as (proxy, timing), peer(proxy) as client:
        proxy.add(Timeout(300))
        client.send(b"a")
        assert await client.nothing()
        timing.advance(300)
        with contextlib.suppress(ConnectionResetError):
            assert await client.rest() == b""


async def test_a_timeout_of_zero_lasts_until_it_is_cleared() -> None:
    async with proxied() as (proxy, timing), peer(proxy) as client:
        proxy.add(Timeout())
        client.send(b"a")
        assert await client.nothing()
        proxy.clear()
        timing.advance(10)
        assert await client.get(1) == b"a"


async def test_a_peer_is_reset() -> None:
    async with proxied() as (proxy, _), peer(proxy) as client:
        proxy.add(ResetPeer())
        client.send(b"a")
        with pytest.raises(ConnectionResetError):
            await client.rest()


async def test_a_slicer_cuts() -> None:
    async with proxied() as (proxy, timing), peer(proxy) as client:
        proxy.add(Slicer(10, 2, delay_ms=5))
        client.send(b"a" * 20)
        first = await asyncio.wait_for(client.reader.read(100), PATIENCE_S)
        assert 8 <= len(first) <= 12
        assert await client.nothing()
        timing.advance(5)
        assert await client.get(8) == b"a" * 8


async def test_a_limit_ends_the_connection_in_mid_stream() -> None:
    async with proxied() as (proxy, _), peer(proxy) as client:
        proxy.add(LimitData(7))
        client.send(b"a" * 100)
        assert await client.get(7) == b"a" * 7
        with contextlib.suppress(ConnectionResetError):
            assert await client.rest() == b""


async def test_a_half_open_connection_swallows_even_its_end() -> None:
    async with proxied() as (proxy, _), peer(proxy) as client:
        client.send(b"a")
        assert await client.get(1) == b"a"
        proxy.add(HalfOpen())
        client.send(b"b")
        client.writer.write_eof()
        assert await client.nothing()


async def test_what_has_vanished_leaves_no_hole_in_what_follows() -> None:
    async with proxied() as (proxy, _), peer(proxy) as client:
        proxy.add(HalfOpen(), "upstream")
        client.send(b"a")
        assert await client.nothing()
        proxy.clear()
        client.send(b"b")
        with contextlib.suppress(ConnectionResetError):
            assert await client.rest() == b""


async def test_a_direction_is_spoiled_alone() -> None:
    async with proxied() as (proxy, _), peer(proxy) as client:
        proxy.add(HalfOpen(), "upstream")
        client.send(b"a")
        assert await client.nothing()


async def test_down_cuts_and_refuses_and_up_takes_again() -> None:
    async with proxied() as (proxy, _):
        async with peer(proxy) as client:
            client.send(b"a")
            assert await client.get(1) == b"a"
            proxy.down()
            with contextlib.suppress(ConnectionResetError):
                assert await client.rest() == b""
        with pytest.raises(ConnectionRefusedError):
            async with peer(proxy):
                pass
        await proxy.up()
        async with peer(proxy) as client:
            client.send(b"a")
            assert await client.get(1) == b"a"
