"""Whether what is told today will be there tomorrow: looked at all the time, not only when something is written."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import structlog
from sqlalchemy import text

from enterprise_stream.errors import StoreError
from enterprise_stream.store.store import Store

log = structlog.get_logger(__name__)

Part = Literal["database", "disk"]

LOOK_S: Final = 5.0
"""How often, in seconds."""

LEAST_FREE_BYTES: Final = 100_000_000
"""Space below which a disk is as good as full; a server that starts asks for as much."""


@dataclass(frozen=True, slots=True)
class Health:
    """How what is kept stands.

    Attributes:
        failing: `database` (it does not answer, or does not take what is written), `disk` (almost nothing is left).
        losing: whether so much waits for the database that what comes now is not kept.
    """

    failing: tuple[Part, ...] = ()
    losing: bool = False


class StoreWatch:
    """Looks while `run` runs.

    Args:
        store: the database.
        folder: where this server writes; its disk is looked at.
        free: bytes that are left there.
    """

    def __init__(
        self, store: Store, folder: Path, free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free
    ) -> None:
        self._store = store
        self._folder = folder
        self._free = free
        self._seen: tuple[Part, ...] = ()

    @property
    def health(self) -> Health:
        """As it is known now: the last look, and what the writer has met since."""
        writing: tuple[Part, ...] = ("database",) if self._store.failing else ()
        return Health(tuple(dict.fromkeys((*writing, *self._seen))), self._store.full)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Look once; what changes is logged."""
        found: list[Part] = []
        try:
            async with self._store.reading() as connection:
                await connection.execute(text("SELECT 1"))
        except StoreError:
            found.append("database")
        if await asyncio.to_thread(self._low):
            found.append("disk")
        before, self._seen = self._seen, tuple(found)
        for part in found:
            if part not in before:
                log.warning("storage_failing", part=part, message="guests are served; see docs/operations.md")
        if before and not found:
            log.info("storage_recovered")

    def _low(self) -> bool:
        there = next(folder for folder in (self._folder, *self._folder.parents) if folder.exists())
        return self._free(there) < LEAST_FREE_BYTES
