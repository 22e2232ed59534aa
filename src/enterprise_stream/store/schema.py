"""Brings the tables to this program's version, or says why that cannot be."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from enterprise_stream.errors import StoreError

MIGRATIONS = Path(__file__).parent / "migrations"

_LOCK = 0x5A4D7A11
"""PostgreSQL's advisory lock under which one server at a time changes the tables; any number of our own."""

_OTHER_TABLES = (
    "its tables are not those of the version that it names; a version in development may have written it: restore a "
    "copy, or move it away to begin anew"
)

_HINTS = {
    "ConnectionRefusedError": "nothing listens there: start PostgreSQL, or correct the host and port in DATABASE_URL",
    "gaierror": "the host of DATABASE_URL is not known",
    "TimeoutError": "it does not answer: correct the host in DATABASE_URL, or let this machine through to it",
    "InvalidPasswordError": "the user or the password in DATABASE_URL is wrong",
    "InvalidAuthorizationSpecificationError": "the user or the password in DATABASE_URL is wrong",
    "InvalidCatalogNameError": "there is no database of that name: create it, or correct DATABASE_URL",
    "InsufficientPrivilegeError": "that user may not create tables there: grant it CREATE on the schema",
    "PermissionError": "this user may not write there: correct the rights, or set DATABASE_URL to another place",
    "NotADirectoryError": "a part of the path is no folder: correct DATABASE_URL or XDG_DATA_HOME",
    "FileNotFoundError": "the folder cannot be made: correct DATABASE_URL or XDG_DATA_HOME",
    "UndefinedTableError": _OTHER_TABLES,
    "UndefinedColumnError": _OTHER_TABLES,
    "DuplicateTableError": _OTHER_TABLES,
    "DuplicateColumnError": _OTHER_TABLES,
    "SQLITE_BUSY": "another program holds the file: end it, then start again",
    "SQLITE_LOCKED": "another program holds the file: end it, then start again",
    "SQLITE_CANTOPEN": "the file cannot be opened: correct its rights, or set DATABASE_URL to another place",
    "SQLITE_READONLY": "the file may not be written: correct its rights, or set DATABASE_URL to another place",
    "SQLITE_PERM": "the file may not be written: correct its rights, or set DATABASE_URL to another place",
    "SQLITE_FULL": "the disk is full: free some space, or set DATABASE_URL to another disk",
    "SQLITE_IOERR": "the disk does not read or write it: look after the disk, then restore a copy if it is damaged",
    "SQLITE_ERROR": _OTHER_TABLES,
    "DatabaseError": "the file is damaged or no database: restore a copy, or move it away to begin anew",
}
"""What to do about the driver's error of this name, or SQLite's primary result code of this name."""


async def upgrade(engine: AsyncEngine) -> None:
    """Bring the tables to this program's version; several servers may do so at once.

    Raises:
        StoreError: the database cannot be reached, opened or changed; the message says what to do.
    """
    try:
        async with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            await connection.run_sync(_upgrade)
    except CommandError:
        raise StoreError(
            f"The database {_place(engine.url)} was written by a newer version of this program: install that version, "
            "or set DATABASE_URL to another database.",
            retryable=False,
        ) from None
    except (SQLAlchemyError, OSError) as error:
        raise unusable(engine.url, error) from None


def unusable(url: URL, error: Exception) -> StoreError:
    """What a driver's error means and what to do, in our words: the driver's may hold what nobody should read."""
    cause: BaseException = getattr(error, "orig", None) or error
    names = [kind.__name__ for kind in (*type(cause.__cause__ or cause).__mro__, *type(cause).__mro__)]
    if result := getattr(cause, "sqlite_errorname", None):  # such as SQLITE_IOERR_WRITE
        names.insert(0, "_".join(result.split("_")[:2]))
    hint = next((_HINTS[name] for name in names if name in _HINTS), f"it failed with {names[0]}")
    return StoreError(f"The database {_place(url)} cannot be used: {hint}.")


def migrations(connection: Connection | None = None) -> Config:
    """Alembic's settings for the versions in this package."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    command.upgrade(migrations(connection), "head")


def _place(url: URL) -> str:
    return (
        str(url.database) if url.get_backend_name() == "sqlite" else f"{url.database} at {url.host or 'this machine'}"
    )
