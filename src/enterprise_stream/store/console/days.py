"""Days of calls: how long guests waited, what it cost. A day that is over is counted once, so years cost as weeks.

Days are counted and kept by tenant, so that an owner can be shown his own; an operator's are their sums.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Select, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from enterprise_stream.store.console.histogram import Histogram
from enterprise_stream.store.statements import insert_once
from enterprise_stream.store.tables import calls, conversations, days, spending, turns

SETTLED_DAYS: Final = 2
"""Days after which a day changes no more: a call that began before midnight may still be resumed after it."""

TOTAL: Final = "total"
"""The name of the whole wait among the stages'."""

_Place = tuple[str, str]
"""A day and a tenant."""

_COSTS = ("calls", "seconds", "stt", "llm", "tts", "spoken_chars", "library_chars")


@dataclass(frozen=True, slots=True)
class Day:
    """One day at the business; money in micro-dollars.

    Attributes:
        day: YYYY-MM-DD.
        tenant: whose guests; empty where there is only one, and for everybody's day.
        turns: that were timed.
        waits: how long guests waited, by stage and in all (`TOTAL`).
        calls: that ended on it.
        seconds: how long they lasted.
        stt, llm, tts: what was bought, for calls and beside them.
        library_chars: characters said that needed no synthesis, of `spoken_chars`.
    """

    day: str
    tenant: str = ""
    turns: int = 0
    waits: Mapping[str, Histogram] = field(default_factory=dict)
    calls: int = 0
    seconds: float = 0.0
    stt: int = 0
    llm: int = 0
    tts: int = 0
    spoken_chars: int = 0
    library_chars: int = 0

    @property
    def microdollars(self) -> int:
        """All that was bought."""
        return self.stt + self.llm + self.tts

    def wait(self, stage: str) -> Histogram:
        """How long a stage took; nothing where it is not known."""
        return self.waits.get(stage, Histogram())

    def row(self) -> dict[str, Any]:
        """As the table holds it."""
        waits = json.dumps({name: (each.first, each.counts) for name, each in self.waits.items()})
        place = {"day": self.day, "tenant": self.tenant}
        return place | {"turns": self.turns, "waits": waits} | {name: getattr(self, name) for name in _COSTS}


async def days_of_waits(connection: AsyncConnection, since: str, today: str, tenant: str | None = None) -> list[Day]:
    """Every day from `since` on on which a turn was timed, oldest first, with its waits alone.

    Args:
        connection: to read with.
        since: YYYY-MM-DD.
        today: the same.
        tenant: whose days; None adds up everybody's.
    """
    asked = select(days.c.day, days.c.tenant, days.c.turns, days.c.waits).where(days.c.day >= since, days.c.turns > 0)
    rows = (await connection.execute(_of(asked, days, tenant))).mappings()
    found = {(row["day"], row["tenant"]): _waits(row) for row in rows}
    found |= await count_waits(connection, max(since, await first_uncounted(connection, today)), tenant=tenant)
    return _by_day(found)


async def days_of_costs(connection: AsyncConnection, since: str, today: str, tenant: str | None = None) -> list[Day]:
    """Every day from `since` on on which a call ended or something was bought, oldest first, without its waits."""
    asked = select(days.c.day, days.c.tenant, *(days.c[name] for name in _COSTS)).where(days.c.day >= since)
    found = {}
    for row in (await connection.execute(_of(asked, days, tenant))).mappings():
        costs = {name: row[name] for name in _COSTS}
        found[row["day"], row["tenant"]] = Day(row["day"], row["tenant"], **costs)
    found |= await count_costs(connection, max(since, await first_uncounted(connection, today)), tenant=tenant)
    return [day for day in _by_day(found) if day.calls or day.microdollars]


async def days_over(connection: AsyncConnection, today: str) -> list[Day]:
    """The days of each tenant that are over and not kept yet, for `keep_days`."""
    before = _settled_before(today)
    since = await first_uncounted(connection, today)
    waits = await count_waits(connection, since, before)
    costs = await count_costs(connection, since, before)
    last = _shifted(before, -1), ""  # is said to be counted, though nobody called
    return [
        replace(costs.get(place, Day(*place)), turns=of_day.turns, waits=of_day.waits)
        for place in sorted({last, *waits, *costs})
        for of_day in [waits.get(place, Day(*place))]
    ]


async def keep_days(connection: AsyncConnection, over: Iterable[Day]) -> int:
    """Keep what `days_over` has counted; returns how many days were new."""
    return await insert_once(connection, days, [day.row() for day in over])


