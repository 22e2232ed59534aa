"""Spending in the database: what survives a restart, and what other servers spend."""

import asyncio
from collections.abc import Callable, Mapping
from itertools import count

import structlog
from sqlalchemy import Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from enterprise_stream.cost.account import Call, Charge
from enterprise_stream.errors import StoreError
from enterprise_stream.store import Store
from enterprise_stream.store.statements import insert_once
from enterprise_stream.store.tables import calls, spending

log = structlog.get_logger(__name__)

LEARN_EVERY_S = 15.0
"""How often the day's sums of others on one file of SQLite are read; so far may they together pass a day's cap."""


class Book:
    """One run's entries in the store.

    Args:
        store: the database.
        run: unique name of this run of a server; with an entry's number its key, so that none counts twice.
    """

    def __init__(self, store: Store, run: str) -> None:
        self._store = store
        self._run = run
        self._numbers = count(1)

    def charge(self, charge: Charge) -> None:
        """Keep a purchase; never waits."""
        bought = charge.purchase
        self._post(
            spending,
            session=bought.owner,
            day=charge.day,
            tenant=charge.tenant,
            kind=bought.kind,
            engine=bought.engine,
            model=bought.model,
            audio_ms=bought.audio_ms,
            input_tokens=bought.input_tokens,
            cached_tokens=bought.cached_tokens,
            output_tokens=bought.output_tokens,
            chars=bought.chars,
            microdollars=charge.microdollars,
        )

    def call(self, call: Call) -> None:
        """Keep how long a call lasted; never waits."""
        self._post(
            calls,
            session=call.owner,
            day=call.day,
            tenant=call.tenant,
            seconds=call.seconds,
            turns=call.turns,
            spoken_chars=call.spoken_chars,
            library_chars=call.library_chars,
        )

    async def others(self, day: str) -> dict[str, int]:
        """What other runs have spent on a day, by tenant, in micro-dollars.

        Raises:
            StoreError: the database failed.
        """
        sums = (
            select(spending.c.tenant, func.sum(spending.c.microdollars))
            .where(spending.c.day == day, spending.c.run != self._run)
            .group_by(spending.c.tenant)
        )
        async with self._store.reading() as connection:
            return {tenant: int(amount) for tenant, amount in await connection.execute(sums)}

    async def paid_for(self, session: str) -> int:
        """What a session has cost so far, in whichever run, in micro-dollars.

        Raises:
            StoreError: the database failed.
        """
        total = select(func.coalesce(func.sum(spending.c.microdollars), 0)).where(spending.c.session == session)
        async with self._store.reading() as connection:
            return int((await connection.execute(total)).scalar_one())

    async def follow(self, today: Callable[[], str], learn: Callable[[str, Mapping[str, int]], None]) -> None:
        """Tell what others have spent, at once and then again and again; what was told last holds while that fails."""
        failing = False
        while True:
            day = today()
            try:
                learn(day, await self.others(day))
            except StoreError as error:
                if not failing:
                    log.warning("spending_of_others_unknown", message=error.message)
                failing = True
            else:
                failing = False
            await asyncio.sleep(LEARN_EVERY_S)

    def _post(self, table: Table, **values: object) -> None:
        row = {"run": self._run, "n": next(self._numbers), **values}

        async def work(connection: AsyncConnection) -> int:
            return await insert_once(connection, table, [row])

        self._store.post(work)
