"""Voice activity by Silero VAD, version 5 (https://github.com/snakers4/silero-vad, MIT).

One graph serves all sessions; a session keeps the recurrent state and the last 64 samples, 1.3 kB together. A call
costs about 0.1 ms of one thread, so it runs where it is called.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.engines.onnx_session import Session, open_session
from enterprise_stream.listening.ports import SAMPLE_RATE, VAD_FRAME, Samples

_CONTEXT = 64
"""Samples of the frame before that the graph sees again, as the authors' own wrapper feeds it at 16 kHz."""

_STATE_SHAPE = (2, 1, 128)


class Silero:
    """The model, shared by all sessions; calling it makes the `VoiceActivity` of one session.

    Args:
        model: the ONNX file.

    Raises:
        ModelError: the file cannot be opened as a model.
    """

    def __init__(self, model: Path) -> None:
        self._session = open_session(model, threads=1)
        SileroActivity(self._session).probability(np.zeros(VAD_FRAME, np.float32))

    def __call__(self) -> "SileroActivity":
        """Start listening to another stream."""
        return SileroActivity(self._session)


class SileroActivity:
    """Speech or not, one guest's stream; see `VoiceActivity`.

    Args:
        session: the opened model.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rate = np.array(SAMPLE_RATE, np.int64)
        self._state = np.zeros(_STATE_SHAPE, np.float32)
        self._input = np.zeros((1, _CONTEXT + VAD_FRAME), np.float32)

    def probability(self, frame: Samples) -> float:
        """Probability (0 to 1) that `frame`, shape (VAD_FRAME,), holds speech.

        Raises:
            ValueError: the frame has another shape; the graph would answer nonsense.
        """
        if frame.shape != (VAD_FRAME,):
            raise ValueError(f"a frame has {VAD_FRAME} samples, not shape {frame.shape}")
        self._input[0, :_CONTEXT] = self._input[0, VAD_FRAME:]
        self._input[0, _CONTEXT:] = frame
        inputs: dict[str, NDArray[Any]] = {"input": self._input, "state": self._state, "sr": self._rate}
        probability, self._state = self._session.run(None, inputs)
        return float(probability[0, 0])

    def reset(self) -> None:
        """Forget the stream: the next frame is the first of another."""
        self._state = np.zeros(_STATE_SHAPE, np.float32)
        self._input[:] = 0.0
