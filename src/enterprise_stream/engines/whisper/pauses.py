"""Where an utterance is quiet: where to cut a long one, and whether what was added to it is silence. Pure functions."""

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.listening.ports import SAMPLE_RATE, Samples

_FRAME = SAMPLE_RATE // 50  # 20 ms
_PAUSE_FRAMES = 15  # 300 ms, a breath
_FLOOR_RATIO = 1.6  # 4 dB over the quietest tenth
_FLOOR_RMS = 3e-4  # -70 dBFS; a microphone's own noise is not speech
_SPEECH_RATIO = 0.1  # nothing 20 dB under the loudest tenth is a word
_END_FRAMES = 3  # 60 ms


def levels(samples: Samples) -> NDArray[np.float32]:
    """RMS of each whole 20 ms of `samples`, shape (n // 320,)."""
    whole = len(samples) // _FRAME * _FRAME
    frames = samples[:whole].reshape(-1, _FRAME)
    rms: NDArray[np.float32] = np.sqrt(np.mean(np.square(frames, dtype=np.float32), axis=1))
    return rms


def grew_by_silence(samples: Samples, covered: int) -> bool:
    """Whether `samples[covered:]` holds no speech, so that words found in `samples[:covered]` stand for all of it.

    Answers yes only when it is plain: the covered part ends quietly already, and the rest stays as quiet as the
    quietest tenth of it and far under its loudest. Where the room is loud the answer may be no for want of evidence.

    Args:
        samples: shape (n,).
        covered: samples that have been recognised; no more than n.
    """
    heard, added = levels(samples[:covered]), levels(samples[covered:])
    if len(heard) < 2 * _END_FRAMES:
        return False
    floor = max(_FLOOR_RMS, _FLOOR_RATIO * float(np.quantile(heard, 0.1)))
    limit = min(floor, max(_FLOOR_RMS, _SPEECH_RATIO * float(np.quantile(heard, 0.9))))
    rest = samples[covered + len(added) * _FRAME :]
    tail = float(np.sqrt(np.mean(np.square(rest)))) if len(rest) else 0.0
    return bool(np.all(heard[-_END_FRAMES:] <= limit) and np.all(added <= limit) and tail <= limit)


def quietest_cut(samples: Samples, earliest: int, latest: int) -> int:
    """Middle of the quietest 300 ms between two positions: where a window may end without cutting a word.

    Args:
        samples: shape (n,); n > latest.
        earliest: first sample that the pause may hold.
        latest: the pause ends before this sample; at least 300 ms after `earliest`.

    Returns:
        A position between `earliest` and `latest`.
    """
    energy = np.square(levels(samples[earliest:latest]))
    smooth = np.convolve(energy, np.ones(_PAUSE_FRAMES), mode="valid")
    return earliest + (int(np.argmin(smooth)) + _PAUSE_FRAMES // 2) * _FRAME
