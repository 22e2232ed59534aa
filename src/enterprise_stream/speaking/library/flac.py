"""A clip as a FLAC file: any player opens it, its tags say what it is, and a checksum says whether it is whole.

FLAC, because it gives back the very samples (a clip then joins live speech as live speech does) and is read four times
faster than Opus; docs/adr/0007-voice-library.md has the figures.
"""

import io
import json
import zlib
from typing import Any

import av
import numpy as np

from enterprise_stream.errors import AudioError
from enterprise_stream.speaking.library.clip import CATEGORIES, Clip
from enterprise_stream.speaking.ports import SAMPLE_RATE, Pcm

_TAG = "CLIP"
_LEVEL = {"compression_level": "5"}


def encode(clip: Clip) -> bytes:
    """The file's contents."""
    facts = {
        "language": clip.language,
        "text": clip.text,
        "category": clip.category,
        "spans": [[round(start, 2), round(end, 2)] for start, end in clip.spans],
        "samples": clip.samples.size,
    }
    tag = json.dumps(facts | {"check": _check(facts, clip.samples)}, ensure_ascii=False)
    out = io.BytesIO()
    with av.open(out, "w", format="flac") as container:
        container.metadata.update({_TAG: tag, "TITLE": clip.text, "GENRE": clip.category})
        stream = container.add_stream("flac", rate=SAMPLE_RATE, layout="mono", options=_LEVEL)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(clip.samples)[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts = SAMPLE_RATE, 0
        container.mux([*stream.encode(frame), *stream.encode(None)])
    return out.getvalue()


def decode(data: bytes) -> Clip:
    """The clip in a file's contents.

    Raises:
        AudioError: they are not those of a whole clip.
    """
    try:
        with av.open(io.BytesIO(data), format="flac") as container:
            facts = _facts(container)
            samples = np.concatenate([frame.to_ndarray().ravel() for frame in container.decode(audio=0)])
        check = facts.pop("check")
        if samples.dtype != np.int16 or samples.size != facts["samples"] or check != _check(facts, samples):
            raise AudioError("The clip is not whole.")
        samples.flags.writeable = False
        spans = tuple((float(start), float(end)) for start, end in facts["spans"])
        return Clip(samples, spans, facts["language"], facts["text"], facts["category"])
    except (av.FFmpegError, ValueError, KeyError, TypeError, EOFError) as error:
        raise AudioError("The clip cannot be read.") from error


def describe(data: bytes) -> dict[str, Any]:
    """What a clip's tags say (language, text, category, samples), without reading its sound.

    Raises:
        AudioError: the contents are not those of a clip.
    """
    try:
        with av.open(io.BytesIO(data), format="flac") as container:
            return _facts(container)
    except (av.FFmpegError, ValueError, KeyError, TypeError, EOFError) as error:
        raise AudioError("The clip cannot be read.") from error


def _facts(container: Any) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(container.metadata[_TAG])
    if facts["category"] not in CATEGORIES or not isinstance(facts["text"], str):
        raise ValueError("not a clip's tags")
    return facts


def _check(facts: dict[str, Any], samples: Pcm) -> int:
    told = json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()
    return zlib.crc32(samples.tobytes(), zlib.crc32(told))
