"""The one task that writes, so that nobody who speaks or listens ever waits for a disk."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import structlog
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from enterprise_stream.errors import StoreError

log = structlog.get_logger(__name__)

MAX_WAITING = 20_000
"""Entries that may wait for the database: about 20 MB, half an hour of 32 guests."""

MAX_BATCH = 200
"""Entries in one transaction."""

FIRST_RETRY_S = 0.1
LONGEST_RETRY_S = 5.0
"""How long a database that failed is left alone: twice as long each time, up to this."""

CLOSE_S = 5.0
"""How long the writer may take for what still waits when the server stops."""

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]
"""Something to write, in a transaction that it shares with others; it may be run again, so it has no other effect."""

_FINAL = (IntegrityError, DataError, ProgrammingError)
_DATA = "22"
"""PostgreSQL's class of values that it cannot hold: with its driver they come as no `DataError`."""


@dataclass(frozen=True, slots=True)
class _Entry:
    work: Work[Any]
    done: asyncio.Future[Any] | None

    @property
    def unwanted(self) -> bool:
        """Whether whoever waited for it has gone."""
        return self.done is not None and self.done.cancelled()

    def succeed(self, result: object) -> None:
        if self.done is not None and not self.done.done():
            self.done.set_result(result)

    def fail(self, error: Exception) -> None:
        if self.done is None:
            log.error("store_entry_dropped", error=type(error).__name__)
        elif not self.done.done():
            self.done.set_exception(error)


class Writer:
    """Writes entries in the order in which they came; use it as an async context manager.

    An entry that was taken is kept in memory until the database has it: while that fails, it is tried again and again,
    told by one warning. When `max_waiting` entries wait, new ones are refused, told by one warning too.

    Attributes:
        refused: entries that were not taken, since the start.
    """

    def __init__(self, engine: AsyncEngine, max_waiting: int = MAX_WAITING) -> None:
        self._engine = engine
        self._queue: asyncio.Queue[_Entry] = asyncio.Queue(max_waiting)
        self._unwritten = 0
        self._failing = False
        self._full = False
        self.refused = 0

    async def __aenter__(self) -> Self:
        self._group = await asyncio.TaskGroup().__aenter__()
        self._task = self._group.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            async with asyncio.timeout(CLOSE_S):
                await self._queue.join()
        except TimeoutError:
            log.error(
                "store_entries_lost", entries=self.waiting, message="the database failed until the server stopped"
            )
        finally:
            self._task.cancel()
            await self._group.__aexit__(None, None, None)

    @property
    def waiting(self) -> int:
        """Entries that were taken and are not in the database yet."""
        return self._unwritten

    @property
    def failing(self) -> bool:
        """Whether the database did not take the last transaction."""
        return self._failing

    @property
    def full(self) -> bool:
        """Whether the last entry was not taken, because too much waits."""
        return self._full

    def post(self, work: Work[Any]) -> bool:
        """Write something soon; False when too much waits, and then it is not written. Never waits."""
        return self._take(_Entry(work, None))

    async def write(self, work: Work[T]) -> T:
        """Write something and return once the database has it for good.

        It waits as long as the database fails; who cannot, limits it with `asyncio.timeout`. What is cancelled before
        it was begun is not written.

        Raises:
            StoreError: too much waits already.
            Exception: what `work` raised; then nothing of it was written.
        """
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        if not self._take(_Entry(work, done)):
            raise StoreError("The database takes nothing at the moment; try again in a few seconds.")
        return await done

    async def flush(self) -> None:
        """Wait until the database has everything that was taken."""
        await self._queue.join()

    def _take(self, entry: _Entry) -> bool:
        try:
            self._queue.put_nowait(entry)
        except asyncio.QueueFull:
            self.refused += 1
            if not self._full:
                self._full = True
                log.warning("store_full", waiting=self._queue.qsize(), message="entries are lost until it is mended")
            return False
        self._unwritten += 1
        return True

    async def _run(self) -> None:
        while True:
            batch = [await self._queue.get()]
            while len(batch) < MAX_BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            await self._keep(batch)
            self._full = False
            self._unwritten -= len(batch)
            for _ in batch:
                self._queue.task_done()

    async def _keep(self, batch: list[_Entry]) -> None:
        """Write a batch however often it takes; an entry that can never be written takes no other with it."""
        pause = FIRST_RETRY_S
        while True:
            try:
                await self._commit(batch)
            except Exception as error:  # noqa: BLE001 - whatever an entry raises is for whoever gave it
                if not _may_pass(error):
                    await self._keep_others(batch, error)
                    return
                self._tell(error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_RETRY_S)
            else:
                self._recovered()
                return

    async def _keep_others(self, batch: list[_Entry], error: Exception) -> None:
        if len(batch) == 1:
            batch[0].fail(error)
        else:
            for entry in batch:
                await self._keep([entry])

    async def _commit(self, batch: list[_Entry]) -> None:
        wanted = [entry for entry in batch if not entry.unwanted]
        async with self._engine.begin() as connection:
            results = [await entry.work(connection) for entry in wanted]
        for entry, result in zip(wanted, results, strict=True):
            entry.succeed(result)

    def _tell(self, error: Exception) -> None:
        if not self._failing:
            cause = type(getattr(error, "orig", None) or error).__name__
            log.warning("store_failing", error=cause, message="kept in memory and tried again; look at the disk")
        self._failing = True

    def _recovered(self) -> None:
        if self._failing:
            log.info("store_recovered", waiting=self.waiting)
        self._failing = False


def _may_pass(error: Exception) -> bool:
    """Whether the database failed, not the entry: a full disk, a lock, a lost connection."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        return not isinstance(error, _FINAL) and not state.startswith(_DATA)
    return isinstance(error, OSError)
