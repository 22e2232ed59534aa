"""What is told of a disk that is really full, and of a PostgreSQL that was really stopped."""

import asyncio
import os
import signal
from pathlib import Path

from structlog.testing import capture_logs
from tests.projection.test_full_disk import fill, small_disk
from tests.store.postgres import new_database, running_postgres

from enterprise_stream.store import Store, database_url
from enterprise_stream.store.watch import Health, StoreWatch

__all__ = ["small_disk"]


def plenty(_folder: Path) -> int:
    return 10**12


async def test_a_full_disk_is_told_before_and_when_it_is_full(small_disk: Path) -> None:
    async with Store.open(database_url(None, small_disk / "data")) as store:
        watch = StoreWatch(store, small_disk / "data" / "not-made-yet")
        with capture_logs() as logs:
            await watch.look()
        assert watch.health == Health(("disk",))  # two megabytes are as good as nothing
        assert [(line["event"], line["part"]) for line in logs] == [("storage_failing", "disk")]
        fill(small_disk / "ballast")
        await watch.look()
        assert watch.health.failing == ("disk",)


async def test_a_postgres_that_was_stopped_is_told_though_nobody_writes() -> None:
    with running_postgres() as folder:
        async with Store.open(new_database(folder)) as store:
            watch = StoreWatch(store, folder, plenty)
            await watch.look()
            assert watch.health == Health()
            server = int((folder / "data" / "postmaster.pid").read_text().split()[0])
            os.kill(server, signal.SIGINT)
            async with asyncio.timeout(30):
                while watch.health == Health():
                    await watch.look()
            assert watch.health == Health(("database",))


async def test_what_is_well_again_is_told(tmp_path: Path) -> None:
    left = [0]
    async with Store.open(database_url(None, tmp_path)) as store:
        watch = StoreWatch(store, tmp_path, lambda _: left[0])
        with capture_logs() as logs:
            await watch.look()
            await watch.look()
            left[0] = 10**12
            await watch.look()
        assert [line["event"] for line in logs] == ["storage_failing", "storage_recovered"]
        assert watch.health == Health()
