"""A disk that is really full: a small file system of its own, filled to the last byte.

Only root may make one. What needs no root is held elsewhere: `tests/store/test_writer.py` by a limit on the file's
size, `make chaos` by a limit on the process's.
"""

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from tests.machine import missing
from tests.projection.conftest import calls_in, turns_in
from tests.projection.telling import call
from tests.projection.test_projector import until

from enterprise_stream.observe.metrics import Metrics
from enterprise_stream.observe.store_metrics import StoreCollector, WriterState
from enterprise_stream.server.projection import Projector, Wording
from enterprise_stream.store import Store, database_url
from enterprise_stream.testing import FakeClock


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Two megabytes of memory as a file system; only root may make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", folder], capture_output=True, check=False)
    if made.returncode != 0:
        missing("no file system can be mounted here: only root may")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def fill(file: Path) -> None:
    """Take all there is left."""
    with file.open("ab", buffering=0) as out, suppress(OSError):
        while True:
            out.write(b"\0" * 4096)


async def test_nothing_that_was_told_is_lost_to_a_full_disk(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enterprise_stream.store.writer.LONGEST_RETRY_S", 0.1)
    clock, metrics = FakeClock(), Metrics()
    async with (
        Store.open(database_url(None, small_disk / "data")) as store,
        Projector(store, clock, Wording()) as projector,
    ):

        def state() -> WriterState:
            return WriterState(store.failing, store.waiting, store.refused, projector.waiting, projector.refused)

        metrics.watch(StoreCollector(state))
        fill(small_disk / "ballast")
        with capture_logs() as logs:
            for number in range(20):
                for message in call(2):
                    projector.told(f"s{number:02}", message)
            await until(lambda: store.failing)
            page = metrics.render().decode()
            assert "enterprise_stream_store_failing 1.0" in page
            assert 'enterprise_stream_store_waiting{of="turns"} 40.0' in page
            await asyncio.to_thread((small_disk / "ballast").unlink)
            await until(lambda: projector.waiting == 0)
        assert [line["event"] for line in logs] == ["store_failing", "store_recovered"]
        assert len(await turns_in(store)) == 40
        assert [kept["turns"] for kept in await calls_in(store)] == [2] * 20
        assert 'enterprise_stream_store_refused_total{of="turns"} 0.0' in metrics.render().decode()
