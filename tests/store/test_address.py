from pathlib import Path

import pytest

from enterprise_stream.errors import ConfigError
from enterprise_stream.store import database_url

DATA = Path("/data")


def test_without_an_address_it_is_a_file_in_the_data_folder() -> None:
    assert database_url(None, DATA).database == "/data/enterprise-stream.db"
    assert database_url("", DATA).drivername == "sqlite+aiosqlite"


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("sqlite:////var/lib/sandra/sandra.db", "sqlite+aiosqlite"),
        ("postgresql://u:p@host/name", "postgresql+asyncpg"),
        ("postgres://u:p@host:5432/name", "postgresql+asyncpg"),
        ("postgresql+asyncpg://u:p@host/name", "postgresql+asyncpg"),
    ],
)
def test_plain_addresses_get_their_driver(given: str, driver: str) -> None:
    assert database_url(given, DATA).drivername == driver


def test_sslmode_is_said_as_the_driver_says_it() -> None:
    url = database_url("postgresql://u:p@host/name?sslmode=require&application_name=es", DATA)
    assert dict(url.query) == {"ssl": "require", "application_name": "es"}


@pytest.mark.parametrize("given", ["mysql://u:hunter2@host/name", "hunter2", "sqlite://", "sqlite:///:memory:", "://"])
def test_what_is_no_address_is_told_without_showing_it(given: str) -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL is \\(set, hidden\\)") as error:
        database_url(given, DATA)
    assert "hunter2" not in error.value.message
