"""A server that says what a test tells it to say, under the real server's security headers."""

import asyncio
import io
import json
import socket
import threading
import time
import wave
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from enterprise_stream.audio.framing import MICROPHONE, pack, unpack
from enterprise_stream.audio.opus import OpusFrames
from enterprise_stream.server.api import embedding
from enterprise_stream.server.headers import SecurityHeaders
from enterprise_stream.wire.codes import SUBPROTOCOL

from .hearing import TAP_WORKLET

STATIC = Path(__file__).parents[2] / "src" / "enterprise_stream" / "server" / "static"
"""Where the web build puts the page."""

VOICE_RATE = 24_000
CHUNK_MS = 40
AHEAD_MS = 120
WITHIN_S = 10.0

DISCLOSURES = {
    "es": "Te atiende Sandra, una inteligencia artificial. Tu voz no se guarda.",
    "en": "You are talking with Sandra, an AI assistant. Your voice is not kept.",
}

GREETING = "Hola, soy Sandra."
"""What the library has a recording of, unless a test says more."""

BUSINESS: dict[str, Any] = {
    "name": "Casas del Turia",
    "invented": True,
    "place": "Valencia",
    "persona": {"name": "Sandra"},
    "languages": ["es", "en"],
    "contact": {
        "phone": "+34 960 000 100",
        "whatsapp": "+34 960 000 101",
        "email": "hola@casasdelturia.example",
        "address": "Carrer del Túria 1, 46003 Valencia",
    },
    "hours": {"from": "9:00", "to": "20:00"},
    "examples": {
        "es": [
            "¿Cuánto cuesta el Ático Ruzafa?",
            "¿Admiten mascotas?",
            "¿A qué hora puedo entrar?",
            "¿Cómo llego desde el aeropuerto?",
        ],
        "en": [
            "How much is the Ático Ruzafa?",
            "Are pets allowed?",
            "What time is check-in?",
            "How do I get there from the airport?",
        ],
    },
    "disclosure": DISCLOSURES,
    "privacy": {
        "version": "notice-1",
        "url": "https://casasdelturia.example/privacidad",
        "retention_days": 30,
        "text": {
            "es": "Contesta Sandra, una inteligencia artificial, no una persona. Tu voz se convierte en texto y no se "
            "graba. Lo que se dice se guarda 30 días.",
            "en": "Sandra answers, an artificial intelligence, not a person. Your voice is turned into text and is not "
            "recorded. What is said is kept for 30 days.",
        },
    },
}
"""What `/api/business` tells."""

Message = dict[str, Any]
T = TypeVar("T")


