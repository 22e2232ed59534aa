"""`/embed`: the panel as `<sandra-voice>` shows it in a frame on other sites."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from enterprise_stream.server.headers import EMBED

PAGE = Path(__file__).parents[1] / "static" / "embed.html"
"""Where the web build puts it."""


async def embed(_: Request) -> Response:
    """The panel's page; who may frame it is in the headers."""
    if not PAGE.exists():
        return PlainTextResponse("The panel is not built yet: run `make web`, then start again.\n", 503)
    return FileResponse(PAGE)


routes = [Route(EMBED, embed)]
