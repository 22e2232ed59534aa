"""The two kinds of database, set up as this program needs them."""

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from enterprise_stream.errors import ConfigError, StoreError
from enterprise_stream.private_file import make_private
from enterprise_stream.store.schema import unusable

PRAGMAS = (
    "auto_vacuum = INCREMENTAL",  # counts before the first table is made
    "journal_mode = WAL",  # those who read do not wait for the one who writes
    "synchronous = FULL",  # what was acknowledged survives a loss of power; 0.14 ms a commit
    "busy_timeout = 5000",
    "foreign_keys = ON",
    "secure_delete = ON",  # what is erased is gone from the file too
    "journal_size_limit = 4194304",
)
"""How every connection to SQLite is set up."""

CONNECT_S = 5.0
"""How long PostgreSQL may take for a connection."""

COMMAND_S = 10.0
"""How long PostgreSQL may take for a statement."""

_WRITES = "enterprise_stream_writes"


def make_engine(url: URL) -> AsyncEngine:
    """An engine for the database; for SQLite its file and folder, which only this user may read.

    Raises:
        StoreError: the file cannot be made.
        ConfigError: the driver is not installed.
    """
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    try:
        return create_async_engine(
            url,
            pool_pre_ping=True,
            isolation_level="READ COMMITTED",  # who has waited for a lock sees what was done under it
            hide_parameters=True,  # an error's text may be logged, and what guests say may not
            connect_args={"timeout": CONNECT_S, "command_timeout": COMMAND_S},
        )
    except ImportError:
        raise ConfigError(
            "DATABASE_URL asks for PostgreSQL, whose driver is not installed: install `enterprise-stream[postgres]`."
        ) from None


def for_writing(engine: AsyncEngine) -> AsyncEngine:
    """The same database; its transactions take SQLite's one write lock when they begin, not in their middle."""
    return engine.execution_options(**{_WRITES: True})


def _sqlite(url: URL) -> AsyncEngine:
    file = Path(url.database or "").expanduser().absolute()
    url = url.set(database=str(file))
    if file.is_dir():
        raise StoreError(f"The database {file} is a folder: set DATABASE_URL to a file.", retryable=False)
    try:
        make_private(file)
    except OSError as error:
        raise unusable(url, error) from None
    engine = create_async_engine(url, hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where `begin` says so, not where the driver thinks
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
