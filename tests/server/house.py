"""The real server on a loopback socket with scripted engines, and a plain client, both on virtual time."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.cost.meter import Meter, free_meter
from enterprise_stream.ladder import LadderState
from enterprise_stream.listening.ports import Samples
from enterprise_stream.log.ports import SessionLog
from enterprise_stream.observe.metrics import Metrics
from enterprise_stream.server.access import Access, AccessSettings
from enterprise_stream.server.access.used import UsedTickets
from enterprise_stream.server.admission import Admission, Shares
from enterprise_stream.server.call_watch import CallLimits
from enterprise_stream.server.clips import Clips, NoClips
from enterprise_stream.server.keeping import Keeper, KeepsNothing
from enterprise_stream.server.load import Load, LoadLimits
from enterprise_stream.server.routes import build_app
from enterprise_stream.server.service import Service, nothing_paid
from enterprise_stream.server.serving import server_config
from enterprise_stream.session.engines import Engines
from enterprise_stream.store.watch import Health
from enterprise_stream.testing import LoopClock, scripted_engines
from enterprise_stream.thinking.persona import Persona

WITHIN_S = 60.0
"""How long a message is waited for, in the loop's seconds; nothing waits that long in real time."""

PERSONA = Persona("Sandra", "scripted", {"es": "Le atiende una IA.", "en": "An AI answers you."})

Message = dict[str, Any]


