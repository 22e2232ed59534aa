"""Where a clause's sound may be broken off and gone on with: between two words."""

from dataclasses import replace

import numpy as np

from enterprise_stream.speaking.ports import SAMPLE_RATE, Pcm, Speech, Word

AT_ONCE_MS = 400.0
"""Sound of a clause that is given as it comes, so that she begins at once; what follows is given in whole words, which
nobody waits for while this sounds."""

HEARD_SHARE = 0.5
"""A word of which more than this share has sounded counts as said."""


class Seam:
    """A clause's sound as it is given: one voice's, then that of the next one behind it.

    Attributes:
        sent_ms: sound given.
        said: words of the clause that have sounded, in whole or for the most part.
    """

    def __init__(self) -> None:
        self.sent_ms = 0.0
        self.said = 0
        self._begin()

    def _begin(self, *, repeats: bool = False) -> None:
        """The next voice begins, behind all that was given; its first word may be one that was cut off."""
        self._base_ms = self.sent_ms
        self._made_ms = 0.0
        self._held: list[Pcm] = []
        self._words: list[Word] = []
        self._last: Word | None = None
        self._repeats = repeats

    def add(self, speech: Speech) -> Speech | None:
        """Take a piece; returns what may be given now."""
        self._held.append(speech.samples)
        self._made_ms += speech.samples.size * 1000 / SAMPLE_RATE
        self._words += speech.words
        if self.sent_ms < AT_ONCE_MS:
            return self._give(self._made_ms)
        cut = next((word for word in reversed(self._words) if word.end_ms > self._made_ms), None)
        return self._give(self._made_ms if cut is None else cut.start_ms)

    def end(self) -> Speech | None:
        """The voice has said all: what was held back."""
        return self._give(self._made_ms, all_words=True)

    def break_off(self) -> bool:
        """The voice has failed; what was held back is dropped. Whether the clause can be gone on with."""
        if self._last is None and self.sent_ms == self._base_ms:  # it gave nothing: as much has been said as before
            self._begin(repeats=self._repeats)
            return True
        cut = False
        if self._last is not None:
            heard_ms = self.sent_ms - self._last.start_ms
            cut = heard_ms < HEARD_SHARE * (self._last.end_ms - self._last.start_ms)
        knows = self.said > 0 or self.sent_ms == 0
        self.said -= cut
        self._begin(repeats=cut)
        return knows

    def _give(self, until_ms: float, *, all_words: bool = False) -> Speech | None:
        """What was made up to here, in ms of this voice's sound, and the words that begin in it."""
        held = np.concatenate(self._held) if self._held else np.zeros(0, np.int16)
        given_ms = self.sent_ms - self._base_ms
        count = max(0, round((until_ms - given_ms) * SAMPLE_RATE / 1000))
        samples, rest = held[:count], held[count:]
        self._held = [rest] if rest.size else []
        words = [word for word in self._words if all_words or word.start_ms < until_ms]
        self._words = self._words[len(words) :]
        self.sent_ms += samples.size * 1000 / SAMPLE_RATE
        placed = tuple(
            replace(word, start_ms=word.start_ms + self._base_ms, end_ms=word.end_ms + self._base_ms) for word in words
        )
        self._last = placed[-1] if placed else self._last
        self.said += len(placed)
        if placed and self._repeats:
            placed, self._repeats = placed[1:], False  # its caption is out already
        return Speech(samples, placed) if samples.size or placed else None
