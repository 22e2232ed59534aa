"""The headers of every HTTP answer, by its path: who may frame, load and keep it. Our pages really run under them."""

from collections.abc import Callable, Collection

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

EMBED = "/embed"
"""The panel as other sites show it in a frame."""

LOADER = "/widget.js"
"""The script that other sites load."""

_CONTENT = (
    "default-src 'self'; connect-src 'self'; img-src 'self' data:; media-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors "
)

_ALWAYS = {
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}

_LOADER_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Timing-Allow-Origin": "*",
}

LOADER_CACHE = "public, max-age=3600, stale-while-revalidate=86400"
"""An hour without asking, then a day in which the old one serves while its `ETag` is asked for."""

Embedders = Callable[[Scope], Collection[str]]
"""The exact origins whose pages may frame `EMBED`, at the time of a request."""


def nobody(_scope: Scope) -> Collection[str]:
    """Only pages of our own."""
    return ()


def headers_for(path: str, status: int, embedders: Collection[str]) -> dict[str, str]:
    """What an answer carries beside its own headers.

    Only `EMBED` can be framed, by ourselves and by `embedders`; only `LOADER` can be loaded by other origins, and only
    a good answer is kept.
    """
    headers = _ALWAYS | {"Content-Security-Policy": _CONTENT + _ancestors(path, embedders)}
    if path != EMBED:
        headers["X-Frame-Options"] = "DENY"  # for browsers without `frame-ancestors`, which can name no list
    if path == LOADER:
        headers |= _LOADER_HEADERS
        headers["Cache-Control"] = LOADER_CACHE if status in {200, 304} else "no-store"
    else:
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if path in {"/", EMBED} or path.endswith(".html"):
        headers["Cache-Control"] = "no-cache"
    return headers


def _ancestors(path: str, embedders: Collection[str]) -> str:
    return " ".join(["'self'", *sorted(embedders)]) if path == EMBED else "'none'"


class SecurityHeaders:
    """ASGI middleware that adds `headers_for`; what an endpoint has set itself stands. WebSockets pass untouched."""

    def __init__(self, app: ASGIApp, embedders: Embedders = nobody) -> None:
        self._app = app
        self._embedders = embedders

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in headers_for(scope["path"], message["status"], self._embedders(scope)).items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, add)
