"""A recogniser's ear: takes a stream of sound and tells, by the stream's own time, what a fast recogniser would know.

It hears speech by energy, and knows the words from the recording that the sound comes from. Interim results come every
200 ms and hold the words whose end was heard; 100 ms after the last speech the words are final. A pause inside a turn
of that length makes words final too, as it does with vendors' recognisers: what follows is another segment.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from enterprise_stream.testing.simulated.recordings import RATE, Place, Recordings, Sound, SpokenWord

BLOCK_MS = 10.0
"""Sound that is judged at once."""

SPEECH_DBFS = -45.0
"""RMS of a block from which it is speech."""

INTERIM_EVERY_MS = 200.0
"""Speech between two interim results."""

FINAL_AFTER_MS = 100.0
"""From the last speech to final words."""

_BLOCK = int(RATE * BLOCK_MS / 1000)
_POWER = (32768.0 * 10 ** (SPEECH_DBFS / 20)) ** 2
_CLIPPED_MS = 60.0
"""A word of which this much was missed at the stream's beginning is still understood."""

_RECORDINGS_KEPT = 8
"""Recordings whose words are remembered: more than a turn holds."""


@dataclass(frozen=True, slots=True)
class Began:
    """Speech begins, at `at_ms` of the stream."""

    at_ms: float


@dataclass(frozen=True, slots=True)
class Heard:
    """Words of the running segment; the segment ends with the final ones.

    Attributes:
        text: may be empty.
        language: ISO 639-1 code, None without words.
        final: whether they will not be revised.
        at_ms: when a recogniser would tell, in ms of the stream.
    """

    text: str
    language: str | None
    final: bool
    at_ms: float


class Ear:
    """Hears one stream.

    Args:
        recordings: what may be heard.
        ahead_ms: how long before its end a word is known, for an ear that recognises words as people do, at the point
            where no other word fits (Marslen-Wilson, Cognition 25, 1987); 0 waits for each word's end.

    Attributes:
        heard_ms: sound heard so far.
        speech_end_ms: end of the last speech; None before the first.
    """

    def __init__(self, recordings: Recordings, ahead_ms: float = 0.0) -> None:
        self._ahead_ms = ahead_ms
        self.heard_ms = 0.0
        self.speech_end_ms: float | None = None
        self._recordings = recordings
        self._rest: Sound = np.zeros(0, np.int16)
        self._places: deque[tuple[float, Place]] = deque(maxlen=_RECORDINGS_KEPT)
        self._segment_ms: float | None = None
        self._words_from_ms = -_CLIPPED_MS
        self._interim_ms = 0.0
        self._lost = True

    @property
    def speaking(self) -> bool:
        """Whether a segment is open: speech began and its words are not final yet."""
        return self._segment_ms is not None

    @property
    def silent_ms(self) -> float:
        """Silence since the last speech; 0 before the first."""
        return 0.0 if self.speech_end_ms is None else self.heard_ms - self.speech_end_ms

    def hear(self, sound: Sound) -> list[Began | Heard]:
        """Take the stream's next samples, shape (n,), int16; returns what becomes known in them."""
        audio = np.concatenate((self._rest, sound)) if self._rest.size else sound
        blocks = audio.size // _BLOCK
        self._rest = audio[blocks * _BLOCK :]
        if not blocks:
            return []
        whole = audio[: blocks * _BLOCK].reshape(blocks, _BLOCK).astype(np.float32)
        loud = np.einsum("ij,ij->i", whole, whole) >= _POWER * _BLOCK
        if self._lost and loud.any():
            self._locate(audio)
        news: list[Began | Heard] = []
        for speech in loud.tolist():
            self._block(speech, news)
        return news

    def pending(self) -> tuple[str, str | None]:
        """What the final words of the running segment would be if it ended now, and their language."""
        return self._words(lambda begin, word: begin + word.start_ms < (self.speech_end_ms or 0.0))

    def _words(self, known: Callable[[float, SpokenWord], bool]) -> tuple[str, str | None]:
        texts, language = [], None
        for begin, place in self._places:
            for word in place.recording.words:
                if begin + word.start_ms >= self._words_from_ms and known(begin, word):
                    texts.append(word.text)
                    language = place.recording.language
        return " ".join(texts), language

    def _block(self, speech: bool, news: list[Began | Heard]) -> None:
        self.heard_ms += BLOCK_MS
        if speech:
            self.speech_end_ms = self.heard_ms
            if self._segment_ms is None:
                self._segment_ms = self.heard_ms - BLOCK_MS
                self._interim_ms = self._segment_ms + INTERIM_EVERY_MS
                news.append(Began(self._segment_ms))
        if self._segment_ms is None:
            return
        if self.silent_ms >= FINAL_AFTER_MS:
            text, language = self.pending()
            news.append(Heard(text, language, True, self.heard_ms))
            self._words_from_ms = self.speech_end_ms or 0.0
            self._segment_ms = None
            self._lost = True
        elif self.heard_ms >= self._interim_ms:
            self._interim_ms += INTERIM_EVERY_MS
            text, language = self._words(lambda begin, word: begin + word.end_ms - self._ahead_ms <= self.heard_ms)
            news.append(Heard(text, language, False, self.heard_ms))

    def _locate(self, audio: Sound) -> None:
        place = self._recordings.place(audio)
        if place is None:
            return
        self._lost = False
        begin = self.heard_ms - place.sample * 1000 / RATE
        if not self._places or abs(self._places[-1][0] - begin) > 1.0:
            self._places.append((begin, place))
