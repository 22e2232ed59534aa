"""Deepgram's SDK as this package uses it: one client for each engine, pointed at any host."""

import asyncio
import warnings
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Self

import httpx

Socket = Any
"""One of the SDK's asynchronous socket clients; what they have in common is `recv` and the sending methods."""

Connect = Callable[[], AbstractAsyncContextManager[Socket]]
"""Opens a socket by the SDK. Leaving the context waits for the peer, 40 s for one that no longer answers."""

Send = Callable[[Socket], Awaitable[None]]
"""Sends one message."""

HOST = "https://api.deepgram.com"

_REST_TIMEOUT_S = 2.0
"""Between any two bytes of an HTTP answer."""


class DeepgramClient:
    """The SDK's client and the HTTP connections below it; use it as an async context manager.

    Args:
        key: of the account.
        base_url: where the service is, http or https, such as `https://api.eu.deepgram.com`.
    """

    def __init__(self, key: str, base_url: str | None = None) -> None:
        self._http = httpx.AsyncClient(timeout=_REST_TIMEOUT_S)
        host = (base_url or HOST).rstrip("/")
        socket_host = "ws" + host.removeprefix("http")
        with warnings.catch_warnings():
            # The SDK imports names that `websockets` has renamed; nothing follows from it for us.
            warnings.simplefilter("ignore", DeprecationWarning)
            from deepgram import AsyncDeepgramClient
            from deepgram.environment import DeepgramClientEnvironment

            environment = DeepgramClientEnvironment(
                base=host, production=socket_host, agent=socket_host, agent_rest=host
            )
            client = AsyncDeepgramClient(api_key=key, environment=environment, httpx_client=self._http)
            self.listen_v1: Any = client.listen.v1
            self.listen_v2: Any = client.listen.v2
            self.speak_v1: Any = client.speak.v1
            self.speak_audio: Any = client.speak.v1.audio

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()


def abort(socket: Socket) -> None:
    """Cut the connection now; the SDK offers only a close that waits for the peer."""
    transport: asyncio.Transport = socket._websocket.transport  # noqa: SLF001
    transport.abort()
