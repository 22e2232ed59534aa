"""Reading the file of a converted model."""

import struct
from pathlib import Path

import numpy as np
import pytest

from enterprise_stream.engines.whisper.decoder_graph import BLOCK, eight_bits
from enterprise_stream.engines.whisper.weights import FORMAT, read_weights
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


def test_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(_file({}, version=FORMAT + 1))
    with pytest.raises(ModelError, match="models pull"):
        read_weights(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="models pull"):
        read_weights(tmp_path / "model.bin")


def test_eight_bits_are_within_half_a_step_of_the_weights() -> None:
    weight = np.random.default_rng(0).standard_normal((3, 4 * BLOCK)).astype(np.float16)
    values, scales = eight_bits(weight)
    back = (values.astype(np.float32).reshape(3, 4, BLOCK) - 128.0) * scales[..., None]
    assert np.abs(back.reshape(weight.shape) - weight).max() <= scales.max() / 2 * 1.001
    assert not np.any(eight_bits(np.zeros((1, BLOCK), np.float16))[0] - 128)
