"""Whisper's encoder as a graph.

The layers are those of the published model (Radford et al. 2022, section 2.2): two convolutions, the second of which
halves the rate, then self-attention and two fully connected layers, each after a normalisation and added to what it was
given.
"""

from enterprise_stream.engines.whisper.anatomy import Anatomy
from enterprise_stream.engines.whisper.graph import Graph
from enterprise_stream.engines.whisper.weights import Weights

_CONVOLVED = 3
"""Frames under one weight of the convolutions."""


def encoder_graph(weights: Weights, sizes: Anatomy) -> bytes:
    """From `features`, shape (1, bands, 2 n), and `places`, shape (n, width), to `states`, shape (1, n, width).

    `places` are added to what the convolutions find, so that a position knows where it is. All float32.
    """
    bands = weights["encoder/conv1/weight"].shape[1]
    graph = Graph(weights, sizes.width)
    found = _convolved(graph, _convolved(graph, "features", "encoder/conv1", 1), "encoder/conv2", 2)
    states = graph.node("Add", graph.node("Transpose", found, perm=[0, 2, 1]), "places")
    for layer in range(sizes.encoder_layers):
        states = _layer(graph, states, f"encoder/layer_{layer}", sizes.heads)
    graph.node("Identity", graph.normalised(states, "encoder/layer_norm"), name="states")
    inputs = [("features", [1, bands, "frames"]), ("places", ["n", sizes.width])]
    return graph.model(inputs, [("states", [1, "n", sizes.width])])


def _convolved(graph: Graph, x: str, name: str, stride: int) -> str:
    weight, bias = graph.weights(f"{name}/weight"), graph.weights(f"{name}/bias")
    return graph.gelu(graph.node("Conv", x, weight, bias, kernel_shape=[_CONVOLVED], pads=[1, 1], strides=[stride]))


def _layer(graph: Graph, states: str, name: str, heads: int) -> str:
    attention, ffn = f"{name}/self_attention", f"{name}/ffn"
    joined = graph.even_linear(graph.normalised(states, f"{attention}/layer_norm"), f"{attention}/linear_0")
    mixed = graph.attention(*graph.split(joined, 3), heads=heads)
    states = graph.node("Add", states, graph.linear(mixed, f"{attention}/linear_1"))
    inner = graph.gelu(graph.even_linear(graph.normalised(states, f"{ffn}/layer_norm"), f"{ffn}/linear_0"))
    return graph.node("Add", states, graph.linear(inner, f"{ffn}/linear_1"))
