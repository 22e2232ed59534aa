"""Statements that SQLite and PostgreSQL say each in a way of their own."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

NO_SIGN: Final = "\N{REPLACEMENT CHARACTER}"
"""What stands where a text had a zero, which PostgreSQL takes in none."""


_KEEPING_AND_ERASING: Final = 0x5A4D7A12
"""PostgreSQL's advisory lock of those who write what was said, shared, and of who erases it, alone."""


def storable(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row as every database takes it: what a guest typed or a model wrote may hold signs that are in no text."""
    return {name: storable_text(value) if isinstance(value, str) else value for name, value in row.items()}


async def insert_once(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows, save those whose key is there already; returns how many were new."""
    if not rows:
        return 0
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).on_conflict_do_nothing().returning(*table.primary_key.columns)
    return len((await connection.execute(statement, [storable(row) for row in rows])).all())


async def one_side_at_a_time(connection: AsyncConnection, *, erases: bool) -> None:
    """Keep calls that are written and calls that are erased apart until the transaction ends.

    Else PostgreSQL lets a transaction that has found a session not erased commit its rows after those who erased it,
    who could not see them. SQLite has one writer at a time anyway.
    """
    if connection.dialect.name == "postgresql":
        kind = "" if erases else "_shared"
        await connection.execute(text(f"SELECT pg_advisory_xact_lock{kind}(:lock)"), {"lock": _KEEPING_AND_ERASING})


async def now_ms(connection: AsyncConnection) -> int:
    """Ms since 1970-01-01 UTC by the database's clock, which is one for all who use it."""
    asked = _NOW_MS[connection.dialect.name]
    return int((await connection.execute(text(asked))).scalar_one())


_NOW_MS: Final = {
    "postgresql": "SELECT extract(epoch FROM clock_timestamp()) * 1000",
    "sqlite": "SELECT (julianday('now') - 2440587.5) * 86400000",
}


def storable_text(value: str) -> str:
    """A text as every database takes it, to write or to look for."""
    return value.replace("\0", NO_SIGN).encode("utf-8", "replace").decode("utf-8")
