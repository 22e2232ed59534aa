"""Kokoro's graph cut in two, so that its sound can be made a stretch at a time.

The export is one graph from tokens to samples. Nearly nine tenths of its time goes into the last part, the vocoder
(ISTFTNet, https://arxiv.org/abs/2203.02395), which works on frames: it is made a graph of its own, and what comes
before it another (`score`). Two things are changed in the vocoder:

- Its normalisations (AdaIN) take each channel's mean and deviation over the whole piece, so a stretch alone would sound
  otherwise than the same stretch inside its piece. Both are constants here: over sentences of one voice they move by 2
  to 4 %. A stretch then depends only on the frames around it.
- Its convolutions are `ConvInteger`, for which onnxruntime has no kernel that uses the processor's 8-bit products. They
  become `QLinearConv`, with ranges that were measured once for every channel.

The constants belong to one voice (`Calibration`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.engines.kokoro.anatomy import Floats, Graph, convolutions, norms
from enterprise_stream.errors import ModelError

SHAPE = "/decoder/decoder/generator/LeakyRelu_output_0"
"""The vocoder's first input, shape (1, 512, 2 n) for n frames: what the mouth does."""

SOURCE = "/decoder/decoder/generator/Concat_3_output_0"
"""Its second, shape (1, 22, 120 n + 1): the voice's own tone, as magnitudes and phases."""

DURATIONS = "/encoder/Cast_output_0"
"""Frames of each token, shape (1, tokens), int64."""

ENERGY = "/encoder/Reshape_1_output_0"
"""Predicted energy, shape (1, 2 n)."""

_SPECTRUM = "/decoder/decoder/generator/STFT_output_0"
_SIGNAL = "/decoder/decoder/generator/Reshape_3_output_0"
_WINDOW, _HOP = 20, 5
_EPSILON = 1e-5
_HALF = 64
"""The weights are 7 bits (0 to 127). Moved by this they are signed, and no processor's 8-bit products overflow."""

_WIDER = 1.15
"""Ranges are this much wider than what was measured; what lies outside is clipped."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was measured of one voice in the vocoder, its layers in the graph's order and their channels joined.

    Attributes:
        means: of the normalisations' inputs.
        deviations: of the normalisations' inputs, without the epsilon that the graph adds.
        inputs: lowest and highest input of each convolution, shape (layers, 2).
        outputs: highest magnitude of each convolution's output channels.
    """

    means: Floats
    deviations: Floats
    inputs: Floats
    outputs: Floats


def score(model: Any) -> Any:
    """The part before the vocoder: tokens, style and speed in; `SHAPE`, `SOURCE`, `DURATIONS` and `ENERGY` out."""
    from onnx import TensorProto, helper

    inputs = [helper.make_tensor_value_info("tokens", TensorProto.INT64, [1, "tokens"])]
    inputs += [helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, 256])]
    inputs += [helper.make_tensor_value_info("speed", TensorProto.FLOAT, [1])]
    outputs = [helper.make_tensor_value_info(DURATIONS, TensorProto.INT64, None)]
    outputs += [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in (SHAPE, SOURCE, ENERGY)]
    part = _extract(model, inputs, outputs)
    _transform_by_convolution(Graph(part))
    return part


def vocoder(model: Any) -> Any:
    """The vocoder as it is in the export: `SHAPE`, `SOURCE` and `style` in, samples out."""
    from onnx import TensorProto, helper

    inputs = [helper.make_tensor_value_info(SHAPE, TensorProto.FLOAT, [1, 512, "shape"])]
    inputs += [helper.make_tensor_value_info(SOURCE, TensorProto.FLOAT, [1, 22, "source"])]
    inputs += [helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, 256])]
    return _extract(model, inputs, list(model.graph.output))


def calibrated(part: Any, calibration: Calibration) -> Any:
    """Change `vocoder`'s graph in place so that a stretch sounds as it does inside its piece, and faster.

    Raises:
        ModelError: the calibration is another model's.
    """
    graph = Graph(part)
    try:
        changes = [*_steady(graph, calibration), *_quantised(graph, calibration)]
    except (LookupError, StopIteration, ValueError) as error:
        raise ModelError(
            "The embedded voice's calibration does not fit the model. Run `enterprise-stream models verify kokoro`.",
            code="model_damaged",
        ) from error
    graph.put(changes)
    return part


def _steady(graph: Graph, calibration: Calibration) -> list[tuple[Sequence[Any], Sequence[Any]]]:
    """Each normalisation as one multiplication and one addition."""
    from onnx import helper

    changes: list[tuple[Sequence[Any], Sequence[Any]]] = []
    means, deviations = _Reader(calibration.means), _Reader(calibration.deviations)
    shared: dict[str, tuple[str, str]] = {}
    channels = _channels(graph)
    for norm in norms(graph):
        if norm.mean not in shared:
            count = channels[norm.source]
            sharp = 1.0 / np.sqrt(deviations.take(count) ** 2 + _EPSILON)
            shared[norm.mean] = (
                graph.add_constant(f"{norm.mean}/steady", means.take(count)[None, :, None]),
                graph.add_constant(f"{norm.mean}/sharp", sharp.astype(np.float32)[None, :, None]),
            )
        mean, sharp_name = shared[norm.mean]
        own = norm.result
        new = [
            helper.make_node("Mul", [norm.gain, sharp_name], [f"{own}/gain"]),
            helper.make_node("Mul", [f"{own}/gain", mean], [f"{own}/centre"]),
            helper.make_node("Sub", [norm.offset, f"{own}/centre"], [f"{own}/offset"]),
            helper.make_node("Mul", [norm.source, f"{own}/gain"], [f"{own}/scaled"]),
            helper.make_node("Add", [f"{own}/scaled", f"{own}/offset"], [own]),
        ]
        changes.append((norm.nodes, new))
    means.end()
    deviations.end()
    return changes


