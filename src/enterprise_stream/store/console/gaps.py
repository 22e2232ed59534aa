"""What guests asked and she did not know: the same words count as the same question."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from enterprise_stream.store.calls.folding import folded
from enterprise_stream.store.tables import conversations, turns

MOST_TURNS = 3000
"""Unanswered turns that are looked at, the latest."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that was not answered.

    Attributes:
        question: as it was last asked.
        last_at: when that was, in ms since 1970-01-01 UTC.
        session, turn: where.
        answer: what she said instead.
    """

    question: str
    language: str
    times: int
    last_at: int
    session: str
    turn: int
    answer: str


async def find_gaps(connection: AsyncConnection, since: int, most: int, tenant: str | None = None) -> list[Gap]:
    """Questions since a moment, in ms since 1970-01-01 UTC; those asked most often first, then the latest.

    Args:
        connection: to read with.
        since: the moment.
        most: how many.
        tenant: whose guests asked; None for everybody's.
    """
    asked = (
        select(turns.c.question, turns.c.language, turns.c.at, turns.c.session, turns.c.turn, turns.c.answer)
        .where(turns.c.answered.is_(False), turns.c.at >= since, turns.c.question != "")
        .order_by(turns.c.at.desc())
        .limit(MOST_TURNS)
    )
    if tenant is not None:
        of_call = conversations.c.session == turns.c.session
        asked = asked.join(conversations, of_call).where(conversations.c.tenant == tenant)
    found: dict[tuple[str, str], Gap] = {}
    for row in await connection.execute(asked):
        key = (row.language, " ".join(folded(row.question)))
        known = found.get(key)
        if known is None:
            found[key] = Gap(row.question, row.language, 1, row.at, row.session, row.turn, row.answer)
        else:
            found[key] = replace(known, times=known.times + 1)
    return sorted(found.values(), key=lambda gap: (-gap.times, -gap.last_at))[:most]
