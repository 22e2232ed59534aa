"""One piece's sound as it is made: short stretches first, each with the words that begin in it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.engines.kokoro.captions import FRAME_MS
from enterprise_stream.engines.kokoro.synthesis import FRAME, Score, SteadyVoice
from enterprise_stream.errors import EngineError
from enterprise_stream.speaking.loudness import fade, level, round_peaks, trim_end, trim_start
from enterprise_stream.speaking.ports import SAMPLE_RATE, Speech, Word

FIRST_FRAMES = 14
"""Frames of the first stretch: 350 ms of sound, of which 75 are the silence before it."""

GROWTH = 1.8
"""A stretch is this much longer than the one before it: it is ready before that one has been heard."""

MOST_FRAMES = 80
"""A stretch is at most 2 s, so that a guest waits for another one's no longer than that takes to make."""

LEAST_FRAMES = 10
"""What would be left over as less than this belongs to the stretch before it."""

_BEFORE, _AFTER = 3, 4
"""Frames of the silence around the phonemes that are made too: a sound begins a little before its frame."""


def stretches(start: int, stop: int) -> list[tuple[int, int]]:
    """Frames from `start` to before `stop` in growing stretches."""
    found, size = [], FIRST_FRAMES
    while start < stop:
        end = start + size if stop - start - size >= LEAST_FRAMES else stop
        found.append((start, end))
        start, size = end, min(MOST_FRAMES, int(size * GROWTH))
    return found


class PieceStream:
    """The sound of one piece, one stretch a call.

    Args:
        voice: whose sound it is.
        score: what is said.
        words: where its words sound, in ms from the score's first frame.
        start_ms: where in the clause the piece begins.
        pause_ms: silence after it.
    """

    def __init__(
        self, voice: SteadyVoice, score: Score, words: Sequence[Word], start_ms: float, pause_ms: float
    ) -> None:
        self._voice = voice
        self._score = score
        self._words = list(words)
        self._pause = np.zeros(int(pause_ms * SAMPLE_RATE / 1000), np.float32)
        first = max(0, int(score.starts[1]) - _BEFORE)
        self._spoken = int(score.starts[-2])
        self._left = stretches(first, min(score.frames, self._spoken + _AFTER))
        self._start_ms = start_ms
        self._shift_ms = start_ms - first * FRAME_MS
        self._begun = False
        self.at_ms = start_ms

    @property
    def ended(self) -> bool:
        """Whether all of it was made."""
        return not self._left

    def next(self) -> Speech:
        """Make the next stretch; blocking. `at_ms` is then where it ends in the clause.

        Raises:
            EngineError: the voice failed.
        """
        start, stop = self._left.pop(0)
        try:
            sound = self._voice.stretch(self._score, start, stop)
        except Exception as error:
            raise EngineError("The embedded voice failed; the answer goes on as text.") from error
        sound = self._shaped(sound, start)
        self.at_ms += 1000.0 * sound.size / SAMPLE_RATE
        return Speech(np.round(sound * 32767.0).astype(np.int16), self._begin_before(self.at_ms))

    def _shaped(self, sound: NDArray[np.float32], start: int) -> NDArray[np.float32]:
        """Without the silence around the piece, its ends faded, its peaks bent, its pause behind it."""
        alone = not self._begun and self.ended
        fade_in = 0
        if self.ended:
            sound = trim_end(sound, keep=max(0, self._spoken - start) * FRAME)
        if not self._begun:
            whole = sound.size
            sound = trim_start(sound)
            self._shift_ms -= 1000.0 * (whole - sound.size) / SAMPLE_RATE
            self._begun = sound.size > 0
            fade_in = 4
        sound = self._alone(sound) if alone else round_peaks(sound)
        sound = fade(sound, fade_in, 12 if self.ended else 0)
        return np.concatenate([sound, self._pause]) if self.ended else sound

    def _alone(self, sound: NDArray[np.float32]) -> NDArray[np.float32]:
        """Levelled as it is heard, its pause included: the fixed gain is too little for so short a sound."""
        return level(np.concatenate([sound, self._pause]))[: sound.size]

    def _begin_before(self, end_ms: float) -> tuple[Word, ...]:
        """The words that begin before `end_ms`, or all that are left when the piece has ended.

        The first one is less ahead of its frame than the others (by 20 ms instead of 60), so it begins with the sound.
        """
        found: list[Word] = []
        while self._words and (self.ended or self._words[0].start_ms + self._shift_ms < end_ms):
            word = self._words.pop(0)
            begins = max(self._start_ms, word.start_ms + self._shift_ms)
            found.append(Word(word.text, begins, max(begins, word.end_ms + self._shift_ms)))
        return tuple(found)
