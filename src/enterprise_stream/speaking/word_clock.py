"""Where a clause's words sound, for a voice that does not say: by what is heard of its sounds, as they come."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, groupby, pairwise, takewhile

import numpy as np

from enterprise_stream.speaking.bands import MOMENT_MS, WINDOW_MS, Bands, Levels, Usual
from enterprise_stream.speaking.pauses import NO_PAUSE_MS, pause_after_ms
from enterprise_stream.speaking.ports import Pcm, Word
from enterprise_stream.speaking.sounds import sounds
from enterprise_stream.speaking.speech_text import Segment
from enterprise_stream.speaking.trellis import LASTS_MS, Sound, Trellis, audible_ms, sounding_ms

LOOK_MS = 120.0
"""How much of the sound after a place is heard before it is said what is there; that much is held back.

With 60 ms 4 words of 100 fewer are within 100 ms, with 250 ms 2 more.
"""

LOOK_PART = 0.25
"""At a clause's begin it is this part of what has come, so that its first sound hardly waits."""

_LOOK = round(LOOK_MS / MOMENT_MS) + 1

SLOWEST, FASTEST = 2.0, 0.5
"""Paces beyond these are a mistake in listening."""

_LEARNT = 0.1
"""How much a clause counts for a voice's pace, once ten were heard; until then all count the same."""


def share(texts: Sequence[str], start_ms: float, end_ms: float) -> list[Word]:
    """Written words that are said together, the time shared out by letters."""
    letters = sum(len(text) for text in texts)
    words = []
    at = start_ms
    for text in texts:
        end = at + (end_ms - start_ms) * len(text) / letters
        words.append(Word(text, at, end))
        at = end
    return words


class Pace:
    """How a voice speaks, learnt from all that it says: how fast in each language, and how bright."""

    def __init__(self) -> None:
        self.usual = Usual()
        self._slow: dict[str, float] = {}
        self._clauses: Counter[str] = Counter()

    def slow(self, language: str) -> float:
        """How much longer its sounds last than `trellis.LASTS_MS`."""
        return self._slow.get(language, 1.0)

    def lasts_ms(self, language: str, spoken: str) -> float:
        """How long it says `spoken` for, about, without its pauses."""
        return self.slow(language) * sum(LASTS_MS[kind] for kind in sounds(spoken, language))

    def learn(self, language: str, expected_ms: float, levels: Levels) -> None:
        """A clause that would last `expected_ms` at a pace of 1 sounded so."""
        heard = min(SLOWEST, max(FASTEST, sounding_ms(_normal(levels, self.usual)) / expected_ms))
        self._clauses[language] += 1
        known = self.slow(language)
        self._slow[language] = known + max(_LEARNT, 1 / self._clauses[language]) * (heard - known)
        self.usual.learn(levels)


def said(segments: Sequence[Segment], language: str) -> list[Sound]:
    """The sounds of a clause, each with the written words that begin in it.

    Written words that are said together ("120 €") share the time by letters, as in `share`. Words that are not said
    begin with the next one that is.
    """
    found: list[Sound] = []
    unsaid = 0
    for segment in segments:
        written = segment.written.split()
        kinds = sounds(segment.spoken, language)
        if not kinds:
            unsaid += len(written)
            continue
        starts = [0.0] * unsaid + [word.start_ms for word in share(written, 0.0, 1.0)]
        asks = pause_after_ms(segment.spoken) != NO_PAUSE_MS
        found += _stretch(kinds, starts, asks=asks)
        unsaid = 0
    return found


def _stretch(kinds: Sequence[int], starts: Sequence[float], *, asks: bool) -> list[Sound]:
    """The sounds of what is said together for written words that begin at these parts of it."""
    whole_ms = sum(LASTS_MS[kind] for kind in kinds)
    found: list[Sound] = []
    at, begun = 0.0, 0
    for kind, run in groupby(kinds):  # where one of a run ends and the next begins cannot be heard
        count = len(list(run))
        until = at + count * LASTS_MS[kind] / whole_ms
        ends = len(found) + count == len(kinds)
        now = [start for start in starts[begun:] if ends or start < until]
        begins = tuple(max(0.0, start - at) * whole_ms / LASTS_MS[kind] for start in now)
        found += [Sound(kind, begins), *[Sound(kind, ())] * (count - 1)]
        at, begun = until, begun + len(now)
    found[-1] = replace(found[-1], last=True, asks=asks)
    return found


