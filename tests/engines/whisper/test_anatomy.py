"""Sizes of a model: another kind of one is refused at start, where it would hear nonsense later."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from enterprise_stream.engines.whisper.anatomy import POSITIONS, TOKENS, VOCABULARY, Anatomy

WIDTH = 128
Change = Callable[[dict[str, np.ndarray[Any, Any]]], object]


def _weights() -> dict[str, np.ndarray[Any, Any]]:
    halves = np.float16
    layers = [f"{part}/layer_{layer}" for part, count in (("encoder", 2), ("decoder", 3)) for layer in range(count)]
    return {
        "decoder/embeddings/weight": np.zeros((VOCABULARY, WIDTH), halves),
        "decoder/position_encodings/encodings": np.zeros((TOKENS, WIDTH), halves),
        "encoder/position_encodings/encodings": np.zeros((POSITIONS, WIDTH), halves),
        "decoder/num_heads": np.array(2, np.int16),
        "encoder/num_heads": np.array(2, np.int16),
        **{f"{name}/self_attention/linear_0/weight": np.zeros((3 * WIDTH, WIDTH), halves) for name in layers},
    }


def test_sizes_are_those_of_the_weights() -> None:
    sizes = Anatomy.of(_weights())
    assert (sizes.width, sizes.encoder_layers, sizes.decoder_layers, sizes.heads) == (WIDTH, 2, 3, 2)


@pytest.mark.parametrize(
    "change",
    [
        lambda of: of.update({"decoder/num_heads": np.array(1, np.int16)}),
        lambda of: of.update({"encoder/num_heads": np.array(3, np.int16)}),
        lambda of: of.update({"decoder/position_encodings/encodings": np.zeros((100, WIDTH), np.float16)}),
        lambda of: of.update({"encoder/position_encodings/encodings": np.zeros((0, WIDTH), np.float16)}),
        lambda of: of.update({"decoder/embeddings/weight": np.zeros((100, WIDTH), np.float16)}),
        lambda of: of.update({"decoder/embeddings/weight": np.zeros((VOCABULARY, WIDTH), np.int8)}),
        lambda of: [of.pop(f"encoder/layer_{layer}/self_attention/linear_0/weight") for layer in range(2)],
        lambda of: of.pop("decoder/num_heads"),
    ],
    ids=["heads", "encoder's heads", "tokens", "positions", "vocabulary", "8 bits", "no layers", "missing"],
)
def test_another_kind_of_model_is_refused(change: Change) -> None:
    weights = _weights()
    change(weights)
    with pytest.raises((ValueError, KeyError)):
        Anatomy.of(weights)
