"""The guest's sound, however it is sent, as mono float32 at 16 kHz."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.audio.formats import InputFormat
from enterprise_stream.audio.raw import RawDecoder
from enterprise_stream.errors import AudioError


class AudioDecoder(Protocol):
    """One guest's sound, pushed in as it arrives. Nothing waits; any chunking gives the same sound.

    After an error the decoder can be used again at once: what the failed call was given is lost. A container goes on
    where the next one begins: what comes before the next header is dropped without another error, until `flush`,
    after which every byte counts again.
    """

    def feed(self, data: bytes) -> NDArray[np.float32]:
        """Add bytes and return the sound that they complete.

        Returns:
            Shape (n,), 16 kHz mono, possibly empty.

        Raises:
            AudioError: `bad_audio` for what cannot be decoded, `unsupported_audio` for what could be but is not
                taken, `audio_too_long` when the call would give more than `limits.MAX_FEED_MS`.
        """
        ...

    def flush(self) -> NDArray[np.float32]:
        """The guest has stopped: return the sound that was held back, shape (n,). More may follow."""
        ...

    def close(self) -> None:
        """Give back what is held; safe to call twice. Nothing is fed afterwards."""
        ...


def make_decoder(fmt: InputFormat | None) -> AudioDecoder:
    """A decoder for a stated format, or with None one that finds out from the first bytes."""
    if fmt is not None and fmt.encoding in ("pcm_s16le", "mulaw", "alaw"):
        return RawDecoder(fmt.encoding, fmt.sample_rate)
    if fmt is None:
        return RawDecoder("pcm_s16le", 16_000)
    msg = "containers are not decoded yet"
    raise AudioError(msg, code="unsupported_audio")
