"""Vendors as somebody would emulate them who knows their public documents, and neither the SDKs nor this project.

No code of the project's emulators carries a message here: plain routes, the fewest fields, the orders and sizes that
came easiest. What is heard and answered comes from the same ear and mind, since the cases are about known words.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal, cast

import numpy as np
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from enterprise_stream.listening.ports import SAMPLE_RATE, Samples
from enterprise_stream.testing.emulators.ears import BLOCK, LOUD, Hearing
from enterprise_stream.testing.emulators.openai import ReadingMind
from enterprise_stream.testing.emulators.openai.chat_request import ChatRequest

from .ear import KnowingEar

Have = Literal["nova", "flux", "aura sockets", "aura requests", "chat"]

WORDS_S, TOKEN_S, SOUND_S = (0.26, 0.08), (0.45, 0.15), (0.18, 0.06)
"""Mean and deviation of the latencies."""

INTERIM_S = 0.5
ENDPOINT_S = 0.3
"""Silence that ends a segment of Nova's or a turn of Flux's."""

MS_PER_CHARACTER = 60.0
PIECE = 997
"""Bytes of sound in a message: an odd number."""


@dataclass(slots=True)
class Stream:
    """One socket's audio as it is heard."""

    hearing: Hearing
    heard: int = 0
    begun: float = 0.0
    told: float = 0.0
    quiet: float = 0.0
    turn: int = 0
    rest: bytes = b""

    @property
    def at(self) -> float:
        """Audio so far, in s."""
        return round(self.heard / SAMPLE_RATE, 2)

    def take(self, data: bytes) -> None:
        """Hear more of it."""
        data = self.rest + data
        whole = len(data) // (2 * BLOCK) * 2 * BLOCK
        self.rest = data[whole:]
        samples: Samples = np.frombuffer(data[:whole], "<i2").astype(np.float32) / np.float32(32_768)
        for start in range(0, samples.size, BLOCK):
            block = samples[start : start + BLOCK]
            loud = float(np.sqrt(np.mean(np.square(block)))) >= LOUD
            self.hearing.hear(block, loud)
            self.heard += BLOCK
            self.quiet = 0.0 if loud else self.quiet + BLOCK / SAMPLE_RATE

    async def text(self) -> str:
        """Words of the segment or turn so far."""
        return " ".join(word.text for word in await self.hearing.words())

    async def settle(self) -> None:
        """The next one begins."""
        await self.hearing.settle()
        self.begun = self.told = self.at
        self.turn += 1


@dataclass(slots=True)
class Later:
    """Messages of a socket, each sent after its latency and in order."""

    websocket: WebSocket
    latency: Callable[[], float]
    queue: asyncio.Queue[tuple[float, dict[str, Any]]] = field(default_factory=asyncio.Queue)

    def say(self, message: dict[str, Any]) -> None:
        """Send when its time has come."""
        self.queue.put_nowait((asyncio.get_running_loop().time() + self.latency(), message))

    async def run(self) -> None:
        """Send them."""
        while True:
            at, message = await self.queue.get()
            await asyncio.sleep(max(0.0, at - asyncio.get_running_loop().time()))
            await self.websocket.send_text(json.dumps(message))


