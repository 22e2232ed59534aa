"""Whisper's decoder as two graphs with 8-bit weights: one makes what it looks at of the sound, one takes tokens on.

The layers are those of the published model (Radford et al. 2022, section 2.2): self-attention, attention to the sound,
two fully connected layers, each after a normalisation and added to what it was given. Weights are 8 bits in blocks of
`BLOCK` with a scale each, and so are the activations that they are multiplied with, row by row (onnxruntime's
`MatMulNBits`): a step over few tokens is as fast as its weights can be read.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.engines.whisper.weights import Weights

BLOCK = 128
"""Weights that share a scale."""

_EIGHT_BIT_ACTIVATIONS = 4
"""`accuracy_level` of `MatMulNBits`."""

_FLOAT = 1
_MICROSOFT = "com.microsoft"

_Value = tuple[str, list[Any]]
"""An input's or output's name and shape."""


@dataclass(frozen=True, slots=True)
class Anatomy:
    """Sizes of a decoder."""

    layers: int
    heads: int
    width: int

    @property
    def head_width(self) -> int:
        """Numbers of one head."""
        return self.width // self.heads


def anatomy(weights: Weights) -> Anatomy:
    """Sizes of the decoder that `weights` hold."""
    layers = sum(name.endswith("/self_attention/linear_0/weight") for name in weights if name.startswith("decoder/"))
    width = weights["decoder/embeddings/weight"].shape[1]
    return Anatomy(layers, int(weights["decoder/num_heads"]), width)


def sound_graph(weights: Weights) -> bytes:
    """From encoder states `states`, shape (n, width), to each layer's keys and values of them.

    Outputs `key_0`, `value_0`, `key_1`, …: float32; keys have the shape (heads, head width, n), so that no step has to
    turn them, and values (heads, n, head width).
    """
    sizes = anatomy(weights)
    graph = _Graph(weights, sizes)
    for layer in range(sizes.layers):
        both = graph.linear("states", f"decoder/layer_{layer}/attention/linear_1")
        key, value = graph.split(both, 2)
        graph.heads(key, "n", f"key_{layer}", turned=True)
        graph.heads(value, "n", f"value_{layer}")
    outputs: list[_Value] = [
        (f"{name}_{layer}", ["heads", "x", "y"]) for layer in range(sizes.layers) for name in ("key", "value")
    ]
    return graph.model([("states", ["n", sizes.width])], outputs)


def sound_names(sizes: Anatomy) -> list[str]:
    """What each layer looks at of the sound, in order: `key_0`, `value_0`, `key_1`, …."""
    return [f"{name}_{layer}" for layer in range(sizes.layers) for name in ("key", "value")]


def token_graph(weights: Weights) -> bytes:
    """From new tokens of several hypotheses to the logits of what follows each, and what to remember of them.

    Inputs: `tokens`, shape (b, n, width), embedded and placed; `mask`, shape (n, p + n), 0 where a token may look and
    -inf where not; of each layer i `past_key_i` and `past_value_i`, shape (b, heads, p, head width), and of the sound
    `key_i` and `value_i` as `sound_graph` makes them, the same for all hypotheses. Outputs: `logits`, shape
    (b, n, vocabulary), and `next_key_i` and `next_value_i`, shape (b, heads, p + n, head width). All float32.
    """
    sizes = anatomy(weights)
    graph = _Graph(weights, sizes)
    states = graph.node("Reshape", "tokens", graph.constant([-1, sizes.width]))
    shape = graph.node("Shape", "tokens")
    for layer in range(sizes.layers):
        states = graph.layer(states, shape, layer)
    graph.node("Identity", graph.logits(states, shape), name="logits")
    names = sound_names(sizes)
    past: list[_Value] = [(f"past_{name}", ["b", sizes.heads, "p", "w"]) for name in names]
    sound: list[_Value] = [(name, [sizes.heads, "x", "y"]) for name in names]
    inputs: list[_Value] = [("tokens", ["b", "n", sizes.width]), ("mask", ["n", "t"]), *past, *sound]
    following = [(f"next_{name}", ["b", "h", "t", "w"]) for name in names]
    return graph.model(inputs, [("logits", ["b", "n", "v"]), *following])


def eight_bits(weight: NDArray[Any]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Weights, shape (outputs, inputs), as bytes around 128 and the scale of each block, shape (outputs, blocks)."""
    blocks = weight.reshape(len(weight), -1, BLOCK).astype(np.float32)
    scales = np.maximum(np.abs(blocks).max(axis=-1, keepdims=True), 1e-9) / np.float32(127.0)
    blocks /= scales
    np.rint(blocks, out=blocks)
    blocks += np.float32(128.0)
    return blocks.astype(np.uint8), scales[..., 0]


