"""`/api/console/latency`, `costs` and `gaps`: how long guests waited, what it cost, what she did not know."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from enterprise_stream.conversation.timeline import STAGES
from enterprise_stream.cost.meter import Meter
from enterprise_stream.cost.money import MICRO, dollars
from enterprise_stream.server.access.admin import OPERATOR, Viewer, viewer_of
from enterprise_stream.server.api.console import shapes
from enterprise_stream.server.api.console.desk import answering, desk_of, first_day, iso, number
from enterprise_stream.server.service import Service
from enterprise_stream.store.console.days import TOTAL, Day, days_of_costs, days_of_waits
from enterprise_stream.store.console.gaps import find_gaps
from enterprise_stream.store.console.histogram import Histogram

MOST_GAPS = 500


async def get_latency(request: Request) -> shapes.LatencyReport:
    """Percentiles by day and over all."""
    desk = desk_of(request)
    async with desk.store.reading() as connection:
        since, today = first_day(request, desk.clock), desk.clock.today()
        days = await days_of_waits(connection, since, today, viewer_of(request).tenant)
    sums = {name: Histogram.sum([day.wait(name) for day in days]) for name in (TOTAL, *STAGES)}
    overall = Day("", turns=sum(day.turns for day in days), waits=sums)
    return shapes.LatencyReport(
        days=tuple(shapes.LatencyDay(day=day.day, **_figures(day)) for day in days),
        overall=shapes.LatencyFigures(**_figures(overall)),
    )


async def get_costs(request: Request) -> shapes.CostReport:
    """Money by day, and the caps."""
    desk = desk_of(request)
    service: Service = request.app.state.service
    viewer = viewer_of(request)
    async with desk.store.reading() as connection:
        since, today = first_day(request, desk.clock), desk.clock.today()
        days = await days_of_costs(connection, since, today, viewer.tenant)
    seconds = sum(day.seconds for day in days)
    return shapes.CostReport(
        days=tuple(map(_cost_of_day, days)),
        caps=tuple(_caps(service.meter, viewer)),
        a_minute=sum(day.microdollars for day in days) * 60 / seconds / MICRO if seconds else 0.0,
    )


async def get_gaps(request: Request) -> shapes.Gaps:
    """Questions without an answer."""
    desk = desk_of(request)
    most = number(request, "limit", 100, MOST_GAPS)
    since = datetime.combine(date.fromisoformat(first_day(request, desk.clock)), time()).timestamp()
    async with desk.store.reading() as connection:
        found = await find_gaps(connection, round(since * 1000), most, viewer_of(request).tenant)
    return shapes.Gaps(
        gaps=tuple(
            shapes.Gap(
                question=gap.question,
                language=gap.language,
                times=gap.times,
                last_at=iso(gap.last_at),
                session=gap.session,
                turn=gap.turn,
                answer=gap.answer,
            )
            for gap in found
        )
    )


def _figures(day: Day) -> dict[str, Any]:
    whole = day.wait(TOTAL)
    return {
        "turns": day.turns,
        "p50": whole.percentile(0.5),
        "p95": whole.percentile(0.95),
        "p99": whole.percentile(0.99),
        "stages": {name: _percentiles(day.wait(name)) for name in STAGES if day.wait(name).total},
    }


def _percentiles(histogram: Histogram) -> shapes.Percentiles:
    return shapes.Percentiles(p50=histogram.percentile(0.5), p95=histogram.percentile(0.95))


def _cost_of_day(day: Day) -> shapes.CostDay:
    return shapes.CostDay(
        day=day.day,
        calls=day.calls,
        minutes=round(day.seconds / 60, 2),
        dollars=dollars(day.microdollars),
        stt=dollars(day.stt),
        llm=dollars(day.llm),
        tts=dollars(day.tts),
        library_share=round(day.library_chars / day.spoken_chars, 4) if day.spoken_chars else 0.0,
    )


def _caps(meter: Meter, viewer: Viewer) -> Iterator[shapes.Cap]:
    """The caps; of those of a day, that of all tenants together is the operator's alone."""
    caps, spent = meter.caps, meter.spent_today(viewer.tenant or "")
    yield shapes.Cap(cap="turn", limit=_limit(caps.turn), used=None)
    yield shapes.Cap(cap="call", limit=_limit(caps.call), used=None)
    if viewer == OPERATOR:
        yield shapes.Cap(cap="day", limit=_limit(caps.day), used=dollars(spent.day))
    yield shapes.Cap(cap="tenant_day", limit=_limit(caps.tenant_day), used=dollars(spent.tenant_day))


def _limit(amount: int) -> float | None:
    return dollars(amount) if amount else None


routes = [
    Route("/api/console/latency", answering(get_latency)),
    Route("/api/console/costs", answering(get_costs)),
    Route("/api/console/gaps", answering(get_gaps)),
]
