"""Uvicorn's HTTP, with an end to its patience.

Uvicorn waits for a request for ever, keeps its head however long it grows, and waits for ever until an answer is taken.
Here a request must be whole, and its answer taken, in time, and a head is bounded. A WebSocket's own rules begin with
its upgrade.
"""

import asyncio
from collections import deque
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from enterprise_stream.observe.door_metrics import DoorMetrics, RequestDropped

DOOR: Final = "enterprise_stream.door"
"""Where the state that an application's life begins with holds the door's metrics; without it nothing is counted."""

REQUEST_S: Final = 5.0
"""How long a request may take to come, from the connection or from its first byte, in seconds."""

ANSWER_S: Final = 60.0
"""How long an answer may take to be made and taken, in seconds: the page over 20 kB/s."""

MAX_HEAD_BYTES: Final = 32_768
"""Longest head of a request; browsers send a twentieth of it, and `websockets` reads 8 kB a line."""

_TOO_SLOW: Final = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_TOO_LONG: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class BoundedHttpProtocol(HttpToolsProtocol):
    """One connection, until it is closed or becomes a WebSocket."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline: asyncio.TimerHandle | None = None
        self._in_head = True
        self._head_bytes = 0
        self._coming = True
        self._begun = False
        self._unanswered: deque[RequestResponseCycle] = deque()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._expect(REQUEST_S)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more; what is left of a body is not read on, which uvloop would take for a fault.

        Uvicorn tells the last of several requests that nobody is there; the one before, which is being answered, wrote
        to a connection that was none.
        """
        self._expect(None)
        self.flow.read_paused = False
        for cycle in self._unanswered:
            cycle.disconnected = True
            cycle.message_event.set()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        """Leave the connection to the WebSocket."""
        self._expect(None)
        super().handle_websocket_upgrade()

    def data_received(self, data: bytes) -> None:
        """Take bytes; of a head that does not end, no more than it may have."""
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self._count("long_head")
            self._refuse(_TOO_LONG)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._coming = self._begun = True
        if self._deadline is None:
            self._expect(REQUEST_S)

    def on_headers_complete(self) -> None:
        """Its head is whole."""
        self._in_head = False
        self._head_bytes = 0
        before = self.cycle
        super().on_headers_complete()
        if self.cycle is not before:
            self._unanswered.append(self.cycle)

    def on_message_complete(self) -> None:
        """It is whole."""
        super().on_message_complete()
        self._in_head, self._coming, self._begun = True, False, False
        self._expect(None if self._idle else ANSWER_S)

    def on_response_complete(self) -> None:
        """Its answer has been taken; a request that still comes, though it was refused, keeps its deadline."""
        self._unanswered.popleft()
        super().on_response_complete()
        if not self._coming:
            self._expect(None if self._idle else ANSWER_S)

    @property
    def _idle(self) -> bool:
        """Whether nothing is being answered."""
        return not self.pipeline and (self.cycle is None or self.cycle.response_complete)

    def _expect(self, within_s: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None if within_s is None else self.loop.call_later(within_s, self._too_slow)

    def _too_slow(self) -> None:
        self._deadline = None
        if self._idle:
            self._count("drip" if self._begun else "silent")
            self._refuse(_TOO_SLOW)
        else:
            self._count("drip" if self._coming else "not_taken")
            self.transport.abort()  # what was answered so far is not being taken: nothing can be told

    def _refuse(self, answer: bytes) -> None:
        self.transport.write(answer)
        self.transport.close()

    def _count(self, why: RequestDropped) -> None:
        door: DoorMetrics | None = self.app_state.get(DOOR)
        if door is not None:
            door.request_dropped(why)
