"""Voice activity by Silero VAD, version 5 (https://github.com/snakers4/silero-vad, MIT).

The network is small: a short-time spectrum, four convolutions, an LSTM cell. It is computed here by numpy with the
weights of the authors' ONNX file, whose graph chooses a rate and cuts its weights anew in every call. So a call costs
0.05 ms of one thread instead of 0.12, and runs where it is called. One network serves all sessions; a session keeps its
memory, the last 64 samples and where it works, 10 kB together.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from enterprise_stream.engines.onnx_session import open_graph
from enterprise_stream.errors import ModelError
from enterprise_stream.listening.ports import VAD_FRAME, Samples

_CONTEXT: Final = 64
"""Samples of the frame before that the network hears again, as the authors' own wrapper feeds it at 16 kHz."""

_REFLECTED: Final = 64
"""Samples that follow the frame: its last ones mirrored at its end."""

_HEARD: Final = _CONTEXT + VAD_FRAME
_WINDOW, _STEP = 256, 128
_SPECTRA: Final = (_HEARD + _REFLECTED - _WINDOW) // _STEP + 1
_BINS: Final = _WINDOW // 2 + 1
_WIDTH: Final = 128
"""Features of a spectrum, and of the memory."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Network:
    """Weights, shape (inputs, outputs) each, and biases; inputs of several steps lie one after the other.

    Attributes:
        basis: of the spectrum: real parts, then imaginary ones.
        layers: of the convolutions.
        cell: of the LSTM's input, forget, output and candidate, fed with features and the last output. Those of the
            three gates are halved, since a sigmoid is a tangent of half: σ(x) = (1 + tanh(x/2)) / 2.
        speech: of the last output.
    """

    basis: Floats
    layers: tuple[tuple[Floats, Floats], ...]
    cell: tuple[Floats, Floats]
    speech: tuple[Floats, float]


class Silero:
    """The model, shared by all sessions; calling it makes the `VoiceActivity` of one session.

    Args:
        model: the ONNX file.

    Raises:
        ModelError: the file cannot be opened as this model.
    """

    def __init__(self, model: Path) -> None:
        weights = _weights(open_graph(model))
        try:
            self._network = _network(weights)
        except (KeyError, ValueError) as error:
            raise ModelError(f"{model} is not Silero's model, version 5.", code="model_damaged") from error

    def __call__(self) -> "SileroActivity":
        """Start listening to another stream."""
        return SileroActivity(self._network)


class SileroActivity:
    """Speech or not, one guest's stream; see `VoiceActivity`."""

    def __init__(self, network: _Network) -> None:
        self._network = network
        self._sound = np.zeros(_HEARD + _REFLECTED, np.float32)
        self._windows = sliding_window_view(self._sound, _WINDOW)[::_STEP]
        # Convolutions see three steps at a time, with a step of nothing before the first and after the last.
        self._spectra = np.zeros((_SPECTRA + 2, _BINS), np.float32)
        self._features = np.zeros((_SPECTRA + 2, _WIDTH), np.float32)
        self._near_spectra = sliding_window_view(self._spectra.reshape(-1), 3 * _BINS)[::_BINS]
        self._near_features = sliding_window_view(self._features.reshape(-1), 3 * _WIDTH)[:: 2 * _WIDTH]
        self._fed = np.zeros(2 * _WIDTH, np.float32)
        self._kept = np.zeros(_WIDTH, np.float32)

    def probability(self, frame: Samples) -> float:
        """Probability (0 to 1) that `frame`, shape (VAD_FRAME,), holds speech.

        Raises:
            ValueError: the frame has another shape.
        """
        if frame.shape != (VAD_FRAME,):
            raise ValueError(f"a frame has {VAD_FRAME} samples, not shape {frame.shape}")
        sound = self._sound
        sound[:_CONTEXT] = sound[VAD_FRAME:_HEARD]
        sound[_CONTEXT:_HEARD] = frame
        sound[_HEARD:] = sound[_HEARD - 2 : _HEARD - 2 - _REFLECTED : -1]
        self._encode()
        return self._remember()

    def reset(self) -> None:
        """Forget the stream: the next frame is the first of another."""
        for array in (self._sound, self._fed, self._kept):
            array[:] = 0.0

    def _encode(self) -> None:
        """From sound to the features that the memory is fed with."""
        first, second, third, fourth = self._network.layers
        parts = self._windows @ self._network.basis
        parts *= parts
        np.sqrt(parts[:, :_BINS] + parts[:, _BINS:], out=self._spectra[1:-1])
        _layer(self._near_spectra, first, self._features[1:-1])
        halved = _layer(self._near_features, second)
        _layer(_layer(halved.reshape(-1), third), fourth, self._fed[:_WIDTH])

    def _remember(self) -> float:
        """One step of the memory; returns what it says of speech."""
        weight, bias = self._network.cell
        gates = self._fed @ weight
        gates += bias
        np.tanh(gates, out=gates)
        opened = gates[: 3 * _WIDTH]
        opened += 1.0
        opened *= 0.5
        let_in, kept, let_out, candidate = gates.reshape(4, _WIDTH)
        self._kept *= kept
        self._kept += let_in * candidate
        told = np.multiply(let_out, np.tanh(self._kept), out=self._fed[_WIDTH:])
        weight, offset = self._network.speech
        return 0.5 + 0.5 * math.tanh(0.5 * (float(np.maximum(told, 0.0) @ weight) + offset))