async def first_uncounted(connection: AsyncConnection, today: str) -> str:
    """The first day that is not kept: all before the last that is are."""
    last: str | None = (await connection.execute(select(func.max(days.c.day)))).scalar()
    return "" if last is None else min(_shifted(last, 1), _settled_before(today))


async def count_waits(
    connection: AsyncConnection, since: str, before: str = "", *, tenant: str | None = None
) -> dict[_Place, Day]:
    """Days from the turns themselves."""
    found: dict[_Place, Day] = {}
    for place, lengths in (await _lengths(connection, since, before, tenant)).items():
        waits = {name: Histogram.of(each) for name, each in lengths.items()}
        found[place] = Day(*place, waits[TOTAL].total, waits)
    return found


async def count_costs(
    connection: AsyncConnection, since: str, before: str = "", *, tenant: str | None = None
) -> dict[_Place, Day]:
    """Days from the calls and purchases themselves."""
    found: dict[_Place, Day] = {}
    place = (calls.c.day, calls.c.tenant)
    sums = (calls.c.seconds, calls.c.spoken_chars, calls.c.library_chars)
    lasted = _of(select(*place, func.count(), *map(func.sum, sums)).group_by(*place), calls, tenant)
    for day, whose, number, seconds, spoken, library in await connection.execute(
        _between(lasted, calls, since, before)
    ):
        length: dict[str, Any] = {"seconds": float(seconds), "spoken_chars": int(spoken), "library_chars": int(library)}
        found[day, whose] = Day(day, whose, calls=number, **length)
    place = (spending.c.day, spending.c.tenant)
    amount = func.sum(spending.c.microdollars)
    bought = _of(select(*place, spending.c.kind, amount).group_by(*place, spending.c.kind), spending, tenant)
    for day, whose, kind, paid in await connection.execute(_between(bought, spending, since, before)):
        cost: dict[str, Any] = {kind: int(paid)}
        found[day, whose] = replace(found.get((day, whose), Day(day, whose)), **cost)
    return found


async def _lengths(
    connection: AsyncConnection, since: str, before: str, tenant: str | None
) -> dict[_Place, dict[str, list[int]]]:
    columns = (turns.c.day, conversations.c.tenant, turns.c.total_ms, turns.c.stages)
    of_call = turns.join(conversations, turns.c.session == conversations.c.session)
    asked = _of(select(*columns).select_from(of_call).where(turns.c.total_ms.is_not(None)), conversations, tenant)
    lengths: dict[_Place, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for day, whose, total, stages in await connection.execute(_between(asked, turns, since, before)):
        of_day = lengths[day, whose]
        of_day[TOTAL].append(total)
        for name, ms in json.loads(stages):
            of_day[name].append(ms)
    return lengths


def _by_day(found: Mapping[_Place, Day]) -> list[Day]:
    """Everybody's days, oldest first."""
    of_day: dict[str, list[Day]] = defaultdict(list)
    for place in sorted(found):
        of_day[place[0]].append(found[place])
    return [each[0] if len(each) == 1 else _sum(day, each) for day, each in of_day.items()]


def _sum(day: str, of_tenants: Sequence[Day]) -> Day:
    names = dict.fromkeys(name for each in of_tenants for name in each.waits)
    waits = {name: Histogram.sum([each.wait(name) for each in of_tenants]) for name in names}
    costs: dict[str, Any] = {name: sum(getattr(each, name) for each in of_tenants) for name in _COSTS}
    return Day(day, turns=sum(each.turns for each in of_tenants), waits=waits, **costs)


def _of(asked: Select[Any], table: Table, tenant: str | None) -> Select[Any]:
    return asked if tenant is None else asked.where(table.c.tenant == tenant)


def _between(asked: Select[Any], table: Table, since: str, before: str) -> Select[Any]:
    asked = asked.where(table.c.day >= since)
    return asked.where(table.c.day < before) if before else asked


def _settled_before(today: str) -> str:
    """The first day that may still change."""
    return _shifted(today, 1 - SETTLED_DAYS)


def _shifted(day: str, by: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=by)).isoformat()


def _waits(row: Mapping[Any, Any]) -> Day:
    return Day(row["day"], row["tenant"], row["turns"], _histograms(row["waits"]))


@lru_cache(maxsize=400)
def _histograms(text: str) -> Mapping[str, Histogram]:
    """Read once for each day that is over, for it changes no more: a year takes about 5 MB."""
    held: dict[str, tuple[int, list[int]]] = json.loads(text)
    return {name: Histogram(*each) for name, each in held.items()}
