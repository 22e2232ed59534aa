"""Where a clause's words sound, for a voice that does not say: by their letters, the voice's pace and its pauses."""

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from enterprise_stream.speaking.edges import FRAME, audible
from enterprise_stream.speaking.pauses import NO_PAUSE_MS, pause_after_ms
from enterprise_stream.speaking.ports import SAMPLE_RATE, Pcm, Word
from enterprise_stream.speaking.speech_text import Segment

MS_PER_UNIT = 72.0
"""Pace of a voice that was not heard yet: 14 sounds a second, between Spanish and English voices."""

SLOWEST, FASTEST = 130.0, 40.0
"""Paces beyond these, in ms, are a mistake in listening."""

PAUSE_MS = 120.0
"""Quiet inside a clause from which it is a pause between words; the closure before a "p" or a "t" has up to 75."""

NEAR_MS = 350.0
"""A pause is taken for the one that punctuation asks for within this distance of where it was expected."""

NEARER_MS = 250.0
"""The same between words without punctuation; a pause farther from them came earlier than their pace says."""

SHORTEST_MS = 80.0
"""A word sounds for this long at least: one that was placed later than that before a pause comes after it."""

WAIT_MS = 200.0
"""How long the word after punctuation waits for the pause before it; later there is none."""

_LEARNT = 0.3
_FRAME_MS = FRAME * 1000 / SAMPLE_RATE
_SILENT = re.compile(r"h|(?<=q)u|(?<=g)u(?=[eiéí])|(?<=l)l|(?<=r)r|[^\w]|_")


def units(spoken: str) -> int:
    """About how many sounds `spoken` has: its letters, without those that have no sound of their own."""
    return len(_SILENT.sub("", spoken.lower()))


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
    """How fast a voice speaks, learnt from all that it says.

    Attributes:
        ms_per_unit: see `units`.
    """

    def __init__(self) -> None:
        self.ms_per_unit = MS_PER_UNIT

    def learn(self, sounds: float, ms: float) -> None:
        """It has said this many in `ms`."""
        if sounds:
            heard = min(SLOWEST, max(FASTEST, ms / sounds))
            self.ms_per_unit += _LEARNT * (heard - self.ms_per_unit)


@dataclass(frozen=True, slots=True)
class _Part:
    """A written word, and what of the clause's sound is its own.

    Attributes:
        sounds: its share of what is said for its segment, by letters; 0 for what is written and not said.
        asks: whether a pause is asked for after it.
    """

    written: str
    sounds: float
    asks: bool


def _parts(segment: Segment) -> list[_Part]:
    shares = share(segment.written.split(), 0.0, units(segment.spoken))
    asks = bool(segment.spoken) and pause_after_ms(segment.spoken) != NO_PAUSE_MS
    return [_Part(each.text, each.end_ms - each.start_ms, asks and each is shares[-1]) for each in shares]


class WordClock:
    """Places the words of one clause while its sound comes.

    Between two pauses that the voice makes, the time is shared out by sounds.

    Args:
        segments: what the clause says.
        pace: of the voice; learns from the clause when it has ended.
    """

    def __init__(self, segments: Sequence[Segment], pace: Pace) -> None:
        self._pace = pace
        self._rate = pace.ms_per_unit
        self._left = deque(part for segment in segments for part in _parts(segment))
        self._last = _Part("", 0.0, asks=False)
        self._last_ms = 0.0  # where that begins
        self._at_ms = 0.0  # where it ends, as far as is known
        self._since = 0.0  # sounds since the last pause
        self._since_ms = 0.0  # where it ended
        self._said = 0.0
        self._spoken_ms = 0.0
        self._heard_ms = 0.0
        self._quiet_ms = 0.0  # at the end of what was heard
        self._pauses: deque[tuple[float, float]] = deque()

    def hear(self, samples: Pcm) -> tuple[Word, ...]:
        """The words that begin in the next `samples` of the clause."""
        before_ms = self._heard_ms
        self._heard_ms += samples.size * 1000 / SAMPLE_RATE
        self._listen(samples, before_ms)
        words: list[Word] = []
        while self._left:
            start_ms = self._next_start()
            if start_ms is None or start_ms >= self._heard_ms:
                break
            words.append(self._place(self._left.popleft(), max(before_ms, start_ms)))
        return tuple(words)

    def end(self, samples: Pcm) -> tuple[Word, ...]:
        """The words that are left when the clause ends with `samples`, which are its pause."""
        before_ms = self._heard_ms
        self._pace.learn(self._said + sum(part.sounds for part in self._left), self._spoken_ms)
        self._heard_ms += samples.size * 1000 / SAMPLE_RATE
        words = tuple(Word(part.written, before_ms, before_ms) for part in self._left)
        self._left.clear()
        return words

    def _place(self, part: _Part, start_ms: float) -> Word:
        self._at_ms = start_ms + part.sounds * self._rate
        self._since += part.sounds
        self._said += part.sounds
        if part.sounds:
            self._last, self._last_ms = part, start_ms
        return Word(part.written, start_ms, max(start_ms, min(self._at_ms, self._heard_ms)))

    def _next_start(self) -> float | None:
        """Where the next word begins; None while that is not known."""
        near_ms = NEAR_MS if self._last.asks else NEARER_MS
        while self._pauses and self._pauses[0][0] <= self._at_ms + near_ms:
            began_ms, ended_ms = self._pauses.popleft()
            if began_ms < self._at_ms - near_ms:
                self._at_ms += ended_ms - began_ms
            elif not self._last.asks and began_ms < self._last_ms + SHORTEST_MS:
                self._since -= self._last.sounds
                self._measure(began_ms, ended_ms)
                self._since = self._last.sounds
                self._last_ms, self._at_ms = ended_ms, ended_ms + self._last.sounds * self._rate
            else:
                self._measure(began_ms, ended_ms)
                return ended_ms
        waits = self._last.asks and (self._heard_ms < self._at_ms + WAIT_MS or self._quiet_ms > 0)
        return None if waits and self._left[0].sounds else self._at_ms

    def _measure(self, began_ms: float, ended_ms: float) -> None:
        """The voice paused where it was to: so fast it speaks in this clause."""
        if self._since:
            heard = min(SLOWEST, max(FASTEST, (began_ms - self._since_ms) / self._since))
            self._rate += (heard - self._rate) / 2
        self._at_ms = ended_ms
        self._since, self._since_ms = 0.0, ended_ms

    def _listen(self, samples: Pcm, at_ms: float) -> None:
        """Find the pauses in what has come."""
        for heard in audible(samples):
            at_ms += _FRAME_MS
            if not heard:
                self._quiet_ms += _FRAME_MS
                continue
            if self._quiet_ms >= PAUSE_MS:
                ended_ms = at_ms - _FRAME_MS
                self._pauses.append((ended_ms - self._quiet_ms, ended_ms))
            self._spoken_ms += _FRAME_MS + (self._quiet_ms if self._quiet_ms < PAUSE_MS else 0.0)
            self._quiet_ms = 0.0
