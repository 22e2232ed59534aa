"""`/console`: the page that shows the owner what the console's endpoints answer."""

from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

PAGE: Final = Path(__file__).parents[1] / "static" / "console.html"
"""Where the web build puts it."""


async def console_page(_: Request) -> Response:
    """The page; what it shows it asks for itself."""
    if not PAGE.exists():
        return PlainTextResponse("The console is not built yet: run `make web`, then start again.\n", 503)
    return FileResponse(PAGE, headers={"Cache-Control": "no-cache"})


routes = [Route("/console", console_page)]
