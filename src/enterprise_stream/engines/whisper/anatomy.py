"""Sizes of a Whisper model, read from its weights and checked: another kind of model hears nonsense, or fails late."""

from dataclasses import dataclass
from typing import Self

from enterprise_stream.engines.whisper import guards
from enterprise_stream.engines.whisper.weights import Weights

POSITIONS = 1500
"""States of a window of 30 s."""

TOKENS = 448
"""Tokens that the decoder has places for."""

VOCABULARY = guards.FIRST_TIMESTAMP + 1501
"""Tokens of the multilingual models: the last ones are timestamps up to 30 s."""

HEAD_WIDTH = 64
"""Numbers of one head, in every Whisper (Radford et al. 2022, table 1)."""


@dataclass(frozen=True, slots=True)
class Anatomy:
    """Sizes of a model.

    Attributes:
        width: numbers of a state.
        encoder_layers: of the encoder.
        decoder_layers: of the decoder.
    """

    width: int
    encoder_layers: int
    decoder_layers: int

    @classmethod
    def of(cls, weights: Weights) -> Self:
        """Sizes of the model that `weights` hold.

        Raises:
            KeyError: weights are missing.
            ValueError: they are another model's, or were made 8-bit before.
        """
        vocabulary, width = weights["decoder/embeddings/weight"].shape
        found = (
            vocabulary,
            weights["encoder/position_encodings/encodings"].shape,
            weights["decoder/position_encodings/encodings"].shape,
            *(int(weights[f"{part}/num_heads"]) * HEAD_WIDTH for part in ("encoder", "decoder")),
        )
        if found != (VOCABULARY, (POSITIONS, width), (TOKENS, width), width, width):
            raise ValueError(f"another model's sizes: {found}")
        if any(name.endswith("/weight") and values.dtype.kind != "f" for name, values in weights.items()):
            raise ValueError("weights that are no fractions")
        return cls(width, *(_layers(weights, part) for part in ("encoder", "decoder")))

    @property
    def heads(self) -> int:
        """Heads of an attention."""
        return self.width // HEAD_WIDTH


def _layers(weights: Weights, part: str) -> int:
    count = sum(name.startswith(f"{part}/") and name.endswith("/self_attention/linear_0/weight") for name in weights)
    if not count:
        raise ValueError(f"no layer of the {part}")
    return count
