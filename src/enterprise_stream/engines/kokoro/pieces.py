"""A clause in pieces, so that its first sound comes early, and where each of its words sounds."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from enterprise_stream.speaking.pauses import CLOSERS, NO_PAUSE_MS, pause_after_ms
from enterprise_stream.speaking.ports import Word
from enterprise_stream.speaking.speech_text import Segment
from enterprise_stream.speaking.word_clock import share

FIRST_CHARS = 28
"""Spoken characters of the first piece, if the clause has a place to cut: about 1.7 s of speech, 0.6 s of work."""

GROWTH = 1.8
"""A piece may be this much longer than the one before it. The voice is 2 to 3 times faster than speech, so it is ready
before the one before it has been heard."""

_STRETCH, _LONG_STRETCH = 1.25, 1.6
"""How far a clause may exceed its limit before it is cut at a good place, and at just any word."""

_PHRASE_END = 2
_SENTENCE = re.compile(r"[.!?…;:]$")
_COMMA = re.compile(r"[,—–]$")
_CONNECTIVES = re.compile(
    r"(?:y|e|o|u|pero|que|para|con|porque|donde|cuando|si|desde|hasta|como|sin|aunque|en|"
    r"durante|por|and|or|but|that|which|with|because|where|when|if|from|until|so|to|for|while|at|in|on|during)",
    re.IGNORECASE,
)
_CLINGS = re.compile(
    r"(?:hasta|desde|sin|como|entre|from|until|el|la|los|las|un|una|unos|unas|de|del|a|al|en|con|por|para|y|e|o|u|que|se|su|sus|mi|tu|es|no|muy|"
    r"the|a|an|of|at|in|on|to|for|with|and|or|that|is|are|not|my|your|our|very)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Segments that are synthesised together.

    Attributes:
        segments: what it is made of.
        goes_on: whether it was cut off inside a phrase, so that its melody must not fall.
    """

    segments: tuple[Segment, ...]
    goes_on: bool = False

    @property
    def spoken(self) -> str:
        """What the voice says."""
        return " ".join(segment.spoken for segment in self.segments if segment.spoken)

    @property
    def audible(self) -> bool:
        """Whether it holds anything but punctuation."""
        return any(character.isalnum() for character in self.spoken)

    @property
    def pause_ms(self) -> float:
        """Silence that belongs after it, from its closing punctuation."""
        return pause_after_ms(self.spoken)


def cut(segments: Sequence[Segment], first_chars: float = FIRST_CHARS) -> tuple[Piece, ...]:
    """Cut a clause at the best places.

    Each piece ends at a sentence, else at a comma, else before a connective, else at a word that does not cling to the
    next.

    A piece is cut only when it would be longer than its limit (`first_chars`, growing by `GROWTH`); a short rest
    stays with the piece before it, a longer one when there is no good place.
    """
    pieces = []
    rest = list(segments)
    limit = first_chars
    while rest:
        count = _cut_at(rest, limit)
        end = rest[count - 1].spoken.rstrip(CLOSERS)
        goes_on = count < len(rest) and not _SENTENCE.search(end) and not _COMMA.search(end)
        pieces.append(Piece(tuple(rest[:count]), goes_on))
        rest = rest[count:]
        limit = min(max(first_chars, len(pieces[-1].spoken) * GROWTH), 240.0)
    return tuple(pieces)


def _cut_at(segments: Sequence[Segment], limit: float) -> int:
    """How many segments the next piece takes: the best cut near the limit, else the first possible one after it."""
    lengths = [len(segment.spoken) + 1 for segment in segments]
    whole = sum(lengths)
    if whole <= limit * _STRETCH:
        return len(segments)
    best, best_rank, length = len(segments), 0, 0
    for index in range(len(segments) - 1):
        length += lengths[index]
        if length > limit * _STRETCH and best_rank > 0:
            break
        rank = _rank(segments[index], segments[index + 1], length, limit)
        if rank > 0 and rank >= best_rank:
            best, best_rank = index + 1, rank
    if best_rank < _PHRASE_END and whole <= limit * _LONG_STRETCH:
        return len(segments)
    return best


def _rank(segment: Segment, following: Segment, length: float, limit: float) -> int:
    """How good a cut after `segment` is; none where too little sound before it would cover the work after it."""
    end = segment.spoken.rstrip(CLOSERS)
    if length >= limit / 3 and _SENTENCE.search(end):
        return 4
    if length >= limit / 3 and _COMMA.search(end):
        return 3
    if length < limit / 2 or _CLINGS.fullmatch(segment.spoken):
        return 0
    return _PHRASE_END if _CONNECTIVES.fullmatch(following.spoken) else 1


def place_words(piece: Piece, start_ms: float, end_ms: float, weight: Callable[[str], float]) -> tuple[Word, ...]:
    """Where the words of a piece sound between `start_ms` and `end_ms`.

    For a voice that was not measured: the time is shared out by phonemes (`weight` counts them), with a comma's worth
    of pause where punctuation stands inside the piece. A segment of several written words shares its time by letters;
    one that is not spoken has no length.
    """
    weights = [_weight(segment, weight) for segment in piece.segments]
    pauses = [_inner_pause(segment) for segment in piece.segments[:-1]] + [0.0]
    total = sum(weights)
    spare = max(0.0, end_ms - start_ms)
    scale = min(1.0, 0.5 * spare / sum(pauses)) if sum(pauses) else 0.0
    per_unit = (spare - scale * sum(pauses)) / total if total else 0.0
    words: list[Word] = []
    at = start_ms
    for segment, units, pause in zip(piece.segments, weights, pauses, strict=True):
        words.extend(share(segment.written.split(), at, at + units * per_unit))
        at += units * per_unit + scale * pause
    return tuple(words)


def _weight(segment: Segment, weight: Callable[[str], float]) -> float:
    return max(1.0, weight(segment.spoken)) if segment.spoken else 0.0


def _inner_pause(segment: Segment) -> float:
    """The model's own pauses inside a piece are about two thirds of those between pieces."""
    pause = Piece((segment,)).pause_ms
    return 0.0 if pause == NO_PAUSE_MS else pause * 0.66