class WordClock:
    """Places the words of one clause while its sound comes.

    Attributes:
        settled_ms: all words that begin before this have been told.

    Args:
        segments: what the clause says.
        pace: of the voice; learns from the clause when it has ended.
        language: ISO 639-1 code of the clause.
    """

    def __init__(self, segments: Sequence[Segment], pace: Pace, language: str) -> None:
        self.settled_ms = 0.0
        self._pace = pace
        self._language = language
        self._words = [word for segment in segments for word in segment.written.split()]
        self._said = said(segments, language)
        slow = pace.slow(language)
        self._later_ms = [part * slow * LASTS_MS[sound.kind] for sound in self._said for part in sound.begins]
        self._trellis = Trellis(self._said, slow, _LOOK) if self._said else None
        self._mean, self._deviation = pace.usual.mean, pace.usual.deviation
        self._bands = Bands()
        self._levels: list[Levels] = []
        self._moments = 0
        self._told = 0
        self._starts: list[float] = []  # of the words that are known to begin, told or not

    def hear(self, samples: Pcm) -> tuple[Word, ...]:
        """The words that begin between what was settled before and what is settled now that `samples` have come."""
        return self.follow(self._bands.hear(samples))

    def follow(self, levels: Levels) -> tuple[Word, ...]:
        """The same, where `levels` were heard in what has come."""
        self._levels.append(levels)
        if self._trellis is None:
            self._settle(len(levels))
            return ()
        starts: list[float] = []
        for _ in self._trellis.hear((levels - self._mean) / self._deviation):
            before_ms = self.settled_ms
            self._settle(1)
            self._notice(self._trellis.begun(self._back())[:2])
            known = self._starts[self._told + len(starts) :]
            starts += [max(before_ms, start) for start in takewhile(self._is_settled, known)]
        return self._tell(starts, self.settled_ms)

    def end(self, heard_ms: float) -> tuple[Word, ...]:
        """The words that are left when the clause's sound has ended, after `heard_ms`."""
        if self._trellis is not None and self._moments:
            self._notice(self._trellis.ended(self._back()))
            self._pace.learn(self._language, audible_ms(self._said), np.concatenate(self._levels))
        starts = [min(heard_ms, max(self.settled_ms, start)) for start in self._starts[self._told :]]
        starts += [heard_ms] * (len(self._words) - len(self._starts))
        self.settled_ms = heard_ms
        return self._tell(starts, heard_ms)

    def _notice(self, begun: Sequence[int]) -> None:
        """So many words have begun by each of the moments from the one that was settled last.

        One that was expected later than a word after it has begun with that word: the voice was faster.
        """
        first = self._moments - 1 - self._back()
        for moment, words in enumerate(begun, first):
            later = self._later_ms[len(self._starts) : words]
            if later:
                untold = self._starts[self._told :] + [moment * MOMENT_MS + later_ms for later_ms in later]
                self._starts[self._told :] = [*accumulate(reversed(untold), min)][::-1]

    def _is_settled(self, start_ms: float) -> bool:
        return start_ms <= self.settled_ms

    def _back(self) -> int:
        """How many moments before the last one is the one that was settled last."""
        return max(0, self._moments - int(self.settled_ms // MOMENT_MS))

    def _settle(self, moments: int) -> None:
        self._moments += moments
        heard_ms = (self._moments - 1) * MOMENT_MS + WINDOW_MS if self._moments else 0.0
        self.settled_ms = heard_ms - min(LOOK_MS, LOOK_PART * heard_ms)

    def _tell(self, starts: Sequence[float], until_ms: float) -> tuple[Word, ...]:
        """The next words, each until the one after it begins; the last until where all is settled."""
        texts = self._words[self._told : self._told + len(starts)]
        self._told += len(starts)
        return tuple(Word(text, *place) for text, place in zip(texts, pairwise([*starts, until_ms]), strict=True))


def _normal(levels: Levels, usual: Usual) -> Levels:
    return np.asarray((levels - usual.mean) / usual.deviation, np.float32)
