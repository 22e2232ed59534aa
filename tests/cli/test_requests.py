"""`bookings` and `hand-overs`."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from enterprise_stream.cli.main import app
from enterprise_stream.store import Store, database_url
from enterprise_stream.store.outbox import claim, settle
from enterprise_stream.store.requests import Booking, HandOver, keep

AT = 1_780_000_000_000
BOOKING = Booking(
    "ab" * 16, "s1", 2, AT, "es", "Ana [bold]Gil", "", "2027-08-03", "2027-08-10", 2, "atico", 1008, "con cuna"
)
HAND_OVER = HandOver("cd" * 16, "s1", 3, AT, "es", "Quiere hablar con una persona", "", "600 100 200")


async def _fill(folder: Path) -> None:
    async with Store.open(database_url(None, folder)) as store:
        await store.write(lambda connection: keep(connection, BOOKING, tell=True))
        await store.write(lambda connection: keep(connection, HAND_OVER, tell=False))
        (message,) = await store.write(lambda connection: claim(connection, AT, 5))
        await store.write(lambda connection: settle(connection, message, "unknown", "no_answer"))


@pytest.fixture
def filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.chdir(tmp_path)
    asyncio.run(_fill(tmp_path / "enterprise-stream"))


@pytest.mark.usefixtures("filled")
def test_bookings_are_shown_with_what_became_of_their_messages() -> None:
    done = CliRunner().invoke(app, ["bookings"])
    assert done.exit_code == 0
    assert "ABABAB" in done.output
    assert "Ana [bold]Gil" in done.output
    assert "unknown (no_answer, tries: 1)" in done.output
    assert "1 never reached your system for sure" in done.output
    (row,) = json.loads(CliRunner().invoke(app, ["bookings", "--json"]).output)
    assert (row["name"], row["delivery"], row["at"]) == ("Ana [bold]Gil", "unknown", "2026-05-28T20:26:40+00:00")


@pytest.mark.usefixtures("filled")
def test_hand_overs_are_shown() -> None:
    output = CliRunner().invoke(app, ["hand-overs"]).output
    assert "Quiere hablar con una persona" in output
    assert "kept here" in output


def test_none_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert "None yet." in CliRunner().invoke(app, ["bookings"]).output
