"""Sandra's sound as a client wants it: one payload, one binary frame."""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.audio.companding import compress
from enterprise_stream.audio.formats import OutputFormat
from enterprise_stream.audio.opus import OpusFrames
from enterprise_stream.audio.pcm import SPEAK_RATE, samples_to_ms, to_bytes, to_float, to_int16
from enterprise_stream.audio.resample import Resampler


@dataclass(frozen=True, slots=True)
class Encoded:
    """What one binary frame carries.

    Attributes:
        payload: the coded sound.
        samples: how many samples it holds, at the output's rate.
    """

    payload: bytes
    samples: int

    def duration_ms(self, rate: int) -> float:
        """How long it sounds, for the output's rate in Hz."""
        return samples_to_ms(self.samples, rate)


class AudioEncoder(Protocol):
    """One stream of the answer's sound; made anew for each stream, or flushed between two."""

    def encode(self, pcm: NDArray[np.int16]) -> list[Encoded]:
        """Add sound and return what is ready to be sent.

        Args:
            pcm: shape (n,), int16 at 24 kHz.
        """
        ...

    def flush(self) -> list[Encoded]:
        """Return what was held back, so that every sample given is sent, and begin another stream."""
        ...


def make_encoder(fmt: OutputFormat) -> AudioEncoder:
    """An encoder for a format that `OutputFormat` has already checked."""
    if fmt.encoding == "none":
        return NoEncoder()
    if fmt.encoding == "opus":
        return OpusEncoder(fmt.sample_rate)
    return RawEncoder(fmt.encoding, fmt.sample_rate)


class NoEncoder:
    """For clients that want no audio."""

    def encode(self, pcm: NDArray[np.int16]) -> list[Encoded]:
        """Nothing, whatever `pcm` holds."""
        del pcm
        return []

    def flush(self) -> list[Encoded]:
        """Nothing."""
        return []


class RawEncoder:
    """16-bit PCM or G.711 at any usual rate."""

    def __init__(self, encoding: Literal["pcm_s16le", "mulaw", "alaw"], sample_rate: int) -> None:
        self._encoding = encoding
        self._same = sample_rate == SPEAK_RATE
        self._resampler = Resampler(SPEAK_RATE, sample_rate)

    def encode(self, pcm: NDArray[np.int16]) -> list[Encoded]:
        """See `AudioEncoder.encode`."""
        return self._payloads(pcm if self._same else to_int16(self._resampler.feed(to_float(pcm))))

    def flush(self) -> list[Encoded]:
        """See `AudioEncoder.flush`."""
        return [] if self._same else self._payloads(to_int16(self._resampler.flush()))

    def _payloads(self, pcm: NDArray[np.int16]) -> list[Encoded]:
        if pcm.size == 0:
            return []
        if self._encoding == "pcm_s16le":
            return [Encoded(to_bytes(pcm), pcm.size)]
        return [Encoded(compress(pcm, self._encoding), pcm.size)]


class OpusEncoder:
    """Bare Opus packets of 20 ms, one payload each."""

    def __init__(self, sample_rate: int) -> None:
        self._frames = OpusFrames(sample_rate)
        self._resampler = Resampler(SPEAK_RATE, sample_rate)

    def encode(self, pcm: NDArray[np.int16]) -> list[Encoded]:
        """See `AudioEncoder.encode`; what does not fill a packet waits for more."""
        return self._payloads(self._frames.encode(self._resampler.feed(to_float(pcm))))

    def flush(self) -> list[Encoded]:
        """See `AudioEncoder.flush`; the last packet is filled up with silence."""
        packets = self._frames.encode(self._resampler.flush())
        return self._payloads(packets + self._frames.flush())

    def _payloads(self, packets: list[bytes]) -> list[Encoded]:
        return [Encoded(packet, self._frames.frame_samples) for packet in packets]
