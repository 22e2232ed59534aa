"""One tree of versions for both databases."""

import asyncio
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, inspect, text

from enterprise_stream.errors import StoreError
from enterprise_stream.store import Store, database_url
from enterprise_stream.store.engines import for_writing, make_engine
from enterprise_stream.store.schema import migrations, unusable
from enterprise_stream.store.tables import metadata


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def go(connection: Connection, there: Callable[[Config, str], None], revision: str) -> None:
    there(migrations(connection), revision)


async def test_the_versions_lead_to_the_tables(url: URL) -> None:
    async with Store.open(url) as store, store.reading() as connection:
        assert await connection.run_sync(differences) == []
        assert await connection.run_sync(tables) == {*metadata.tables, "alembic_version"}


async def test_every_version_can_be_gone_back_and_forth(url: URL) -> None:
    async with Store.open(url):
        pass
    engine = for_writing(make_engine(url))
    revisions = [script.revision for script in ScriptDirectory.from_config(migrations()).walk_revisions()]
    for revision in [*revisions[1:], "base"]:
        async with engine.begin() as connection:
            await connection.run_sync(go, command.downgrade, revision)
    async with engine.connect() as connection:
        assert await connection.run_sync(tables) == {"alembic_version"}
    for revision in reversed(revisions):
        async with engine.begin() as connection:
            await connection.run_sync(go, command.upgrade, revision)
    await engine.dispose()
    async with Store.open(url) as store, store.reading() as connection:
        assert await connection.run_sync(differences) == []


async def test_there_is_one_newest_version() -> None:
    assert len(ScriptDirectory.from_config(migrations()).get_heads()) == 1


async def test_servers_that_start_at_once_do_not_disturb_each_other(url: URL) -> None:
    async def start() -> None:
        async with Store.open(url) as store, store.reading() as connection:
            assert await connection.run_sync(differences) == []

    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(start())


async def test_a_database_of_a_newer_version_is_told(url: URL) -> None:
    engine = for_writing(make_engine(url))
    async with Store.open(url), engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await engine.dispose()
    with pytest.raises(StoreError, match="newer version"):
        async with Store.open(url):
            pass


async def test_tables_that_are_not_those_of_their_version_are_told(url: URL) -> None:
    engine = for_writing(make_engine(url))
    async with Store.open(url), engine.begin() as connection:
        await connection.run_sync(go, command.downgrade, "0005")
        await connection.execute(text("DROP TABLE days"))
    await engine.dispose()
    with pytest.raises(StoreError, match="not those of the version that it names"):
        async with Store.open(url):
            pass


def busy(file: Path) -> None:
    other = sqlite3.connect(file)
    with closing(other), closing(sqlite3.connect(file, timeout=0)) as connection:
        other.execute("BEGIN EXCLUSIVE")
        connection.execute("BEGIN IMMEDIATE")


def unopened(file: Path) -> None:
    sqlite3.connect(file.parent / "nowhere" / file.name)


def unwritable(file: Path) -> None:
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("CREATE TABLE other (n)")


def full(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA max_page_count = 2")
        connection.execute("CREATE TABLE other AS SELECT randomblob(100000) AS bytes")


@pytest.mark.parametrize(
    ("fault", "hint"),
    [
        (busy, "another program holds the file"),
        (unopened, "cannot be opened"),
        (unwritable, "may not be written"),
        (full, "the disk is full"),
    ],
)
def test_what_sqlite_complains_of_is_told_with_what_to_do(
    fault: Callable[[Path], None], hint: str, tmp_path: Path
) -> None:
    file = tmp_path / "enterprise-stream.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE one (n)")
    with pytest.raises(sqlite3.Error) as caught:
        fault(file)
    assert hint in unusable(database_url(None, tmp_path), caught.value).message


async def test_the_file_is_for_its_user_only(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "data"
    async with Store.open(database_url(None, folder)) as store:
        await store.flush()
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.iterdir()]}
    assert modes.pop("data") == 0o700
    assert len(modes) == 3
    assert set(modes.values()) == {0o600}


async def test_sqlite_is_set_up_for_what_must_not_be_lost(tmp_path: Path) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 5000, "foreign_keys": 1, "secure_delete": 1}
    async with Store.open(database_url(None, tmp_path)) as store, store.reading() as connection:
        found = {name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one() for name in wanted}
        assert (await connection.exec_driver_sql("PRAGMA auto_vacuum")).scalar_one() == 2
    assert found == wanted


async def test_what_is_no_database_is_told(tmp_path: Path) -> None:
    file = tmp_path / "enterprise-stream.db"
    file.write_text("not a database at all, and long enough to be taken for one " * 100)
    with pytest.raises(StoreError, match="damaged or no database"):
        async with Store.open(database_url(None, tmp_path)):
            pass


async def test_a_place_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="no folder"):
        async with Store.open(database_url(None, tmp_path / "file" / "data")):
            pass
    with pytest.raises(StoreError, match="is a folder"):
        async with Store.open(database_url(f"sqlite:///{tmp_path}", tmp_path)):
            pass


async def test_a_server_that_is_not_there_is_told_without_the_password(tmp_path: Path) -> None:
    url = database_url(f"postgresql://sandra:hunter2@/name?host={tmp_path}", tmp_path)
    with pytest.raises(StoreError, match="cannot be used") as error:
        async with Store.open(url):
            pass
    assert "hunter2" not in error.value.message
    url = database_url("postgresql://sandra:hunter2@127.0.0.1:1/name", tmp_path)
    with pytest.raises(StoreError, match="nothing listens there"):
        async with Store.open(url):
            pass


async def test_a_database_that_does_not_exist_is_told(postgres: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no database of that name"):
        async with Store.open(database_url(f"postgresql://sandra@/nobody?host={postgres}", tmp_path)):
            pass
