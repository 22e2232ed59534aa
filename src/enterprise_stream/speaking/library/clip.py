"""A clause as it was said, and how its words are found again in another writing of the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

import numpy as np

from enterprise_stream.speaking.ports import SAMPLE_RATE, Pcm, Speech, Word
from enterprise_stream.speaking.speech_text import Segment

Category = Literal["welcome", "luxury", "support", "error", "general"]
"""What kind of answer a clip belongs to, in the wire's `responseType` names."""

CATEGORIES: tuple[Category, ...] = get_args(Category)

Span = tuple[float, float]
"""Where a word sounds: from, to, in ms from the clip's start."""


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A clause's whole sound.

    Attributes:
        samples: shape (n,), int16 at 24 kHz, the pause after it included.
        spans: one for each spoken word, in order.
        language: ISO 639-1 code.
        text: what is said, normalised.
    """

    samples: Pcm
    spans: tuple[Span, ...]
    language: str
    text: str
    category: Category = "general"

    @property
    def ms(self) -> float:
        """Its length."""
        return self.samples.size * 1000 / SAMPLE_RATE


def clip_of(
    pieces: Sequence[Speech], segments: Sequence[Segment], language: str, text: str, category: Category = "general"
) -> Clip:
    """The clip of a clause from all that the voice said for it.

    Raises:
        ValueError: the words of the pieces are not those of the segments.
    """
    samples = np.concatenate([piece.samples for piece in pieces])
    words = [word for piece in pieces for word in piece.words]
    spans: list[Span] = []
    at = 0
    for segment in segments:
        count = len(segment.written.split())
        own, at = words[at : at + count], at + count
        spoken = segment.spoken.split()
        if len(own) != count:
            raise ValueError("the voice left words out")
        if len(spoken) == count:
            spans += [(word.start_ms, word.end_ms) for word in own]
        elif spoken:
            spans += _shared(spoken, own[0].start_ms, own[-1].end_ms)
    if at != len(words):
        raise ValueError("the voice said more words")
    return Clip(samples, tuple(spans), language, text, category)


def speech_of(clip: Clip, segments: Sequence[Segment]) -> Speech:
    """A clip said for a clause that is spoken alike; its words are the clause's own, as written.

    Raises:
        ValueError: the clip says another number of words.
    """
    words: list[Word] = []
    at, now = 0, 0.0
    for segment in segments:
        written, count = segment.written.split(), len(segment.spoken.split())
        own, at = clip.spans[at : at + count], at + count
        if len(own) != count:
            raise ValueError("the clip has fewer words")
        if count == len(written):
            placed: Sequence[Span] = own
        else:
            placed = _shared(written, own[0][0], own[-1][1]) if own else [(now, now)] * len(written)
        words += [Word(text, *span) for text, span in zip(written, placed, strict=True)]
        now = words[-1].end_ms
    if at != len(clip.spans):
        raise ValueError("the clip has more words")
    return Speech(clip.samples, tuple(words))


def _shared(texts: Sequence[str], start_ms: float, end_ms: float) -> list[Span]:
    """A stretch of time shared out by letters."""
    letters = sum(len(text) for text in texts)
    ends = np.cumsum([len(text) for text in texts]) / letters * (end_ms - start_ms) + start_ms
    bounds = [start_ms, *(float(end) for end in ends[:-1]), end_ms]
    return list(pairwise(bounds))
