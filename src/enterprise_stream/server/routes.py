"""The HTTP side: the page, the health checks, the protocol's description."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from enterprise_stream.server.headers import SecurityHeaders
from enterprise_stream.server.service import Service
from enterprise_stream.server.sessions import Sessions
from enterprise_stream.server.stream import stream
from enterprise_stream.wire.export import asyncapi_yaml

STATIC = Path(__file__).parent / "static"
"""Where the web build puts the page."""

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


def build_app(lifespan: Lifespan) -> Starlette:
    """The application; `lifespan` sets `app.state.service`, and ends what that stands on."""

    @asynccontextmanager
    async def with_sessions(app: Starlette) -> AsyncIterator[None]:
        async with lifespan(app):
            app.state.sessions = Sessions(app.state.service)
            async with app.state.sessions.running():
                yield

    built = (STATIC / "index.html").exists()
    page = Mount("/", StaticFiles(directory=STATIC, html=True)) if built else Route("/", no_page)
    return Starlette(
        routes=[
            WebSocketRoute("/ws/stream", stream),
            Route("/livez", livez),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            Route("/asyncapi.yaml", asyncapi),
            page,
        ],
        middleware=[Middleware(SecurityHeaders)],
        lifespan=with_sessions,
    )


async def livez(_: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "alive"})


async def readyz(request: Request) -> Response:
    """Whether the next guest would be served."""
    service: Service = request.app.state.service
    ladders = service.ladders()
    missing = (*service.ready(), *ladders.out)
    full = service.admission.full
    body = {
        "status": "starting" if service.ready() else "degraded" if missing else "full" if full else "ready",
        "waiting_for": list(missing),
        "sessions": service.admission.inside,
        "mode": service.mode,
        "engines": ladders.positions(),
    }
    return JSONResponse(body, 503 if missing or full else 200)


async def metrics(request: Request) -> Response:
    """Counters in Prometheus's text format."""
    service: Service = request.app.state.service
    service.metrics.ladders_stand(service.ladders())
    return Response(service.metrics.render(), media_type=service.metrics.content_type)


def asyncapi(_: Request) -> Response:
    """The protocol's AsyncAPI document; on a thread, since making it takes 0.2 s the first time."""
    return Response(_asyncapi(), media_type="application/yaml")


async def no_page(_: Request) -> Response:
    """The page has not been built."""
    return PlainTextResponse("The page is not built yet: run `make web`, then start again.\n", 503)


@cache
def _asyncapi() -> str:
    return asyncapi_yaml()
