"""End of turn by smart-turn v3.2 (https://github.com/pipecat-ai/smart-turn, BSD-2-Clause).

A Whisper encoder that hears the last 8 s and tells whether they sound finished. The features are Whisper's log-mel
spectrogram, computed like Hugging Face's `WhisperFeatureExtractor(chunk_length=8)` with `do_normalize`, which the
model was trained on.
"""

from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.engines.onnx_session import open_session
from enterprise_stream.errors import EngineError
from enterprise_stream.listening.ports import SAMPLE_RATE, Samples
from enterprise_stream.workers import WorkerPool

WINDOW = 8 * SAMPLE_RATE
"""Samples that the model hears."""

_N_FFT = 400
_HOP = 160
_MELS = 80
_BATCH = 16
"""Frames multiplied at once: few enough that numpy's BLAS does not wake threads that spin for longer than they work."""


class SmartTurn:
    """The detector, shared by all sessions; see `TurnDetector`.

    Args:
        model: the ONNX file.
        pool: where it runs.
        threads: threads that one call uses; one, since calls are many and short.

    Raises:
        ModelError: the file cannot be opened as a model.
    """

    def __init__(self, model: Path, pool: WorkerPool, *, threads: int = 1) -> None:
        self._session = open_session(model, threads)
        self._pool = pool

    async def completion(self, owner: str, samples: Samples) -> float:
        """Probability (0 to 1) that the guest has finished; see `TurnDetector.completion`.

        It goes before the session's other work: a turn waits for it.

        Raises:
            EngineError: the detector failed.
        """
        return await self._pool.run(owner, partial(self.probability, samples), urgent=True)

    def probability(self, samples: Samples) -> float:
        """Probability (0 to 1) that `samples`, shape (n,), sound finished; blocking.

        Raises:
            EngineError: the detector failed.
        """
        try:
            answer = self._session.run(None, {"input_features": log_mel(samples)[None]})
        except Exception as error:
            raise EngineError("The end-of-turn model failed; the pause decides instead.") from error
        return float(answer[0][0, 0])


def log_mel(samples: Samples) -> NDArray[np.float32]:
    """Whisper's features of the last 8 s of `samples`, shape (n,) in, (80, 800) out.

    What is missing is zeros in front. The waveform is brought to zero mean and unit variance first; the log spectrum
    is cut 8 decades below its peak. Frames that hold only the zeros in front are all alike and are computed once.
    """
    tail = samples[-WINDOW:]
    window = np.zeros(WINDOW, np.float32)
    window[WINDOW - tail.size :] = tail
    window = (window - window.mean()) / np.sqrt(window.var() + 1e-7)
    padded = np.pad(window.astype(np.float64), _N_FFT // 2, mode="reflect")
    alike = max(0, (WINDOW - tail.size - _N_FFT // 2) // _HOP) // _BATCH * _BATCH
    frames = np.lib.stride_tricks.sliding_window_view(padded, _N_FFT)[alike * _HOP :: _HOP][:-1]
    hann, filters = _tables()
    spectrum = np.fft.rfft(frames * hann, axis=-1)
    power = spectrum.real**2 + spectrum.imag**2
    mel = (power.reshape(-1, _BATCH, power.shape[1]) @ filters.T).reshape(-1, _MELS).T
    log = np.log10(np.maximum(mel, 1e-10))
    log = np.maximum(log, log.max() - 8.0)
    features: NDArray[np.float32] = ((log + 4.0) / 4.0).astype(np.float32)
    return np.concatenate([np.repeat(features[:, :1], alike, axis=1), features], axis=1)


@lru_cache(maxsize=1)
def _tables() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A periodic Hann window, and 80 triangles on Slaney's mel scale with unit area, shape (80, 201)."""
    hann = np.hanning(_N_FFT + 1)[:-1]
    corners = _mel_to_hertz(np.linspace(0.0, _hertz_to_mel(SAMPLE_RATE / 2), _MELS + 2))
    bins = np.linspace(0.0, SAMPLE_RATE / 2, _N_FFT // 2 + 1)
    low, centre, high = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    triangles = np.maximum(0.0, np.minimum((bins - low) / (centre - low), (high - bins) / (high - centre)))
    return hann, triangles * (2.0 / (high - low))


_LOG_FROM_HERTZ, _LOG_FROM_MEL, _LOG_STEP = 1000.0, 15.0, np.log(6.4) / 27.0
"""Slaney's scale (Auditory Toolbox, 1998): linear below 1 kHz, 27 steps for a factor of 6.4 above."""


def _hertz_to_mel(hertz: float) -> float:
    if hertz < _LOG_FROM_HERTZ:
        return hertz * 3.0 / 200.0
    return float(_LOG_FROM_MEL + np.log(hertz / _LOG_FROM_HERTZ) / _LOG_STEP)


def _mel_to_hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    logarithmic = _LOG_FROM_HERTZ * np.exp(_LOG_STEP * (mel - _LOG_FROM_MEL))
    return np.where(mel < _LOG_FROM_MEL, mel * 200.0 / 3.0, logarithmic)
