"""What the recogniser's vocabulary and its configuration say about what may be written."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.engines.whisper import guards
from enterprise_stream.engines.whisper.rules import Rules
from enterprise_stream.errors import ModelError

_CONTROL = ("endoftext", "startoftranscript", "transcribe", "startofprev", "nocaptions", "notimestamps")
"""Control tokens that are asked for by name, beside those of languages."""


def read_rules(config: Path, tokenizer: Any) -> Rules:
    """What holds for the vocabulary of the multilingual models.

    Raises:
        ModelError: the vocabulary is another one, or `config` is damaged.
    """
    ids = {name: tokenizer.token_to_id(f"<|{name}|>") for name in _CONTROL}
    first_timestamp = (ids["notimestamps"] or 0) + 1
    known = (ids["endoftext"], first_timestamp) == (guards.FIRST_SPECIAL, guards.FIRST_TIMESTAMP)
    try:
        told = json.loads(config.read_text(encoding="utf-8"))
        never, not_first = (_token_ids(told[key]) for key in ("suppress_ids", "suppress_ids_begin"))
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise _unusable(config.parent) from error
    if None in ids.values() or not known or guards.FIRST_SPECIAL in never:
        raise _unusable(config.parent)
    control = np.arange(guards.FIRST_SPECIAL + 1, first_timestamp)
    return Rules(guards.FIRST_SPECIAL, first_timestamp, np.union1d(never, control), not_first)


def _token_ids(listed: list[int]) -> NDArray[np.int64]:
    """Words and control tokens that a configuration lists; ValueError where one is none."""
    ids = np.array([int(each) for each in listed], np.int64)
    if np.any((ids < 0) | (ids >= guards.FIRST_TIMESTAMP)):
        raise ValueError("no token")
    return ids


def _unusable(folder: Path) -> ModelError:
    return ModelError(
        f"The vocabulary or the configuration in {folder} is damaged, or not a multilingual Whisper model's. Run "
        "`enterprise-stream models verify` and then `enterprise-stream models pull`.",
        code="model_damaged",
    )
