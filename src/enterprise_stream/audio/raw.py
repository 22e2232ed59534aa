"""Samples without a container: 16-bit PCM and G.711."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.audio.companding import expand
from enterprise_stream.audio.limits import FeedBudget
from enterprise_stream.audio.pcm import LISTEN_RATE, SILENCE, from_bytes, samples_to_ms, to_float
from enterprise_stream.audio.resample import Resampler


class RawDecoder:
    """Mono samples at a fixed rate; takes any bytes, so it knows no `bad_audio`."""

    def __init__(self, encoding: Literal["pcm_s16le", "mulaw", "alaw"], sample_rate: int) -> None:
        self._encoding: Literal["pcm_s16le", "mulaw", "alaw"] = encoding
        self._rate = sample_rate
        self._width = 2 if encoding == "pcm_s16le" else 1
        self._resampler = Resampler(sample_rate, LISTEN_RATE)
        self._odd = b""
        self._budget = FeedBudget()

    def feed(self, data: bytes) -> NDArray[np.float32]:
        """See `AudioDecoder.feed`; half a sample at the end waits for its other half."""
        self._budget.renew()
        if self._odd:
            data = self._odd + data
            self._odd = b""
        if self._width == 2 and len(data) % 2:
            self._odd = data[-1:]
            data = data[:-1]
        if not data:
            return SILENCE
        self._budget.take(samples_to_ms(len(data) // self._width, self._rate))
        samples = from_bytes(data) if self._encoding == "pcm_s16le" else expand(data, self._encoding)
        return self._resampler.feed(to_float(samples))

    def flush(self) -> NDArray[np.float32]:
        """See `AudioDecoder.flush`; half a sample is dropped."""
        self._odd = b""
        return self._resampler.flush()

    def close(self) -> None:
        """See `AudioDecoder.close`."""
        self._odd = b""
