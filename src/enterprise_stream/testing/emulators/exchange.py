"""One request or WebSocket session with an emulator: says what the vendor says, unless a fault strikes.

An endpoint's handler gets an exchange and speaks through it: `tell` for what belongs to the protocol, `say` for the
pieces of an answer, which is where faults of the phases `first_byte` and `mid_answer` strike; the handler need not
know.
"""

import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from enterprise_stream.testing.emulators.faults import Fault, Faults, Phase
from enterprise_stream.testing.emulators.line import Line
from enterprise_stream.testing.emulators.requests import Recorded, Requests

GARBAGE = b"\x00\xff\x16\x03 this is no protocol \x00"
"""What comes instead of a response's head or of a chunk."""


class ClientLeft(Exception):  # noqa: N818 (it is no error)
    """The client has gone; nothing more can be said to it."""


class Exchange:
    """What both kinds of exchange share.

    Attributes:
        endpoint: the emulator's name for it.
        request_id: unique, as a vendor would name the request.
        recorded: what was asked.
        stalled: the answer has stopped for good.
    """

    def __init__(self, endpoint: str, line: Line, faults: Faults, recorded: Recorded) -> None:
        self.endpoint = endpoint
        self.request_id = str(uuid4())
        self.recorded = recorded
        self.stalled = False
        self._line = line
        self._faults = faults
        self._pieces = 0

    async def begin(self) -> Fault | None:
        """Let a fault strike before the answer; returns one that is told with a status of HTTP.

        Where nothing is ever answered it waits until the client has left.

        Raises:
            ClientLeft: it has.
        """
        fault = self._strike("before")
        if fault is None or fault.kind == "slow_drip":
            return None
        if fault.kind == "malformed":
            self._line.write(GARBAGE + b"\r\n\r\n")
            self._line.close()
        if fault.kind in ("401", "402", "429", "5xx"):
            return fault
        await self._line.lost.wait()
        raise ClientLeft

    def _strike(self, phase: Phase, pieces: int = 0) -> Fault | None:
        """Strike what is armed, as far as it concerns the connection; returns it for what concerns the answer."""
        fault = self._faults.strike(self.endpoint, phase, pieces)
        match fault.kind if fault is not None else None:
            case "reset":
                self._line.reset()
            case "half_close":
                self._line.half_close()
            case "hang":
                self._line.freeze()
            case "silent":
                self._line.mute()
            case "slow_drip":
                self._line.drip()
            case "stall":
                self.stalled = True
        return fault

    def _next_piece(self) -> Fault | None:
        before, self._pieces = self._pieces, self._pieces + 1
        return self._strike("mid_answer" if before else "first_byte", before)

    @property
    def heard_ms(self) -> float:
        """When the client last said anything, pings included."""
        return self._line.heard_ms

    @property
    def left(self) -> bool:
        """Whether the client has gone."""
        return self._line.lost.is_set()


class HttpExchange(Exchange):
    """A request and its response.

    Attributes:
        request: as Starlette has it.
        body: the request's body, bytes.
    """

    def __init__(self, endpoint: str, request: Request, body: bytes, line: Line, faults: Faults, log: Recorded) -> None:
        super().__init__(endpoint, line, faults, log)
        self.request = request
        self.body = body

    def json(self) -> Any:
        """What the body says, or None where it is no JSON."""
        return None if isinstance(self.recorded.body, bytes) else self.recorded.body

    def stream(
        self,
        pieces: AsyncIterator[bytes],
        *,
        media_type: str,
        headers: Mapping[str, str] | None = None,
        failure: bytes | None = None,
    ) -> Response:
        """Answer piece by piece.

        Args:
            pieces: of the body; closed when the client leaves. Faults in mid-answer need at least two.
            media_type: of the body. What is malformed in a text is a piece that is cut in half; in anything else it is
                the transfer itself.
            headers: of the response.
            failure: the last piece when the vendor fails in mid-stream; without one it cuts the connection.
        """
        body = self._faulty(pieces, media_type.startswith("text/"), failure)
        return StreamingResponse(body, media_type=media_type, headers=dict(headers or {}))

    async def _faulty(self, pieces: AsyncIterator[bytes], text: bool, failure: bytes | None) -> AsyncIterator[bytes]:
        async for piece in pieces:
            fault = self._next_piece()
            kind = fault.kind if fault is not None else None
            if kind == "5xx":
                if failure is not None:
                    yield failure
                    return
                self._line.reset()
            if kind == "malformed" and text:
                yield piece[: len(piece) // 2].rstrip() + b"\n\n"
                continue
            if kind == "malformed":
                self._line.write(GARBAGE + b"\r\n")
            if kind not in (None, "slow_drip"):
                await self._line.lost.wait()
                return
            yield piece


class SocketExchange(Exchange):
    """A WebSocket session that has been accepted.

    Attributes:
        socket: as Starlette has it.
    """

    def __init__(
        self,
        endpoint: str,
        socket: WebSocket,
        line: Line,
        faults: Faults,
        log: Recorded,
        requests: Requests,
        fail: "Callable[[SocketExchange], Awaitable[None]]",
    ) -> None:
        super().__init__(endpoint, line, faults, log)
        self.socket = socket
        self._requests = requests
        self._fail = fail

    async def receive(self) -> Any:
        """The client's next message: bytes, or what its JSON says, or text that is no JSON.

        Raises:
            WebSocketDisconnect: the client has left, or the session was closed.
        """
        message = await self.socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        data = message.get("bytes")
        if data is not None:
            self.recorded.audio_bytes += len(data)
            return data
        return self._requests.record_message(self.recorded, message["text"])

    async def tell(self, message: Mapping[str, Any]) -> None:
        """Say what belongs to the protocol."""
        await self._send(json.dumps(message, ensure_ascii=False))

    def new_answer(self) -> None:
        """What is said from here on is another answer, with a first byte of its own."""
        self._pieces = 0

    async def say(self, piece: Mapping[str, Any] | bytes) -> None:
        """Say the next piece of an answer; faults strike here. A malformed piece is JSON that is cut in half."""
        fault = self._next_piece()
        kind = fault.kind if fault is not None else None
        if kind == "5xx":
            await self._fail(self)
        elif kind == "malformed":
            text = '{"type": "Unknown", "audio": "' if isinstance(piece, bytes) else json.dumps(piece)
            await self._send(text[: len(text) // 2])
        else:
            await self._send(piece if isinstance(piece, bytes) else json.dumps(piece, ensure_ascii=False))

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """End the session."""
        if self._open:
            with contextlib.suppress(WebSocketDisconnect):
                await self.socket.close(code, reason)

    async def close_without_code(self) -> None:
        """End the session by a close frame that says nothing, as some vendors do."""
        self._line.write(b"\x88\x00")

    async def _send(self, data: str | bytes) -> None:
        if self.stalled or not self._open:
            return
        with contextlib.suppress(WebSocketDisconnect):  # `receive` tells it, once all that came before it is read
            await (self.socket.send_bytes(data) if isinstance(data, bytes) else self.socket.send_text(data))

    @property
    def _open(self) -> bool:
        return not self.left and self.socket.application_state is WebSocketState.CONNECTED
