"""Where a piece's words sound, from the frames that the model gave to each of their phonemes."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.speaking.ports import Word
from enterprise_stream.speaking.speech_text import Segment
from enterprise_stream.speaking.word_clock import share

FRAME_MS = 25.0
"""Length of a frame of the model's durations."""

AHEAD_MS = 60.0
"""How far the sound is ahead of the model's durations.

The vocoder keeps the time (what a frame of its input changes lies within 2 ms of that frame's middle), and the energy
that the model predicts for it is as early as the sound: it was learnt so in training. Where the level of the sound goes
best with how loud each phoneme is by its kind: medians of 55 to 75 ms in nine voices in two languages, the same at each
speed. The model's own pipeline takes 75 ms off, and asks whether that is right (`join_timestamps`,
https://github.com/hexgrad/kokoro/blob/main/kokoro/pipeline.py).
"""

_SILENT = frozenset(' .,;:!?…—–-"()“”«»¡¿')
"""What stands between words; the model gives it time of its own."""


def spans(whole: str, parts: Sequence[str]) -> list[tuple[int, int]]:
    """Where each of `parts` lies in `whole`: its first phoneme and the one after its last.

    Args:
        whole: phonemes of a piece. espeak-ng joins short words to the next and moves stresses, so it is not just the
            parts joined by blanks; what differs is matched as nearly as can be.
        parts: phonemes of its segments, each spoken alone; an empty one has an empty span.

    Returns:
        Spans in order, which do not overlap.
    """
    joined = " ".join(parts)
    codes = SequenceMatcher(None, joined, whole, autojunk=False).get_opcodes()
    found, offset, least = [], 0, 0
    for part in parts:
        start = max(least, _counterpart(codes, offset))
        end = max(start, _counterpart(codes, offset + len(part))) if part.strip() else start
        while start < end and whole[start] in _SILENT:
            start += 1
        while end > start and whole[end - 1] in _SILENT:
            end -= 1
        found.append((start, end))
        least = end
        offset += len(part) + 1
    return found


def _counterpart(codes: Sequence[tuple[str, int, int, int, int]], position: int) -> int:
    """The place in the second string that belongs to `position` in the first."""
    for _, start, end, other, other_end in codes:
        if start <= position < end:
            return other + (position - start) * (other_end - other) // (end - start)
    return codes[-1][4] if codes else 0


def sounding(starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """When each phoneme of a piece begins to sound, in ms from its first frame, and when the last one ends.

    Args:
        starts: see `synthesis.Score.starts`; the phonemes follow the pad in front.
    """
    return np.asarray(np.maximum(0.0, starts[1:] * FRAME_MS - AHEAD_MS))


def run_on(where: Sequence[tuple[int, int]], sounds_ms: NDArray[np.float64]) -> NDArray[np.float64]:
    """`sounds_ms`, where words with only a blank between them go over into one another in its middle.

    The model gives such a blank 25 to 75 ms, and nothing is quiet there; its own pipeline (see `AHEAD_MS`) halves it
    too.
    """
    joined = sounds_ms.copy()
    spoken = [span for span in where if span[1] > span[0]]
    for (_, end), (start, _) in pairwise(spoken):
        if start == end + 1:
            joined[end] = joined[start] = (sounds_ms[end] + sounds_ms[start]) / 2
    return joined


def place(segments: Sequence[Segment], where: Sequence[tuple[int, int]], sounds_ms: NDArray[np.float64]) -> list[Word]:
    """The words of a piece, in ms from its first frame.

    Args:
        segments: what the piece says.
        where: the phonemes of each; see `spans`.
        sounds_ms: when each phoneme begins; see `sounding` and `run_on`.

    Returns:
        A word for each written word. One that is not spoken has no length.
    """
    words: list[Word] = []
    last = float(sounds_ms[0])
    for segment, (start, end) in zip(segments, where, strict=True):
        begins = max(last, float(sounds_ms[start])) if end > start else last
        last = max(begins, float(sounds_ms[end])) if end > start else last
        words.extend(share(segment.written.split(), begins, last))
    return words
