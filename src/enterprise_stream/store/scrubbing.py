"""What deleted rows leave behind in a database's files."""

import asyncio

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

TRIES = 20
PAUSE_S = 0.1
"""Who reads holds the log's old pages for ms; two seconds of readers without a gap are not to be expected."""


async def scrub(engine: AsyncEngine) -> None:
    """Empty the places where deleted rows may still be read.

    SQLite overwrites what is deleted (`secure_delete`), but its write-ahead log holds the pages of before until it is
    cut off; that is done here. PostgreSQL gives the rows' places free for what comes; its own log keeps older pages
    until it is recycled, and so do backups.

    Raises:
        SQLAlchemyError: the database failed, or somebody has been reading all the time.
    """
    if engine.dialect.name == "postgresql":
        async with engine.connect() as connection:
            plain = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await plain.execute(text("VACUUM turns, conversations, bookings, hand_overs, outbox"))
        return
    for _ in range(TRIES):
        async with engine.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None  # noqa: S101 - it is connected
            async with driver.execute("PRAGMA wal_checkpoint(TRUNCATE)") as cursor:
                busy, *_ = await cursor.fetchone()
            if not busy:
                await driver.execute("PRAGMA incremental_vacuum")
                return
        await asyncio.sleep(PAUSE_S)
    raise OperationalError("wal_checkpoint", {}, TimeoutError("the database is read all the time"))
