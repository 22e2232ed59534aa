"""Calls, newest first, a page at a time; and one call with its turns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, not_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from enterprise_stream.store.calls.folding import folded
from enterprise_stream.store.calls.keeping import SILENT_MS
from enterprise_stream.store.calls.rows import Turn
from enterprise_stream.store.statements import storable_text
from enterprise_stream.store.tables import conversations, turns

_LISTED = [column for column in conversations.c if column.name != "words"]


class Place(NamedTuple):
    """Where a page begins: after this call."""

    started_at: int
    session: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls.

    Attributes:
        before: calls before this one only.
        live: whether they still go on; None for all.
        text: words that were said in them, or a session's id.
        tenant: whose; None for everybody's.
    """

    limit: int
    before: Place | None = None
    language: str = ""
    live: bool | None = None
    text: str = ""
    tenant: str | None = None


async def find_calls(
    connection: AsyncConnection, wanted: Wanted, now: int
) -> tuple[Sequence[Mapping[str, Any]], Place | None]:
    """The rows of a page, each with `live`, and where the next one begins; None on the last."""
    conditions = _conditions(wanted, now)
    newest = (conversations.c.started_at.desc(), conversations.c.session.desc())
    asked = select(*_LISTED).where(*conditions).order_by(*newest).limit(wanted.limit + 1)
    rows = (await connection.execute(asked)).mappings().all()
    page = [_told(dict(row), now) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    return page, Place(page[-1]["started_at"], page[-1]["session"]) if more else None


async def find_call(
    connection: AsyncConnection, session: str, now: int, tenant: str | None = None
) -> tuple[Mapping[str, Any], Sequence[Turn]] | None:
    """A call and its turns in order; None where there is none, or it is not of this tenant (None: of any)."""
    session = storable_text(session)
    found = (await connection.execute(select(*_LISTED).where(conversations.c.session == session))).mappings().first()
    if found is None or tenant not in (None, found["tenant"]):
        return None
    asked = select(turns).where(turns.c.session == session).order_by(turns.c.turn)
    return _told(dict(found), now), [Turn.of(dict(row)) for row in (await connection.execute(asked)).mappings()]


def _conditions(wanted: Wanted, now: int) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.before is not None:
        place = (wanted.before.started_at, storable_text(wanted.before.session))
        conditions.append(tuple_(conversations.c.started_at, conversations.c.session) < tuple_(*place))
    if wanted.tenant is not None:
        conditions.append(conversations.c.tenant == wanted.tenant)
    if wanted.language:
        conditions.append(conversations.c.language == storable_text(wanted.language))
    if wanted.live is not None:
        goes_on = and_(conversations.c.ended_at.is_(None), conversations.c.seen_at >= now - SILENT_MS)
        conditions.append(goes_on if wanted.live else not_(goes_on))
    if wanted.text:
        called = conversations.c.session == storable_text(wanted.text)
        said = [conversations.c.words.contains(word, autoescape=True) for word in folded(wanted.text)]
        conditions.append(or_(and_(*said), called) if said else called)
    return conditions


def _told(row: Mapping[str, Any], now: int) -> dict[str, Any]:
    """The row with `live`; a call that fell silent has ended, whether that was noted yet or not."""
    live = row["ended_at"] is None and row["seen_at"] >= now - SILENT_MS
    lost = {} if live or row["ended_at"] is not None else {"ended_at": row["seen_at"], "end_reason": "lost"}
    return {**row, **lost, "live": live}
