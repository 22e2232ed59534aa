"""The page about turn-taking is what the core does."""

from pathlib import Path
from typing import get_args

import pytest

from enterprise_stream.conversation.machine import step
from enterprise_stream.conversation.state import Conversation, Phase
from enterprise_stream.conversation.table import SITUATIONS, render, rows
from enterprise_stream.testing.turn_table import main

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "turn-taking.md"


def test_the_page_has_not_drifted() -> None:
    assert main(["--check", "--page", str(PAGE)]) == 0, "run `python -m enterprise_stream.testing.turn_table --write`"


def test_drift_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.md"
    assert main(["--check", "--page", str(page)]) == 1
    assert main(["--write", "--page", str(page)]) == 0
    assert main(["--check", "--page", str(page)]) == 0
    page.write_text(render().replace("Replying", "Speaking"), encoding="utf-8")
    assert main(["--check", "--page", str(page)]) == 1
    assert "--write" in capsys.readouterr().err


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_situation_is_what_it_is_called(situation: str) -> None:
    conversation = Conversation("es")
    for event in SITUATIONS[situation]:
        conversation, _ = step(conversation, event)
    assert type(conversation.phase).__name__ == situation.partition(",")[0]


def test_every_phase_is_in_the_table_and_reached() -> None:
    phases = {phase.__name__ for phase in get_args(Phase)}
    assert {situation.partition(",")[0] for situation in SITUATIONS} == phases
    assert {row.phase for row in rows()} == phases
    assert not [row for row in rows() if row.situation == "Closed"]


def test_rows_say_what_follows() -> None:
    found = {(row.situation, row.event): row for row in rows()}
    assert found["Listening", "speech starts"].actions == ("OpenUtterance", "GuestHeard")
    assert found["Replying, speaking", "`interrupt`"].phase == "Listening"
    assert found["Deciding, no words", "silence grows to 1.5 s"].actions[-2:] == ("GuestPaused", "CloseUtterance")
