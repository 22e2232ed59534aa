"""Where a clause's words sound, for a service that tells where each character or word of what it says does."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from enterprise_stream.speaking.edges import Edges
from enterprise_stream.speaking.pauses import pause_after_ms
from enterprise_stream.speaking.ports import SAMPLE_RATE, Speech, Word
from enterprise_stream.speaking.speech_text import Segment
from enterprise_stream.speaking.word_clock import share


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of what is said, and where it sounds.

    Attributes:
        text: a character, a word or more.
        start_ms: from the first sample that the service sent for the clause.
        end_ms: likewise.
    """

    text: str
    start_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True)
class Sounded:
    """What a service has sent for a clause.

    Attributes:
        pcm: 16-bit little-endian at 24 kHz; a sample may be cut in two.
        marks: in order; they may be about sound that came before or will come.
    """

    pcm: bytes = b""
    marks: tuple[Mark, ...] = ()


class ToldWords:
    """Places written words by the marks of what is said for them.

    The two are matched by counting letters and digits, which no service changes, however it cuts its words and
    whatever it makes of the blanks and signs between them.
    """

    def __init__(self) -> None:
        self._segments: deque[Segment] = deque()
        self._letters: deque[tuple[float, float]] = deque()
        self._owed = 0  # letters of words that were placed before all of them were told
        self._at_ms = 0.0

    def say(self, segments: Sequence[Segment]) -> None:
        """These are said next."""
        self._segments += segments

    def hear(self, mark: Mark) -> None:
        """The service tells where something sounds."""
        letters = _letters(mark.text)
        step = (mark.end_ms - mark.start_ms) / max(1, letters)
        late = min(self._owed, letters)
        self._owed -= late
        self._letters += [(mark.start_ms + n * step, mark.start_ms + (n + 1) * step) for n in range(late, letters)]

    def begun(self, since_ms: float, until_ms: float) -> tuple[Word, ...]:
        """The words not yet placed that begin before `until_ms`, none of them earlier than `since_ms`."""
        words: list[Word] = []
        while self._segments:
            letters = _letters(self._segments[0].spoken)
            if letters and (not self._letters or self._letters[0][0] >= until_ms):
                break
            sounds = [self._letters.popleft() for _ in range(min(letters, len(self._letters)))]
            self._owed += letters - len(sounds)
            start = max(since_ms, self._at_ms, sounds[0][0] if sounds else 0.0)
            end = sounds[-1][1] if sounds else start
            if len(sounds) < letters:  # the rest of the word is told later: its end is a guess
                end = min(until_ms, end + (letters - len(sounds)) * (sounds[-1][1] - sounds[-1][0]) if sounds else end)
            self._at_ms = max(start, end)
            words += share(self._segments.popleft().written.split(), start, self._at_ms)
        return tuple(words)

    def rest(self, at_ms: float) -> tuple[Word, ...]:
        """The words that the service told nothing of; they are put at the clause's end."""
        words = [word for segment in self._segments for word in share(segment.written.split(), at_ms, at_ms)]
        self._segments.clear()
        return tuple(words)


class ToldSpeech:
    """A clause's sound as it comes, without the silence around it, each piece with its words."""

    def __init__(self) -> None:
        self._edges = Edges()
        self._words = ToldWords()
        self._odd = b""
        self._sounded_ms = 0.0
        self._last_spoken = ""

    def say(self, segments: Sequence[Segment]) -> None:
        """These are said next."""
        self._words.say(segments)
        self._last_spoken = next((s.spoken for s in reversed(segments) if s.spoken), self._last_spoken)

    def hear(self, sounded: Sounded) -> Speech | None:
        """The next piece that can be played, if there is one."""
        data = self._odd + sounded.pcm
        whole = len(data) // 2 * 2
        self._odd = data[whole:]
        samples = self._edges.cut(np.frombuffer(data[:whole], "<i2").astype(np.int16))
        skipped_ms = self._edges.skipped * 1000 / SAMPLE_RATE
        for mark in sounded.marks:
            self._words.hear(mark)
        if not samples.size:
            return None
        since_ms, self._sounded_ms = self._sounded_ms, self._sounded_ms + samples.size * 1000 / SAMPLE_RATE
        words = self._words.begun(since_ms + skipped_ms, self._sounded_ms + skipped_ms)
        return Speech(samples, tuple(_earlier(word, skipped_ms) for word in words))

    def end(self) -> Speech | None:
        """The pause that belongs after the clause, with the words that are left."""
        pause = self._edges.end(pause_after_ms(self._last_spoken))
        words = self._words.rest(self._sounded_ms)
        return Speech(pause, words) if pause.size or words else None


def _letters(text: str) -> int:
    return sum(character.isalnum() for character in text)


def _earlier(word: Word, ms: float) -> Word:
    return Word(word.text, max(0.0, word.start_ms - ms), max(0.0, word.end_ms - ms))
