"""A connection between the network and the HTTP server, which can be made to misbehave below HTTP.

To the network it is the protocol, to the server it is the transport. Once it is mute the server may say and close what
it likes: the client sees none of it.
"""

import asyncio
import os
import socket
import struct
from collections.abc import Callable, Iterable
from enum import Enum, auto
from typing import Any, cast

from enterprise_stream.testing.emulators.timing import Timing

DRIP_BYTES = 8
"""What trickles at once: a response's head takes about two seconds, a second of speech ten minutes."""

DRIP_EVERY_MS = 100.0

RESET_AFTER_S = 0.01
"""From the last bytes to the RST, on the loop's clock: what a program has not read by then is lost to it."""

RESET_AFTER_TURNS = 20
"""Turns of the loop after that, for a client on the same loop."""


class _Manner(Enum):
    PLAIN = auto()
    DRIPPING = auto()
    MUTE = auto()


def reset(transport: asyncio.WriteTransport) -> None:
    """End a TCP connection with RST; what was written and has not left is lost."""
    number = os.dup(transport.get_extra_info("socket").fileno())  # event loops give out sockets that cannot be set
    with socket.socket(fileno=number) as same:
        same.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


class Line(asyncio.Transport, asyncio.Protocol):
    """One connection.

    Args:
        inner: the server's protocol.
        timing: paces what drips.
        group: owns what drips.
        opened: told once the client is here.
        gone: told once the connection is lost.

    Attributes:
        lost: set when the connection is lost.
        peer: the client's address and port.
        heard_ms: when the client last said anything, pings included.
    """

    def __init__(
        self,
        inner: asyncio.Protocol,
        timing: Timing,
        group: asyncio.TaskGroup,
        opened: Callable[["Line"], None],
        gone: Callable[["Line"], None],
    ) -> None:
        super().__init__()
        self._inner = inner
        self._timing = timing
        self._group = group
        self._opened = opened
        self._gone = gone
        self._manner = _Manner.PLAIN
        self._queue = bytearray()
        self._closing = False
        self._trickling: asyncio.Task[None] | None = None
        self._out: asyncio.Transport
        self.lost = asyncio.Event()
        self.heard_ms = timing.now_ms()
        self.peer: tuple[str, int] = ("", 0)

    # What can go wrong

    def reset(self) -> None:
        """Say nothing more and end the connection with RST, once the client had a moment to take what was said."""
        self.mute()
        asyncio.get_running_loop().call_later(RESET_AFTER_S, self._reset, RESET_AFTER_TURNS)

    def _reset(self, turns: int) -> None:
        if turns:
            asyncio.get_running_loop().call_soon(self._reset, turns - 1)
        elif not self.lost.is_set():
            reset(self._out)

    def mute(self) -> None:
        """Read on, but say nothing more, not even that it is over."""
        self._manner = _Manner.MUTE
        self._out.resume_reading()

    def freeze(self) -> None:
        """Neither read nor write from now on."""
        self._manner = _Manner.MUTE
        self._out.pause_reading()

    def half_close(self) -> None:
        """Say that nothing more comes, and read on."""
        self.mute()
        if not self._out.is_closing():
            self._out.write_eof()

    def drip(self) -> None:
        """From now on, let what is written trickle out."""
        if self._manner is _Manner.PLAIN:
            self._manner = _Manner.DRIPPING
            self._trickling = self._group.create_task(self._trickle())

    async def _trickle(self) -> None:
        while self._manner is _Manner.DRIPPING:
            if self._queue:
                self._out.write(bytes(self._queue[:DRIP_BYTES]))
                del self._queue[:DRIP_BYTES]
            elif self._closing:
                self._out.close()
                return
            await self._timing.wait(DRIP_EVERY_MS)

    # Towards the server: a transport

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send, drip or drop `data`."""
        if self._manner is _Manner.PLAIN:
            self._out.write(data)
        elif self._manner is _Manner.DRIPPING:
            self._queue += data

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        """As `write`, for all of them."""
        self.write(b"".join(list_of_data))

    def close(self) -> None:
        """Close once all is sent; a mute line stays as it is until the client leaves."""
        self._closing = True
        if self._manner is _Manner.PLAIN:
            self._out.close()

    def abort(self) -> None:
        """Close at once."""
        self._out.abort()

    def is_closing(self) -> bool:
        """Whether it is closing or closed, as far as the server knows."""
        return self._closing or self._out.is_closing()

    def pause_reading(self) -> None:
        """Let the client's data wait; a mute line reads on regardless."""
        if self._manner is not _Manner.MUTE:
            self._out.pause_reading()

    def resume_reading(self) -> None:
        """Take the client's data again."""
        if self._manner is not _Manner.MUTE:
            self._out.resume_reading()

    def is_reading(self) -> bool:
        """Whether data is taken."""
        return self._out.is_reading()

    def write_eof(self) -> None:
        """Say that nothing more comes."""
        if self._manner is _Manner.PLAIN:
            self._out.write_eof()

    def can_write_eof(self) -> bool:
        """Whether `write_eof` works."""
        return self._out.can_write_eof()

    def get_write_buffer_size(self) -> int:
        """Bytes that wait."""
        return len(self._queue) + self._out.get_write_buffer_size()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """As the network's transport."""
        self._out.set_write_buffer_limits(high, low)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """As the network's transport."""
        return self._out.get_extra_info(name, default)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Hand the connection over, as an upgrade to WebSocket does."""
        self._inner = cast("asyncio.Protocol", protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Who has the connection now."""
        return self._inner

    # Towards the network: a protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is here."""
        self._out = cast("asyncio.Transport", transport)
        self.peer = transport.get_extra_info("peername")[:2]
        self._opened(self)
        self._inner.connection_made(self)

    def data_received(self, data: bytes) -> None:
        """Pass on what the client says, unless nobody listens."""
        self.heard_ms = self._timing.now_ms()
        if self._manner is not _Manner.MUTE:
            self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        """The client says nothing more."""
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        """The network is full."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """The network has room again."""
        self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self.lost.set()
        if self._trickling is not None:
            self._trickling.cancel()
        self._gone(self)
        self._inner.connection_lost(exc)
