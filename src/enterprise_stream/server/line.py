"""A guest's WebSocket as a connection sees it: text and binary frames in and out."""

import asyncio
from typing import Final

from starlette.websockets import WebSocket

from enterprise_stream.server.websocket import EXTENSION, LaneProtocol, Taker

SEND_TIMEOUT_S: Final = 8.0
"""How long one frame may wait for the client's network, in seconds."""

GONE: Final = frozenset({1005, 1006})
"""What stands for a close code where none has come (RFC 6455, section 7.4.1)."""


class Line:
    """Takes the short way of `LaneProtocol` where the server has it, and ASGI's under any other server.

    Attributes:
        closed: whether the client has closed the connection, and not just gone.
    """

    def __init__(self, socket: WebSocket) -> None:
        self.closed = False
        self._socket = socket
        lane = socket.scope.get("extensions", {}).get(EXTENSION)
        self._lane = lane if isinstance(lane, LaneProtocol) else None

    def take_with(self, taker: Taker) -> None:
        """Have binary frames taken as they come, where that is possible; `receive` brings the others."""
        if self._lane is not None:
            self._lane.take_with(taker)

    async def receive(self) -> str | bytes | None:
        """The next frame; None when the guest has gone.

        Raises:
            Exception: what a taker raised.
        """
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                self.closed = message.get("code", 1006) not in GONE
                return None
            data: str | bytes | None = message.get("bytes")
            if data is None:
                data = message.get("text")
            if data is not None:
                return data

    async def answers(self, within_s: float) -> bool:
        """Whether the client answers a ping in time; under a server that cannot tell, it is taken to."""
        return self._lane is None or await self._lane.answers(within_s)

    async def send(self, data: str | bytes) -> None:
        """Send a frame, in order.

        Raises:
            TimeoutError: the client did not take what it was sent for `SEND_TIMEOUT_S`.
            WebSocketDisconnect: the client has gone.
        """
        if self._lane is None:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await (self._socket.send_text(data) if isinstance(data, str) else self._socket.send_bytes(data))
            return
        while not self._lane.send_now(data):
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await self._lane.writable.wait()
