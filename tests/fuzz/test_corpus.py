"""Every input that fuzzing has kept is read as promised; `make fuzz` looks for more."""

from pathlib import Path

import pytest

from . import targets

CORPUS = Path(__file__).parent / "corpus"


@pytest.mark.requirement("S8", "S23")
@pytest.mark.parametrize("name", targets.TARGETS)
def test_what_was_kept_is_read_as_promised(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "FILE", tmp_path / "input")
    kept = sorted((CORPUS / name).iterdir())
    assert kept
    for file in kept:
        targets.TARGETS[name](file.read_bytes())


def test_every_folder_is_a_target_s() -> None:
    assert {folder.name for folder in CORPUS.iterdir()} == set(targets.TARGETS)
