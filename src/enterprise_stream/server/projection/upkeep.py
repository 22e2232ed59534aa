"""What is done for the calls in the database now and then: ends are noted, days counted, and old things let go of."""

import asyncio
from functools import partial
from typing import Final

import structlog

from enterprise_stream.clock import Clock
from enterprise_stream.errors import EnterpriseStreamError
from enterprise_stream.log.ports import SessionLog
from enterprise_stream.store import Store
from enterprise_stream.store.calls import end_silent
from enterprise_stream.store.console.days import days_over, keep_days
from enterprise_stream.store.privacy import ErasureLedger, Limits, keep_ledger, retain

log = structlog.get_logger(__name__)

EVERY_S: Final = 3600.0
"""How often; what is kept for days goes within an hour of its time."""


class Upkeep:
    """The work, an hour apart.

    Args:
        store: the database.
        session_log: forgets sessions whose process was killed.
        limits: how long each kind is kept.
        clock: says how old things are.
        ledger: where it is noted what was erased, by whichever server; None for a database that has no backups.
    """

    def __init__(
        self,
        store: Store,
        session_log: SessionLog,
        limits: Limits,
        clock: Clock,
        ledger: ErasureLedger | None = None,
    ) -> None:
        self._store = store
        self._log = session_log
        self._limits = limits
        self._clock = clock
        self._ledger = ledger

    async def run(self) -> None:
        """At once, then again and again; what fails is tried again the next time."""
        while True:
            try:
                await self.once()
            except EnterpriseStreamError as error:
                log.warning("upkeep_failed", code=error.code, message="what should be let go of is still there")
            await asyncio.sleep(EVERY_S)

    async def once(self) -> None:
        """All of it, once.

        Raises:
            StoreError: the database failed.
            LogError: the session log failed.
            LedgerError: the ledger of erasures failed.
        """
        now = round(self._clock.wall_ms())
        if self._ledger is not None:
            await keep_ledger(self._store, self._ledger, now)
        await self._store.write(partial(end_silent, now=now))
        async with self._store.reading() as connection:
            over = await days_over(connection, self._clock.today())
        await self._store.write(partial(keep_days, over=over))
        done = await retain(self._store, self._limits, now)
        if done.total:
            log.info(
                "retention",
                transcripts=done.transcripts,
                calls=done.calls,
                requests=done.requests,
                spending=done.spending,
            )
        await self._log.sweep()
