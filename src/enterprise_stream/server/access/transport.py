"""Browsers that have once come by TLS come by nothing else."""

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from enterprise_stream.server.access.origins import local_name

STRICT_TRANSPORT: Final = "max-age=31536000"
"""A year, for this very host: what its neighbours do is not ours to say."""


class StrictTransport:
    """ASGI middleware that says so on answers that go out by TLS: ours, or that of a trusted proxy (`TRUSTED_PROXIES`).

    Not under this machine's own names, which all its servers share: those that are plain would be out of reach.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["scheme"] != "https" or local_name(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Strict-Transport-Security"] = STRICT_TRANSPORT
            await send(message)

        await self._app(scope, receive, add)
