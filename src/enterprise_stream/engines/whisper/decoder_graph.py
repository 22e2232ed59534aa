"""Whisper's decoder as two graphs: one makes what it looks at of the sound, one takes tokens on.

The layers are those of the published model (Radford et al. 2022, section 2.2): self-attention, attention to the sound,
two fully connected layers, each after a normalisation and added to what it was given. A step over few tokens is as fast
as its weights can be read.
"""

import numpy as np

from enterprise_stream.engines.whisper.anatomy import HEAD_WIDTH, VOCABULARY, Anatomy
from enterprise_stream.engines.whisper.graph import Graph, Port
from enterprise_stream.engines.whisper.weights import Weights


def sound_names(sizes: Anatomy) -> list[str]:
    """What each layer looks at of the sound, in order: `key_0`, `value_0`, `key_1`, …."""
    return [f"{name}_{layer}" for layer in range(sizes.decoder_layers) for name in ("key", "value")]


def sound_graph(weights: Weights, sizes: Anatomy) -> bytes:
    """From encoder states `states`, shape (n, width), to each layer's keys and values of them.

    Outputs `key_0`, `value_0`, `key_1`, …: float32; keys have the shape (heads, head width, n), so that no step has to
    turn them, and values (heads, n, head width).
    """
    graph = _DecoderGraph(weights, sizes)
    for layer in range(sizes.decoder_layers):
        both = graph.linear("states", f"decoder/layer_{layer}/attention/linear_1")
        key, value = graph.split(both, 2)
        graph.heads(key, f"key_{layer}", turned=True)
        graph.heads(value, f"value_{layer}")
    outputs: list[Port] = [(name, ["heads", "x", "y"]) for name in sound_names(sizes)]
    return graph.model([("states", ["n", sizes.width])], outputs)


def token_graph(weights: Weights, sizes: Anatomy) -> bytes:
    """From new tokens of several hypotheses to the logits of what follows each, and what to remember of them.

    Inputs: `tokens`, shape (b, n), int64; `places`, shape (n, width), which tell each where it is; `mask`, shape
    (n, p + n), 0 where a token may look and -inf where not; of each layer i `past_key_i` and `past_value_i`, shape
    (b, heads, p, head width), and of the sound `key_i` and `value_i` as `sound_graph` makes them, the same for all
    hypotheses. Outputs: `logits`, shape (b, n, vocabulary), and `next_key_i` and `next_value_i`, shape (b, heads,
    p + n, head width). All but the tokens are float32.
    """
    graph = _DecoderGraph(weights, sizes)
    rows = graph.node("Shape", "tokens")
    placed = graph.node("Add", graph.rows("tokens", "decoder/embeddings/weight"), "places")
    states = graph.node("Reshape", placed, graph.constant([-1, sizes.width]))
    for layer in range(sizes.decoder_layers):
        states = graph.layer(states, rows, layer)
    graph.logits(states, rows, VOCABULARY)
    names = sound_names(sizes)
    past: list[Port] = [(f"past_{name}", ["b", sizes.heads, "p", "w"]) for name in names]
    sound: list[Port] = [(name, [sizes.heads, "x", "y"]) for name in names]
    placed_by: list[Port] = [("places", ["n", sizes.width]), ("mask", ["n", "t"])]
    following: list[Port] = [(f"next_{name}", ["b", "h", "t", "w"]) for name in names]
    numbers = [*placed_by, *past, *sound]
    return graph.model(numbers, [("logits", ["b", "n", "v"]), *following], ids=[("tokens", ["b", "n"])])


class _DecoderGraph(Graph):
    """The decoder's own parts; `rows` names the shape (b, n) of the tokens."""

    def __init__(self, weights: Weights, sizes: Anatomy) -> None:
        super().__init__(weights, sizes.width)
        self._sizes = sizes

    def layer(self, states: str, rows: str, layer: int) -> str:
        """One layer over states of the shape (b · n, width)."""
        name = f"decoder/layer_{layer}"
        states = self.node("Add", states, self._attend_to_tokens(states, rows, layer, f"{name}/self_attention"))
        states = self.node("Add", states, self._attend_to_sound(states, layer, f"{name}/attention"))
        inner = self.gelu(self.linear(self.normalised(states, f"{name}/ffn/layer_norm"), f"{name}/ffn/linear_0"))
        return self.node("Add", states, self.linear(inner, f"{name}/ffn/linear_1"))

    def logits(self, states: str, rows: str, vocabulary: int) -> str:
        """What follows each token, shape (b, n, vocabulary)."""
        flat = self.product(self.normalised(states, "decoder/layer_norm"), "decoder/embeddings/weight")
        shape = self.node("Concat", rows, self.constant([vocabulary]), axis=0)
        return self.node("Reshape", flat, shape, name="logits")

    def heads(self, x: str, name: str = "", *, turned: bool = False) -> str:
        """`x`, shape (n, width), as (heads, n, head width); turned, as (heads, head width, n)."""
        apart = self.node("Reshape", x, self.constant([-1, self._sizes.heads, HEAD_WIDTH]))
        return self.node("Transpose", apart, name=name, perm=[1, 2, 0] if turned else [1, 0, 2])

    def _heads_of_each(self, x: str, rows: str) -> str:
        """`x`, shape (b · n, width), as (b, heads, n, head width)."""
        shape = self.node("Concat", rows, self.constant([self._sizes.heads, HEAD_WIDTH]), axis=0)
        return self.node("Transpose", self.node("Reshape", x, shape), perm=[0, 2, 1, 3])

    def _attend_to_tokens(self, states: str, rows: str, layer: int, name: str) -> str:
        joined = self.linear(self.normalised(states, f"{name}/layer_norm"), f"{name}/linear_0")
        query, key, value = (self._heads_of_each(part, rows) for part in self.split(joined, 3))
        keys = self.node("Concat", f"past_key_{layer}", key, name=f"next_key_{layer}", axis=2)
        values = self.node("Concat", f"past_value_{layer}", value, name=f"next_value_{layer}", axis=2)
        turned = self.node("Transpose", keys, perm=[0, 1, 3, 2])
        scores = self.node("Add", self.node("MatMul", self._scaled(query), turned), "mask")
        mixed = self.node("MatMul", self.node("Softmax", scores, axis=-1), values)
        flat = self.node("Transpose", mixed, perm=[0, 2, 1, 3])
        return self.linear(self.node("Reshape", flat, self.constant([-1, self.width])), f"{name}/linear_1")

    def _attend_to_sound(self, states: str, layer: int, name: str) -> str:
        query = self.heads(self.linear(self.normalised(states, f"{name}/layer_norm"), f"{name}/linear_0"))
        weighed = self.node("Softmax", self.node("MatMul", self._scaled(query), f"key_{layer}"), axis=-1)
        mixed = self.node("Transpose", self.node("MatMul", weighed, f"value_{layer}"), perm=[1, 0, 2])
        return self.linear(self.node("Reshape", mixed, self.constant([-1, self.width])), f"{name}/linear_2")

    def _scaled(self, query: str) -> str:
        return self.node("Mul", query, self.constant(np.float32(HEAD_WIDTH**-0.5)))
