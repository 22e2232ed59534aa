"""Whisper's encoder: features of sound in, a state for every 20 ms out."""

import numpy as np

from enterprise_stream.engines.onnx_session import open_session
from enterprise_stream.engines.whisper.anatomy import Anatomy
from enterprise_stream.engines.whisper.encoder_graph import encoder_graph
from enterprise_stream.engines.whisper.weights import Floats, Weights

STATE_S = 0.02
"""Seconds of sound that a state stands for."""


class Encoder:
    """The encoder in memory, shared by all sessions; may be called from several threads.

    Args:
        weights: the model's.
        sizes: theirs.
        threads: threads that one call uses.

    Raises:
        ModelError: the graph cannot be opened.
    """

    def __init__(self, weights: Weights, sizes: Anatomy, threads: int) -> None:
        self._session = open_session(encoder_graph(weights, sizes), threads)
        self._places = weights["encoder/position_encodings/encodings"].astype(np.float32)

    def states(self, features: Floats, first: int = 0) -> Floats:
        """States of `features`, shape (bands, frames), as (frames // 2, width); what is beyond the window is left out.

        Args:
            features: as `log_mel` gives them.
            first: the place of the first state in the window.
        """
        places = self._places[first : first + features.shape[1] // 2]
        inputs = {"features": features[None, :, : 2 * len(places)], "places": places}
        states: Floats = self._session.run(["states"], inputs)[0][0]
        return states