def tone(ms: int, hz: float = 440.0, level: float = 0.3) -> bytes:
    """A tone as Sandra's audio travels: 16-bit PCM at 24 kHz."""
    seconds = np.arange(VOICE_RATE * ms // 1000) / VOICE_RATE
    return (np.sin(2 * np.pi * hz * seconds) * level * 32767).astype("<i2").tobytes()


class MockServer:
    """Serves the built page and one scripted `/ws/stream`; tests talk to it from another thread."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))  # held, so that nobody else gets the port
        self.port = int(self._listener.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._changed = threading.Condition()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server = uvicorn.Server(
            uvicorn.Config(self._app(), log_level="warning", ws="websockets-sansio", lifespan="off")
        )
        self._thread = threading.Thread(target=self._run, name="mock-server")
        self._test = 0
        self.reset()

    def reset(self) -> None:
        """Forget everything between two tests, and heed nothing more of the connections that there were."""
        with self._changed:
            self._test += 1
            self._forget()

    def _forget(self) -> None:
        self.messages: list[Message] = []
        self.told: list[Message] = []
        self.subprotocols: list[list[str]] = []
        self.pong_after_s = 0.0
        self.audio = bytearray()
        self.frames: list[int] = []
        self.frame_times: list[float] = []
        self.positions: list[int] = []
        self.connections = 0
        self.socket: WebSocket | None = None
        self.refuse_with: int | None = None
        self.close_with: int | None = None
        self.health: tuple[int, dict[str, str]] = (200, {})
        self.language = "es"
        self.resumes = False
        self.looks_for_it = False
        self.embedders: tuple[str, ...] = ()
        self.business: Message | None = BUSINESS
        self.history: list[Message] = [{"role": "user", "text": "hola", "turn": 1}]
        self.recorded = {GREETING}
        self.clips_asked: list[str] = []
        self.clip_ms = 500
        self.erasing: Message = {"type": "data_erased"}
        self._seq = 0
        self._stream_number = 0
        self._position = 0

    # --- told by the test ---------------------------------------------------------------------------------------

    def start(self) -> None:
        """Serve, in a thread of its own."""
        self._thread.start()
        self.wait(lambda: self._server.started, "the mock server to listen")

    def stop(self) -> None:
        """Stop serving."""
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(WITHIN_S)

    def send(self, kind: str, **fields: Any) -> float:
        """Send one message; returns when, in seconds since 1970."""
        self._do(self._tell(self._open_socket(), {"type": kind} | fields))
        return time.time()

    def send_audio(self, pcm: bytes) -> None:
        """Send audio as fast as it goes, in chunks of 40 ms."""
        size = VOICE_RATE * CHUNK_MS // 1000 * 2
        for at in range(0, len(pcm), size):
            self._do(self._open_socket().send_bytes(self._stamped(pcm[at : at + size])))

    def speak(self, turn: int, pcm: bytes, *, start_ms: int = 0, end: bool = True) -> None:
        """Sandra's voice for a turn, from `start_ms` on."""
        self._begin_stream(turn, start_ms)
        self.send_audio(pcm)
        if end:
            self.send("audio_end", turn=turn, duration_ms=start_ms + len(pcm) // 2 * 1000 // VOICE_RATE)

    def speak_in_opus(self, turn: int, pcm: bytes) -> None:
        """The same in bare Opus packets."""
        self._begin_stream(turn, encoding="opus")
        frames = OpusFrames(VOICE_RATE)
        samples = np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)
        for packet in frames.encode(samples) + frames.flush():
            self._do(self._open_socket().send_bytes(self._stamped(packet)))
        self.send("audio_end", turn=turn, duration_ms=len(samples) * 1000 // VOICE_RATE)

    def speak_in_real_time(self, turn: int, pcm: bytes) -> float:
        """Sandra's voice as it comes from an engine that is no faster than she speaks and `AHEAD_MS` ahead of her.

        Returns:
            The most that this machine was late with a chunk of it, ms.
        """
        self._begin_stream(turn)
        ms = len(pcm) // 2 * 1000 // VOICE_RATE
        late_ms = self._do(self._pace(self._open_socket(), pcm), WITHIN_S + ms / 1000)
        self.send("audio_end", turn=turn, duration_ms=ms)
        return late_ms

    def send_all(self, frames: Sequence[Message | bytes]) -> None:
        """Send messages and audio one after another, as fast as they go."""
        self._do(self._send_all(self._open_socket(), frames))

    def answer(self, turn: int, text: str, pcm: bytes) -> None:
        """A whole answer: text in two pieces, one caption for each word, voice."""
        words = text.split(" ")
        middle = len(words) // 2
        self.send("response_chunk", turn=turn, text=" ".join(words[:middle]))
        self.send("response_chunk", turn=turn, text=" " + " ".join(words[middle:]))
        ms = len(pcm) // 2 * 1000 // VOICE_RATE
        for i, word in enumerate(words):
            start, end = ms * i // len(words), ms * (i + 1) // len(words)
            self.send("caption", turn=turn, text=word, start_ms=start, end_ms=end)
        self.complete(turn, text)
        self.speak(turn, pcm)

    def complete(self, turn: int, text: str) -> None:
        """The whole text of an answer."""
        self.send("response_complete", turn=turn, text=text, responseType="general", latency={}, usage={}, cost={})

    def close(self, code: int) -> None:
        """Close the connection from this side."""
        self._do(self._open_socket().close(code))

    def wait_for(self, kind: str, count: int = 1) -> Message:
        """The `count`-th message of a type that the page sent."""
        self.wait(lambda: len(self.of(kind)) >= count, f"{count} message(s) {kind!r} of the page")
        return self.of(kind)[count - 1]

    def of(self, kind: str) -> list[Message]:
        """Every message of a type that the page sent."""
        return [message for message in self.messages if message["type"] == kind]

    def wait(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until something holds."""
        end = time.monotonic() + WITHIN_S
        with self._changed:
            while not holds():
                assert time.monotonic() < end, f"waited {WITHIN_S:.0f} s for {what}; got {self.messages}"
                self._changed.wait(0.05)

    # --- the server's thread ------------------------------------------------------------------------------------

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self._server.serve([self._listener])

    def _app(self) -> Starlette:
        routes = [
            WebSocketRoute("/ws/stream", self._stream),
            Route("/readyz", self._readyz),
            Route("/api/business", self._business),
            Route("/api/sessions", self._no_token, methods=["POST"]),
            Route("/__tap.js", self._tap),
            Route("/clip.wav", self._clip),
            Route("/api/clips", self._find_clip),
            *embedding.routes,
            Mount("/", StaticFiles(directory=STATIC, html=True)),
        ]
        return Starlette(routes=routes, middleware=[Middleware(SecurityHeaders, embedders=lambda _: self.embedders)])

    async def _readyz(self, _: Request) -> Response:
        status, headers = self.health
        return JSONResponse({"status": "full" if status == 503 else "ready"}, status, headers)

    async def _business(self, _: Request) -> Response:
        return JSONResponse(self.business, 404 if self.business is None else 200)

    async def _no_token(self, _: Request) -> Response:
        """As a server of this machine answers its own page: it asks for none."""
        return Response(status_code=204)

    async def _tap(self, _: Request) -> Response:
        return Response(TAP_WORKLET, media_type="text/javascript")

    async def _find_clip(self, request: Request) -> Response:
        self.clips_asked.append(request.query_params["text"])
        if self.clips_asked[-1] not in self.recorded or request.query_params.get("voice", "sandra") != "sandra":
            return JSONResponse({"url": None})
        return JSONResponse({"url": "/clip.wav"})

    async def _clip(self, _: Request) -> Response:
        file = io.BytesIO()
        with wave.open(file, "wb") as recording:
            recording.setnchannels(1)
            recording.setsampwidth(2)
            recording.setframerate(VOICE_RATE)
            recording.writeframes(tone(self.clip_ms))
        return Response(file.getvalue(), media_type="audio/wav")

    async def _stream(self, websocket: WebSocket) -> None:
        self.connections += 1
        test = self._test
        if self.refuse_with is not None:
            await websocket.send_denial_response(Response(status_code=self.refuse_with))
            return
        offered = websocket.scope["subprotocols"]
        self.subprotocols.append(offered)
        await websocket.accept(SUBPROTOCOL if SUBPROTOCOL in offered else None)
        if self.close_with is not None:
            await websocket.close(self.close_with)
            return
        self._seq = 1
        ready = {
            "type": "ready",
            "seq": 1,
            "protocol": 1,
            "session_id": f"session-{self.connections}",
            "resume_token": "t",
            "language": websocket.query_params.get("lang", "es"),
            "persona": {"name": "Sandra", "voice": "sandra"},
            "server": {"version": "0", "mode": "mock"},
            "disclosure": DISCLOSURES[websocket.query_params.get("lang", "es")],
        }
        try:
            await websocket.send_text(json.dumps(ready))
            self.socket = websocket if test == self._test else self.socket
            while True:
                await self._take(websocket, await websocket.receive(), test)
        except (WebSocketDisconnect, RuntimeError):
            self.socket = None if self.socket is websocket else self.socket

    async def _take(self, websocket: WebSocket, event: Any, test: int) -> None:
        if event["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(event.get("code", 1005))
        with self._changed:
            if test != self._test:
                return
            if event.get("bytes") is not None:
                frame = unpack(event["bytes"])
                assert frame.stream == MICROPHONE
                self.audio += frame.payload
                self.frames.append(len(frame.payload))
                self.frame_times.append(time.time())
                self.positions.append(frame.position)
            else:
                self.messages.append(json.loads(event["text"]) | {"at": time.time()})
            self._changed.notify_all()
        if event.get("text") is not None:
            if self.pong_after_s and '"ping"' in event["text"]:
                await asyncio.sleep(self.pong_after_s)  # a poor link holds up what comes behind it too
            await self._reply(websocket, json.loads(event["text"]))

    async def _reply(self, websocket: WebSocket, message: Message) -> None:
        """What every server answers at once; the conversation itself is the test's."""
        replies: dict[str, Message] = {
            "set_language": {"type": "language", "language": message.get("language")},
            "get_history": {"type": "history", "items": self.history},
            "clear_history": {"type": "history_cleared"},
            "erase_data": self.erasing,
            "ping": {"type": "pong", "t": message.get("t"), "at": time.time() * 1000},
        }
        resume = message.get("resume")
        while resume is not None and self.looks_for_it:  # noqa: ASYNC110 - a thread of the test ends it
            await asyncio.sleep(0.01)
        if resume is not None and self.resumes:
            missed = [told for told in self.told if told["seq"] > resume["last_seq"]]
            for told in missed:
                await websocket.send_text(json.dumps(told))
            self._seq = max([resume["last_seq"], *(told["seq"] for told in missed)])
            replies["start"] = {"type": "started", "resume_token": "next"}
        elif resume is not None:
            replies["start"] = {"type": "error", "code": "resume_refused", "message": "", "turn": None}
        if message["type"] in replies:
            self._seq += 1
            await websocket.send_text(json.dumps({"seq": self._seq} | replies[message["type"]]))

    def _open_socket(self) -> WebSocket:
        self.wait(lambda: self.socket is not None, "the page to connect")
        assert self.socket is not None
        return self.socket

    async def _tell(self, websocket: WebSocket, message: Message) -> None:
        """Numbered in this thread, as its own replies are: in the order in which they leave."""
        self._seq += 1
        numbered = {"seq": self._seq} | message
        self.told.append(numbered)
        await websocket.send_text(json.dumps(numbered))

    async def _pace(self, websocket: WebSocket, pcm: bytes) -> float:
        size = VOICE_RATE * CHUNK_MS // 1000 * 2
        began, late = time.monotonic(), 0.0
        for number, at in enumerate(range(0, len(pcm), size)):
            due = began + (number * CHUNK_MS - AHEAD_MS) / 1000
            # What is tested is the page's own clock against this one: nothing but real time will do.
            await asyncio.sleep(due - time.monotonic())
            await websocket.send_bytes(self._stamped(pcm[at : at + size]))
            late = max(late, time.monotonic() - max(began, due))
        return late * 1000

    async def _send_all(self, websocket: WebSocket, frames: Sequence[Message | bytes]) -> None:
        for frame in frames:
            if isinstance(frame, bytes):
                await websocket.send_bytes(self._stamped(frame))
            else:
                self._seq += 1
                if frame["type"] == "audio_start":
                    self._stream_number, self._position = frame["stream"], 0
                await websocket.send_text(json.dumps({"seq": self._seq} | frame))

    def _begin_stream(self, turn: int, start_ms: int = 0, encoding: str = "pcm_s16le") -> None:
        self._stream_number, self._position = self._stream_number + 1, 0
        stream = {"stream": self._stream_number, "encoding": encoding, "sample_rate": VOICE_RATE, "voice": "sandra"}
        self.send("audio_start", turn=turn, start_ms=start_ms, **stream)

    def _stamped(self, payload: bytes) -> bytes:
        """A frame of the stream that is open; the position counts 16-bit samples, whatever the encoding."""
        frame = pack(last=False, stream=self._stream_number, position=self._position, samples_bytes=payload)
        self._position += len(payload) // 2
        return frame

    def _do(self, action: Coroutine[Any, Any, T], within_s: float = WITHIN_S) -> T:
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(action, self._loop).result(within_s)