def _layer(inputs: Floats, layer: tuple[Floats, Floats], out: Floats | None = None) -> Floats:
    """Inputs, shape (..., inputs), through a layer and its rectifier; written to `out` if that is given."""
    weight, bias = layer
    outputs: Floats = inputs @ weight
    outputs += bias
    return np.maximum(outputs, 0.0, out=outputs if out is None else out)


def _weights(graph: Any) -> dict[str, NDArray[Any]]:
    """The constants of the graph for 16 kHz, by the names that its authors gave them."""
    from onnx import numpy_helper

    choice = next((node for node in graph.graph.node if node.op_type == "If"), None)
    branches = {} if choice is None else {branch.name: branch.g for branch in choice.attribute}
    constants = {}
    for node in branches["then_branch"].node if branches else ():
        if node.op_type == "Constant":
            constants[node.output[0].rpartition("__")[2]] = numpy_helper.to_array(node.attribute[0].t)
    return constants


def _network(weights: dict[str, NDArray[Any]]) -> _Network:
    """Lay the weights out as they are used.

    Raises:
        KeyError: one is missing.
        ValueError: one has another shape.
    """
    layers = [_convolution(weights, number) for number in range(4)]
    # The third sees two steps and a step of nothing before them, the fourth one step between two of nothing.
    layers[2] = (layers[2][0][64:], layers[2][1])
    layers[3] = (layers[3][0][64:128], layers[3][1])
    fed = np.concatenate([weights[f"decoder.rnn.weight_{kind}"] for kind in ("ih", "hh")], axis=1)
    bias = weights["decoder.rnn.bias_ih"] + weights["decoder.rnn.bias_hh"]
    speech = weights["decoder.decoder.2.weight"].reshape(_WIDTH)
    return _Network(
        basis=_ready(weights["stft.forward_basis_buffer"].reshape(2 * _BINS, _WINDOW).T),
        layers=tuple(layers),
        cell=(_ready(_gates(fed).T), _ready(_gates(bias))),
        speech=(_ready(speech), float(weights["decoder.decoder.2.bias"].reshape(()))),
    )


def _convolution(weights: dict[str, NDArray[Any]], number: int) -> tuple[Floats, Floats]:
    weight = weights[f"encoder.{number}.reparam_conv.weight"].transpose(2, 1, 0)
    return _ready(weight.reshape(-1, weight.shape[2])), _ready(weights[f"encoder.{number}.reparam_conv.bias"])


def _gates(rows: NDArray[Any]) -> NDArray[Any]:
    """An LSTM's rows, which PyTorch has as input, forget, candidate and output; the gates' rows halved."""
    let_in, kept, candidate, let_out = np.split(rows, 4)
    return np.concatenate([let_in / 2, kept / 2, let_out / 2, candidate])


def _ready(weight: NDArray[Any]) -> Floats:
    return np.ascontiguousarray(weight, np.float32)
