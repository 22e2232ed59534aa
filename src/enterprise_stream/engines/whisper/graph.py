"""ONNX graphs made of a converted model's weights, which become 8-bit on the way.

A fully connected layer is computed in one of two ways. `linear` has a scale for each `BLOCK` of weights, and one for
each row of what they are multiplied with (onnxruntime's `MatMulNBits`). `even_linear` has one for each output, and one
for all that they are multiplied with (`DynamicQuantizeMatMul`): over many rows it takes two thirds of the time, and it
is for what comes out of a normalisation, where no value stands far out from the others.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.engines.whisper.weights import Weights

BLOCK = 128
"""Weights of `linear` that share a scale."""

Port = tuple[str, list[Any]]
"""An input's or output's name and shape."""

_EIGHT_BIT_ACTIVATIONS = 4
"""`accuracy_level` of `MatMulNBits`."""

_STEPS = 127
"""The largest weight of a block of `linear`, as it is kept."""

_EVEN_STEPS = 63
"""The largest weight of an output of `even_linear`: 7 bits, so that pairs of products stay within the 16 bits in which
processors without 8-bit dot products (VNNI) add them."""

_FROM_128 = np.uint8(0x80)
"""Turns signed bytes into bytes around 128, which `MatMulNBits` takes."""

_ROWS = 256
"""Rows of weights that are made 8-bit at once: few enough to stay in the processor's cache."""

_FLOAT, _INT64 = 1, 7
_MICROSOFT = "com.microsoft"


class Graph:
    """A graph under construction; each method adds to it and returns the name of what it makes."""

    def __init__(self, weights: Weights, width: int) -> None:
        self.width = width
        self._weights = weights
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._packed: dict[str, tuple[str, str]] = {}  # by the weights' name: their bytes and the blocks' scales

    def node(self, kind: str, *inputs: str, name: str = "", domain: str = "", **attributes: Any) -> str:
        """What an operator makes of `inputs`."""
        from onnx import helper

        name = name or f"n{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [name], domain=domain, **attributes))
        return name

    def constant(self, value: Any) -> str:
        """`value` as it is."""
        from onnx import numpy_helper

        name = f"c{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def weights(self, name: str) -> str:
        """The model's own numbers of this name, float32."""
        return self.constant(self._weights[name].astype(np.float32))

    def linear(self, x: str, name: str) -> str:
        """`x`, shape (…, inputs), through a fully connected layer."""
        return self.node("Add", self.product(x, f"{name}/weight"), self.weights(f"{name}/bias"))

    def product(self, x: str, name: str) -> str:
        """`x`, shape (…, inputs), times the weights of this name, shape (outputs, inputs)."""
        outputs, inputs = self._weights[name].shape
        values, scales = self._eight_bits(name)
        return self.node(
            "MatMulNBits",
            x,
            values,
            scales,
            domain=_MICROSOFT,
            K=inputs,
            N=outputs,
            bits=8,
            block_size=BLOCK,
            accuracy_level=_EIGHT_BIT_ACTIVATIONS,
        )

    def rows(self, ids: str, name: str) -> str:
        """Of the weights of this name, shape (rows, width), those of `ids`, shape (b, n), as (b, n, width)."""
        values, scales = self._eight_bits(name)
        blocks = self.node("Unsqueeze", scales, self.constant([2]))
        table: dict[str, Any] = {"bits": 8, "block_size": BLOCK, "gather_axis": 0, "quantize_axis": 2}
        found = self.node("GatherBlockQuantized", values, ids, blocks, domain=_MICROSOFT, **table)
        return self.node("Reshape", found, self.constant([0, 0, self.width]))

    def even_linear(self, x: str, name: str) -> str:
        """`x`, shape (…, inputs), whose values are of one size, through a fully connected layer."""
        weight = self._weights[f"{name}/weight"]
        values, scales = quantised(weight, weight.shape[1], _EVEN_STEPS)
        constants = (np.ascontiguousarray(values[:, 0].T), scales[:, 0], np.zeros(len(scales), np.int8))
        bias = self.weights(f"{name}/bias")
        return self.node("DynamicQuantizeMatMul", x, *map(self.constant, constants), bias, domain=_MICROSOFT)

    def normalised(self, x: str, name: str) -> str:
        """`x`, shape (…, width), each row brought to the same mean and deviation."""
        gamma, beta = (self.weights(f"{name}/{part}") for part in ("gamma", "beta"))
        return self.node("LayerNormalization", x, gamma, beta, axis=-1, epsilon=1e-5)

    def gelu(self, x: str) -> str:
        """`x` through the Gaussian error linear unit."""
        return self.node("Gelu", x, domain=_MICROSOFT)

    def attention(self, query: str, key: str, value: str, *, heads: int) -> str:
        """Each row of `query`, shape (1, n, width), as a mixture of `value` by its likeness to `key`, head by head."""
        return self.node("MultiHeadAttention", query, key, value, domain=_MICROSOFT, num_heads=heads)

    def split(self, x: str, parts: int) -> list[str]:
        """`x`, shape (…, parts · width), in equal parts."""
        axis = self.constant(np.array([-1]))
        edges = [self.constant(np.array([part * self.width])) for part in range(parts + 1)]
        return [self.node("Slice", x, edges[part], edges[part + 1], axis) for part in range(parts)]

    def model(self, inputs: Sequence[Port], outputs: Sequence[Port], *, ids: Sequence[Port] = ()) -> bytes:
        """The graph as the content of an ONNX file; `ids` are inputs too, int64, and all others are float32."""
        from onnx import helper

        given = [helper.make_tensor_value_info(name, _INT64, shape) for name, shape in ids]
        given += [helper.make_tensor_value_info(name, _FLOAT, shape) for name, shape in inputs]
        made = [helper.make_tensor_value_info(name, _FLOAT, shape) for name, shape in outputs]
        graph = helper.make_graph(self._nodes, "whisper", given, made, self._constants)
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_MICROSOFT, 1)]
        content: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()
        return content

    def _eight_bits(self, name: str) -> tuple[str, str]:
        if name not in self._packed:
            values, scales = quantised(self._weights[name], BLOCK, _STEPS)
            self._packed[name] = self.constant(values.view(np.uint8) ^ _FROM_128), self.constant(scales)
        return self._packed[name]


def quantised(weight: NDArray[Any], block: int, steps: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Weights, shape (outputs, inputs), as whole numbers of at most `steps`, and the scale of each `block` of them.

    Returns:
        Shapes (outputs, inputs // block, block) and (outputs, inputs // block).
    """
    outputs, inputs = weight.shape
    values = np.empty((outputs, inputs // block, block), np.int8)
    scales = np.empty((outputs, inputs // block), np.float32)
    for start in range(0, outputs, _ROWS):
        rows = slice(start, start + _ROWS)
        blocks = weight[rows].astype(np.float32).reshape(-1, *values.shape[1:])
        largest = np.maximum(blocks.max(axis=-1), -blocks.min(axis=-1))
        scales[rows] = np.maximum(largest, np.float32(1e-9)) / np.float32(steps)
        blocks /= scales[rows][..., None]
        np.rint(blocks, out=blocks)
        values[rows] = blocks
    return values, scales
