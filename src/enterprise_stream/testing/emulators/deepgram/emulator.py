"""Deepgram on loopback: `/v1/listen`, `/v2/listen` and `/v1/speak`."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from starlette.datastructures import QueryParams
from starlette.requests import HTTPConnection
from starlette.responses import Response

from enterprise_stream.speaking.ports import TextToSpeech
from enterprise_stream.testing.emulators.deepgram.flux import FluxLatency, FluxSession
from enterprise_stream.testing.emulators.deepgram.nova import NovaSession
from enterprise_stream.testing.emulators.deepgram.query import FluxQuery, NovaQuery, SpeakQuery
from enterprise_stream.testing.emulators.deepgram.refusals import INTERNAL, Refused, by_status
from enterprise_stream.testing.emulators.deepgram.speaking import Speaker, SpeakingSession, speak_over_http
from enterprise_stream.testing.emulators.ears import Ear, ScriptedEar
from enterprise_stream.testing.emulators.exchange import HttpExchange, SocketExchange
from enterprise_stream.testing.emulators.server import Emulator, HttpEndpoint, SocketEndpoint
from enterprise_stream.testing.emulators.timing import FIRST_AUDIO, RECOGNITION, Latency, Timing
from enterprise_stream.testing.emulators.voices import ToneVoice


@dataclass(frozen=True, slots=True)
class DeepgramLatencies:
    """How long the service takes; nothing at all by default.

    Attributes:
        handshake: of a WebSocket.
        recognition: from the last sound to the final words, or to the end of a turn.
        first_audio: from a flushed text to its first sound.
        speed: how much faster than real time the sound comes after that; None for at once.
    """

    handshake: Latency = field(default_factory=Latency)
    recognition: Latency = field(default_factory=Latency)
    first_audio: Latency = field(default_factory=Latency)
    speed: float | None = None


REALISTIC: Final = DeepgramLatencies(Latency(200.0, 40.0), RECOGNITION, FIRST_AUDIO, 4.0)
"""As published figures and captures have them."""


@dataclass(frozen=True, slots=True)
class DeepgramLimits:
    """Sessions that may be open at once; more are refused with 429. Pay as you go, a project and region.

    Attributes:
        nova: of `/v1/listen`.
        flux: of `/v2/listen`.
        speak: of `/v1/speak`.
    """

    nova: int = 50
    flux: int = 50
    speak: int = 15


class DeepgramEmulator(Emulator):
    """Deepgram's service: an emulator, which hears what its ear makes out and speaks with its voice.

    The names of its endpoints, for faults and records, are `listen` (both versions) and `speak` (both ways).

    Args:
        ear: knows the words; by default a script without any.
        voice: speaks; by default a tone.
        latencies: how long it takes.
        limits: sessions at once.
        timing: what waits and limits go by; the running loop's time by default.
        seed: of all that varies.
        key: the only key that is let in; None lets in any.

    Attributes:
        ear: knows the words.
        voice: speaks.
        sessions: open now, by path.
    """

    vendor = "Deepgram"

    def __init__(
        self,
        ear: Ear | None = None,
        voice: TextToSpeech | None = None,
        *,
        latencies: DeepgramLatencies | None = None,
        limits: DeepgramLimits | None = None,
        timing: Timing | None = None,
        seed: int = 0,
        key: str | None = None,
    ) -> None:
        super().__init__(timing=timing, seed=seed, key=key)
        self.ear = ear or ScriptedEar()
        self.voice = voice or ToneVoice()
        self.sessions: Counter[str] = Counter()
        self._latencies = latencies or DeepgramLatencies()
        limits = limits or DeepgramLimits()
        self._limits = {"/v1/listen": limits.nova, "/v2/listen": limits.flux, "/v1/speak": limits.speak}

    def endpoints(self) -> Sequence[HttpEndpoint | SocketEndpoint]:
        """What it serves."""
        return (
            self._socket("listen", "/v1/listen", self._nova, NovaQuery.of),
            self._socket("listen", "/v2/listen", self._flux, FluxQuery.of),
            self._socket("speak", "/v1/speak", self._speak, _speak_query),
            HttpEndpoint("speak", "/v1/speak", self._speak_over_http),
        )

    def key_of(self, connection: HTTPConnection) -> str | None:
        """A plain key goes with `Token`; `Bearer` is for tokens, which the emulator does not give out."""
        scheme, _, key = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "token":
            return key.strip() or None
        offered = connection.headers.get("sec-websocket-protocol", "").replace(" ", "").split(",")
        return offered[1] if offered[0] == "token" and len(offered) == 2 else None

    def refusal(self, status: int) -> Response:
        """JSON, with the reason in `dg-error`."""
        return by_status(status).response()

    async def fail_session(self, exchange: SocketExchange) -> None:
        """Deepgram tells its own failures by close code 1011."""
        await exchange.close(INTERNAL.code, INTERNAL.reason)

    def _socket(
        self,
        name: str,
        path: str,
        handle: Callable[[SocketExchange], Awaitable[None]],
        check: Callable[[QueryParams], object],
    ) -> SocketEndpoint:
        async def admit(connection: HTTPConnection) -> Response | None:
            await self.pause(self._latencies.handshake)
            try:
                check(connection.query_params)
            except Refused as refused:
                return refused.response()
            return by_status(429).response() if self.sessions[path] >= self._limits[path] else None

        async def counted(exchange: SocketExchange) -> None:
            self.sessions[path] += 1
            try:
                await handle(exchange)
            finally:
                self.sessions[path] -= 1

        return SocketEndpoint(name, path, counted, admit, lambda request_id: [(b"dg-request-id", request_id.encode())])

    async def _nova(self, exchange: SocketExchange) -> None:
        query = NovaQuery.of(exchange.socket.query_params)
        engine = query.model.replace("nova-", "deepgram-nova")
        await NovaSession(
            exchange,
            query,
            self.ear.listen(_hint(query.language, query.hints)),
            self.bill.open(exchange.request_id, "stt", engine, query.model),
            self.timing,
            self._latencies.recognition,
            self.random,
        ).run()

    async def _flux(self, exchange: SocketExchange) -> None:
        query = FluxQuery.of(exchange.socket.query_params)
        await FluxSession(
            exchange,
            query,
            self.ear.listen(_hint("en", query.hints)),
            self.bill.open(exchange.request_id, "stt", "deepgram-flux", query.model),
            self.timing,
            FluxLatency(self._latencies.recognition, self.random),
        ).run()

    async def _speak(self, exchange: SocketExchange) -> None:
        query = _speak_query(exchange.socket.query_params)
        charge = self.bill.open(exchange.request_id, "tts", "deepgram-aura2", query.model)
        await SpeakingSession(exchange, query, self._speaker(), charge).run()

    async def _speak_over_http(self, exchange: HttpExchange) -> Response:
        return await speak_over_http(exchange, self._speaker(), self.bill)

    def _speaker(self) -> Speaker:
        return Speaker(self.voice, self.timing, self._latencies.first_audio, self._latencies.speed, self.random)


def _speak_query(query: QueryParams) -> SpeakQuery:
    return SpeakQuery.of(query, "linear16")


def _hint(language: str, hints: Sequence[str]) -> str:
    """ISO 639-1 code that a live ear is told to expect."""
    return (hints[0] if hints else "en" if language == "multi" else language).partition("-")[0]
