"""Erases what is kept of sessions: rows first, then what the rows leave behind in the files."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from enterprise_stream.store.privacy.contact import Contact, sessions_of
from enterprise_stream.store.statements import insert_once
from enterprise_stream.store.store import Store
from enterprise_stream.store.tables import bookings, calls, conversations, erased, hand_overs, outbox, spending, turns

NOBODY = ""
"""Whose purchases and calls those of an erased session are: amounts stay, for the accounts; the person goes."""

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Erased:
    """How many there were."""

    sessions: int = 0
    turns: int = 0
    requests: int = 0

    def __add__(self, other: "Erased") -> "Erased":
        return Erased(self.sessions + other.sessions, self.turns + other.turns, self.requests + other.requests)


async def erase_contact(store: Store, contact: Contact, now: int) -> tuple[list[str], Erased]:
    """Erase every session in which a person has left a contact or said it; returns which, and how much that was.

    Raises:
        StoreError: some of it may still be there.
    """
    async with store.reading() as connection:
        sessions = await sessions_of(connection, contact)
    return sessions, await erase_sessions(store, sessions, now)


async def erase_sessions(store: Store, sessions: Sequence[str], now: int) -> Erased:
    """Erase all that is kept of sessions, bookings and hand-overs too; returns once it is gone for good.

    A session that is still led writes nothing any more: each is noted by its id alone. Doing it twice changes nothing.

    Args:
        store: the database.
        sessions: their ids.
        now: ms since 1970-01-01 UTC.

    Raises:
        StoreError: some of it may still be there.
    """
    done = Erased()
    for first in range(0, len(sessions), _BATCH):
        done += await store.write(partial(_erase, sessions=sessions[first : first + _BATCH], now=now))
    await store.scrub()
    return done


async def _erase(connection: AsyncConnection, sessions: Sequence[str], now: int) -> Erased:
    await insert_once(connection, erased, [{"session": session, "at": now} for session in sessions])
    requests = 0
    for table in (bookings, hand_overs):
        mine = select(table.c.id).where(table.c.session.in_(sessions))
        await connection.execute(delete(outbox).where(outbox.c.subject.in_(mine)))
        requests += (await connection.execute(delete(table).where(table.c.session.in_(sessions)))).rowcount
    spoken = (await connection.execute(delete(turns).where(turns.c.session.in_(sessions)))).rowcount
    called = (await connection.execute(delete(conversations).where(conversations.c.session.in_(sessions)))).rowcount
    await disown(connection, sessions)
    return Erased(called, spoken, requests)


async def disown(connection: AsyncConnection, sessions: Sequence[str]) -> None:
    """Let amounts say no more whose they were."""
    for table in (spending, calls):
        await connection.execute(update(table).where(table.c.session.in_(sessions)).values(session=NOBODY))
