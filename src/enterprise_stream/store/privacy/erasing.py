"""Erases what is kept of sessions: rows first, then what the rows leave behind in the files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from enterprise_stream.store.calls.keeping import SILENT_MS
from enterprise_stream.store.privacy.contact import Contact, sessions_of
from enterprise_stream.store.privacy.ledger import ErasureLedger
from enterprise_stream.store.statements import insert_once, one_side_at_a_time
from enterprise_stream.store.store import Store
from enterprise_stream.store.tables import bookings, calls, conversations, erased, hand_overs, outbox, spending, turns

NOBODY = ""
"""Whose purchases and calls those of an erased session are: amounts stay, for the accounts; the person goes."""

BATCH = 500
"""Sessions in one transaction."""


@dataclass(frozen=True, slots=True)
class Erased:
    """How many there were.

    Attributes:
        live: those of the sessions that go on.
    """

    sessions: int = 0
    turns: int = 0
    requests: int = 0
    live: int = 0

    def __add__(self, other: "Erased") -> "Erased":
        return Erased(
            self.sessions + other.sessions,
            self.turns + other.turns,
            self.requests + other.requests,
            self.live + other.live,
        )


async def erase_contact(
    store: Store, contact: Contact, now: int, ledger: ErasureLedger | None = None
) -> tuple[list[str], Erased]:
    """Erase every session in which a person has left a contact or said it; returns which, and how much that was.

    The ledger is told of the sessions, not of the contact: so a call of the same person that comes later is nobody's
    to erase, and nothing in the ledger tells who asked.

    Raises:
        StoreError: some of it may still be there.
        LedgerError: nothing was erased.
    """
    async with store.reading() as connection:
        sessions = await sessions_of(connection, contact)
    return sessions, await erase_sessions(store, sessions, now, ledger)


async def erase_sessions(
    store: Store, sessions: Sequence[str], now: int, ledger: ErasureLedger | None = None
) -> Erased:
    """Erase all that is kept of sessions, bookings and hand-overs too; returns once it is gone for good.

    A session that is still led writes nothing any more: each is noted by its id alone. Doing it twice changes nothing.

    Args:
        store: the database.
        sessions: their ids.
        now: ms since 1970-01-01 UTC.
        ledger: has it first, so that no backup brings them back; None for a database that has no backups.

    Raises:
        StoreError: some of it may still be there; a ledger has it, and it is erased at the next start.
        LedgerError: nothing was erased.
    """
    if ledger is not None:
        await ledger.note(dict.fromkeys(sessions, now))
    done = Erased()
    for first in range(0, len(sessions), BATCH):
        batch = dict.fromkeys(sessions[first : first + BATCH], now)
        done += await store.write(partial(erase, erasures=batch, now=now))
    await store.scrub()
    return done


async def erase(
    connection: AsyncConnection, erasures: Mapping[str, int], now: int, requests_until: Mapping[str, int] | None = None
) -> Erased:
    """Erase sessions within a transaction, and note that they were.

    Args:
        connection: to write with.
        erasures: when each session was erased, in ms since 1970-01-01 UTC.
        now: the same, for what counts as going on.
        requests_until: bookings and hand-overs after these moments stay; None erases all.
    """
    await one_side_at_a_time(connection, erases=True)
    sessions = list(erasures)
    await _note(connection, erasures)
    goes_on = conversations.c.ended_at.is_(None) & (conversations.c.seen_at >= now - SILENT_MS)
    asked = select(func.count()).select_from(conversations).where(conversations.c.session.in_(sessions), goes_on)
    live = (await connection.execute(asked)).scalar_one()
    requests = 0
    for table in (bookings, hand_overs):
        ids = await _requests(connection, table, sessions, requests_until)
        await connection.execute(delete(outbox).where(outbox.c.subject.in_(ids)))
        requests += (await connection.execute(delete(table).where(table.c.id.in_(ids)))).rowcount
    spoken = (await connection.execute(delete(turns).where(turns.c.session.in_(sessions)))).rowcount
    called = (await connection.execute(delete(conversations).where(conversations.c.session.in_(sessions)))).rowcount
    await disown(connection, sessions)
    return Erased(called, spoken, requests, live)


async def _note(connection: AsyncConnection, erasures: Mapping[str, int]) -> None:
    """Note that sessions were erased; of two erasures of one session the later counts."""
    rows = [{"session": session, "at": at} for session, at in erasures.items()]
    if await insert_once(connection, erased, rows) == len(rows):
        return
    for session, at in erasures.items():
        again = update(erased).where(erased.c.session == session, erased.c.at < at).values(at=at)
        await connection.execute(again)


async def _requests(
    connection: AsyncConnection, table: Table, sessions: Sequence[str], until: Mapping[str, int] | None
) -> list[str]:
    asked = select(table.c.id, table.c.session, table.c.at).where(table.c.session.in_(sessions))
    rows = (await connection.execute(asked)).all()
    return [row.id for row in rows if until is None or row.at <= until[row.session]]


async def disown(connection: AsyncConnection, sessions: Sequence[str]) -> None:
    """Let amounts say no more whose they were."""
    for table in (spending, calls):
        await connection.execute(update(table).where(table.c.session.in_(sessions)).values(session=NOBODY))
