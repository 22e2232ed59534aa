"""Uvicorn's WebSocket, with a short way for whole frames.

Taken frame by frame through the parser, the queue, the ASGI call and a timer each, a guest's microphone costs the
server more than anything that is done with its sound (docs/performance.md). Here a whole, unfragmented binary frame is
handed straight to whoever listens; everything else (handshake, text, control frames, fragments, what is cut or wrong)
goes through uvicorn and `websockets` as ever, and in its order. Outgoing frames are written as they are, those of one
round of the event loop in one call of the system.
"""

import asyncio
import secrets
import struct
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from starlette.websockets import WebSocketDisconnect
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import CONNECTING, OPEN

from enterprise_stream.server import limits
from enterprise_stream.server.inflow import passed
from enterprise_stream.wire.codes import MAX_TEXT_FRAME_BYTES

try:
    from websockets.speedups import apply_mask
except ImportError:  # a platform for which the library has no compiled part
    from websockets.utils import apply_mask

EXTENSION: Final = "enterprise_stream.lane"
"""Where an ASGI scope's `extensions` hold the lane."""

FRAMES_AT_ONCE: Final = 16
"""Frames taken from one read of the socket; those after them wait, so that one client cannot keep the others."""

BYTES_AT_ONCE: Final = 65_536
"""Bytes kept for the end of a round; more are written at once, so that the transport can say when it has enough."""

MAX_FRAGMENTS: Final = 4_096
"""Pieces that a message may come in: 16 bytes each for the longest text. Empty ones count towards no size, yet cost
the others the time of their parsing."""

PIECE_BYTES: Final = 4_096
"""Bytes given to uvicorn at once where frames are not taken apart here: it answers each ping in them in one go."""

SILENT_S: Final = 9.0
"""How long a peer may say nothing at all after its handshake, in seconds; it is pinged at once, and a pong will do."""

FAREWELL_S: Final = 1.0
"""How long such a peer may take for its close, in seconds; then it is cut."""

END_S: Final = 10.0
"""How long a connection that is over may take to give its client the last of it, in seconds; then it is cut."""

_FIN, _CONT, _TEXT, _BINARY, _MASKED = 0x80, 0x00, 0x01, 0x02, 0x80
_KNOWN = frozenset(Opcode)


class _Frame(NamedTuple):
    """A frame's payload in some bytes.

    Attributes:
        start: where it starts.
        end: where it ends, be it beyond the bytes.
        plain: whether it is a whole message of binary data.
    """

    start: int
    end: int
    plain: bool


_WRONG: Final = _Frame(0, 0, plain=False)
"""A frame that uvicorn refuses from its header."""


Taker = Callable[[bytes], bool]
"""Takes a binary frame's payload at once; False when it cannot now: the frame then comes by `receive`."""


