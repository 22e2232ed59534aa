"""`privacy` as a person uses it."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest
from tests.privacy.people import MAIL, comes, found_in, found_in_files
from typer.testing import CliRunner

from enterprise_stream.cli.main import app
from enterprise_stream.clock import MonotonicClock
from enterprise_stream.log.ports import Entry
from enterprise_stream.log.sqlite import SqliteLog
from enterprise_stream.store import Store, database_url
from enterprise_stream.testing import FakeClock
from enterprise_stream.testing.clock import WALL_MS

run = CliRunner()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a server that has had two guests."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "enterprise-stream"

    async def fill() -> None:
        async with (
            Store.open(database_url(None, folder)) as store,
            SqliteLog(folder / "sessions.db", FakeClock(), 60) as log,
        ):
            await comes(store, "canary", round(WALL_MS))
            await comes(store, "other", round(WALL_MS), canary=False)
            epoch = (await log.claim("canary")).epoch
            await log.append("canary", epoch, [Entry(1, f"Mi correo es {MAIL}")])

    asyncio.run(fill())
    return folder


def test_an_export_is_json_for_its_owner_only(data: Path, tmp_path: Path) -> None:
    done = run.invoke(app, ["privacy", "export", "--contact", MAIL, "-o", str(tmp_path / "out.json")])
    assert done.exit_code == 0, done.output
    found = json.loads((tmp_path / "out.json").read_text())
    assert [each["session"] for each in found] == ["canary"]
    assert (tmp_path / "out.json").stat().st_mode & 0o777 == 0o600


def test_nothing_is_erased_without_a_word(data: Path) -> None:
    done = run.invoke(app, ["privacy", "erase", "--contact", MAIL])
    assert done.exit_code == 0
    assert "1 sessions would be erased: canary" in done.output
    assert found_in_files(data)


def test_erasing_leaves_nothing_in_any_file_and_the_other_guest_where_he_was(data: Path) -> None:
    done = run.invoke(app, ["privacy", "erase", "--contact", MAIL, "--yes", "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.output) == {
        "sessions": ["canary"], "turns": 1, "requests": 2, "live": 0, "session_log_entries": 1,
    }  # fmt: skip
    assert found_in_files(data) == {}
    again = run.invoke(app, ["privacy", "export", "--session", "other"])
    assert len(json.loads(again.output)) == 1


def test_erasing_says_where_it_is_noted_and_which_calls_go_on(data: Path) -> None:
    now = round(MonotonicClock().wall_ms())

    async def fill() -> None:
        async with Store.open(database_url(None, data)) as store:
            await comes(store, "live", now, ended=False)

    asyncio.run(fill())
    done = run.invoke(app, ["privacy", "erase", "--session", "live", "--session", "canary", "--yes"])
    assert done.exit_code == 0, done.output
    assert f"Noted in {data / 'erasures.log'}" in done.output
    assert "1 of these calls go on right now" in done.output
    assert {line.split()[1] for line in (data / "erasures.log").read_text().splitlines()[1:]} == {"live", "canary"}
    over = run.invoke(app, ["privacy", "erase", "--session", "other", "--yes"])
    assert "go on right now" not in over.output


@pytest.mark.requirement("S27")
@pytest.mark.parametrize(
    "command", [["privacy", "export", "--contact", MAIL], ["bookings", "--json"], ["hand-overs", "--json"]]
)
def test_no_command_shows_who_was_erased_from_a_restored_backup(data: Path, command: list[str]) -> None:
    shutil.copy(data / "enterprise-stream.db", data.parent / "copy.db")
    assert found_in(run.invoke(app, command).output)
    assert run.invoke(app, ["privacy", "erase", "--contact", MAIL, "--yes"]).exit_code == 0
    for file in data.glob("enterprise-stream.db*"):
        file.unlink()
    shutil.copy(data.parent / "copy.db", data / "enterprise-stream.db")
    assert found_in_files(data)
    done = run.invoke(app, command)
    assert (done.exit_code, found_in(done.stdout)) == (0, [])
    assert ("erased again: 1 calls, 2 bookings" in done.stderr) == (command[0] == "privacy")
    assert found_in_files(data) == {}


@pytest.mark.requirement("S27")
def test_the_ledgers_of_other_servers_are_taken_over(data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "node-b.log"
    copy.write_text("# another server's\n2026-05-28T20:26:41.000+00:00 canary\n")
    copy.chmod(0o400)
    none = run.invoke(app, ["privacy", "replay", "--json"])
    assert json.loads(none.output)["sessions"] == 0
    done = run.invoke(app, ["privacy", "replay", str(copy), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.output) == {
        "sessions": 1, "turns": 1, "requests": 2, "live": 0, "session_log_entries": 1,
    }  # fmt: skip
    assert found_in_files(data) == {}
    assert "canary" in (data / "erasures.log").read_text()
    missing = run.invoke(app, ["privacy", "replay", str(tmp_path / "none.log")])
    assert missing.exit_code == 3


@pytest.mark.parametrize(
    "given", [[], ["--session", "a", "--contact", MAIL], ["--contact", "Ana"], ["--session", MAIL]]
)
def test_whose_data_must_be_said(data: Path, given: list[str]) -> None:
    done = run.invoke(app, ["privacy", "erase", "--yes", *given])
    assert done.exit_code != 0
    assert found_in_files(data)


def test_what_is_old_can_be_let_go_of_now(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETENTION_TRANSCRIPT_DAYS", "none")
    done = run.invoke(app, ["privacy", "retain", "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["transcripts"] == 2


@pytest.mark.parametrize("command", ["export", "erase", "replay", "retain"])
def test_the_help_shows_how(command: str) -> None:
    done = run.invoke(app, ["privacy", command, "--help"])
    assert done.exit_code == 0
    assert "Example" in done.output
