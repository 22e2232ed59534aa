"""A vocabulary and a configuration that are damaged, or of another model: told at start, with what to do."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from enterprise_stream.engines.whisper.rules import Rules
from enterprise_stream.engines.whisper.vocabulary import read_rules
from enterprise_stream.errors import ModelError

IDS = {
    "endoftext": 50_257,
    "startoftranscript": 50_258,
    "transcribe": 50_359,
    "startofprev": 50_361,
    "nocaptions": 50_362,
    "notimestamps": 50_363,
}
GOOD = {"suppress_ids": [1, 2, 50_358], "suppress_ids_begin": [220, 50_257]}


class Tokenizer:
    """Knows control tokens by their names."""

    def __init__(self, ids: Mapping[str, int]) -> None:
        self._ids = {f"<|{name}|>": each for name, each in ids.items()}

    def token_to_id(self, name: str) -> int | None:
        return self._ids.get(name)


def _read(folder: Path, config: Any = GOOD, ids: Mapping[str, int] = IDS) -> Rules:
    path = folder / "config.json"
    path.write_bytes(config if isinstance(config, bytes) else json.dumps(config).encode())
    return read_rules(path, Tokenizer(ids))


def test_what_is_never_written_is_what_is_listed_and_all_control_tokens(tmp_path: Path) -> None:
    rules = _read(tmp_path)
    assert (rules.end, rules.first_timestamp) == (50_257, 50_364)
    assert rules.never.tolist() == [1, 2, *range(50_258, 50_364)]
    assert rules.not_first.tolist() == [220, 50_257]


def test_lists_may_be_empty(tmp_path: Path) -> None:
    rules = _read(tmp_path, {"suppress_ids": [], "suppress_ids_begin": []})
    logits = np.zeros(51_865, np.float32)
    rules.apply(logits, [])
    assert logits[rules.first_timestamp] == 0.0


@pytest.mark.parametrize(
    "config",
    [
        b"",
        b"{",
        b"\xff\xfe",
        [],
        {},
        GOOD | {"suppress_ids": None},
        GOOD | {"suppress_ids": ["a"]},
        GOOD | {"suppress_ids": [[1]]},
        GOOD | {"suppress_ids": [-1]},
        GOOD | {"suppress_ids": [50_257]},
        GOOD | {"suppress_ids_begin": [51_865]},
        GOOD | {"suppress_ids_begin": 7},
    ],
    ids=str,
)
def test_a_damaged_configuration_is_told_with_the_command(tmp_path: Path, config: Any) -> None:
    with pytest.raises(ModelError, match="models pull") as told:
        _read(tmp_path, config)
    assert told.value.code == "model_damaged"


@pytest.mark.parametrize("name", IDS)
def test_a_vocabulary_without_a_control_token_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match="models pull"):
        _read(tmp_path, ids={each: IDS[each] for each in IDS if each != name})


def test_another_models_vocabulary_is_told(tmp_path: Path) -> None:
    later = {name: number + (number > 50_258) for name, number in IDS.items()}  # large-v3's: one language more
    with pytest.raises(ModelError, match="multilingual"):
        _read(tmp_path, ids=later)