@dataclass(slots=True)
class House:
    """A running server.

    Attributes:
        missing: what is not ready yet; tests change it.
        waiting: engine jobs that wait, as admission sees it.
        health: how what is kept stands; tests put another one in its place.
    """

    port: int
    service: Service
    app: Starlette
    missing: list[str] = field(default_factory=list)
    waiting: list[int] = field(default_factory=lambda: [0])
    health: list[Health] = field(default_factory=lambda: [Health()])

    @property
    def http(self) -> str:
        """The address of the pages."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws(self) -> str:
        """The address of the stream."""
        return f"ws://127.0.0.1:{self.port}/ws/stream"


class _Server(uvicorn.Server):
    """Uvicorn without signal handlers, stopped by an event instead of by looking ten times a second."""

    leave: asyncio.Event
    open: asyncio.Event

    async def main_loop(self) -> None:
        self.open.set()
        await self.on_tick(0)
        await self.leave.wait()

    async def live(self, listener: socket.socket) -> None:
        """Serve until told to leave."""
        await self._serve([listener])


@contextlib.asynccontextmanager
async def house(
    engines: Engines | None = None,
    *,
    max_sessions: int = 100,
    origins: Sequence[str] = (),
    idle_s: float = 120.0,
    send_buffer: int | None = None,
    plain: bool = False,
    resume_window_s: float = 300.0,
    session_log: SessionLog | None = None,
    meter: Meter | None = None,
    draft_microdollars: int = 0,
    speculation: SpeculationPolicy | None = None,
    cast: Callable[[], Engines] | None = None,
    more: Sequence[Engines] = (),
    ladders: Callable[[], LadderState] = LadderState,
    metrics: Metrics | None = None,
    keeper: Keeper | None = None,
    clips: Clips | None = None,
    drain_s: float = 10.0,
    call_limits: CallLimits | None = None,
    shares: Shares | None = None,
    load: LoadLimits | None = None,
    access: AccessSettings | None = None,
    used: UsedTickets | None = None,
    paid_for: Callable[[str], Awaitable[int]] = nothing_paid,
    also: Callable[[Starlette], contextlib.AbstractAsyncContextManager[None]] | None = None,
    routes: Sequence[Route] = (),
    trusted_proxies: Sequence[str] = (),
) -> AsyncIterator[House]:
    """The server as `serve` runs it, on a free port.

    Args:
        send_buffer: the system's, in bytes, for each connection.
        plain: whether it has uvicorn's own WebSocket instead of ours.
        cast: the engines of each session, where they are not all the same.
        more: engines that sessions which are read back may be on, beside those of new ones.
        ladders: how they stand.
        metrics: what is counted.
        keeper: keeps conversations beyond their end.
        clips: recordings that a client plays by itself.
        access: who may do what; by default whoever is on this machine, and pages of `origins`.
        used: the tokens that have been used, where several servers share them.
        paid_for: what a session has cost in other processes.
        routes: pages of the test's own.
        trusted_proxies: that may say where a request comes from.
    """
    missing: list[str] = []
    waiting, health = [0], [Health()]
    measured = Load(load or LoadLimits(0, 0), LoopClock())
    served = engines or scripted_engines()
    clock = LoopClock()
    service = Service(
        cast=cast or (lambda: served),
        persona=PERSONA,
        clock=clock,
        language="es",
        languages=("es", "en"),
        access=Access(access or AccessSettings(frozenset(origins)), clock, used),
        admission=Admission(
            max_sessions, lambda: waiting[0], 8, shares=shares or Shares(), strained=lambda: measured.strained
        ),
        mode="scripted",
        idle_s=idle_s,
        ready=lambda: tuple(missing),
        health=lambda: health[0],
        resume_window_s=resume_window_s,
        drain_s=drain_s,
        call_limits=lambda: call_limits or CallLimits(),
        load=measured,
        session_log=session_log,
        meter=meter or free_meter(),
        draft_microdollars=draft_microdollars,
        speculation=speculation or SpeculationPolicy(),
        ladders=ladders,
        metrics=metrics or Metrics(),
        keeper=keeper or KeepsNothing(),
        clips=clips or NoClips(),
        paid_for=paid_for,
        recast=lambda voice: next((each for each in (served, *more) if each.voice.voice == voice), None),
    )

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.service = service
        async with contextlib.nullcontext() if also is None else also(app):
            yield

    app = build_app(lifespan)
    app.router.routes[:0] = routes
    async with serving(app, plain=plain, send_buffer=send_buffer, trusted_proxies=trusted_proxies) as port:
        yield House(port, service, app, missing, waiting, health)


@contextlib.asynccontextmanager
async def serving(
    app: Starlette, *, plain: bool = False, send_buffer: int | None = None, trusted_proxies: Sequence[str] = ()
) -> AsyncIterator[int]:
    """An application as `serve` runs it, on the free port that this gives; see `house`."""
    config = server_config(app, trusted_proxies=trusted_proxies)
    if plain:
        config.ws = "websockets-sansio"
    server = _Server(config)
    server.leave, server.open = asyncio.Event(), asyncio.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as with `serve`
    if send_buffer is not None:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)
    port = int(listener.getsockname()[1])
    async with asyncio.TaskGroup() as group:
        living = group.create_task(server.live(listener))
        opening = group.create_task(server.open.wait())
        await asyncio.wait((living, opening), return_when=asyncio.FIRST_COMPLETED)
        try:
            assert opening.done(), "the server did not start"
            yield port
        finally:
            opening.cancel()
            server.leave.set()
            await asyncio.shield(living)  # a test that fails must not leave the sockets open


class Client:
    """One connection and everything that came over it."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[Message | bytes] = []
        self.closed: int | None = None
        self._news = asyncio.Event()

    async def listen(self) -> None:
        """Gathers frames until the connection closes."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                data = await self.connection.recv()
                self.frames.append(data if isinstance(data, bytes) else json.loads(data))
                self._news.set()
        self.closed = self.connection.close_code
        self._news.set()

    @property
    def messages(self) -> list[Message]:
        """The text frames."""
        return [frame for frame in self.frames if isinstance(frame, dict)]

    def seen(self, kind: str) -> list[Message]:
        """The messages of a type."""
        return [message for message in self.messages if message["type"] == kind]

    def audio(self) -> bytes:
        """All binary frames, joined."""
        return b"".join(frame for frame in self.frames if isinstance(frame, bytes))

    async def send(self, kind: str, **fields: Any) -> None:
        """Sends a message."""
        await self.connection.send(json.dumps({"type": kind, **fields}))

    async def sound(self, samples: Samples) -> None:
        """Sends audio in one frame, as 16-bit PCM."""
        await self.connection.send((samples * 32767).astype("<i2").tobytes())

    async def wait(self, kind: str, count: int = 1) -> Message:
        """Waits for the count-th message of a type."""
        await self.until(lambda: len(self.seen(kind)) >= count, kind)
        return self.seen(kind)[count - 1]

    async def wait_audio(self) -> None:
        """Waits for the first binary frame."""
        await self.until(lambda: any(isinstance(frame, bytes) for frame in self.frames), "audio")

    async def wait_closed(self) -> int:
        """Waits for the close and returns its code."""
        await self.until(lambda: self.closed is not None, "close", closing=True)
        assert self.closed is not None
        return self.closed

    async def ask(self, kind: str, answer: str, **fields: Any) -> Message:
        """Sends a message and waits for the next answer of a type."""
        count = len(self.seen(answer)) + 1
        await self.send(kind, **fields)
        return await self.wait(answer, count)

    async def refused(self, frame: str | bytes, code: str) -> Message:
        """Sends a frame that is answered by an error; the connection lives on."""
        count = len(self.seen("error")) + 1
        await self.connection.send(frame)
        error = await self.wait("error", count)
        assert error["code"] == code
        assert error["message"]
        assert (await self.ask("test", "test"))["ok"] is True
        return error

    async def until(self, found: Callable[[], bool], what: str, *, closing: bool = False) -> None:
        """Waits for something to be so; `what` names it where it never is."""
        try:
            async with asyncio.timeout(WITHIN_S):
                while not found():
                    if self.closed is not None and not closing:
                        raise AssertionError(f"closed with {self.closed} before {what}")
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            kinds = [frame["type"] if isinstance(frame, dict) else "binary" for frame in self.frames]
            raise AssertionError(f"no {what}; there came {kinds[:60]}") from None


@contextlib.asynccontextmanager
async def client(
    place: House,
    query: str = "",
    *,
    origin: str | None = None,
    subprotocols: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
) -> AsyncIterator[Client]:
    """A connection that has had its `ready`."""
    connection = await connect(
        place.ws + query,
        origin=None if origin is None else Origin(origin),
        subprotocols=[Subprotocol(name) for name in subprotocols] or None,
        additional_headers=headers,
        compression=None,
        max_size=None,
        ping_interval=None,
        proxy=None,
    )
    visitor = Client(connection)
    listening = asyncio.create_task(visitor.listen())
    try:
        await visitor.wait("ready")
        yield visitor
    finally:
        await connection.close()
        await listening


def pcm(data: bytes) -> "np.ndarray[tuple[int], np.dtype[np.int16]]":
    """16-bit samples of binary frames, shape (n,)."""
    return np.frombuffer(data, "<i2")
