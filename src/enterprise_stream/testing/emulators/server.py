"""A vendor's service on loopback: the part that all emulators share.

A vendor's emulator derives from `Emulator` and says which endpoints it has, whom it refuses and with which words. The
base serves them (HTTP and WebSocket on one port), lets faults strike, records requests and keeps the bill.
"""

import asyncio
import contextlib
import socket
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from random import Random
from typing import Self

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from enterprise_stream.testing.emulators.billing import Bill
from enterprise_stream.testing.emulators.exchange import ClientLeft, Exchange, HttpExchange, SocketExchange
from enterprise_stream.testing.emulators.faults import STATUS, Faults
from enterprise_stream.testing.emulators.line import Line
from enterprise_stream.testing.emulators.port import Port
from enterprise_stream.testing.emulators.requests import Recorded, Requests
from enterprise_stream.testing.emulators.timing import Latency, LoopTiming, Timing

log = structlog.get_logger(__name__)

MAX_MESSAGE_BYTES = 16 * 1024 * 1024
"""Largest WebSocket message that is read; the vendors' own limits are their emulators' business."""


KEEP_ALIVE_S = 75
"""How long a connection without a request is kept."""


@dataclass(frozen=True, slots=True)
class HttpEndpoint:
    """Something that is asked by a request.

    Attributes:
        name: what faults and records call it.
        path: as Starlette's routes write it.
        handle: answers.
        methods: of HTTP.
    """

    name: str
    path: str
    handle: Callable[[HttpExchange], Awaitable[Response]]
    methods: tuple[str, ...] = ("POST",)


async def _admit(_: HTTPConnection) -> None:
    """Let everybody in."""


@dataclass(frozen=True, slots=True)
class SocketEndpoint:
    """Something that is talked with over a WebSocket.

    Attributes:
        name: what faults and records call it.
        path: as Starlette's routes write it.
        handle: talks until the session is over; the client's leaving ends it by `WebSocketDisconnect`.
        admit: looks at the handshake; a response refuses it.
        greet: headers of the handshake's answer, for a request's id.
    """

    name: str
    path: str
    handle: Callable[[SocketExchange], Awaitable[None]]
    admit: Callable[[HTTPConnection], Awaitable[Response | None]] = _admit
    greet: Callable[[str], Sequence[tuple[bytes, bytes]]] = lambda _: ()


