"""Each container's bytes to mono float32 at 16 kHz."""

from collections.abc import Iterator
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.audio.demux import Demuxer, OpusPacket, OpusStart
from enterprise_stream.audio.limits import FeedBudget
from enterprise_stream.audio.opus import DECODE_RATE, OpusDecoder, packet_samples
from enterprise_stream.audio.pcm import LISTEN_RATE, SILENCE, samples_to_ms
from enterprise_stream.audio.resample import Resampler
from enterprise_stream.audio.wav import WavDemuxer, WavFormat
from enterprise_stream.errors import AudioError

Samples = NDArray[np.float32]

_BATCH: Final = DECODE_RATE
"""Samples that are resampled at once: a second, so that a whole recording needs little memory at its own rate."""


class Stream(Protocol):
    """One container, or several of a kind after each other. After an error it is of no use."""

    def feed(self, data: bytes) -> Samples:
        """See `AudioDecoder.feed`."""
        ...

    def flush(self) -> Samples:
        """See `AudioDecoder.flush`."""
        ...

    @property
    def finished(self) -> bool:
        """Whether nothing more belongs to it."""
        ...


class WavStream:
    """WAV files."""

    def __init__(self, budget: FeedBudget) -> None:
        self._budget = budget
        self._demuxer = WavDemuxer()
        self._format: WavFormat | None = None
        self._resampler = Resampler(LISTEN_RATE, LISTEN_RATE)

    @property
    def finished(self) -> bool:
        """See `Stream.finished`."""
        return self._demuxer.finished

    def feed(self, data: bytes) -> Samples:
        """See `AudioDecoder.feed`."""
        pieces: list[Samples] = []
        for event in self._demuxer.feed(data):
            if isinstance(event, WavFormat):
                pieces.append(self._resampler.flush())
                self._resampler = Resampler(event.rate, LISTEN_RATE)
                self._format = event
            elif event and self._format is not None:
                self._budget.take(samples_to_ms(len(event) // self._format.frame_bytes, self._format.rate))
                pieces.append(self._resampler.feed(self._format.read(event)))
        return joined(pieces)

    def flush(self) -> Samples:
        """See `AudioDecoder.flush`."""
        return self._resampler.flush()


class OpusStream:
    """WebM or Ogg with Opus inside."""

    def __init__(self, demuxer: Demuxer, budget: FeedBudget) -> None:
        self._budget = budget
        self._demuxer = demuxer
        self._decoder: OpusDecoder | None = None
        self._resampler = Resampler(DECODE_RATE, LISTEN_RATE)

    @property
    def finished(self) -> bool:
        """See `Stream.finished`."""
        return self._demuxer.finished

    def feed(self, data: bytes) -> Samples:
        """See `AudioDecoder.feed`; what is too long is refused before any of it is decoded."""
        events = [*self._foreseen(data)]
        pieces: list[Samples] = []
        batch: list[Samples] = []
        batched = 0
        for event in events:
            if isinstance(event, OpusStart):
                pieces.append(self._resampler.feed(joined(batch)))
                pieces.append(self._resampler.flush())
                batch, batched = [], 0
                self._decoder = OpusDecoder(self._budget, event.pre_skip, event.gain_db)
                continue
            if self._decoder is None:
                msg = "sound came before its header; send the recording from its first chunk on"
                raise AudioError(msg)
            batch.append(self._decoder.decode(event.data, event.keep))
            batched += batch[-1].size
            if batched >= _BATCH:
                pieces.append(self._resampler.feed(joined(batch)))
                batch, batched = [], 0
        pieces.append(self._resampler.feed(joined(batch)))
        return joined(pieces)

    def _foreseen(self, data: bytes) -> Iterator[OpusStart | OpusPacket]:
        """What the bytes complete, as far as a feed may give so much sound."""
        samples = 0
        for event in self._demuxer.feed(data):
            if not isinstance(event, OpusStart):
                samples += packet_samples(event.data)
                self._budget.foresee(samples * 1000.0 / DECODE_RATE)
            yield event

    def flush(self) -> Samples:
        """See `AudioDecoder.flush`."""
        return self._resampler.flush()


def joined(pieces: list[Samples]) -> Samples:
    """The pieces one after another, shape (n,)."""
    filled = [piece for piece in pieces if piece.size]
    if not filled:
        return SILENCE
    return filled[0] if len(filled) == 1 else np.concatenate(filled)