class Stranger:
    """Deepgram and OpenAI in one application.

    Args:
        ear: knows what guests say.
        have: what is served; for all else there is no route.
    """

    def __init__(self, ear: KnowingEar, have: Sequence[Have]) -> None:
        self._ear = ear
        self._random = Random(7)
        routes: dict[Have, BaseRoute] = {
            "nova": WebSocketRoute("/v1/listen", self._nova),
            "flux": WebSocketRoute("/v2/listen", self._flux),
            "aura sockets": WebSocketRoute("/v1/speak", self._speak),
            "aura requests": Route("/v1/speak", self._speech, methods=["POST"]),
            "chat": Route("/v1/chat/completions", self._chat, methods=["POST"]),
        }
        self.app = Starlette(routes=[routes[each] for each in have])

    def _latency(self, of: tuple[float, float]) -> float:
        return max(0.02, self._random.gauss(*of))

    # --- listening ----------------------------------------------------------------------------------------------

    async def _listened(
        self, websocket: WebSocket, heard: Callable[[Stream, Later, dict[str, Any] | None], Coroutine[Any, Any, None]]
    ) -> None:
        await websocket.accept()
        stream = Stream(self._ear.listen("es"))
        later = Later(websocket, lambda: self._latency(WORDS_S))
        saying = asyncio.create_task(later.run())
        try:
            while True:
                message = await websocket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                told = json.loads(message["text"]) if message.get("text") else None
                if told is None:
                    stream.take(message["bytes"])
                elif told["type"] == "CloseStream":
                    await websocket.close()
                    return
                await heard(stream, later, told)
        except (WebSocketDisconnect, RuntimeError):
            return
        finally:
            saying.cancel()

    async def _nova(self, websocket: WebSocket) -> None:
        await self._listened(websocket, self._segment)

    async def _segment(self, stream: Stream, later: Later, told: dict[str, Any] | None) -> None:
        """A final result says nothing of `Finalize`; where no words are open, nothing is said at all."""
        asked = told is not None and told["type"] == "Finalize"
        ends = asked or stream.quiet >= ENDPOINT_S
        if told is not None and not asked:
            return
        if not ends and stream.at - stream.told < INTERIM_S:
            return
        stream.told = stream.at
        text = await stream.text()
        if text or asked:
            later.say(
                {
                    "type": "Results",
                    "start": stream.begun,
                    "duration": round(stream.at - stream.begun, 2),
                    "is_final": ends,
                    "channel": {"alternatives": [{"transcript": text, "confidence": 0.9}] if text else []},
                }
            )
        if ends and text:
            await stream.settle()

    async def _flux(self, websocket: WebSocket) -> None:
        await self._listened(websocket, self._turn)

    async def _turn(self, stream: Stream, later: Later, told: dict[str, Any] | None) -> None:
        """A turn begins with its first word; no eager ends, no triggers, no words one by one."""
        if told is not None and told["type"] != "ForceEndTurn":
            return
        ends = told is not None or stream.quiet >= ENDPOINT_S
        text = await stream.text()
        if ends and text:
            later.say(self._info(stream, "EndOfTurn", text))
            await stream.settle()
        elif told is not None:
            later.say({"type": "Warning", "code": "FORCE_END_TURN_NO_ACTIVE_TURN", "description": "No turn."})
        elif stream.at - stream.told >= INTERIM_S:
            stream.told = stream.at
            later.say(self._info(stream, "Update", text))

    def _info(self, stream: Stream, event: str, text: str) -> dict[str, Any]:
        return {
            "type": "TurnInfo",
            "event": event,
            "turn_index": stream.turn,
            "audio_window_start": stream.begun,
            "audio_window_end": stream.at,
            "transcript": text,
            "end_of_turn_confidence": 0.8 if event == "EndOfTurn" else 0.1,
        }

    # --- speaking -----------------------------------------------------------------------------------------------

    async def _speak(self, websocket: WebSocket) -> None:
        """No metadata; a clause is told to be over as soon as it is asked for."""
        await websocket.accept()
        text, speaking = "", asyncio.create_task(asyncio.sleep(0))
        try:
            while True:
                told = json.loads(await websocket.receive_text())
                match told["type"]:
                    case "Speak":
                        text += told["text"]
                    case "Flush":
                        speaking = asyncio.create_task(self._sound(websocket, text))
                        text = ""
                    case "Clear":
                        speaking.cancel()
                        text = ""
                        await websocket.send_text('{"type": "Cleared"}')
                    case "Close":
                        await websocket.close()
                        return
        except (WebSocketDisconnect, RuntimeError):
            return
        finally:
            speaking.cancel()

    async def _sound(self, websocket: WebSocket, text: str) -> None:
        async for piece in self._hummed(text):
            await websocket.send_bytes(piece)
        await websocket.send_text('{"type": "Flushed"}')

    async def _speech(self, request: Request) -> Response:
        text = (await request.json())["text"]
        return StreamingResponse(self._hummed(text), media_type="audio/l16")

    async def _hummed(self, text: str) -> AsyncIterator[bytes]:
        await asyncio.sleep(self._latency(SOUND_S))
        count = round(24 * MS_PER_CHARACTER * len(text))
        pcm = (6_000 * np.sin(np.arange(count) * 0.06)).astype("<i2").tobytes()
        for start in range(0, len(pcm), PIECE):
            yield pcm[start : start + PIECE]
            await asyncio.sleep(PIECE / 48_000 / 2)

    # --- thinking -----------------------------------------------------------------------------------------------

    async def _chat(self, request: Request) -> Response:
        asked = await request.json()
        mine = ChatRequest(cast("Any", None), tuple(asked["messages"]), tuple(asked.get("tools", ())))
        answer = ReadingMind().answer(mine)
        deltas: list[dict[str, Any]] = [{"role": "assistant"}]
        for number, each in enumerate(answer.calls):
            named = {"name": each.name, "arguments": ""}
            deltas.append(
                {"tool_calls": [{"index": number, "id": f"call_{number}", "type": "function", "function": named}]}
            )
            deltas += [
                {"tool_calls": [{"index": number, "function": {"arguments": each.arguments[at : at + 7]}}]}
                for at in range(0, len(each.arguments), 7)
            ]
        deltas += [{"content": answer.text[at : at + 5]} for at in range(0, len(answer.text), 5)]
        finish = "tool_calls" if answer.calls else "stop"
        return StreamingResponse(self._streamed(deltas, finish), media_type="text/event-stream")

    async def _streamed(self, deltas: Sequence[dict[str, Any]], finish: str) -> AsyncIterator[str]:
        """Lines with CRLF, a comment first, why it ends in a chunk of its own, and no account of what was used."""
        yield ": hello\r\n\r\n"
        await asyncio.sleep(self._latency(TOKEN_S))
        for delta in deltas:
            yield _event({"index": 0, "delta": delta, "finish_reason": None})
            await asyncio.sleep(0.0125)
        yield _event({"index": 0, "delta": {}, "finish_reason": finish})
        yield "data: [DONE]\r\n\r\n"


def _event(choice: dict[str, Any]) -> str:
    told = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "gpt-4o-mini", "choices": [choice]}
    return f"data: {json.dumps(told)}\r\n\r\n"
