"""What Kokoro's vocoder is made of, as its graph shows it: who makes and reads what, normalisations, convolutions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Norm:
    """An adaptive normalisation: the nodes that it is made of, the tensors that it reads and the one that it makes."""

    nodes: tuple[Any, ...]
    source: str
    mean: str
    variance: str
    gain: str
    offset: str
    result: str


@dataclass(frozen=True, slots=True)
class Convolution:
    """A quantised convolution: its nodes, its constants, the tensor that it reads and the one that it makes."""

    nodes: tuple[Any, ...]
    source: str
    weights: NDArray[np.uint8]
    zero: int
    scale: float
    bias: Floats | None
    result: str


class Graph:
    """An ONNX graph with what it takes to find one's way in it.

    Args:
        model: an `onnx.ModelProto`; it is changed in place.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.nodes = list(model.graph.node)
        self.made = {name: node for node in self.nodes for name in node.output}
        self.readers: dict[str, list[Any]] = {}
        for node in self.nodes:
            for name in node.input:
                self.readers.setdefault(name, []).append(node)
        self._constants = {constant.name: constant for constant in model.graph.initializer}

    def constant(self, name: str) -> NDArray[Any]:
        """A constant of the graph."""
        from onnx import numpy_helper

        return np.asarray(numpy_helper.to_array(self._constants[name]))

    def add_constant(self, name: str, value: NDArray[Any]) -> str:
        """Keep `value` under `name`, and return the name."""
        from onnx import numpy_helper

        self.model.graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def only_reader(self, node: Any, kind: str) -> Any:
        """The one node of `kind` that reads what `node` makes; LookupError when there is none."""
        return next(reader for reader in self.readers[node.output[0]] if reader.op_type == kind)

    def put(self, changes: Iterable[tuple[Sequence[Any], Sequence[Any]]]) -> None:
        """Take nodes out and put others where the last of them was."""
        gone: set[int] = set()
        instead: dict[int, Sequence[Any]] = {}
        for old, new in changes:
            gone.update(id(node) for node in old)
            instead[id(old[-1])] = new
        nodes: list[Any] = []
        for node in self.nodes:
            nodes.extend(instead.get(id(node), () if id(node) in gone else (node,)))
        del self.model.graph.node[:]
        self.model.graph.node.extend(nodes)


def norms(graph: Graph) -> list[Norm]:
    """The vocoder's adaptive normalisations; several may share their mean and deviation."""
    found = []
    for mean in graph.nodes:
        if mean.op_type != "ReduceMean":
            continue
        centred = next((node for node in graph.readers[mean.output[0]] if node.op_type == "Sub"), None)
        if centred is None:
            continue
        square = graph.only_reader(centred, "Mul")
        variance = graph.only_reader(square, "ReduceMean")
        steady = graph.only_reader(variance, "Add")
        root = graph.only_reader(steady, "Sqrt")
        normal = graph.only_reader(root, "Div")
        for scaled in graph.readers[normal.output[0]]:
            moved = graph.only_reader(scaled, "Add")
            found.append(
                Norm(
                    (mean, centred, square, variance, steady, root, normal, scaled, moved),
                    mean.input[0],
                    mean.output[0],
                    variance.output[0],
                    other(scaled, normal.output[0]),
                    other(moved, scaled.output[0]),
                    moved.output[0],
                )
            )
    return found


def convolutions(graph: Graph) -> list[Convolution]:
    """The vocoder's quantised convolutions: quantise, convolve, add the bias, cast, scale."""
    found = []
    for node in graph.nodes:
        if node.op_type != "ConvInteger":
            continue
        quantise = graph.made[node.input[0]]
        nodes, bias = [node], None
        following = graph.readers[node.output[0]][0]
        if following.op_type == "Add":
            bias = _bias(graph, other(following, node.output[0]))
            nodes.append(following)
            following = graph.readers[following.output[0]][0]
        scaled = graph.only_reader(following, "Mul")
        scales = graph.made[other(scaled, following.output[0])]
        scale = graph.constant(other(scales, quantise.output[1]))
        found.append(
            Convolution(
                (*nodes, following, scaled),
                quantise.input[0],
                graph.constant(node.input[1]),
                int(graph.constant(node.input[3]).item()),
                float(scale.item()),
                bias,
                scaled.output[0],
            )
        )
    return found


def _bias(graph: Graph, name: str) -> Floats:
    """The bias as it was before it was divided by the scale of a call."""
    node = graph.made[name]
    while node.op_type != "Div":
        node = graph.made[node.input[0]]
    return np.asarray(graph.constant(node.input[0]), np.float32)


def other(node: Any, name: str) -> str:
    """The input of a node of two that is not `name`."""
    return str(next(given for given in node.input if given != name))
