"""A TCP proxy that spoils what goes through it, with toxiproxy's vocabulary, for any protocol and any server.

Toxics work on one direction: `upstream` (from the client) or `downstream` (to it). They can be added and taken away
while connections are open, and every connection feels it at once.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final, Literal, Self, TypeVar

from enterprise_stream.testing.emulators.line import reset
from enterprise_stream.testing.emulators.port import Port
from enterprise_stream.testing.emulators.timing import LoopTiming, Timing

Direction = Literal["upstream", "downstream"]

CHUNK: Final = 16 * 1024
IN_FLIGHT: Final = 256
"""Chunks on their way in one direction; then the sender is not read from any more."""


@dataclass(frozen=True, slots=True)
class Latency:
    """What is sent arrives `latency_ms` ± `jitter_ms` later, in order."""

    latency_ms: float
    jitter_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """At most `bytes_per_s` get through."""

    bytes_per_s: float


@dataclass(frozen=True, slots=True)
class SlowClose:
    """The end of the stream arrives `delay_ms` late."""

    delay_ms: float


@dataclass(frozen=True, slots=True)
class Timeout:
    """Nothing gets through; the connection is closed after `timeout_ms`, or never for 0."""

    timeout_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class ResetPeer:
    """The client's connection ends with RST, `timeout_ms` after it next says or hears anything."""

    timeout_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Slicer:
    """What is sent arrives in slices of `average_size` ± `size_variation` bytes, `delay_ms` apart."""

    average_size: int
    size_variation: int = 0
    delay_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class LimitData:
    """The connection is closed once `limit_bytes` have got through in this direction, counted from its beginning."""

    limit_bytes: int


@dataclass(frozen=True, slots=True)
class HalfOpen:
    """What is sent vanishes, and so does the news that the sender has gone.

    A connection that something has vanished from is reset by the first word after the toxic is gone: no stream has
    holes.
    """


Toxic = Latency | Bandwidth | SlowClose | Timeout | ResetPeer | Slicer | LimitData | HalfOpen
T = TypeVar("T", bound=Toxic)


