"""Bookings and hand-overs: kept once for each session and meaning, told to the owner's systems, listed for a person."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from enterprise_stream.store.outbox import queue
from enterprise_stream.store.statements import insert_once
from enterprise_stream.store.tables import bookings, hand_overs, outbox

Kept = Literal["new", "known", "too_many"]

MOST_OF_A_SESSION = 10
"""Bookings, and hand-overs, of one session; a guest with more than these keeps a person busy, or plays."""


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking that a guest has asked for; a person still has to confirm it.

    Attributes:
        id: 32 hexadecimal digits, the same for the same request of the same session.
        at: ms since 1970-01-01 UTC.
        arrival, departure: YYYY-MM-DD.
        lodging: its id in the knowledge file, or empty.
        total: price of the stay in whole units of the business's currency, where it is known.
        tenant: whose guest it is; empty where there is only one tenant.
    """

    id: str
    session: str
    turn: int
    at: int
    language: str
    name: str
    contact: str
    arrival: str
    departure: str
    guests: int
    lodging: str
    total: int | None
    notes: str
    tenant: str = ""


@dataclass(frozen=True, slots=True)
class HandOver:
    """A guest whom a person has to see to; attributes as `Booking`'s."""

    id: str
    session: str
    turn: int
    at: int
    language: str
    reason: str
    name: str
    contact: str
    tenant: str = ""


async def keep(connection: AsyncConnection, request: Booking | HandOver, *, tell: bool) -> Kept:
    """Keep a request; returns whether it is new, was known, or is one too many of its session.

    Args:
        connection: to write with.
        request: what is kept.
        tell: whether it also goes out by webhook; in the same transaction, so that neither is without the other.
    """
    table, kind = _TABLES[type(request)]
    row = asdict(request)
    if not await _room(connection, table, request):
        return "too_many"
    if not await insert_once(connection, table, [row]):
        return "known"
    if tell:
        body = {"type": kind, "timestamp": _iso(request.at), "data": row | {"at": _iso(request.at)}}
        await queue(connection, kind, request.id, json.dumps(body, ensure_ascii=False), request.at)
    return "new"


async def latest(
    connection: AsyncConnection, of: type[Booking] | type[HandOver], most: int
) -> Sequence[Mapping[str, Any]]:
    """The latest requests, newest first, each with `delivery` (its message's state; None without) and `outcome`."""
    table, _ = _TABLES[of]
    joined = table.outerjoin(outbox, outbox.c.subject == table.c.id)
    asked = (
        select(table, outbox.c.state.label("delivery"), outbox.c.outcome, outbox.c.tries)
        .select_from(joined)
        .order_by(table.c.at.desc(), table.c.id)
        .limit(most)
    )
    return [dict(row) for row in (await connection.execute(asked)).mappings()]


async def _room(connection: AsyncConnection, table: Table, request: Booking | HandOver) -> bool:
    others = select(func.count()).where(table.c.session == request.session, table.c.id != request.id)
    return (await connection.execute(others)).scalar_one() < MOST_OF_A_SESSION


def _iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")


_TABLES: Mapping[type, tuple[Table, str]] = {
    Booking: (bookings, "booking.requested"),
    HandOver: (hand_overs, "hand_over.requested"),
}
