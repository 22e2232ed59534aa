"""The numbers in a model folder's `model.bin`, CTranslate2's format for converted models.

The file is a header and named arrays (the converter's `ModelSpec.save`, format version 6): little-endian; a string is
its length with the final zero as 16 bits, and its bytes.
"""

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.errors import ModelError

FORMAT = 6
"""The version of the format that is read here."""

_TYPES: tuple[type[np.generic], ...] = (np.float32, np.int8, np.int16, np.int32, np.float16)

Floats = NDArray[np.float32]

Weights = Mapping[str, NDArray[Any]]


def read_weights(path: Path) -> Weights:
    """Arrays of the file by name, as views of its content. The file is closed again, whatever becomes of them.

    Raises:
        ModelError: the file is missing, cut short or in another format.
    """
    try:
        return _Reader(np.fromfile(path, np.uint8)).arrays()
    except (OSError, ValueError, IndexError, struct.error) as error:
        raise ModelError(
            f"{path} cannot be read as a model. Run `enterprise-stream models verify` and then "
            "`enterprise-stream models pull`.",
            code="model_damaged",
        ) from error


class _Reader:
    def __init__(self, data: NDArray[np.uint8]) -> None:
        self._data = data
        self._at = 0

    def arrays(self) -> Weights:
        if self._number("I") != FORMAT:
            raise ValueError("another format")
        self._text()
        self._number("I")
        return dict(self._array() for _ in range(self._number("I")))

    def _array(self) -> tuple[str, NDArray[Any]]:
        name = self._text()
        shape = [self._number("I") for _ in range(self._number("B"))]
        kind = _TYPES[self._number("B")]
        return name, self._bytes(self._number("I")).view(kind).reshape(shape)

    def _text(self) -> str:
        return self._bytes(self._number("H")).tobytes().rstrip(b"\0").decode()

    def _number(self, kind: str) -> int:
        value: int = struct.unpack(f"<{kind}", self._bytes(struct.calcsize(f"<{kind}")).tobytes())[0]
        return value

    def _bytes(self, count: int) -> NDArray[np.uint8]:
        piece = self._data[self._at : self._at + count]
        if len(piece) != count:
            raise ValueError("cut short")
        self._at += count
        return piece