class LaneProtocol(WebSocketsSansIOProtocol):
    """One WebSocket. A fault of the taker, and a limit that was passed, is raised by the next `receive`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._held = bytearray()
        self._whole_at = 0
        self._passed_over = 0
        self._aligned = True
        self._controls = limits.Bucket(limits.CONTROLS_PER_S, limits.CONTROLS_AT_ONCE)
        self._parked = False
        self._taker: Taker | None = None
        self._fault: Exception | None = None
        self._unwritten: list[bytes] = []
        self._unwritten_bytes = 0
        self._cut: asyncio.TimerHandle | None = None
        self._asked: dict[bytes, asyncio.Event] = {}
        self._silent: asyncio.TimerHandle | None = None

    def take_with(self, taker: Taker) -> None:
        """Hand binary frames to `taker` while `receive` waits and nothing is before them."""
        self._taker = taker

    def send_now(self, data: str | bytes) -> bool:
        """Write a frame; False when the client must take what it has been sent first: await `writable` then.

        Raises:
            WebSocketDisconnect: the client has gone.
        """
        if self.close_sent or self.conn.state is not OPEN or self.transport.is_closing():
            raise WebSocketDisconnect(code=1006)
        if not self.writable.is_set():
            return False
        opcode, payload = (_TEXT, data.encode()) if isinstance(data, str) else (_BINARY, data)
        if not self._unwritten:
            self.loop.call_soon(self._flush)
        self._unwritten += (_head(opcode, len(payload)), payload)
        self._unwritten_bytes += len(payload)
        if self._unwritten_bytes >= BYTES_AT_ONCE:
            self._flush()
        return True

    async def answers(self, within_s: float) -> bool:
        """Whether the client is there: it is pinged, and its pong comes in time."""
        if self.close_sent or self.conn.state is not OPEN or self.transport.is_closing():
            return False
        self._flush()
        payload = secrets.token_bytes(8)  # uvicorn's own pings have four
        pong = self._asked[payload] = asyncio.Event()
        self.conn.send_ping(payload)
        self.transport.write(b"".join(self.conn.data_to_send()))
        try:
            async with asyncio.timeout(within_s):
                return await pong.wait()
        except TimeoutError:
            return False
        finally:
            del self._asked[payload]

    def handle_ping(self) -> None:
        """Answer a ping, which nothing slows down whose sender does not read: so there are only so many."""
        if self._counted():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        """Take a pong, for whoever has pinged."""
        if not self._counted():
            return
        if pong := self._asked.get(bytes(event.data)):
            pong.set()
        super().handle_pong(event)

    def _counted(self) -> bool:
        """Count a control frame; False where there were too many, and the connection is over."""
        if self.transport.is_closing():
            return False
        if not self._controls.take(self.loop.time() * 1000):
            return True
        if self.conn.state is OPEN:
            self._fault = verdict = passed(limits.Limit.CONTROL_RATE)
            self._refuse(CloseCode(verdict.code), verdict.reason)
        else:
            self.transport.close()
        return False

    async def send(self, message: Any) -> None:
        """Send an ASGI message, after the frames before it."""
        self._flush()
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True  # uvicorn takes a refusal for an application's fault otherwise, and logs it

    def shutdown(self) -> None:
        """End the connection with the server, after the frames before."""
        self._flush()
        super().shutdown()

    def _flush(self) -> None:
        frames, self._unwritten, self._unwritten_bytes = self._unwritten, [], 0
        if frames and self.conn.state is OPEN and not self.transport.is_closing():
            self.transport.write(b"".join(frames))

    async def receive(self) -> Any:
        """The next message, as ASGI has it."""
        self._parked = True
        try:
            message = await super().receive()
        finally:
            self._parked = False
        if self._fault is not None:
            raise self._fault
        return message

    def handle_connect(self, event: Request) -> None:
        """Show the lane to the application."""
        super().handle_connect(event)
        if self.response.status_code == 101:
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[EXTENSION] = self

    def handle_cont(self, event: Frame) -> None:
        """Take a piece of a message."""
        if len(self.frames) >= MAX_FRAGMENTS:
            self._refuse(CloseCode.MESSAGE_TOO_BIG, "too many fragments")
        else:
            super().handle_cont(event)

    def send_receive_event_to_app(self) -> None:
        """Hand on a message; where its text is not UTF-8, uvicorn would fill the log with traces."""
        if self.curr_msg_data_type == "text" and not self.close_sent and not _is_text(self.frames):
            self._refuse(CloseCode.INVALID_DATA, "")
        else:
            super().send_receive_event_to_app()

    def _refuse(self, code: CloseCode, reason: str) -> None:
        self.frames = []
        self.conn.fail(code, reason)
        self.handle_parser_exception()

    def start_keepalive(self) -> None:
        """The handshake is answered: read what came before that, ping, and wait for less time than for later pongs."""
        super().start_keepalive()
        if self.ping_timer is not None:
            self.conn.send_ping(secrets.token_bytes(8))
            self.transport.write(b"".join(self.conn.data_to_send()))
            self._silent = self.loop.call_later(SILENT_S, self._on_silence)
        if self._held:
            early, self._held = bytes(self._held), bytearray()
            self.transport.resume_reading()
            self._split(early)

    def stop_keepalive(self) -> None:
        """The connection is over."""
        super().stop_keepalive()
        self._heard()

    def _heard(self) -> None:
        if self._silent is not None:
            self._silent.cancel()
            self._silent = None

    def _on_silence(self) -> None:
        super().keepalive_timeout()
        self._cut_when_late(FAREWELL_S)

    def keepalive_timeout(self) -> None:
        """A ping was not answered: nor will what waits for this client be taken."""
        super().keepalive_timeout()
        self._cut_when_late(END_S)

    def on_task_complete(self, task: "asyncio.Task[None]") -> None:
        """The application is done with the connection; a client that takes nothing does not keep it."""
        super().on_task_complete(task)
        self.queue = asyncio.Queue()
        self.scope["extensions"].pop(EXTENSION, None)  # else each would keep the other until somebody looks for rings
        self._cut_when_late(END_S)

    def _cut_when_late(self, within_s: float) -> None:
        if self._cut is None and not self.disconnected:
            self._cut = self.loop.call_later(within_s, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is left to cut, to hand on, nor to read, which uvloop would take for a fault."""
        self.read_paused = False
        self._held, self.frames, self._taker = bytearray(), [], None
        if self._cut is not None:
            self._cut.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take whole frames apart; what is no WebSocket yet, or no longer, is uvicorn's."""
        if self._silent is not None:
            self._heard()
        if self.conn.state is OPEN and self._aligned:
            self._split(data)
        elif self.conn.state is CONNECTING and self.handshake_initiated:
            self._held += data  # nothing may come before the handshake is answered: no more is read until then
            self.transport.pause_reading()
        else:
            self._leave_to_uvicorn(data)

    def _leave_to_uvicorn(self, data: bytes) -> None:
        for at in range(0, len(data), PIECE_BYTES):
            if not self.transport.is_closing():
                super().data_received(data[at : at + PIECE_BYTES])

    def _split(self, data: bytes) -> None:
        if self._held:
            data = self._with_what_is_held(data)
            if not data:
                return
        at = taken = 0
        while self.conn.state is OPEN and (frame := _frame(data, at, self.config.ws_max_size)) is not _WRONG:
            if frame is None or frame.end > len(data):
                self._hold(data, at, frame)
                return
            if frame.plain and self.conn.current_size is None:
                taken += 1
                payload = apply_mask(data[frame.start : frame.end], data[frame.start - 4 : frame.start])
                self._take(payload, direct=taken <= FRAMES_AT_ONCE)
            elif self._too_long(data[at], frame):
                self._refuse_text(data[at])
            else:
                super().data_received(data[at : frame.end])
            at = frame.end
        if at < len(data) and not self.transport.is_closing():
            self._aligned = False
            self._leave_to_uvicorn(data[at:])

    def _hold(self, data: bytes, at: int, frame: _Frame | None) -> None:
        """Keep the beginning of a frame until the rest has come; of a text that is too long, nothing but its header."""
        if frame is None or not self._too_long(data[at], frame):
            self._held += data[at:]
            self._whole_at = 0 if frame is None else frame.end - at
        else:
            self._held += data[at : frame.start]
            self._passed_over = frame.end - len(data)

    def _with_what_is_held(self, data: bytes) -> bytes:
        """What can be taken apart now that some more has come; nothing where still more must come first."""
        if self._passed_over:
            rest = data[self._passed_over :]
            self._passed_over = max(0, self._passed_over - len(data))
            if not self._passed_over:
                first, self._held = self._held[0], bytearray()
                self._refuse_text(first)
            return rest
        self._held += data
        if len(self._held) < self._whole_at:
            return b""
        whole, self._held = bytes(self._held), bytearray()
        return whole

    def _too_long(self, first: int, frame: _Frame) -> bool:
        """Whether a text is longer than it may be with a frame, by the frame's header."""
        opcode, size = first & 0x0F, frame.end - frame.start
        if opcode == _CONT:
            size += self.conn.current_size or 0
        text = opcode == _TEXT or (opcode == _CONT and self.curr_msg_data_type == "text")
        return text and size > MAX_TEXT_FRAME_BYTES

    def _refuse_text(self, first: int) -> None:
        """Have the application close with 1009; an empty frame in the place of the long one keeps uvicorn in step."""
        self._fault = passed(limits.Limit.TEXT_SIZE)
        super().data_received(bytes((first, _MASKED)) + bytes(4))
        if not first & _FIN:
            self.queue.put_nowait({"type": "websocket.receive", "text": ""})  # it waits for a message

    def _take(self, payload: bytes, *, direct: bool) -> None:
        if direct and self._parked and self._taker is not None and self._fault is None and self.queue.empty():
            try:
                if self._taker(payload):
                    return
            except Exception as error:  # noqa: BLE001 - raised by `receive`, whatever it is
                self._fault = error
        self.curr_msg_data_type = "bytes"
        self.frames = [payload]
        self.send_receive_event_to_app()


def _is_text(pieces: Iterable[bytes]) -> bool:
    """Whether they make UTF-8 together."""
    try:
        b"".join(pieces).decode()
    except UnicodeDecodeError:
        return False
    return True


def _head(opcode: int, size: int) -> bytes:
    """The header of a whole frame from a server."""
    if size < 126:
        return bytes((_FIN | opcode, size))
    if size < 1 << 16:
        return struct.pack("!BBH", _FIN | opcode, 126, size)
    return struct.pack("!BBQ", _FIN | opcode, 127, size)


def _frame(data: bytes, at: int, max_size: int) -> _Frame | None:
    """The frame that begins at `at`; None when its header is not whole."""
    if len(data) < at + 2:
        return None
    first, second = data[at], data[at + 1]
    if not second & _MASKED or first & 0x0F not in _KNOWN:
        return _WRONG
    size = second & 0x7F
    start = at + 2
    if size >= 126:
        width = 2 if size == 126 else 8
        if len(data) < start + width:
            return None
        size = int.from_bytes(data[start : start + width], "big")
        start += width
    if size > max_size:
        return _WRONG
    start += 4
    return _Frame(start, start + size, first == _FIN | _BINARY)
