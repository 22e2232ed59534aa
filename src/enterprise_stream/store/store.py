"""The database, open."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self, TypeVar

from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from enterprise_stream.store.engines import for_writing, make_engine
from enterprise_stream.store.schema import unusable, upgrade
from enterprise_stream.store.scrubbing import scrub
from enterprise_stream.store.writer import MAX_WAITING, Work, Writer

T = TypeVar("T")


class Store:
    """Reads at once, writes through one task; made by `open`."""

    def __init__(self, engine: AsyncEngine, writing: AsyncEngine, writer: Writer) -> None:
        self._engine = engine
        self._writing = writing
        self._writer = writer

    @classmethod
    @asynccontextmanager
    async def open(cls, url: URL, max_waiting: int = MAX_WAITING) -> AsyncIterator[Self]:
        """Open the database and bring its tables to this version; what was written is in it when this ends.

        Args:
            url: from `database_url`.
            max_waiting: entries that may wait to be written; more are refused.

        Raises:
            StoreError: it cannot be used; the message says what to do.
            ConfigError: its driver is not installed.
        """
        engine = make_engine(url)
        writing = for_writing(engine)
        try:
            await upgrade(writing)
            async with Writer(writing, max_waiting) as writer:
                yield cls(engine, writing, writer)
        finally:
            await engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for statements that change nothing.

        Raises:
            StoreError: the database failed.
        """
        try:
            async with self._engine.connect() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            raise unusable(self._engine.url, error) from None

    def post(self, work: Work[Any]) -> bool:
        """Write something soon, without waiting; see `Writer.post`."""
        return self._writer.post(work)

    async def write(self, work: Work[T]) -> T:
        """Write something and return once it is in the database for good; see `Writer.write`."""
        return await self._writer.write(work)

    async def at_once(self, work: Work[T], within_s: float) -> T:
        """Do something that somebody waits for, in a transaction of its own, beside what waits to be written.

        Args:
            work: is run once.
            within_s: how long it may take, in seconds; what is not done then is rolled back, but for a transaction
                whose end was on its way.

        Raises:
            StoreError: the database failed, or did not answer in time.
        """
        try:
            async with asyncio.timeout(within_s), self._writing.begin() as connection:
                return await work(connection)
        except (SQLAlchemyError, OSError) as error:
            raise unusable(self._engine.url, error) from None

    async def flush(self) -> None:
        """Wait until the database has everything that was posted."""
        await self._writer.flush()

    async def scrub(self) -> None:
        """Take what was deleted out of the files too, as far as this database can; see `store.scrubbing`.

        Raises:
            StoreError: some of it may still be there.
        """
        await self._writer.flush()
        try:
            await scrub(self._engine)
        except (SQLAlchemyError, OSError) as error:
            raise unusable(self._engine.url, error) from None

    @property
    def failing(self) -> bool:
        """Whether the database did not take what was last written; it is tried again."""
        return self._writer.failing

    @property
    def full(self) -> bool:
        """Whether so much waits that what comes now is not taken."""
        return self._writer.full

    @property
    def refused(self) -> int:
        """Entries that were not taken since the start, because too many waited."""
        return self._writer.refused

    @property
    def waiting(self) -> int:
        """Entries that are not in the database yet."""
        return self._writer.waiting
