"""Calls into the tables, as often as one likes: a row that tells of more replaces one that tells of less."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from enterprise_stream.store.calls.rows import Conversation, Turn
from enterprise_stream.store.statements import one_side_at_a_time, storable
from enterprise_stream.store.tables import conversations, erased, turns

SILENT_MS = 120_000
"""A call that has given no sign of life for so long has ended with its server: six signs are missed."""

_ONCE = {conversations: {"started_at", "tenant"}, turns: {"at", "day"}}
"""Columns that stay as they were written first: who reads a call back from its log does not know when it was."""

_STAYS = {"consent_version", "consent_given", "consent_at"}
"""Columns that nothing takes back: what is read back from a log may not tell of them."""


async def keep(connection: AsyncConnection, calls: Sequence[Conversation], changed: Sequence[Turn]) -> None:
    """Write calls and those of their turns that have changed; nothing of what was erased.

    Args:
        connection: to write with.
        calls: as they are now.
        changed: turns of them.
    """
    await one_side_at_a_time(connection, erases=False)
    sessions = [call.session for call in calls]
    asked = select(erased.c.session).where(erased.c.session.in_(sessions))
    gone = set((await connection.execute(asked)).scalars())
    await _put(connection, conversations, [call.row() for call in calls if call.session not in gone])
    await _put(connection, turns, [turn.row() for turn in changed if turn.session not in gone])


async def end_silent(connection: AsyncConnection, now: int) -> int:
    """Have calls end that no server tells of any more; returns how many there were."""
    silent = (conversations.c.ended_at.is_(None)) & (conversations.c.seen_at < now - SILENT_MS)
    done = await connection.execute(
        update(conversations).where(silent).values(ended_at=conversations.c.seen_at, end_reason="lost")
    )
    return done.rowcount


async def _put(connection: AsyncConnection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    new = statement.excluded
    keys = [column.name for column in table.primary_key]
    names = [name for name in rows[0] if name not in {*keys, *_ONCE[table]}]
    values = {name: func.coalesce(new[name], table.c[name]) if name in _STAYS else new[name] for name in names}
    await connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=values, where=new.seq >= table.c.seq),
        [storable(row) for row in rows],
    )