class _Graph:
    """Nodes and constants of one graph under construction; each method returns the name of what it makes."""

    def __init__(self, weights: Weights, sizes: Anatomy) -> None:
        self._weights = weights
        self._sizes = sizes
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def node(self, kind: str, *inputs: str, name: str = "", domain: str = "", **attributes: Any) -> str:
        from onnx import helper

        name = name or f"n{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [name], domain=domain, **attributes))
        return name

    def constant(self, value: Any) -> str:
        from onnx import numpy_helper

        name = f"c{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def linear(self, x: str, name: str) -> str:
        """`x`, shape (n, inputs), through a fully connected layer."""
        product = self._product(x, self._weights[f"{name}/weight"])
        return self.node("Add", product, self.constant(self._weights[f"{name}/bias"].astype(np.float32)))

    def split(self, x: str, parts: int) -> list[str]:
        """`x`, shape (n, parts · width), in equal parts."""
        width = self._sizes.width
        axis = self.constant(np.array([1]))
        edges = [self.constant(np.array([part * width])) for part in range(parts + 1)]
        return [self.node("Slice", x, edges[part], edges[part + 1], axis) for part in range(parts)]

    def heads(self, x: str, rows: str, name: str = "", *, turned: bool = False) -> str:
        """`x`, shape (n, width), by head; where `rows` names a shape (b, n), of each of the b."""
        sizes = self._sizes
        if rows == "n":
            apart = self.node("Reshape", x, self.constant([-1, sizes.heads, sizes.head_width]))
            return self.node("Transpose", apart, name=name, perm=[1, 2, 0] if turned else [1, 0, 2])
        target = self.node("Concat", rows, self.constant([sizes.heads, sizes.head_width]), axis=0)
        return self.node("Transpose", self.node("Reshape", x, target), name=name, perm=[0, 2, 1, 3])

    def layer(self, states: str, shape: str, layer: int) -> str:
        """One layer; `states` have the shape (b · n, width) and `shape` that of the tokens."""
        rows = self.node("Slice", shape, self.constant(np.array([0])), self.constant(np.array([2])))
        name = f"decoder/layer_{layer}"
        states = self.node("Add", states, self._attend_to_tokens(states, rows, layer, f"{name}/self_attention"))
        states = self.node("Add", states, self._attend_to_sound(states, layer, f"{name}/attention"))
        inner = self.linear(self._normalised(states, f"{name}/ffn/layer_norm"), f"{name}/ffn/linear_0")
        inner = self.node("Gelu", inner, domain=_MICROSOFT)
        return self.node("Add", states, self.linear(inner, f"{name}/ffn/linear_1"))

    def logits(self, states: str, shape: str) -> str:
        """What follows each token, shape (b, n, vocabulary)."""
        weight = self._weights["decoder/embeddings/weight"]
        flat = self._product(self._normalised(states, "decoder/layer_norm"), weight)
        rows = self.node("Slice", shape, self.constant(np.array([0])), self.constant(np.array([2])))
        return self.node("Reshape", flat, self.node("Concat", rows, self.constant([len(weight)]), axis=0))

    def model(self, inputs: list[_Value], outputs: list[_Value]) -> bytes:
        from onnx import helper

        described = [
            [helper.make_tensor_value_info(name, _FLOAT, shape) for name, shape in each] for each in (inputs, outputs)
        ]
        graph = helper.make_graph(self._nodes, "whisper", *described, self._constants)
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_MICROSOFT, 1)]
        content: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()
        return content

    def _attend_to_tokens(self, states: str, rows: str, layer: int, name: str) -> str:
        joined = self.linear(self._normalised(states, f"{name}/layer_norm"), f"{name}/linear_0")
        query, key, value = (self.heads(part, rows) for part in self.split(joined, 3))
        keys = self.node("Concat", f"past_key_{layer}", key, name=f"next_key_{layer}", axis=2)
        values = self.node("Concat", f"past_value_{layer}", value, name=f"next_value_{layer}", axis=2)
        turned = self.node("Transpose", keys, perm=[0, 1, 3, 2])
        scores = self.node("Add", self.node("MatMul", self._scaled(query), turned), "mask")
        mixed = self.node("MatMul", self.node("Softmax", scores, axis=-1), values)
        flat = self.node("Transpose", mixed, perm=[0, 2, 1, 3])
        return self.linear(self.node("Reshape", flat, self.constant([-1, self._sizes.width])), f"{name}/linear_1")

    def _attend_to_sound(self, states: str, layer: int, name: str) -> str:
        query = self.heads(self.linear(self._normalised(states, f"{name}/layer_norm"), f"{name}/linear_0"), "n")
        weighed = self.node("Softmax", self.node("MatMul", self._scaled(query), f"key_{layer}"), axis=-1)
        mixed = self.node("Transpose", self.node("MatMul", weighed, f"value_{layer}"), perm=[1, 0, 2])
        return self.linear(self.node("Reshape", mixed, self.constant([-1, self._sizes.width])), f"{name}/linear_2")

    def _scaled(self, query: str) -> str:
        return self.node("Mul", query, self.constant(np.float32(self._sizes.head_width**-0.5)))

    def _normalised(self, x: str, name: str) -> str:
        gamma, beta = (self._weights[f"{name}/{part}"].astype(np.float32) for part in ("gamma", "beta"))
        return self.node("LayerNormalization", x, self.constant(gamma), self.constant(beta), axis=-1, epsilon=1e-5)

    def _product(self, x: str, weight: NDArray[Any]) -> str:
        outputs, inputs = weight.shape
        values, scales = eight_bits(weight)
        return self.node(
            "MatMulNBits",
            x,
            self.constant(values),
            self.constant(scales),
            domain=_MICROSOFT,
            K=inputs,
            N=outputs,
            bits=8,
            block_size=BLOCK,
            accuracy_level=_EIGHT_BIT_ACTIVATIONS,
        )
