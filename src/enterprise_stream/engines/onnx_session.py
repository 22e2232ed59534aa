"""How every ONNX model here is opened: to be run, by few threads that sleep when they wait, or to be read."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.errors import ModelError


class Session(Protocol):
    """The part of `onnxruntime.InferenceSession` that the engines use; safe to call from several threads at once."""

    def run(self, outputs: Sequence[str] | None, inputs: Mapping[str, NDArray[Any]]) -> list[NDArray[np.float32]]:
        """Run the graph once."""
        ...


def open_session(model: Path | bytes, threads: int) -> Session:
    """Open a model on the CPU.

    Threads do not spin between operators: a spinning thread takes a core from the other sessions and the event loop.

    Args:
        model: an ONNX file, or its content.
        threads: threads that one operator may use; the operators themselves run one after the other.

    Raises:
        ModelError: the file cannot be opened as a model.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_mem_pattern = False  # one would be kept for every length of sound and text that ever came
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    name = "A part of a model" if isinstance(model, bytes) else str(model)
    try:
        session = onnxruntime.InferenceSession(
            model if isinstance(model, bytes) else str(model), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:
        raise _damaged(name) from error
    session._model_bytes = None  # noqa: SLF001 - it keeps the file's content beside the opened model for good
    opened: Session = session
    return opened


def open_graph(model: Path) -> Any:
    """Read a model's graph and weights, an `onnx.ModelProto`.

    Raises:
        ModelError: the file cannot be read as one, or the package `onnx` is missing.
    """
    try:
        import onnx
    except ImportError as error:
        raise ModelError(
            "The embedded engines need onnx. Install the extra: `pip install 'enterprise-stream[local]'`.",
            code="engine_missing",
        ) from error
    try:
        return onnx.load(str(model))
    except Exception as error:
        raise _damaged(str(model)) from error


def _damaged(name: str) -> ModelError:
    return ModelError(
        f"{name} cannot be opened as a model. Run `enterprise-stream models verify` and then "
        "`enterprise-stream models pull`.",
        code="model_damaged",
    )
