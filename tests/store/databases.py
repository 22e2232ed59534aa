"""Databases to test with, for all tests: each has one of its own, of each kind, and all share one PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL
from tests.store.postgres import new_database, running_postgres

from enterprise_stream.store import database_url


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    with running_postgres() as folder:
        yield folder


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """An empty database."""
    if request.param == "sqlite":
        return database_url(None, tmp_path / "data")
    return new_database(request.getfixturevalue("postgres"))
