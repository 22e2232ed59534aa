"""Cartesia on loopback: text to speech over its socket, several contexts at once."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from enterprise_stream.speaking.ports import TextToSpeech
from enterprise_stream.testing.emulators.billing import Charge
from enterprise_stream.testing.emulators.cartesia import refusals
from enterprise_stream.testing.emulators.cartesia.context import Context, Request, read_request
from enterprise_stream.testing.emulators.cartesia.refusals import Refusal
from enterprise_stream.testing.emulators.exchange import SocketExchange
from enterprise_stream.testing.emulators.pace import Pace
from enterprise_stream.testing.emulators.server import Emulator, SocketEndpoint
from enterprise_stream.testing.emulators.timing import FIRST_AUDIO, Latency, Timing
from enterprise_stream.testing.emulators.voices import ToneVoice

MOST_CONTEXTS = 15
"""Contexts that may be speaking at once; the plans of the vendor differ."""

IDLE_MS = 300_000.0
"""How long the vendor keeps a socket on which nothing comes."""


@dataclass(slots=True)
class _Open:
    context: Context
    running: asyncio.Task[None]
    charge: Charge


@dataclass(slots=True)
class _Session:
    exchange: SocketExchange
    id: str
    heard_at: float
    open: dict[str, _Open] = field(default_factory=dict)


class CartesiaEmulator(Emulator):
    """Cartesia's API, as far as the project uses it.

    Args:
        voice: who speaks.
        voices: identifiers of voices that exist; None lets any be asked for.
        most_contexts: that may be speaking at once, over all sockets.
        first_audio: from a text to its first sound.
        timing, seed, key: as for every emulator.
    """

    vendor = "Cartesia"

    def __init__(
        self,
        voice: TextToSpeech | None = None,
        *,
        voices: frozenset[str] | None = None,
        most_contexts: int = MOST_CONTEXTS,
        first_audio: Latency = FIRST_AUDIO,
        timing: Timing | None = None,
        seed: int = 0,
        key: str | None = None,
    ) -> None:
        super().__init__(timing=timing, seed=seed, key=key)
        self._voice = voice or ToneVoice()
        self._voices = voices
        self._most = most_contexts
        self._pace = Pace(self.timing, self.random, first_audio)
        self._sessions: dict[SocketExchange, _Session] = {}

    @property
    def contexts(self) -> int:
        """Contexts that are open now."""
        return sum(len(session.open) for session in self._sessions.values())

    def endpoints(self) -> Sequence[SocketEndpoint]:
        """The socket."""
        return (SocketEndpoint("speak", "/tts/websocket", self._converse),)

    def key_of(self, connection: HTTPConnection) -> str | None:
        """`X-API-Key`, or a bearer token, carries the key."""
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        return connection.headers.get("x-api-key") or (token if scheme.lower() == "bearer" else None)

    def refusal(self, status: int) -> Response:
        """Cartesia's words."""
        refusal = refusals.at_handshake(status)
        return JSONResponse(refusal.body(self._new_id()), refusal.status)

    async def fail_session(self, exchange: SocketExchange) -> None:
        """Each open context fails; the socket stays."""
        session = self._sessions[exchange]
        for context_id in list(session.open):
            await exchange.tell(refusals.failed().event(session.id, context_id))
            self._drop(session, context_id)

    async def _converse(self, exchange: SocketExchange) -> None:
        session = _Session(exchange, self._new_id(), self.timing.now_ms())
        self._sessions[exchange] = session
        try:
            async with asyncio.TaskGroup() as group:
                watching = group.create_task(self._watch(session))
                while True:
                    message = await exchange.receive()
                    session.heard_at = self.timing.now_ms()
                    await self._take(session, message, group)
                    if watching.done():
                        return
        finally:
            del self._sessions[exchange]

    async def _watch(self, session: _Session) -> None:
        while (left := session.heard_at + IDLE_MS - self.timing.now_ms()) > 0:
            await self.timing.wait(left)
        await session.exchange.close(1000, "idle")

    async def _take(self, session: _Session, message: Any, group: asyncio.TaskGroup) -> None:
        context_id = message.get("context_id") if isinstance(message, dict) else None
        try:
            if not isinstance(message, dict):
                raise refusals.bad_request("A message must be a JSON object.")
            if message.get("cancel"):
                self._drop(session, str(context_id))
                return
            await self._generate(session, message, group)
        except Refusal as refusal:
            await session.exchange.tell(refusal.event(session.id, context_id))
            self._drop(session, str(context_id))

    async def _generate(self, session: _Session, message: Mapping[str, Any], group: asyncio.TaskGroup) -> None:
        request = read_request(message, self._voices)
        known = session.open.get(request.context)
        if known is None:
            known = self._open(session, request, group)
        known.charge.add(chars=len(request.text))
        await known.context.add(request)

    def _open(self, session: _Session, request: Request, group: asyncio.TaskGroup) -> _Open:
        if not request.text and not request.more:
            raise refusals.bad_request("Your initial transcript is empty.")
        if self.contexts >= self._most:
            raise refusals.too_many()
        session.exchange.new_answer()
        context = Context(request, self._voice, self._pace, session.exchange.tell, session.exchange.say)
        charge = self.bill.open(f"{session.id}:{request.context}", "tts", "cartesia", request.model)
        opened = _Open(context, group.create_task(self._run(session, request.context, context)), charge)
        session.open[request.context] = opened
        return opened

    async def _run(self, session: _Session, context_id: str, context: Context) -> None:
        await context.run()
        session.open.pop(context_id, None)

    def _drop(self, session: _Session, context_id: str) -> None:
        dropped = session.open.pop(context_id, None)
        if dropped is not None:
            dropped.running.cancel()

    def _new_id(self) -> str:
        return f"{self.random.getrandbits(128):032x}"