class FaultProxy:
    """Passes connections on to a server; enter it to start.

    Args:
        host: of the server.
        port: of the server.
        timing: what delays go by; the running loop's time by default.
        seed: of jitter and slices.

    Attributes:
        toxics: what is done to each direction; at most one of each kind works.
    """

    def __init__(self, host: str, port: int, *, timing: Timing | None = None, seed: int = 0) -> None:
        self._server = (host, port)
        self.timing = timing or LoopTiming()
        self.random = Random(seed)  # noqa: S311 (what varies is no secret)
        self.toxics: dict[Direction, list[Toxic]] = {"upstream": [], "downstream": []}
        self._exits = contextlib.AsyncExitStack()
        self._connections: set[asyncio.Task[None]] = set()
        self._port: Port
        self._group: asyncio.TaskGroup
        self._accepting: asyncio.Server

    @property
    def port(self) -> int:
        """Where clients connect, on 127.0.0.1."""
        return self._port.number

    def add(self, toxic: Toxic, direction: Direction = "downstream") -> None:
        """Spoil a direction."""
        self.toxics[direction].append(toxic)

    def clear(self) -> None:
        """Take all toxics away."""
        for toxics in self.toxics.values():
            toxics.clear()

    def cut(self, share: float = 1.0) -> int:
        """Reset each open connection with this probability, both ways, without a word; returns how many were."""
        cut = [connection for connection in self._connections if self.random.random() < share]
        for connection in cut:
            connection.cancel()
        return len(cut)

    def down(self) -> None:
        """As if the server had died: connections are closed and new ones refused."""
        self._accepting.close()
        for connection in self._connections:
            connection.cancel()

    async def up(self) -> None:
        """Take connections again."""
        self._accepting = await asyncio.start_server(self._accept, sock=self._port.listen())

    async def __aenter__(self) -> Self:
        self._port = self._exits.enter_context(contextlib.closing(Port()))
        self._group = await self._exits.enter_async_context(asyncio.TaskGroup())
        await self.up()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.down()
        await self._exits.aclose()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = self._group.create_task(self._connect(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with contextlib.AsyncExitStack() as exits:
            exits.callback(writer.transport.abort)
            try:
                far_reader, far_writer = await asyncio.open_connection(*self._server)
                exits.callback(far_writer.transport.abort)
                async with asyncio.TaskGroup() as group:
                    group.create_task(_Pipe(self, "upstream", reader, far_writer, writer).run())
                    group.create_task(_Pipe(self, "downstream", far_reader, writer, writer).run())
            except* (_Over, OSError):
                pass


class _Over(Exception):  # noqa: N818 (it is no error)
    """The connection is to end, both ways."""


class _Pipe:
    """One direction of a connection."""

    def __init__(
        self,
        proxy: FaultProxy,
        direction: Direction,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        client: asyncio.StreamWriter,
    ) -> None:
        self._toxics = proxy.toxics[direction]
        self._timing = proxy.timing
        self._random = proxy.random
        self._reader = reader
        self._writer = writer
        self._client = client
        self._sent = 0
        self._vanished = False
        self._queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(IN_FLIGHT)

    async def run(self) -> None:
        """Pass on until the sender has ended; the other direction goes on without it."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._read())
            group.create_task(self._write())

    async def _read(self) -> None:
        data = b"begin"
        while data:
            data = await self._reader.read(CHUNK)
            await self._queue.put((self._timing.now_ms(), data))

    async def _write(self) -> None:
        while True:
            came_ms, data = await self._queue.get()
            latency = self._toxic(Latency)
            if latency is not None:
                jitter_ms = self._random.uniform(-latency.jitter_ms, latency.jitter_ms)
                await self._until(came_ms + latency.latency_ms + jitter_ms)
            await self._break()
            if self._toxic(HalfOpen) is not None:
                self._vanished = True
                continue
            if self._vanished:
                reset(self._client.transport)
                raise _Over
            if not data:
                await self._end()
                return
            for piece in self._slices(data):
                await self._send(piece)

    async def _break(self) -> None:
        """Let nothing through where a toxic says so."""
        timeout, peer = self._toxic(Timeout), self._toxic(ResetPeer)
        if peer is not None:
            await self._timing.wait(peer.timeout_ms)
            reset(self._client.transport)
            raise _Over
        if timeout is not None and timeout.timeout_ms:
            await self._timing.wait(timeout.timeout_ms)
            raise _Over
        while self._toxic(Timeout) is not None:
            await self._timing.wait(10.0)

    async def _send(self, piece: bytes) -> None:
        bandwidth, slicer, limit = self._toxic(Bandwidth), self._toxic(Slicer), self._toxic(LimitData)
        if limit is not None:
            piece = piece[: max(0, limit.limit_bytes - self._sent)]
        self._sent += len(piece)
        self._writer.write(piece)
        await self._writer.drain()
        if limit is not None and self._sent >= limit.limit_bytes:
            self._client.close()
            await self._client.wait_closed()
            raise _Over
        if bandwidth is not None:
            await self._timing.wait(len(piece) * 1000.0 / bandwidth.bytes_per_s)
        if slicer is not None:
            await self._timing.wait(slicer.delay_ms)

    def _slices(self, data: bytes) -> Iterator[bytes]:
        slicer = self._toxic(Slicer)
        while data:
            size = len(data)
            if slicer is not None:
                vary = slicer.size_variation
                size = max(1, slicer.average_size + self._random.randint(-vary, vary))
            yield data[:size]
            data = data[size:]

    async def _end(self) -> None:
        slow = self._toxic(SlowClose)
        if slow is not None:
            await self._timing.wait(slow.delay_ms)
        if self._writer.can_write_eof():
            self._writer.write_eof()

    async def _until(self, at_ms: float) -> None:
        early_ms = at_ms - self._timing.now_ms()
        if early_ms > 0:
            await self._timing.wait(early_ms)

    def _toxic(self, kind: type[T]) -> T | None:
        return next((toxic for toxic in self._toxics if isinstance(toxic, kind)), None)
