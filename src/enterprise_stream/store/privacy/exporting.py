"""All that is kept of sessions, for the person whose it is."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from enterprise_stream.store.calls.rows import Turn
from enterprise_stream.store.tables import bookings, calls, conversations, hand_overs, outbox, spending, turns

_MOMENTS = frozenset({"at", "started_at", "seen_at", "ended_at", "consent_at"})
_OURS = frozenset({"words", "seq"})
"""Columns that hold nothing which others do not."""


async def export_sessions(connection: AsyncConnection, sessions: Sequence[str]) -> list[dict[str, Any]]:
    """One entry for each session of which anything is kept, as JSON holds it; times in ISO 8601."""
    return [found for session in sessions if (found := await _session(connection, session))]


async def _session(connection: AsyncConnection, session: str) -> dict[str, Any]:
    call = await _rows(connection, conversations, session)
    spoken = [_readable(_turn(row)) for row in await _rows(connection, turns, session)]
    asked = {table.name: await _rows(connection, table, session) for table in (bookings, hand_overs)}
    ids = [row["id"] for rows in asked.values() for row in rows]
    sent = select(outbox.c.kind, outbox.c.at, outbox.c.state).where(outbox.c.subject.in_(ids))
    messages = [dict(row) for row in (await connection.execute(sent)).mappings()]
    bought = await _rows(connection, spending, session)
    lasted = await _rows(connection, calls, session)
    if not (call or spoken or ids or bought or lasted):
        return {}
    return {
        "session": session,
        "call": _readable(call[0]) if call else None,
        "turns": sorted(spoken, key=lambda turn: int(turn["turn"])),
        **{name: [_readable(row) for row in rows] for name, rows in asked.items()},
        "messages_to_the_business": [_readable(row) for row in messages],
        "purchases": [_readable(row) for row in bought],
        "lengths": [_readable(row) for row in lasted],
    }


async def _rows(connection: AsyncConnection, table: Table, session: str) -> list[dict[str, Any]]:
    asked = select(table).where(table.c.session == session)
    return [dict(row) for row in (await connection.execute(asked)).mappings()]


def _turn(row: Mapping[str, Any]) -> dict[str, Any]:
    turn = Turn.of(row)
    read = {"captions": [each._asdict() for each in turn.captions], "stages": dict(turn.stages)}
    return {**row, **read, "latency": dict(turn.latency), "usage": dict(turn.usage)}


def _readable(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _iso(value) if name in _MOMENTS else value for name, value in row.items() if name not in _OURS}


def _iso(ms: int | None) -> str | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")
