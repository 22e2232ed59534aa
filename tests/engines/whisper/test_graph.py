"""Weights that become whole numbers, and layers made of them."""

import sys

import numpy as np
import pytest

from enterprise_stream.engines.onnx_session import open_session
from enterprise_stream.engines.whisper.graph import BLOCK, Graph, quantised

WIDTH = 2 * BLOCK


@pytest.mark.parametrize(("block", "steps"), [(BLOCK, 127), (WIDTH, 63)])
def test_whole_numbers_are_within_half_a_step_of_the_weights(block: int, steps: int) -> None:
    weight = np.random.default_rng(0).standard_normal((600, WIDTH)).astype(np.float16)
    values, scales = quantised(weight, block, steps)
    assert np.abs(values.astype(np.int32)).max() == steps
    back = (values * scales[..., None]).reshape(weight.shape)
    assert np.abs(back - weight).max() <= scales.max() / 2 * 1.001
    assert not np.any(quantised(np.zeros((1, WIDTH), np.float16), block, steps)[0])


@pytest.mark.parametrize("kind", ["linear", "even_linear"])
def test_a_layer_gives_what_its_weights_say(kind: str) -> None:
    random = np.random.default_rng(1)
    weight, bias = random.standard_normal((96, WIDTH)) / 16, random.standard_normal(96)
    graph = Graph({"a/weight": weight.astype(np.float16), "a/bias": bias.astype(np.float16)}, WIDTH)
    graph.node("Identity", getattr(graph, kind)("x", "a"), name="y")
    session = open_session(graph.model([("x", ["n", WIDTH])], [("y", ["n", 96])]), 1)
    x = random.standard_normal((40, WIDTH)).astype(np.float32)
    wanted = x @ weight.T + bias
    assert np.linalg.norm(session.run(["y"], {"x": x})[0] - wanted) / np.linalg.norm(wanted) < 0.03


def test_rows_of_a_table_come_by_their_numbers() -> None:
    table = np.random.default_rng(2).standard_normal((50, WIDTH)).astype(np.float16)
    graph = Graph({"table": table}, WIDTH)
    graph.node("Identity", graph.rows("ids", "table"), name="y")
    session = open_session(graph.model([], [("y", ["b", "n", WIDTH])], ids=[("ids", ["b", "n"])]), 1)
    ids = np.array([[0, 49, 7], [7, 7, 1]], np.int64)
    assert np.abs(session.run(["y"], {"ids": ids})[0] - table[ids]).max() < 0.02


def test_an_open_model_does_not_keep_the_file_that_it_was_made_of() -> None:
    graph = Graph({"table": np.ones((4, WIDTH), np.float16)}, WIDTH)
    graph.node("Identity", graph.rows("ids", "table"), name="y")
    content = graph.model([], [("y", ["b", "n", WIDTH])], ids=[("ids", ["b", "n"])])
    held = sys.getrefcount(content)
    session = open_session(content, 1)
    assert sys.getrefcount(content) == held
    assert session.run(["y"], {"ids": np.array([[1]])})[0].shape == (1, 1, WIDTH)
