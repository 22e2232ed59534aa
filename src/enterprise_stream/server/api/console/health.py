"""`/api/console/engines` and `library`: what answers guests now, and what needs no synthesis."""

import sqlite3

from starlette.requests import Request
from starlette.routing import Route

from enterprise_stream.errors import StoreError
from enterprise_stream.ladder.state import LadderState
from enterprise_stream.purchases import Kind
from enterprise_stream.server.access.admin import viewer_of
from enterprise_stream.server.api.console import shapes
from enterprise_stream.server.api.console.desk import answering, desk_of
from enterprise_stream.server.service import Service
from enterprise_stream.speaking.library.report import Report

NO_LIBRARY = shapes.Library(
    enabled=False, share=0.0, since="", clips=0, bytes=0, limit_bytes=0, uses=(), shelves=(), suggestions=()
)


async def get_engines(request: Request) -> shapes.Engines:
    """How the ladders, the places and the database stand."""
    service: Service = request.app.state.service
    store = desk_of(request).store
    ladders = service.ladders()
    tenant = viewer_of(request).tenant
    missing = (*service.ready(), *ladders.out)
    return shapes.Engines(
        mode=service.mode,
        ladders=_ladders(ladders),
        ready=not missing and not service.admission.full,
        degraded=ladders.degraded,
        sessions=service.admission.inside if tenant is None else service.admission.of_tenant(tenant),
        places=service.admission.places,
        missing=missing,
        store_failing=store.failing,
        store_waiting=store.waiting if tenant is None else 0,
    )


async def get_library(request: Request) -> shapes.Library:
    """What the voice library holds, what share of her speech came from it, and what to add."""
    library = desk_of(request).library
    if library is None:
        return NO_LIBRARY
    try:
        return _library(await library.report())
    except sqlite3.Error:
        raise StoreError("The voice library's counts cannot be read: delete them, they begin anew.") from None


def _ladders(ladders: LadderState) -> dict[Kind, tuple[shapes.Rung, ...]]:
    found: dict[Kind, tuple[shapes.Rung, ...]] = {}
    for state in ladders.kinds:
        known = {rung.engine for rung in found.get(state.kind, ())}
        found[state.kind] = (
            *found.get(state.kind, ()),
            *(
                shapes.Rung(engine=rung.engine, state=rung.breaker, in_use=rung.engine == ladders.in_use(state.kind))
                for rung in state.rungs
                if rung.engine not in known
            ),
        )
    return found


def _library(report: Report) -> shapes.Library:
    chars = sum(use.chars for use in report.uses)
    return shapes.Library(
        enabled=True,
        share=round(sum(use.library_chars for use in report.uses) / chars, 4) if chars else 0.0,
        since=report.since,
        clips=sum(shelf.clips for shelf in report.shelves),
        bytes=report.bytes,
        limit_bytes=report.limit_bytes,
        uses=tuple(
            shapes.LibraryUse(
                language=use.language,
                share=round(use.share, 4),
                chars=use.chars,
                library_chars=use.library_chars,
                work_saved_s=round(use.work_saved_s, 1),
                wait_saved_ms=round(use.wait_saved_ms, 1),
            )
            for use in report.uses
        ),
        shelves=tuple(
            shapes.Shelf(
                tier=shelf.tier,
                language=shelf.language,
                category=shelf.category,
                clips=shelf.clips,
                seconds=round(shelf.seconds, 1),
            )
            for shelf in report.shelves
        ),
        suggestions=tuple(
            shapes.Suggestion(text=phrase.text, language=phrase.language, said=phrase.said)
            for phrase in report.suggestions
        ),
    )


async def get_viewer(request: Request) -> shapes.Viewer:
    """Whose calls are shown."""
    return shapes.Viewer(tenant=viewer_of(request).tenant)


routes = [
    Route("/api/console/viewer", answering(get_viewer)),
    Route("/api/console/engines", answering(get_engines)),
]
operator_routes = [Route("/api/console/library", answering(get_library))]
