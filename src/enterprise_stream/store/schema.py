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
    "OperationalError": "the file cannot be opened or another program holds it: correct its rights or the disk",
    "DatabaseError": "the file is damaged or no database: restore a copy, or move it away to begin anew",
}
"""What to do about the driver's error of this name."""


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
