"""Lets go of what has been kept long enough, in small steps; doing it twice changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from enterprise_stream.store.privacy.erasing import NOBODY, disown
from enterprise_stream.store.store import Store
from enterprise_stream.store.tables import (
    advances,
    bookings,
    calls,
    conversations,
    days,
    erased,
    hand_overs,
    outbox,
    spending,
    turns,
)
from enterprise_stream.store.tokens import forget_tokens
from enterprise_stream.store.writer import Work

BATCH: Final = 500
"""Calls or rows in one transaction: some ten ms, so that what is written for a call never waits long."""

ERASED_DAYS: Final = 30
"""How long it is noted that a session was erased: far longer than any of them is led."""

ADVANCES_DAYS: Final = 2
"""How long it is known who held what of a day's caps: no server's day is over later."""

_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How many days each kind is kept.

    Attributes:
        transcripts: what was said; 0 keeps none, even for a day.
        calls: that there was a call: when, how long, how fast, what it cost.
        requests: bookings and hand-overs, and the messages that told of them.
        spending: what was paid to vendors; 0 for ever.
    """

    transcripts: int
    calls: int
    requests: int
    spending: int


@dataclass(frozen=True, slots=True)
class Retained:
    """How many were let go of, by kind."""

    transcripts: int = 0
    calls: int = 0
    requests: int = 0
    spending: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.transcripts + self.calls + self.requests + self.spending


async def retain(store: Store, limits: Limits, now: int) -> Retained:
    """Let go of what is older than its limit.

    Args:
        store: the database.
        limits: how long each kind is kept.
        now: ms since 1970-01-01 UTC.

    Raises:
        StoreError: the database failed; what is left goes the next time.
    """
    done = Retained(
        transcripts=await _in_batches(store, partial(_forget_words, before=now - limits.transcripts * _DAY_MS)),
        calls=await _in_batches(store, partial(_forget_calls, before=now - limits.calls * _DAY_MS)),
        requests=await _in_batches(store, partial(_forget_requests, before=now - limits.requests * _DAY_MS)),
        spending=await _forget_spending(store, limits.spending, now),
    )
    await _in_batches(store, partial(_forget_erased, before=now - ERASED_DAYS * _DAY_MS))
    for table in (spending, calls):
        await _in_batches(store, partial(_disown_old, table=table, before=_day(now, limits.calls)))
    await _in_batches(store, partial(forget_tokens, now=now, most=BATCH))
    await store.write(partial(_delete, table=advances, old=advances.c.day < _day(now, ADVANCES_DAYS)))
    if done.total:
        await store.scrub()
    return done


async def _in_batches(store: Store, step: Work[int]) -> int:
    total = 0
    while number := await store.write(step):
        total += number
    return total


async def _forget_words(connection: AsyncConnection, before: int) -> int:
    """Calls that are over, without their words."""
    over = conversations.c.ended_at.is_not(None) & conversations.c.forgotten.is_(False)
    sessions = await _some(connection, select(conversations.c.session).where(over, conversations.c.started_at < before))
    mine = turns.c.session.in_(sessions)
    await connection.execute(update(turns).where(mine, turns.c.heard_text.is_not(None)).values(heard_text=""))
    await connection.execute(update(turns).where(mine).values(question="", answer="", captions="[]"))
    await connection.execute(
        update(conversations)
        .where(conversations.c.session.in_(sessions))
        .values(first_words="", words="", forgotten=True)
    )
    return len(sessions)


async def _forget_calls(connection: AsyncConnection, before: int) -> int:
    old = conversations.c.ended_at.is_not(None) & (conversations.c.started_at < before)
    sessions = await _some(connection, select(conversations.c.session).where(old))
    await disown(connection, sessions)
    for table in (turns, conversations):
        await connection.execute(delete(table).where(table.c.session.in_(sessions)))
    return len(sessions)


async def _forget_erased(connection: AsyncConnection, before: int) -> int:
    """That sessions were erased, and whose it was that they went on to cost."""
    sessions = await _some(connection, select(erased.c.session).where(erased.c.at < before))
    await disown(connection, sessions)
    return await _delete(connection, erased, erased.c.session.in_(sessions))


async def _disown_old(connection: AsyncConnection, table: Table, before: str) -> int:
    """Whose amounts were that are of no call that is kept: of one in which nothing was said, say."""
    owned = (table.c.day < before) & (table.c.session != NOBODY)
    sessions = await _some(connection, select(table.c.session).where(owned).distinct())
    await disown(connection, sessions)
    return len(sessions)


async def _forget_requests(connection: AsyncConnection, before: int) -> int:
    gone = 0
    for table in (bookings, hand_overs):
        ids = await _some(connection, select(table.c.id).where(table.c.at < before))
        await connection.execute(delete(outbox).where(outbox.c.subject.in_(ids)))
        await connection.execute(delete(table).where(table.c.id.in_(ids)))
        gone += len(ids)
    return gone


async def _forget_spending(store: Store, limit: int, now: int) -> int:
    if not limit:
        return 0
    first, gone = _day(now, limit), 0
    for table in (spending, calls, days):
        gone += await store.write(partial(_delete, table=table, old=table.c.day < first))
    return gone


def _day(now: int, ago: int) -> str:
    """The date so many days before."""
    return (datetime.fromtimestamp(now / 1000, UTC).date() - timedelta(days=ago)).isoformat()


async def _delete(connection: AsyncConnection, table: Table, old: ColumnElement[bool]) -> int:
    return (await connection.execute(delete(table).where(old))).rowcount


async def _some(connection: AsyncConnection, asked: Select[Any]) -> Sequence[str]:
    return list((await connection.execute(asked.limit(BATCH))).scalars())
