"""Where a piece's words sound, from the frames that the model gave to each of their phonemes."""

from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.speaking.ports import Word
from enterprise_stream.speaking.speech_text import Segment
from enterprise_stream.speaking.word_clock import share

FRAME_MS = 25.0
"""Length of a frame of the model's durations."""

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


def place(segments: Sequence[Segment], where: Sequence[tuple[int, int]], starts: NDArray[np.int64]) -> list[Word]:
    """The words of a piece, in ms from its first frame.

    Args:
        segments: what the piece says.
        where: the phonemes of each; see `spans`.
        starts: see `synthesis.Score.starts`; the phonemes follow the pad in front.

    Returns:
        A word for each written word. One that is not spoken has no length.
    """
    words: list[Word] = []
    last = float(starts[1]) * FRAME_MS
    for segment, (start, end) in zip(segments, where, strict=True):
        begins = max(last, float(starts[start + 1]) * FRAME_MS) if end > start else last
        last = max(begins, float(starts[end + 1]) * FRAME_MS) if end > start else last
        words.extend(share(segment.written.split(), begins, last))
    return words
