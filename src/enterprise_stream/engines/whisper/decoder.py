"""Whisper's decoder, step by step: what it knows of the sound, and what follows the tokens of several hypotheses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.engines.onnx_session import open_session
from enterprise_stream.engines.whisper.anatomy import HEAD_WIDTH, Anatomy
from enterprise_stream.engines.whisper.decoder_graph import sound_graph, sound_names, token_graph
from enterprise_stream.engines.whisper.weights import Floats, Weights


@dataclass(frozen=True, slots=True)
class Sound:
    """Keys and values of a window's encoder states, by the names and in the shapes of `sound_graph`."""

    memory: dict[str, Floats]

    def before(self, other: "Sound", begin: int, end: int) -> "Sound":
        """This sound, followed by the positions from `begin` to `end` of another."""
        joined = {
            name: np.concatenate([values, _positions(name, other.memory[name], begin, end)], axis=_axis(name))
            for name, values in self.memory.items()
        }
        return Sound(joined)


@dataclass(frozen=True, slots=True)
class Hypotheses:
    """Keys and values of the tokens of b hypotheses, shape (b, heads, tokens, head width) each."""

    memory: dict[str, Floats]
    tokens: int

    def first(self, tokens: int) -> "Hypotheses":
        """The same without what came after the first `tokens`."""
        if tokens == self.tokens:
            return self
        return Hypotheses({name: values[:, :, :tokens] for name, values in self.memory.items()}, tokens)

    def chosen(self, rows: Sequence[int]) -> "Hypotheses":
        """The hypotheses of these rows, in this order; one may come several times."""
        if list(rows) == list(range(len(next(iter(self.memory.values()))))):
            return self
        return Hypotheses({name: values[list(rows)] for name, values in self.memory.items()}, self.tokens)


def _axis(name: str) -> int:
    return 2 if name.startswith("key") else 1


def _positions(name: str, values: Floats, begin: int, end: int) -> Floats:
    return values[:, :, begin:end] if _axis(name) == 2 else values[:, begin:end]


class Decoder:
    """The decoder in memory, shared by all sessions; its methods may be called from several threads.

    Args:
        weights: the model's.
        sizes: theirs.
        threads: threads that one call uses.

    Raises:
        ModelError: the graphs cannot be opened.
    """

    def __init__(self, weights: Weights, sizes: Anatomy, threads: int) -> None:
        self._sizes = sizes
        self._sound = open_session(sound_graph(weights, sizes), threads)
        self._token = open_session(token_graph(weights, sizes), threads)
        self._places = weights["decoder/position_encodings/encodings"].astype(np.float32)

    def sound(self, states: Floats) -> Sound:
        """What the decoder looks at of encoder states, shape (n, width)."""
        names = sound_names(self._sizes)
        return Sound(dict(zip(names, self._sound.run(names, {"states": states}), strict=True)))

    def none(self, count: int) -> Hypotheses:
        """So many hypotheses without a token."""
        empty = np.zeros((count, self._sizes.heads, 0, HEAD_WIDTH), np.float32)
        return Hypotheses(dict.fromkeys(sound_names(self._sizes), empty), 0)

    def follow(self, sound: Sound, before: Hypotheses, tokens: Sequence[Sequence[int]]) -> tuple[Floats, Hypotheses]:
        """Take each hypothesis on by its new tokens, as many for each.

        Returns:
            Logits of what follows each of the tokens, shape (b, n, vocabulary), and the longer hypotheses.
        """
        ids = np.asarray(tokens, np.int64)
        count, end = ids.shape[1], before.tokens + ids.shape[1]
        mask = np.triu(np.full((count, end), -np.inf, np.float32), before.tokens + 1)
        inputs: dict[str, NDArray[Any]] = {
            "tokens": ids,
            "places": self._places[before.tokens : end],
            "mask": mask,
            **{f"past_{name}": values for name, values in before.memory.items()},
            **sound.memory,
        }
        logits, *memory = self._token.run(["logits", *(f"next_{name}" for name in before.memory)], inputs)
        return logits, Hypotheses(dict(zip(before.memory, memory, strict=True)), end)