def _quantised(graph: Graph, calibration: Calibration) -> list[tuple[Sequence[Any], Sequence[Any]]]:
    """Each convolution with ranges that are known beforehand."""
    from onnx import helper

    changes: list[tuple[Sequence[Any], Sequence[Any]]] = []
    outputs = _Reader(calibration.outputs)
    found = convolutions(graph)
    if len(found) != len(calibration.inputs):
        raise ValueError("another number of layers")
    for convolution, (low, high) in zip(found, calibration.inputs, strict=True):
        own = convolution.result
        count = convolution.weights.shape[0]
        low, high = min(0.0, float(low)) * _WIDER, max(0.0, float(high)) * _WIDER  # noqa: PLW2901
        step = np.float32((high - low) / 255.0)
        zero = np.uint8(round(-low / float(step)))
        steps = np.maximum(outputs.take(count), 1e-6) * np.float32(_WIDER / 127.0)
        weights = (convolution.weights.astype(np.int16) - _HALF).astype(np.int8)
        constants: dict[str, NDArray[Any]] = {
            "step": np.array(step),
            "zero": np.array(zero),
            "weights": weights,
            "weight-scales": (np.float32(convolution.scale) / steps).astype(np.float32),
            "weight-zero": np.array(np.int8(convolution.zero - _HALF)),
            "one": np.array(np.float32(1.0)),
            "middle": np.array(np.uint8(128)),
        }
        if convolution.bias is not None:
            constants["bias"] = np.round(convolution.bias / (float(step) * convolution.scale)).astype(np.int32)
        names = [graph.add_constant(f"{own}/{name}", value) for name, value in constants.items()]
        back = [
            graph.add_constant(f"{own}/steps", steps),
            graph.add_constant(f"{own}/middles", np.full(count, 128, np.uint8)),
        ]
        new = [
            helper.make_node("QuantizeLinear", [convolution.source, *names[:2]], [f"{own}/in"]),
            helper.make_node("QLinearConv", [f"{own}/in", *names], [f"{own}/out"]),
            helper.make_node("DequantizeLinear", [f"{own}/out", *back], [own], axis=1),
        ]
        new[1].attribute.extend(convolution.nodes[0].attribute)
        changes.append((convolution.nodes, new))
    outputs.end()
    return changes


def _channels(graph: Graph) -> dict[str, int]:
    """How many channels the normalisations' inputs have: what follows each is a convolution that reads as many."""
    counts = {}
    convolved = {convolution.source: convolution.weights.shape[1] for convolution in convolutions(graph)}
    for norm in norms(graph):
        last = graph.readers[norm.result][-1]
        counts[norm.source] = convolved[last.output[0]] if last.op_type == "Add" else 0
    return counts


class _Reader:
    """Takes joined values apart again; ValueError where they are more or fewer than asked for."""

    def __init__(self, values: Floats) -> None:
        self._values = values
        self._at = 0

    def take(self, count: int) -> Floats:
        self._at += count
        if not count or self._at > self._values.size:
            raise ValueError("another number of channels")
        return self._values[self._at - count : self._at]

    def end(self) -> None:
        if self._at != self._values.size:
            raise ValueError("another number of channels")


def _transform_by_convolution(graph: Graph) -> None:
    """The short Fourier transform (20 samples every 5) as a convolution: onnxruntime's own takes 20 times as long."""
    from onnx import helper

    old = graph.made[_SPECTRUM]
    window = graph.constant(old.input[2]).astype(np.float64)
    turns = 2 * np.pi * np.outer(np.arange(_WINDOW // 2 + 1), np.arange(_WINDOW)) / _WINDOW
    basis = np.concatenate([np.cos(turns) * window, -np.sin(turns) * window])[:, None, :]
    own = _SPECTRUM
    constants = [
        graph.add_constant(f"{own}/basis", basis.astype(np.float32)),
        graph.add_constant(f"{own}/one", np.array([1])),
        graph.add_constant(f"{own}/parts", np.array([1, 2, _WINDOW // 2 + 1, -1])),
        graph.add_constant(f"{own}/nothing", np.array(1e-20, np.float32)),
    ]
    new = [
        helper.make_node("Unsqueeze", [_SIGNAL, constants[1]], [f"{own}/signal"]),
        helper.make_node("Conv", [f"{own}/signal", constants[0]], [f"{own}/flat"], strides=[_HOP]),
        # a real part of nothing over an imaginary part of nothing would be no number
        helper.make_node("Add", [f"{own}/flat", constants[3]], [f"{own}/some"]),
        helper.make_node("Reshape", [f"{own}/some", constants[2]], [f"{own}/split"]),
        helper.make_node("Transpose", [f"{own}/split"], [own], perm=[0, 3, 2, 1]),
    ]
    graph.put([((old,), new)])


def _extract(model: Any, inputs: Sequence[Any], outputs: Sequence[Any]) -> Any:
    """The part of a model that leads from some of its tensors to others; it shares no memory with the model."""
    from onnx import helper

    nodes = list(model.graph.node)
    made = {name: node for node in nodes for name in node.output}
    given = {value.name for value in inputs}
    wanted = [value.name for value in outputs]
    seen: set[str] = set()
    used: set[int] = set()
    while wanted:
        name = wanted.pop()
        if not name or name in given or name in seen:
            continue
        seen.add(name)
        node = made.get(name)
        if node is not None and id(node) not in used:
            used.add(id(node))
            wanted.extend(node.input)
    kept = [node for node in nodes if id(node) in used]
    constants = [constant for constant in model.graph.initializer if constant.name in seen]
    graph = helper.make_graph(kept, "part", list(inputs), list(outputs), constants)
    return helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)
