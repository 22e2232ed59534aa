"""Deepgram's own SDK, pointed at the emulator, and what a test needs around it."""

import asyncio
import contextlib
import warnings
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import numpy as np
from websockets.exceptions import WebSocketException

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # the SDK asks websockets for names that will go
    import deepgram.listen.v1.client
    import deepgram.listen.v2.client
    import deepgram.speak.v1.client  # noqa: F401
from deepgram import AsyncDeepgramClient
from deepgram.core.api_error import ApiError
from deepgram.environment import DeepgramClientEnvironment

from enterprise_stream.listening.ports import Samples
from enterprise_stream.testing import quiet, speech
from enterprise_stream.testing.emulators.deepgram import DeepgramEmulator

KEY = "dg-canary-1234567"
PATIENCE_S = 5.0
"""How long a test waits for what does come."""

NOVA = {"model": "nova-3", "language": "es", "encoding": "linear16", "sample_rate": "16000", "interim_results": "true"}
FLUX: dict[str, Any] = {
    "model": "flux-general-multi",
    "encoding": "linear16",
    "sample_rate": "16000",
    "request_options": {"additional_query_parameters": {"language_hint": ["es"]}},
}
SPEAK = {"model": "aura-2-diana-es", "encoding": "linear16", "sample_rate": "24000"}


def client(emulator: DeepgramEmulator, http: httpx.AsyncClient | None = None) -> AsyncDeepgramClient:
    """The SDK as the project uses it, for the emulator."""
    environment = DeepgramClientEnvironment(
        base=emulator.base_url, production=emulator.ws_url, agent=emulator.ws_url, agent_rest=emulator.base_url
    )
    return AsyncDeepgramClient(api_key=KEY, environment=environment, httpx_client=http)


class Session:
    """A socket of the SDK and all that came over it: messages as the SDK has them, bytes, None for unknown ones.

    Attributes:
        came: messages, in order.
        ended: why the SDK's iterator ended; None while it runs, or when it ended without an error.
    """

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.came: list[Any] = []
        self.ended: Exception | None = None
        self._news = asyncio.Event()
        self.over = False

    async def listen(self) -> None:
        """Gather what comes."""
        try:
            async for message in self.socket:
                self.came.append(message)
                self._news.set()
        except (WebSocketException, OSError) as error:
            self.ended = error
        self.over = True
        self._news.set()

    def of(self, kind: str, **fields: Any) -> list[Any]:
        """Messages of a type with these fields."""
        return [
            message
            for message in self.came
            if getattr(message, "type", None) == kind
            and all(getattr(message, name, None) == value for name, value in fields.items())
        ]

    @property
    def sound(self) -> bytes:
        """All binary messages, joined."""
        return b"".join(message for message in self.came if isinstance(message, bytes))

    async def until(self, found: Callable[[], Any]) -> Any:
        """Wait until `found` finds something; returns it."""
        async with asyncio.timeout(PATIENCE_S):
            while not (what := found()):
                assert not self.over, f"it ended before: {self.ended!r}, {self.code}"
                self._news.clear()
                await self._news.wait()
        return what

    async def one(self, kind: str, count: int = 1, **fields: Any) -> Any:
        """Wait for the count-th message of a type with these fields."""
        return (await self.until(lambda: self.of(kind, **fields)[count - 1 :]))[0]

    async def end(self) -> tuple[int | None, str]:
        """Wait until the session has ended; returns its close code and reason."""
        async with asyncio.timeout(PATIENCE_S):
            while not self.over:
                self._news.clear()
                await self._news.wait()
        return self.code, self.socket._websocket.close_reason or ""

    @property
    def code(self) -> int | None:
        """The close code, None while it is open."""
        code: int | None = self.socket._websocket.close_code
        return code

    async def hear(self, *sounds: Samples, chunk_ms: int = 80) -> None:
        """Send sounds as 16-bit samples at 16 kHz."""
        data = (np.concatenate(sounds) * 32767).astype("<i2").tobytes()
        for start in range(0, len(data), 32 * chunk_ms):
            await self.socket.send_media(data[start : start + 32 * chunk_ms])

    def drop(self) -> None:
        """End the connection without a word."""
        self.socket._websocket.transport.abort()


@contextlib.asynccontextmanager
async def session(connecting: Any) -> AsyncIterator[Session]:
    """A session of the SDK that is dropped at the end, however mute the emulator is."""
    async with connecting as socket, asyncio.TaskGroup() as group:
        talk = Session(socket)
        listening = group.create_task(talk.listen())
        try:
            yield talk
        finally:
            talk.drop()
            await listening


def nova(emulator: DeepgramEmulator, **options: str) -> Any:
    """A session of `/v1/listen`."""
    return session(client(emulator).listen.v1.connect(**(NOVA | options)))


def flux(emulator: DeepgramEmulator, **options: str) -> Any:
    """A session of `/v2/listen`, in Spanish."""
    return session(client(emulator).listen.v2.connect(**(FLUX | options)))


def speak(emulator: DeepgramEmulator, **options: str) -> Any:
    """A session of `/v1/speak`."""
    return session(client(emulator).speak.v1.connect(**(SPEAK | options)))


async def eventually(true: Callable[[], Any]) -> None:
    """Wait until something that nobody tells of is true."""
    async with asyncio.timeout(PATIENCE_S):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


def reason(error: ApiError) -> tuple[int | None, str, str]:
    """Status of a refused handshake, its `dg-error`, and its `dg-request-id`."""
    headers = error.__context__.headers  # type: ignore[union-attr]  # websockets' own exception
    return error.status_code, headers["dg-error"], headers["dg-request-id"]


def burst(ms: float = 600, then_ms: float = 400) -> tuple[Samples, Samples]:
    """Speech and the silence after it."""
    return speech(ms), quiet(then_ms)
