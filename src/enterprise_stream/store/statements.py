"""Statements that SQLite and PostgreSQL say each in a way of their own."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

NO_SIGN: Final = "\N{REPLACEMENT CHARACTER}"
"""What stands where a text had a zero, which PostgreSQL takes in none."""


def storable(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row as every database takes it: what a guest typed or a model wrote may hold signs that are in no text."""
    return {name: _text(value) if isinstance(value, str) else value for name, value in row.items()}


async def insert_once(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows, save those whose key is there already; returns how many were new."""
    if not rows:
        return 0
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).on_conflict_do_nothing().returning(*table.primary_key.columns)
    return len((await connection.execute(statement, [storable(row) for row in rows])).all())


async def now_ms(connection: AsyncConnection) -> int:
    """Ms since 1970-01-01 UTC by the database's clock, which is one for all who use it."""
    asked = _NOW_MS[connection.dialect.name]
    return int((await connection.execute(text(asked))).scalar_one())


_NOW_MS: Final = {
    "postgresql": "SELECT extract(epoch FROM clock_timestamp()) * 1000",
    "sqlite": "SELECT (julianday('now') - 2440587.5) * 86400000",
}


def _text(value: str) -> str:
    return value.replace("\0", NO_SIGN).encode("utf-8", "replace").decode("utf-8")
