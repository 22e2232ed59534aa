"""Reading the file of a converted model."""

import struct
from pathlib import Path

import numpy as np
import pytest
import tokenizers

from enterprise_stream.engines.whisper.encoder import Encoder
from enterprise_stream.engines.whisper.model import WhisperModel
from enterprise_stream.engines.whisper.parts import encoded_silence
from enterprise_stream.engines.whisper.weights import FORMAT, Floats, read_weights
from enterprise_stream.errors import ModelError


def _text(value: str) -> bytes:
    return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"


def _file(arrays: dict[str, tuple[int, np.ndarray]], version: int = FORMAT) -> bytes:
    content = struct.pack("<I", version) + _text("WhisperSpec") + struct.pack("<II", 3, len(arrays))
    for name, (kind, values) in arrays.items():
        content += _text(name) + struct.pack(f"<B{values.ndim}I", values.ndim, *values.shape)
        content += struct.pack("<BI", kind, values.nbytes) + values.tobytes()
    return content + struct.pack("<I", 0)


def test_arrays_come_back_with_their_names_types_and_shapes(tmp_path: Path) -> None:
    halves = np.arange(6, dtype=np.float16).reshape(2, 3)
    path = tmp_path / "model.bin"
    path.write_bytes(_file({"a/weight": (4, halves), "heads": (2, np.array(8, np.int16))}))
    weights = read_weights(path)
    np.testing.assert_array_equal(weights["a/weight"], halves)
    assert weights["a/weight"].dtype == np.float16
    assert int(weights["heads"]) == 8


@pytest.mark.parametrize("length", [0, 3, 20, 60])
def test_a_file_that_was_cut_short_is_told_with_the_command(tmp_path: Path, length: int) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(_file({"weight": (0, np.ones((4, 4), np.float32))})[:length])
    with pytest.raises(ModelError, match="models pull"):
        read_weights(path)


def test_the_file_is_closed_while_its_arrays_are_held(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(_file({"weight": (0, np.ones((4, 4), np.float32))}))
    weights = read_weights(path)
    path.write_bytes(b"\0" * path.stat().st_size)
    np.testing.assert_array_equal(weights["weight"], 1.0)


def test_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(_file({}, version=FORMAT + 1))
    with pytest.raises(ModelError, match="models pull"):
        read_weights(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="models pull"):
        read_weights(tmp_path / "model.bin")


def test_a_file_of_another_kind_of_model_is_told_with_the_command(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(_file({"weight": (0, np.ones((4, 4), np.float32))}))
    tokenizers.Tokenizer(tokenizers.models.BPE()).save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match="models pull") as told:
        WhisperModel(tmp_path, threads=1)
    assert told.value.code == "model_damaged"


class NoNumbers(Encoder):
    """An encoder whose weights are damaged where no size tells it."""

    def __init__(self) -> None:
        pass

    def states(self, features: Floats, first: int = 0) -> Floats:
        return np.full((features.shape[1] // 2, 8), np.nan, np.float32)


def test_weights_that_are_no_numbers_are_seen_in_the_silence() -> None:
    with pytest.raises(ValueError, match="number"):
        encoded_silence(NoNumbers())