class Emulator(ABC):
    """A vendor's service; serves while it is entered. It is an emulator: nothing leaves this machine.

    Args:
        timing: what waits and limits go by; the running loop's time by default.
        seed: of all that varies.
        key: the only key that is let in; None lets in any.

    Attributes:
        vendor: whom it emulates.
        bill: what the vendor would charge.
        faults: what is to go wrong.
        requests: what was asked.
        random: source of all that varies.
        timing: what waits and limits go by.
        port: where it will listen, set before it is entered; 0 takes any that is free.
    """

    vendor = "a vendor"

    def __init__(self, *, timing: Timing | None = None, seed: int = 0, key: str | None = None) -> None:
        self.timing = timing or LoopTiming()
        self.random = Random(seed)  # noqa: S311 (what varies is no secret)
        self.bill = Bill()
        self.requests = Requests()
        self.faults = Faults(self._refuse)
        self.port = 0
        self._key = key
        self._lines: dict[tuple[str, int], Line] = {}
        self._state = ServerState()
        self._exits = contextlib.AsyncExitStack()
        self._port: Port
        self._group: asyncio.TaskGroup
        self._config: uvicorn.Config
        self._listener: socket.socket
        self._accepting: asyncio.Server

    @property
    def base_url(self) -> str:
        """Where it is: http, without a path."""
        return f"http://127.0.0.1:{self._port.number}"

    @property
    def ws_url(self) -> str:
        """Where it is, for WebSockets."""
        return f"ws://127.0.0.1:{self._port.number}"

    @property
    def connections(self) -> int:
        """Connections that are open now."""
        return len(self._lines)

    @abstractmethod
    def endpoints(self) -> Sequence[HttpEndpoint | SocketEndpoint]:
        """What it serves."""

    @abstractmethod
    def key_of(self, connection: HTTPConnection) -> str | None:
        """The key that a request shows, where it shows it as the vendor wants it shown."""

    @abstractmethod
    def refusal(self, status: int) -> Response:
        """The vendor's own words for a status of `faults.STATUS`."""

    async def fail_session(self, exchange: SocketExchange) -> None:
        """Tell in mid-session that the service failed, in the vendor's way; by default with close code 1011."""
        await exchange.close(1011)

    async def pause(self, latency: Latency) -> None:
        """Wait as long as `latency` says this time."""
        await self.timing.wait(latency.draw(self.random))

    async def __aenter__(self) -> Self:
        self._port = self._exits.enter_context(contextlib.closing(Port(self.port)))
        self._group = await self._exits.enter_async_context(asyncio.TaskGroup())
        self._config = uvicorn.Config(
            Starlette(routes=[self._route(endpoint) for endpoint in self.endpoints()]),
            ws="websockets-sansio",
            ws_max_size=MAX_MESSAGE_BYTES,
            ws_per_message_deflate=False,
            ws_ping_interval=None,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_S,
        )
        self._config.load()
        self._listener = self._port.listen()
        await self._accept(self._listener)
        log.warning("emulator_started", vendor=self.vendor, url=self.base_url, note="an emulator, not the vendor")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._accepting.close()
        self._listener.close()
        self.cut()
        while self._state.tasks:
            await asyncio.wait(self._state.tasks)
        await self._exits.aclose()

    def cut(self) -> None:
        """Cut all connections without a word, as a vendor's restart does; new ones are taken."""
        for line in list(self._lines.values()):
            line.abort()

    # Connections

    async def _accept(self, listener: socket.socket) -> None:
        if listener.fileno() >= 0:  # it may have been closed again before its turn came
            self._accepting = await asyncio.get_running_loop().create_server(self._line, sock=listener)

    def _refuse(self, refuse: bool) -> None:
        if refuse:
            self._accepting.close()
            self._listener.close()
        else:
            self._listener = self._port.listen()
            self._group.create_task(self._accept(self._listener))

    def _line(self) -> Line:
        http = H11Protocol(self._config, self._state, {}, asyncio.get_running_loop())
        return Line(http, self.timing, self._group, self._opened, self._gone)

    def _opened(self, line: Line) -> None:
        self._lines[line.peer] = line

    def _gone(self, line: Line) -> None:
        del self._lines[line.peer]

    # Requests

    def _route(self, endpoint: HttpEndpoint | SocketEndpoint) -> BaseRoute:
        if isinstance(endpoint, HttpEndpoint):

            async def respond(request: Request) -> Response:
                return await self._respond(endpoint, request)

            return Route(endpoint.path, respond, methods=list(endpoint.methods))

        async def talk(websocket: WebSocket) -> None:
            await self._talk(endpoint, websocket)

        return WebSocketRoute(endpoint.path, talk)

    async def _respond(self, endpoint: HttpEndpoint, request: Request) -> Response:
        recorded = self._record(endpoint.name, request.method, request)
        body = await request.body()
        self.requests.record_body(recorded, body)
        line = self._line_of(request)
        exchange = HttpExchange(endpoint.name, request, body, line, self.faults, recorded)

        async def answer() -> Response:
            try:
                return await self._let_in(exchange, request) or await endpoint.handle(exchange)
            except ClientLeft:
                return Response(status_code=499)

        return await _while_there(line, answer())

    async def _talk(self, endpoint: SocketEndpoint, websocket: WebSocket) -> None:
        recorded = self._record(endpoint.name, "GET", websocket)
        line = self._line_of(websocket)
        exchange = SocketExchange(
            endpoint.name, websocket, line, self.faults, recorded, self.requests, self.fail_session
        )
        try:
            refused = await self._let_in(exchange, websocket) or await endpoint.admit(websocket)
            if refused is not None:
                await websocket.send_denial_response(refused)
                return
            await websocket.accept(headers=list(endpoint.greet(exchange.request_id)))
            await endpoint.handle(exchange)
        except* (ClientLeft, WebSocketDisconnect):
            pass

    async def _let_in(self, exchange: Exchange, connection: HTTPConnection) -> Response | None:
        fault = await exchange.begin()
        if fault is not None:
            refused = self.refusal(STATUS[fault.kind])
            if fault.kind == "429" and fault.retry_after_s is not None:
                refused.headers["retry-after"] = f"{fault.retry_after_s:g}"
            return refused
        shown = self.key_of(connection)
        return None if shown and self._key in (None, shown) else self.refusal(401)

    def _line_of(self, connection: HTTPConnection) -> Line:
        line = self._lines.get((connection.client.host, connection.client.port)) if connection.client else None
        if line is None:
            raise ClientLeft
        return line

    def _record(self, endpoint: str, method: str, connection: HTTPConnection) -> Recorded:
        query = connection.query_params.multi_items()
        headers = dict(connection.headers.items())
        return self.requests.record(endpoint, method, connection.url.path, query, headers)


async def _while_there(line: Line, answer: Coroutine[None, None, Response]) -> Response:
    """What `answer` returns, unless the client leaves before: then it is cancelled."""
    async with asyncio.TaskGroup() as group:
        answering, leaving = group.create_task(answer), group.create_task(line.lost.wait())
        await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        answering.cancel()
    return Response(status_code=499) if answering.cancelled() else answering.result()
