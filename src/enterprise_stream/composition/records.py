"""The database as everybody may see it: what was erased is not in it, whatever backup it comes from."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from enterprise_stream.clock import Clock
from enterprise_stream.config import Settings
from enterprise_stream.log.erasing import erase_from_file, restored_in_file
from enterprise_stream.store import Store
from enterprise_stream.store.privacy import Erased, ErasureLedger, erase_again, keep_ledger
from enterprise_stream.store.privacy.ledger import FILE_NAME

SESSION_LOG_FILE = "sessions.db"
"""The durable session log, in the data folder."""


@dataclass(frozen=True, slots=True)
class Records:
    """What is kept.

    Attributes:
        store: the database.
        ledger: what was erased from it.
        again: what was erased once more when it was opened: nothing, but where a backup was restored.
        entries: the same, entries of the session log.
    """

    store: Store
    ledger: ErasureLedger
    again: Erased
    entries: int

    @property
    def restored(self) -> bool:
        """Whether there was anything to erase again."""
        return self.again != Erased() or self.entries > 0


def ledger_of(settings: Settings) -> ErasureLedger:
    """Where it is noted what was erased."""
    path = settings.erasure_ledger or settings.data_folder / FILE_NAME
    return ErasureLedger(path, settings.backup_days)


@asynccontextmanager
async def open_records(settings: Settings, clock: Clock) -> AsyncIterator[Records]:
    """Open the database, and erase again whatever a restored backup has brought back.

    Raises:
        StoreError: the database cannot be used; the message says what to do.
        LedgerError: it cannot be told what was erased.
        LogError: the session log may still show some of it.
        ConfigError: the database's driver is not installed.
    """
    ledger, now = ledger_of(settings), round(clock.wall_ms())
    async with Store.open(settings.store_url) as store:
        await keep_ledger(store, ledger, now)
        erasures = await ledger.read()
        again = await erase_again(store, erasures, now)
        entries = await asyncio.to_thread(_erase_log_again, settings.data_folder / SESSION_LOG_FILE, list(erasures))
        yield Records(store, ledger, again, entries)


def _erase_log_again(path: Path, sessions: list[str]) -> int:
    """Blocking; raises `LogError`."""
    restored = restored_in_file(path, sessions)
    return erase_from_file(path, restored) if restored else 0
