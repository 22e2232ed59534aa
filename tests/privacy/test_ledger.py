"""The ledger of erasures: on the disk before anybody is told, whole after a crash, bounded, and of nobody."""

import asyncio
import os
import stat
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from enterprise_stream.store.privacy import ErasureLedger, LedgerError, read_copy
from enterprise_stream.testing.clock import WALL_MS

NOW = round(WALL_MS)
DAY = 86_400_000


@pytest.fixture
def ledger(tmp_path: Path) -> ErasureLedger:
    return ErasureLedger(tmp_path / "data" / "erasures.log", 100)


async def test_what_was_noted_is_read_and_readable_for_its_owner_only(ledger: ErasureLedger) -> None:
    await ledger.note({"one": NOW, "two-_2": NOW + 1})
    await ledger.note({"one": NOW + 5})
    assert await ledger.read() == {"one": NOW + 5, "two-_2": NOW + 1}
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600
    first, *lines = ledger.path.read_text().splitlines()
    assert first.startswith("# ")
    assert lines[0] == "2026-05-28T20:26:40.000+00:00 one"


@pytest.mark.requirement("S27")
async def test_it_is_on_the_disk_before_anybody_is_told(ledger: ErasureLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    sync = os.fsync

    def fsync(descriptor: int) -> None:
        sync(descriptor)
        synced.append(Path(f"/proc/self/fd/{descriptor}").resolve().name + ":" + ledger.path.read_text()[-4:])

    monkeypatch.setattr(os, "fsync", fsync)
    await ledger.note({"one": NOW})
    assert synced == ["erasures.log:one\n", "data:one\n"]
    await ledger.note({"two": NOW})
    assert synced[2:] == ["erasures.log:two\n"]


@pytest.mark.requirement("S27")
async def test_nothing_of_anybody_may_stand_in_it(ledger: ErasureLedger) -> None:
    for given in ("ana@example.com", "+34 612 345 678", "a b", "", "a\nb", "x" * 65):
        with pytest.raises(LedgerError):
            await ledger.note({"fine": NOW, given: NOW})
    assert await ledger.read() == {}


async def test_a_line_that_a_crash_has_cut_off_takes_no_other_with_it(ledger: ErasureLedger) -> None:
    await ledger.note({"one": NOW})
    with ledger.path.open("ab") as file:
        file.write(b"2026-05-28T20:26:40.000+00:00 tw")
    await ledger.note({"three": NOW})
    with capture_logs() as logs:
        assert set(await ledger.read()) == {"one", "tw", "three"}
    assert logs == []
    with ledger.path.open("ab") as file:
        file.write(b"2026-05-28T20:2")
    await ledger.note({"four": NOW})
    with capture_logs() as logs:
        assert set(await ledger.read()) == {"one", "tw", "three", "four"}
    assert [(line["event"], line["lines"]) for line in logs] == [("erasures_unclear", 1)]


async def test_what_no_backup_holds_any_more_is_dropped_and_what_one_may_hold_is_not(ledger: ErasureLedger) -> None:
    await ledger.note({"old": NOW - 101 * DAY, "again": NOW - 101 * DAY, "young": NOW - 99 * DAY})
    await ledger.note({"again": NOW})
    assert await ledger.prune(NOW) == 2
    assert await ledger.read() == {"young": NOW - 99 * DAY, "again": NOW}
    assert await ledger.prune(NOW) == 0
    assert ledger.path.read_text().startswith("# ")
    assert [path.name for path in ledger.path.parent.iterdir()] == ["erasures.log"]


async def test_whose_file_it_is_stays_so_whoever_drops_lines(
    ledger: ErasureLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server must be able to write what an operator's command has pruned."""
    await ledger.note({"old": NOW - 101 * DAY, "young": NOW})
    ledger.path.chmod(0o600)
    owner, chowned = ledger.path.stat(), []
    with monkeypatch.context() as other:
        other.setattr(os, "getuid", lambda: owner.st_uid + 1_000)
        assert await ledger.prune(NOW) == 0
        assert set(await ledger.read()) == {"old", "young"}
    monkeypatch.setattr(os, "fchown", lambda _, uid, gid: chowned.append((uid, gid)))
    assert await ledger.prune(NOW) == 1
    assert chowned == [(owner.st_uid, owner.st_gid)]
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600


async def test_many_write_at_once_while_another_prunes(ledger: ErasureLedger) -> None:
    other = ErasureLedger(ledger.path, 100)
    await ledger.note({"old": NOW - 200 * DAY})
    async with asyncio.TaskGroup() as group:
        for number in range(50):
            group.create_task((ledger, other)[number % 2].note({f"s{number}": NOW, f"o{number}": NOW - 200 * DAY}))
            if number % 5 == 0:
                group.create_task(other.prune(NOW))
    assert {session for session in await ledger.read() if session[0] == "s"} == {f"s{n}" for n in range(50)}


async def test_a_ledger_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    ledger = ErasureLedger(tmp_path / "folder", 100)
    with pytest.raises(LedgerError, match="Is a directory"):
        await ledger.note({"one": NOW})
    with pytest.raises(LedgerError, match="No such file"):
        read_copy(tmp_path / "none")
