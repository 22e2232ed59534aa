"""A clause from a service that streams plain PCM: its sound in pieces that can be played, each with its words."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence

import numpy as np

from enterprise_stream.speaking.edges import Edges
from enterprise_stream.speaking.pauses import pause_after_ms
from enterprise_stream.speaking.ports import Speech
from enterprise_stream.speaking.speech_text import Segment
from enterprise_stream.speaking.word_clock import Pace, WordClock


def spoken_text(segments: Sequence[Segment]) -> str:
    """What a service is given to say for a clause; empty when there is nothing to say in it."""
    spoken = " ".join(segment.spoken for segment in segments if segment.spoken)
    return spoken if any(character.isalnum() for character in spoken) else ""


async def streamed(pcm: AsyncIterator[bytes], segments: Sequence[Segment], pace: Pace) -> AsyncGenerator[Speech]:
    """The clause's sound as it comes, without the silence around it and with the pause that belongs after it.

    Args:
        pcm: little-endian 16-bit mono at 24 kHz, in pieces of any size: a sample may be cut in two.
        segments: what the clause says.
        pace: of the voice, for where its words sound.
    """
    edges, clock = Edges(), WordClock(segments, pace)
    odd = b""
    async for data in pcm:
        data = odd + data  # noqa: PLW2901 - with what was cut off the last piece
        whole = len(data) // 2 * 2
        odd = data[whole:]
        samples = edges.cut(np.frombuffer(data[:whole], "<i2").astype(np.int16))
        if samples.size:
            yield Speech(samples, clock.hear(samples))
    rest = edges.end(pause_after_ms(spoken_text(segments)))
    words = clock.end(rest)
    if rest.size or words:
        yield Speech(rest, words)
