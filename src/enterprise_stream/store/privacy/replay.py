"""Erases again what a restored backup has brought back, before anybody can see it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from enterprise_stream.store.privacy.erasing import BATCH, Erased, erase
from enterprise_stream.store.privacy.ledger import ErasureLedger, is_session_id
from enterprise_stream.store.privacy.retention import ERASED_DAYS
from enterprise_stream.store.store import Store
from enterprise_stream.store.tables import bookings, calls, conversations, erased, hand_overs, spending, turns

CLOCKS_APART_MS: Final = 10_000
"""How far apart the clocks of servers on one database may be: a request that is dated so little after its session was
erased was asked for before it."""

_DAY_MS: Final = 86_400_000


async def keep_ledger(store: Store, ledger: ErasureLedger, now: int) -> None:
    """Have the ledger know what the database knows was erased, by any server, and forget what no backup holds.

    Args:
        store: the database.
        ledger: the file.
        now: ms since 1970-01-01 UTC.

    Raises:
        StoreError: the database failed.
        LedgerError: the ledger failed.
    """
    known = await ledger.read()
    async with store.reading() as connection:
        rows = (await connection.execute(select(erased.c.session, erased.c.at))).all()
    news = {session: at for session, at in rows if is_session_id(session) and known.get(session, -1) < at}
    await ledger.note(news)
    await ledger.prune(now)


async def erase_again(store: Store, erasures: Mapping[str, int], now: int) -> Erased:
    """Erase what the database holds of sessions that were erased and that it does not know to be.

    A database that knows of an erasure is left as it is: what its session has bought or asked for since stays. In one
    that does not, requests stay that were made after the erasure.

    Args:
        store: the database.
        erasures: when each was, in ms since 1970-01-01 UTC, from a ledger.
        now: the same.

    Raises:
        StoreError: some of it may still be there.
    """
    done = Erased()
    changed = False
    for batch in _batches(list(erasures)):
        async with store.reading() as connection:
            unknown = await _unknown(connection, {session: erasures[session] for session in batch}, now)
        if unknown:
            until = {session: at + CLOCKS_APART_MS for session, at in unknown.items()}
            done += await store.write(partial(erase, erasures=unknown, now=now, requests_until=until))
            changed = True
    if changed:
        await store.scrub()
    return done


async def _unknown(connection: AsyncConnection, erasures: Mapping[str, int], now: int) -> dict[str, int]:
    """Those of which the database does not know, and either still notes such a thing or has something to erase."""
    asked = select(erased.c.session, erased.c.at).where(erased.c.session.in_(list(erasures)))
    known = {row.session: row.at for row in await connection.execute(asked)}
    unknown = {session: at for session, at in erasures.items() if known.get(session, -1) < at}
    held = await _held(connection, unknown)
    still_noted = now - ERASED_DAYS * _DAY_MS
    return {session: at for session, at in unknown.items() if at >= still_noted or session in held}


async def _held(connection: AsyncConnection, erasures: Mapping[str, int]) -> set[str]:
    """Those of which there is anything that was there before they were erased."""
    found: set[str] = set()
    for table in (turns, conversations, spending, calls):
        asked = select(table.c.session).where(table.c.session.in_(list(erasures))).distinct()
        found.update((await connection.execute(asked)).scalars())
    for table in (bookings, hand_overs):
        dated = select(table.c.session, table.c.at).where(table.c.session.in_(list(erasures)))
        rows = await connection.execute(dated)
        found.update(session for session, at in rows if at <= erasures[session] + CLOCKS_APART_MS)
    return found


def _batches(sessions: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(sessions), BATCH):
        yield sessions[first : first + BATCH]
