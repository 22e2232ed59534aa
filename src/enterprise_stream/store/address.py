"""Where the database is, from the plain addresses that people write."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from enterprise_stream.errors import ConfigError

FILE_NAME = "enterprise-stream.db"
"""The database in the data folder."""

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}

_HELP = (
    "DATABASE_URL is (set, hidden): an address such as sqlite:////var/lib/sandra/sandra.db or "
    "postgresql://user:password@host/name is needed"
)


def database_url(given: str | None, folder: Path) -> URL:
    """The address as the database's driver wants it.

    Args:
        given: `sqlite:///file` or `postgresql://user:password@host/name`; None takes a file in the data folder.
        folder: the data folder.

    Raises:
        ConfigError: the address is of no database that is known here.
    """
    if not given:
        return URL.create(_DRIVERS["sqlite"], database=str(folder / FILE_NAME))
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        raise ConfigError(f"{_HELP}.") from None
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        raise ConfigError(f"{_HELP}; SQLite and PostgreSQL are known, {url.get_backend_name()} is not.")
    if driver == _DRIVERS["sqlite"] and url.database in (None, "", ":memory:"):
        raise ConfigError(f"{_HELP}; SQLite needs a file.")
    return _as_asyncpg_says(url.set(drivername=driver))


def _as_asyncpg_says(url: URL) -> URL:
    """What other PostgreSQL clients call `sslmode`, this one calls `ssl`."""
    mode = url.query.get("sslmode")
    return url if mode is None else url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
