"""Databases to test with: each test has one of its own, of each kind."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL
from tests.store.postgres import run_sql, running_postgres

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
    folder = request.getfixturevalue("postgres")
    name = f"t{uuid4().hex[:12]}"
    run_sql(folder, f"CREATE DATABASE {name}")
    return database_url(f"postgresql://sandra@/{name}?host={folder}", tmp_path)
