"""What was acknowledged is in the database, whatever happens to it meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, func, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog.testing import capture_logs

from enterprise_stream.errors import StoreError
from enterprise_stream.store import Store, database_url
from enterprise_stream.store.statements import insert_once
from enterprise_stream.store.tables import spending
from enterprise_stream.store.writer import MAX_BATCH


def row(n: int) -> dict[str, Any]:
    return {
        "run": "r", "n": n, "session": "s", "day": "2026-05-28", "tenant": "", "kind": "llm", "engine": "openai",
        "model": "m",
        "audio_ms": 0.0, "input_tokens": 1, "cached_tokens": 0, "output_tokens": 1, "chars": 0, "microdollars": n,
    }  # fmt: skip


class Disk:
    """Work for the writer that fails as long as the disk is full."""

    def __init__(self) -> None:
        self.full = False
        self.tries = 0

    def insert(self, n: int) -> Any:
        async def work(connection: AsyncConnection) -> int:
            self.tries += 1
            if self.full:
                raise OperationalError("INSERT", {}, OSError("database or disk is full"))
            return await insert_once(connection, spending, [row(n)])

        return work


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - the writer has no event for it
            await asyncio.sleep(0.005)


async def numbers(store: Store) -> list[int]:
    async with store.reading() as connection:
        return list((await connection.execute(select(spending.c.n).order_by(spending.c.n))).scalars())


@pytest.fixture
async def store(url: URL) -> AsyncIterator[Store]:
    async with Store.open(url, max_waiting=300) as store:
        yield store


async def test_what_is_posted_is_written_in_order(store: Store) -> None:
    disk = Disk()
    assert all(store.post(disk.insert(n)) for n in range(MAX_BATCH + 50))
    await store.flush()
    assert await numbers(store) == list(range(MAX_BATCH + 50))
    assert store.waiting == 0


async def test_a_write_answers_once_it_is_there(store: Store) -> None:
    disk = Disk()
    assert await store.write(disk.insert(1)) == 1
    assert await numbers(store) == [1]
    assert await store.write(disk.insert(1)) == 0  # the same key is no second row


async def test_large_sums_are_exact(store: Store) -> None:
    async def work(connection: AsyncConnection) -> int:
        return await insert_once(connection, spending, [row(1) | {"microdollars": 2**53 + 1}])

    await store.write(work)
    async with store.reading() as connection:
        assert (await connection.execute(select(func.sum(spending.c.microdollars)))).scalar_one() == 2**53 + 1


async def test_a_full_disk_is_told_once_and_loses_nothing(store: Store) -> None:
    disk = Disk()
    disk.full = True
    with capture_logs() as logs:
        assert all(store.post(disk.insert(n)) for n in range(250))
        await until(lambda: disk.tries >= 3)
        assert store.failing
        disk.full = False
        await store.flush()
    assert [line["event"] for line in logs] == ["store_failing", "store_recovered"]
    assert await numbers(store) == list(range(250))
    assert not store.failing


async def test_what_would_be_too_much_is_refused_and_told_once(store: Store) -> None:
    disk = Disk()
    disk.full = True
    with capture_logs() as logs:
        taken = [store.post(disk.insert(n)) for n in range(400)]
        with pytest.raises(StoreError, match="takes nothing"):
            await store.write(disk.insert(1000))
        disk.full = False
        await store.flush()
    assert taken == [True] * 300 + [False] * 100
    assert [line["event"] for line in logs].count("store_full") == 1
    assert await numbers(store) == list(range(300))


async def test_an_entry_that_cannot_be_written_takes_no_other_with_it(store: Store) -> None:
    async def twice(connection: AsyncConnection) -> None:
        await connection.execute(spending.insert().values(row(7)))
        await connection.execute(spending.insert().values(row(7)))

    async def wrong(_connection: AsyncConnection) -> None:
        raise KeyError("a mistake of ours")

    disk = Disk()
    with capture_logs() as logs:
        for work in (disk.insert(1), twice, wrong, disk.insert(2)):
            store.post(work)
        await store.flush()
        with pytest.raises(IntegrityError):
            await store.write(twice)
        with pytest.raises(KeyError):
            await store.write(wrong)
    assert await numbers(store) == [1, 2]
    assert [line["event"] for line in logs] == ["store_entry_dropped"] * 2


async def test_a_value_that_the_database_cannot_hold_takes_no_other_with_it(store: Store) -> None:
    async def too_much(connection: AsyncConnection) -> None:
        await insert_once(connection, spending, [row(7) | {"microdollars": 2**70}])

    disk = Disk()
    with capture_logs() as logs:
        for work in (disk.insert(1), too_much, disk.insert(2)):
            store.post(work)
        async with asyncio.timeout(5):
            await store.flush()
    assert await numbers(store) == [1, 2]
    assert [line["event"] for line in logs] == ["store_entry_dropped"]


@pytest.mark.parametrize("sign", ["\0", "\ud800"])
async def test_signs_that_are_in_no_text_are_kept_as_others(store: Store, sign: str) -> None:
    async def odd(connection: AsyncConnection) -> int:
        return await insert_once(connection, spending, [row(1) | {"model": f"a{sign}b"}])

    async with asyncio.timeout(5):
        assert await store.write(odd) == 1
    async with store.reading() as connection:
        model = (await connection.execute(select(spending.c.model))).scalar_one()
    assert (model[0], model[-1], sign in model) == ("a", "b", False)


async def test_an_error_of_the_database_does_not_say_what_was_to_be_written(store: Store) -> None:
    async def twice(connection: AsyncConnection) -> None:
        for _ in range(2):
            await connection.execute(spending.insert().values(row(7) | {"model": "Quetzalina"}))

    with pytest.raises(IntegrityError) as error:
        await store.write(twice)
    assert "Quetzalina" not in str(error.value)


async def test_what_is_cancelled_before_it_was_begun_is_not_written(store: Store) -> None:
    disk = Disk()
    disk.full = True
    store.post(disk.insert(1))
    await until(lambda: store.failing)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await store.write(disk.insert(2))
    disk.full = False
    await store.flush()
    assert await numbers(store) == [1]


async def test_what_waits_is_written_before_the_store_closes(url: URL) -> None:
    async with Store.open(url) as store:
        for n in range(50):
            store.post(Disk().insert(n))
    async with Store.open(url) as store:
        assert await numbers(store) == list(range(50))


async def test_what_the_database_never_took_is_told_at_the_end(url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enterprise_stream.store.writer.CLOSE_S", 0.05)
    disk = Disk()
    disk.full = True
    with capture_logs() as logs:
        async with Store.open(url) as store:
            store.post(disk.insert(1))
            store.post(disk.insert(2))
    assert logs[-1]["event"] == "store_entries_lost"
    assert logs[-1]["entries"] == 2


async def test_a_real_full_disk(tmp_path: Path) -> None:
    """SQLite's own limit on the file's size stands for the disk's."""

    def big(n: int) -> Any:
        async def work(connection: AsyncConnection) -> None:
            await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            await insert_once(connection, spending, [row(n) | {"model": "x" * 10_000}])

        return work

    pages = 20
    async with Store.open(database_url(None, tmp_path)) as store:
        with capture_logs() as logs:
            for n in range(20):
                store.post(big(n))
            await until(lambda: store.failing)
            pages = 10_000
            await store.flush()
        assert await numbers(store) == list(range(20))
    assert [line["event"] for line in logs] == ["store_failing", "store_recovered"]
    assert logs[0]["error"] == "OperationalError"
