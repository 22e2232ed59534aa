"""A server that says what a test tells it to say, under the real server's security headers."""

import asyncio
import io
import json
import socket
import threading
import time
import wave
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from enterprise_stream.server.headers import SecurityHeaders

from .hearing import TAP_WORKLET

STATIC = Path(__file__).parents[2] / "src" / "enterprise_stream" / "server" / "static"
"""Where the web build puts the page."""

VOICE_RATE = 24_000
CHUNK_MS = 40
WITHIN_S = 10.0

DISCLOSURES = {
    "es": "Te atiende Sandra, una inteligencia artificial. Tu voz no se guarda.",
    "en": "You are talking with Sandra, an AI assistant. Your voice is not kept.",
}

Message = dict[str, Any]


def tone(ms: int, hz: float = 440.0, level: float = 0.3) -> bytes:
    """A tone as Sandra's audio travels: 16-bit PCM at 24 kHz."""
    seconds = np.arange(VOICE_RATE * ms // 1000) / VOICE_RATE
    return (np.sin(2 * np.pi * hz * seconds) * level * 32767).astype("<i2").tobytes()


class MockServer:
    """Serves the built page and one scripted `/ws/stream`; tests talk to it from another thread."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._changed = threading.Condition()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server = uvicorn.Server(
            uvicorn.Config(self._app(), port=self.port, log_level="warning", ws="websockets-sansio", lifespan="off")
        )
        self._thread = threading.Thread(target=self._run, name="mock-server")
        self.reset()

    def reset(self) -> None:
        """Forget everything between two tests."""
        self.messages: list[Message] = []
        self.audio = bytearray()
        self.frames: list[int] = []
        self.connections = 0
        self.socket: WebSocket | None = None
        self.refuse_with: int | None = None
        self.close_with: int | None = None
        self.health: tuple[int, dict[str, str]] = (200, {})
        self.language = "es"
        self.resumes = False
        self._seq = 0

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
        self._seq += 1
        text = json.dumps({"type": kind, "seq": self._seq} | fields)
        self._do(self._open_socket().send_text(text))
        return time.time()

    def send_audio(self, pcm: bytes) -> None:
        """Send audio as fast as it goes, in chunks of 40 ms."""
        size = VOICE_RATE * CHUNK_MS // 1000 * 2
        for at in range(0, len(pcm), size):
            self._do(self._open_socket().send_bytes(pcm[at : at + size]))

    def speak(self, turn: int, pcm: bytes, *, start_ms: int = 0, end: bool = True) -> None:
        """Sandra's voice for a turn, from `start_ms` on."""
        stream = {"stream": turn, "encoding": "pcm_s16le", "sample_rate": VOICE_RATE, "voice": "sandra"}
        self.send("audio_start", turn=turn, start_ms=start_ms, **stream)
        self.send_audio(pcm)
        if end:
            self.send("audio_end", turn=turn, duration_ms=start_ms + len(pcm) // 2 * 1000 // VOICE_RATE)

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
        await self._server.serve()

    def _app(self) -> Starlette:
        routes = [
            WebSocketRoute("/ws/stream", self._stream),
            Route("/readyz", self._readyz),
            Route("/__tap.js", self._tap),
            Route("/clip.wav", self._clip),
            Mount("/", StaticFiles(directory=STATIC, html=True)),
        ]
        return Starlette(routes=routes, middleware=[Middleware(SecurityHeaders)])

    async def _readyz(self, _: Request) -> Response:
        status, headers = self.health
        return JSONResponse({"status": "full" if status == 503 else "ready"}, status, headers)

    async def _tap(self, _: Request) -> Response:
        return Response(TAP_WORKLET, media_type="text/javascript")

    async def _clip(self, _: Request) -> Response:
        file = io.BytesIO()
        with wave.open(file, "wb") as recording:
            recording.setnchannels(1)
            recording.setsampwidth(2)
            recording.setframerate(VOICE_RATE)
            recording.writeframes(tone(500))
        return Response(file.getvalue(), media_type="audio/wav")

    async def _stream(self, websocket: WebSocket) -> None:
        self.connections += 1
        if self.refuse_with is not None:
            await websocket.send_denial_response(Response(status_code=self.refuse_with))
            return
        await websocket.accept()
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
        await websocket.send_text(json.dumps(ready))
        self.socket = websocket
        try:
            while True:
                await self._take(websocket, await websocket.receive())
        except (WebSocketDisconnect, RuntimeError):
            self.socket = None if self.socket is websocket else self.socket

    async def _take(self, websocket: WebSocket, event: Any) -> None:
        if event["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(event.get("code", 1005))
        with self._changed:
            if event.get("bytes") is not None:
                self.audio += event["bytes"]
                self.frames.append(len(event["bytes"]))
            else:
                self.messages.append(json.loads(event["text"]) | {"at": time.time()})
            self._changed.notify_all()
        if event.get("text") is not None:
            await self._reply(websocket, json.loads(event["text"]))

    async def _reply(self, websocket: WebSocket, message: Message) -> None:
        """What every server answers at once; the conversation itself is the test's."""
        replies: dict[str, Message] = {
            "set_language": {"type": "language", "language": message.get("language")},
            "get_history": {"type": "history", "items": [{"role": "user", "text": "hola", "turn": 1}]},
            "clear_history": {"type": "history_cleared"},
            "ping": {"type": "pong", "t": message.get("t"), "at": time.time() * 1000},
        }
        resume = message.get("resume")
        if resume is not None and self.resumes:
            self._seq = resume["last_seq"]
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

    def _do(self, action: Coroutine[Any, Any, None]) -> None:
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(action, self._loop).result(WITHIN_S)
