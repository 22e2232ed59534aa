"""Deepgram as a test plays it: every message is the test's own, so that each order of events can be had."""

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request

RATE = 16_000


class Call:
    """One socket.

    Attributes:
        path: without the query.
        query: its parameters, each with all its values.
        messages: all that came, audio as bytes and the rest as what its JSON says.
    """

    def __init__(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        parts = urlsplit(connection.request.path)
        self.path = parts.path
        self.query = parse_qs(parts.query)
        self.messages: list[Any] = []
        self.ended = asyncio.Event()
        self._connection = connection
        self._news = asyncio.Condition()

    @property
    def audio_s(self) -> float:
        """Audio that has come, in s."""
        return sum(len(each) for each in self.messages if isinstance(each, bytes)) / 2 / RATE

    @property
    def told(self) -> list[str]:
        """Kinds of the messages that are no audio."""
        return [each["type"] for each in self.messages if isinstance(each, dict)]

    async def read(self) -> None:
        """Take what comes until the end."""
        try:
            async for data in self._connection:
                async with self._news:
                    self.messages.append(data if isinstance(data, bytes) else json.loads(data))
                    self._news.notify_all()
        except ConnectionClosed:
            pass
        finally:
            self.ended.set()

    async def comes(self, kind: str, count: int = 1) -> None:
        """Wait until `count` messages of a kind have come."""
        async with asyncio.timeout(20), self._news:
            await self._news.wait_for(lambda: self.told.count(kind) >= count)

    async def heard(self, seconds: float) -> None:
        """Wait until so much audio has come."""
        async with asyncio.timeout(20), self._news:
            await self._news.wait_for(lambda: self.audio_s >= seconds - 0.001)

    async def say(self, message: Any) -> None:
        """Send bytes, text as it is, or anything else as JSON."""
        await self._connection.send(message if isinstance(message, bytes | str) else json.dumps(message))

    async def turn(self, event: str, text: str, until_s: float, index: int = 0, **more: Any) -> None:
        """Say a `TurnInfo` of Flux's."""
        message = {
            "type": "TurnInfo",
            "request_id": "r",
            "sequence_id": len(self.messages),
            "event": event,
            "turn_index": index,
            "audio_window_start": 0.0,
            "audio_window_end": until_s,
            "transcript": text,
            "words": [{"word": word, "confidence": 0.9} for word in text.split()],
            "end_of_turn_confidence": 0.5,
            "languages": ["es"] if text else [],
        }
        await self.say(message | more)

    async def segment(self, text: str, start_s: float, until_s: float, *, final: bool = True, **more: Any) -> None:
        """Say a `Results` of Nova's."""
        words = text.split()
        step = (until_s - start_s) / max(1, len(words))
        spoken = [
            {"word": w, "punctuated_word": w, "start": start_s + i * step, "end": start_s + (i + 1) * step}
            for i, w in enumerate(words)
        ]
        message = {
            "type": "Results",
            "channel_index": [0, 1],
            "start": start_s,
            "duration": until_s - start_s,
            "is_final": final,
            "speech_final": False,
            "channel": {"alternatives": [{"transcript": text, "confidence": 0.9, "words": spoken}]},
            "metadata": {"request_id": "r"},
        }
        await self.say(message | more)

    async def close(self, code: int) -> None:
        """End the socket with a code."""
        await self._connection.close(code)

    def cut(self) -> None:
        """End the connection without a word."""
        self._connection.transport.abort()


class Played:
    """A service on loopback that says nothing by itself.

    Attributes:
        count: sockets that were opened.
        opens_after_s: how long it takes to open one.
    """

    def __init__(self) -> None:
        self._calls: asyncio.Queue[Call] = asyncio.Queue()
        self._exits = AsyncExitStack()
        self.count = 0
        self.opens_after_s = 0.0
        self.base_url = ""

    async def __aenter__(self) -> Self:
        server = await self._exits.enter_async_context(
            serve(self._handle, "127.0.0.1", 0, ping_interval=None, process_request=self._open)
        )
        self.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._exits.aclose()

    async def call(self) -> Call:
        """The next socket that is opened."""
        async with asyncio.timeout(20):
            return await self._calls.get()

    async def _open(self, _connection: ServerConnection, _request: Request) -> None:
        await asyncio.sleep(self.opens_after_s)

    async def _handle(self, connection: ServerConnection) -> None:
        call = Call(connection)
        self.count += 1
        self._calls.put_nowait(call)
        await call.read()
