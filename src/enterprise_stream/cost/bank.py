"""Advances on a day's caps in the database: who holds how much of them, so that all together never pass one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from sqlalchemy import RowMapping, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from enterprise_stream.cost.governor import Amounts
from enterprise_stream.cost.slices import Claim, grant
from enterprise_stream.store import Store
from enterprise_stream.store.statements import now_ms
from enterprise_stream.store.tables import advances, spending

LIFE_MS: Final = 600_000
"""How long an advance may be spent unless it is renewed: what a process held that was killed is free after that."""

WITHIN_S: Final = 2.0
"""How long the database may take, in seconds."""

_LOCK: Final = 0x5A4D7A12
"""PostgreSQL's advisory lock under which one process at a time is given an advance; SQLite has one writer anyway."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a process was given.

    Attributes:
        held: up to where it may spend, by tenant, in micro-dollars.
        others: what all others have spent, as they told last, by tenant.
    """

    held: dict[str, int]
    others: dict[str, int]


class Bank:
    """One process's side of the table.

    Args:
        store: the database.
        run: unique name of this run of a server.
    """

    def __init__(self, store: Store, run: str) -> None:
        self._store = store
        self._run = run

    async def settle(self, day: str, claims: Sequence[Claim], caps: Amounts) -> Settled:
        """Tell what was spent and get what may be spent, at once for all tenants; the process has it for `LIFE_MS`.

        Raises:
            StoreError: the database failed, or did not answer within `WITHIN_S`; what is held stays.
        """
        work = partial(_settle, run=self._run, day=day, claims=claims, caps=caps)
        return await self._store.at_once(work, WITHIN_S)


async def _settle(connection: AsyncConnection, run: str, day: str, claims: Sequence[Claim], caps: Amounts) -> Settled:
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    now = await now_ms(connection)
    rows = (await connection.execute(select(advances).where(advances.c.day == day))).mappings().all()
    told = {claim.tenant for claim in claims}
    mine = {row["tenant"]: int(row["held"]) for row in rows if row["run"] == run}
    held, spent = Counter[str](), Counter[str]()
    for row in rows:
        if row["run"] == run and row["tenant"] in told:
            continue
        final = await _close(connection, row) if row["until"] <= now and row["held"] > row["spent"] else None
        held[row["tenant"]] += row["held"] if final is None else final
        if row["run"] != run:
            spent[row["tenant"]] += row["spent"] if final is None else final
    known = [replace(claim, held=min(claim.held, mine.get(claim.tenant, 0))) for claim in claims]
    given = grant(known, held, caps)
    await _keep(connection, run, day, known, given, now + LIFE_MS)
    return Settled(given, dict(spent))


async def _close(connection: AsyncConnection, row: RowMapping) -> int:
    """The advance of a process that has not been heard of for too long: what it is known to have spent, and no more."""
    bought = select(func.coalesce(func.sum(spending.c.microdollars), 0)).where(
        spending.c.run == row["run"], spending.c.day == row["day"], spending.c.tenant == row["tenant"]
    )
    final = max(int(row["spent"]), int((await connection.execute(bought)).scalar_one()))
    key = (advances.c.day == row["day"]) & (advances.c.tenant == row["tenant"]) & (advances.c.run == row["run"])
    await connection.execute(update(advances).where(key).values(spent=final, held=final))
    return final


async def _keep(
    connection: AsyncConnection, run: str, day: str, claims: Sequence[Claim], given: dict[str, int], until: int
) -> None:
    if not claims:
        return
    old = (advances.c.day == day) & (advances.c.run == run) & advances.c.tenant.in_([each.tenant for each in claims])
    await connection.execute(delete(advances).where(old))
    rows = [
        {"day": day, "tenant": each.tenant, "run": run, "spent": each.spent, "held": given[each.tenant], "until": until}
        for each in claims
    ]
    await connection.execute(insert(advances), rows)
