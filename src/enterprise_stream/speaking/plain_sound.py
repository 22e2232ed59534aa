"""Plain samples from a service that was asked for them and puts a WAV header before them, heard as a click."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing

from enterprise_stream.audio.wav import WavDemuxer, WavFormat
from enterprise_stream.errors import AudioError, VendorError
from enterprise_stream.speaking.ports import SAMPLE_RATE

_RIFF = b"RIFF"
_ASKED = WavFormat(tag=1, bits=16, channels=1, rate=SAMPLE_RATE)

_NO_SAMPLES = (
    "text/",
    "application/json",
    "audio/mp",
    "audio/ogg",
    "audio/opus",
    "audio/aac",
    "audio/flac",
    "audio/webm",
)
"""How media types begin that are no samples: played as such, they are loud noise."""


def is_samples(media_type: str) -> bool:
    """Whether a response of this type may hold samples; servers call them by many names."""
    return not media_type.strip().lower().startswith(_NO_SAMPLES)


async def plain(sound: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """The samples of `sound`, which comes in pieces of any size and is closed with this.

    Raises:
        VendorError: they are others than 16 bits, mono, at 24 kHz; and whatever `sound` raises.
    """
    held, begun = b"", False
    demuxer: WavDemuxer | None = None
    async with aclosing(sound):
        async for data in sound:
            held += data
            if not begun and len(held) < len(_RIFF):
                continue
            if not begun and held.startswith(_RIFF):
                demuxer = WavDemuxer()
            begun = True
            for samples in (held,) if demuxer is None else _samples(demuxer, held):
                yield samples
            held = b""
    if held:
        yield held


def _samples(demuxer: WavDemuxer, data: bytes) -> Iterator[bytes]:
    try:
        for part in demuxer.feed(data):
            if isinstance(part, bytes):
                yield part
            elif part != _ASKED:
                raise _other()
    except AudioError:
        raise _other() from None


def _other() -> VendorError:
    return VendorError("The voice came in another form than was asked for.", code="vendor_garbled")
