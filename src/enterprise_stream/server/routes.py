"""The HTTP side: the page, the health checks, the protocol's description."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from enterprise_stream.contained import kept_up
from enterprise_stream.server.access import guarded, owned
from enterprise_stream.server.access.transport import StrictTransport
from enterprise_stream.server.api import business, clips, console, console_page, embedding, login, sessions, trials
from enterprise_stream.server.drain import Drain
from enterprise_stream.server.headers import SecurityHeaders
from enterprise_stream.server.http import DOOR
from enterprise_stream.server.service import Service
from enterprise_stream.server.sessions import Sessions
from enterprise_stream.server.stream import guests_stream, stream
from enterprise_stream.wire.export import asyncapi_yaml

STATIC = Path(__file__).parent / "static"
"""Where the web build puts the page."""

COMPRESSED_FROM = 1_000
"""Smallest answer that is worth compressing, in bytes: less than this fits one packet as it is."""

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


def build_app(lifespan: Lifespan) -> Starlette:
    """The application; `lifespan` sets `app.state.service`, and ends what that stands on."""

    @asynccontextmanager
    async def with_sessions(app: Starlette) -> AsyncIterator[Mapping[str, Any]]:
        try:
            async with lifespan(app), running(app):
                yield {DOOR: app.state.service.metrics.door}
        except BaseException:
            app.state.on_fault()
            raise

    owners = [
        *guarded([Route("/metrics", metrics), *console.operator_routes, *trials.routes]),
        *owned([*console_page.routes, *console.routes]),
        *login.routes,
    ]
    stream_route = WebSocketRoute("/ws/stream", stream)
    app = Starlette(
        routes=[stream_route, *owners, *_for_everybody(), _page(StaticFiles)],
        middleware=_middleware(),
        lifespan=with_sessions,
    )
    app.state.on_fault = nothing_to_stop
    return app


def guests_app(app: Starlette) -> Starlette:
    """An application as guests see it where its owner has a listener of his own: nothing of his is there.

    It stands on the state of `app`, and has no life of its own.
    """
    stream_route = WebSocketRoute("/ws/stream", guests_stream)
    guests = Starlette(routes=[stream_route, *_for_everybody(), _page(_GuestsFiles)], middleware=_middleware())
    guests.state = app.state
    return guests


def _for_everybody() -> list[BaseRoute]:
    return [
        Route("/livez", livez),
        Route("/readyz", readyz),
        *sessions.routes,
        Route("/asyncapi.yaml", asyncapi),
        *business.routes,
        *embedding.routes,
        *clips.routes,
    ]


def _page(files: type[StaticFiles]) -> BaseRoute:
    built = (STATIC / "index.html").exists()
    return Mount("/", files(directory=STATIC, html=True)) if built else Route("/", no_page)


def _middleware() -> list[Middleware]:
    return [
        Middleware(StrictTransport),
        Middleware(SecurityHeaders, embedders=_listed_origins),
        Middleware(GZipMiddleware, COMPRESSED_FROM),
    ]


class _GuestsFiles(StaticFiles):
    """What the web build has made, without the console."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        if path.lower().startswith("console."):
            raise HTTPException(404)
        return await super().get_response(path, scope)


def nothing_to_stop() -> None:
    """What follows when that on which everything stands has broken: nothing, until a server says otherwise."""


@asynccontextmanager
async def running(app: Starlette) -> AsyncIterator[None]:
    """What the connections of an application share, and what runs beside them."""
    service: Service = app.state.service
    app.state.sessions = Sessions(service)
    app.state.drain = Drain(app.state.sessions, service.admission, service.clock, service.metrics, service.drain_s)
    async with app.state.sessions.running(), asyncio.TaskGroup() as group:
        watching = group.create_task(kept_up(service.load.watch, "load"))
        yield
        watching.cancel()


async def livez(_: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "alive"})


async def readyz(request: Request) -> Response:
    """Whether the next guest would be served."""
    service: Service = request.app.state.service
    ladders = service.ladders()
    measured = service.load.measured
    health = service.health()
    missing = (*service.ready(), *ladders.out, *(("database",) if health.losing else ()))
    body = {
        "status": _status(service, missing=bool(missing)),
        "waiting_for": list(missing),
        "failing": list(health.failing),
        "sessions": service.admission.inside,
        "mode": service.mode,
        "engines": ladders.positions(),
        "lag_ms": measured.lag_ms,
        "engine_wait_ms": measured.wait_ms,
    }
    return JSONResponse(body, 200 if body["status"] == "ready" else 503)


def _status(service: Service, *, missing: bool) -> str:
    door = service.admission.door
    if door == "leaving":
        return "draining"
    if service.ready():
        return "starting"
    if not service.load.fresh:
        return "stale"
    if missing:
        return "degraded"
    return "ready" if door == "open" else door


async def metrics(request: Request) -> Response:
    """Counters in Prometheus's text format."""
    service: Service = request.app.state.service
    service.metrics.ladders_stand(service.ladders())
    measured = service.load.measured
    sessions: Sessions = request.app.state.sessions
    waiting = len(sessions.all()) - len(sessions.connected())
    service.metrics.door.stands(
        service.admission.inside, waiting, len(asyncio.all_tasks()), measured.lag_ms, measured.wait_ms
    )
    return Response(service.metrics.render(), media_type=service.metrics.content_type)


def asyncapi(_: Request) -> Response:
    """The protocol's AsyncAPI document; on a thread, since making it takes 0.2 s the first time."""
    return Response(_asyncapi(), media_type="application/yaml")


async def no_page(_: Request) -> Response:
    """The page has not been built."""
    return PlainTextResponse("The page is not built yet: run `make web`, then start again.\n", 503)


def _listed_origins(scope: Scope) -> Collection[str]:
    service: Service = scope["app"].state.service
    return service.access.origins.listed


@cache
def _asyncapi() -> str:
    return asyncapi_yaml()
