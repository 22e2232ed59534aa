"""The guest's sound, however it is sent, as mono float32 at 16 kHz."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.audio.containers import OpusStream, Stream, WavStream, joined
from enterprise_stream.audio.formats import InputFormat
from enterprise_stream.audio.limits import FeedBudget
from enterprise_stream.audio.ogg import OggDemuxer
from enterprise_stream.audio.opus import DECODE_RATE, OpusDecoder
from enterprise_stream.audio.pcm import LISTEN_RATE, SILENCE
from enterprise_stream.audio.raw import RawDecoder
from enterprise_stream.audio.resample import Resampler
from enterprise_stream.audio.sniff import Container, container_amid, container_at_start, looks_like_pcm
from enterprise_stream.audio.webm import WebmDemuxer
from enterprise_stream.errors import AudioError

Samples = NDArray[np.float32]


class AudioDecoder(Protocol):
    """One guest's sound, pushed in as it arrives. Nothing waits; any chunking gives the same sound.

    After an error the decoder can be used again at once; what the failed call was given is lost. A container goes on
    where the next one begins: what comes before that is dropped without another error, except that a decoder that
    finds out the format by itself also goes on at a chunk that looks like 16-bit samples.
    """

    def feed(self, data: bytes) -> Samples:
        """Add bytes and return the sound that they complete.

        Returns:
            Shape (n,), 16 kHz mono, possibly empty.

        Raises:
            AudioError: `bad_audio` for what cannot be decoded, `unsupported_audio` for what could be but is not
                taken, `audio_too_long` when the call would give more than `limits.MAX_FEED_MS`.
        """
        ...

    def flush(self) -> Samples:
        """The guest has stopped: return the sound that was held back, shape (n,).

        More may follow: the same stream goes on if it had not come to its end, or another one begins.
        """
        ...

    def close(self) -> None:
        """Give back what is held; safe to call twice. Nothing is fed afterwards."""
        ...


def make_decoder(fmt: InputFormat | None) -> AudioDecoder:
    """A decoder for a stated format, or with None one that finds out from the first bytes."""
    if fmt is None:
        return ContainerDecoder(None)
    match fmt.encoding:
        case "opus":
            return PacketDecoder()
        case "webm" | "ogg" | "wav":
            return ContainerDecoder(fmt.encoding)
        case "pcm_s16le" | "mulaw" | "alaw":
            return RawDecoder(fmt.encoding, fmt.sample_rate)


class PacketDecoder:
    """Bare Opus packets: each feed is one."""

    def __init__(self) -> None:
        self._budget = FeedBudget()
        self._decoder = OpusDecoder(self._budget)
        self._resampler = Resampler(DECODE_RATE, LISTEN_RATE)

    def feed(self, data: bytes) -> Samples:
        """See `AudioDecoder.feed`; an error loses this packet only."""
        if not data:
            return SILENCE
        self._budget.renew()
        return self._resampler.feed(self._decoder.decode(data))

    def flush(self) -> Samples:
        """See `AudioDecoder.flush`."""
        return self._resampler.flush()

    def close(self) -> None:
        """See `AudioDecoder.close`."""


class ContainerDecoder:
    """Containers one after another: of a stated kind, or whatever comes, 16-bit samples at 16 kHz included."""

    def __init__(self, only: Container | None) -> None:
        """Begin.

        Args:
            only: the kind that every container has; None to find out.
        """
        self._only = only
        self._budget = FeedBudget()
        self._stream: Stream | RawDecoder | None = None
        self._undecided = b""
        self._flushed = False
        self._lost = False

    def feed(self, data: bytes) -> Samples:
        """See `AudioDecoder.feed`."""
        if self._undecided:
            data = self._undecided + data
            self._undecided = b""
        if not data:
            return SILENCE
        self._budget.renew()
        try:
            return self._feed(data)
        except AudioError:
            self._lost = not isinstance(self._stream, RawDecoder)
            self._stream = None
            raise

    def flush(self) -> Samples:
        """See `AudioDecoder.flush`; bytes that could have become a header are samples then."""
        self._flushed = True
        rest, self._undecided = self._undecided, b""
        if rest and self._only is None and not self._lost:
            raw = self._stream = RawDecoder("pcm_s16le", LISTEN_RATE)
            return joined([raw.feed(rest), raw.flush()])
        return SILENCE if self._stream is None else self._stream.flush()

    def close(self) -> None:
        """See `AudioDecoder.close`."""
        self._stream = None
        self._undecided = b""

    def _feed(self, data: bytes) -> Samples:
        ended = self._stream is None or (self._flushed and _finished(self._stream))
        begins = container_at_start(data) if ended else container_amid(data)
        if begins == "wait":
            self._undecided = data
            return SILENCE
        self._flushed = False
        following = self._following(begins, data, ended)
        if following is None:
            return SILENCE if self._stream is None else self._stream.feed(data)
        rest = SILENCE if self._stream is None else self._stream.flush()
        self._stream = following
        self._lost = False
        return joined([rest, following.feed(data)])

    def _following(self, begins: Container | None, data: bytes, ended: bool) -> "Stream | RawDecoder | None":
        """The stream that `data` begins; None when it goes on with the one there is, or is lost."""
        if begins is not None and self._only in (None, begins):
            return self._container(begins)
        if self._lost:
            return RawDecoder("pcm_s16le", LISTEN_RATE) if self._only is None and looks_like_pcm(data) else None
        return self._fallback() if ended else None

    def _container(self, kind: Container) -> Stream:
        if kind == "wav":
            return WavStream(self._budget)
        return OpusStream(WebmDemuxer() if kind == "webm" else OggDemuxer(), self._budget)

    def _fallback(self) -> RawDecoder:
        if self._only is None:
            return RawDecoder("pcm_s16le", LISTEN_RATE)
        name = {"webm": "WebM", "ogg": "Ogg", "wav": "WAV"}[self._only]
        msg = f"the audio does not begin with a {name} header; send the recording from its first chunk on"
        raise AudioError(msg)


def _finished(stream: Stream | RawDecoder) -> bool:
    """Whether, after a flush, the next bytes belong to something else; raw samples may give way to a container."""
    return isinstance(stream, RawDecoder) or stream.finished
