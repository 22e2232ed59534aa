"""Which character sounds when: the vendor's `alignment`, made from the words that a voice tells."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from enterprise_stream.speaking.ports import Word


@dataclass(frozen=True, slots=True)
class Char:
    """A character and where it sounds, in ms from the text's start."""

    char: str
    start_ms: float
    duration_ms: float


class Aligner:
    """Deals the characters of a text out to the pieces of sound that they begin in.

    What of a word sounds later waits for the later pieces, so that a word may be spread over several, as the vendor's
    are. A blank follows each word.
    """

    def __init__(self) -> None:
        self._waiting: list[Char] = []

    def piece(self, words: tuple[Word, ...], begin_ms: float, end_ms: float) -> dict[str, Any] | None:
        """The `alignment` of a piece of sound, its times counted from the piece's start; None where it has no text.

        Args:
            words: those that begin in the piece.
            begin_ms: where the piece lies.
            end_ms: where the next one begins.
        """
        for word in words:
            self._waiting += self._chars(word)
        inside = [char for char in self._waiting if char.start_ms < end_ms]
        self._waiting = self._waiting[len(inside) :]
        return _told(inside, begin_ms)

    def rest(self, begin_ms: float) -> dict[str, Any] | None:
        """The characters that no piece had."""
        rest, self._waiting = self._waiting, []
        return _told(rest, begin_ms)

    def _chars(self, word: Word) -> Iterator[Char]:
        share = (word.end_ms - word.start_ms) / len(word.text)
        for n, char in enumerate(word.text):
            yield Char(char, word.start_ms + n * share, share)
        yield Char(" ", word.end_ms, 0.0)


def _told(chars: list[Char], begin_ms: float) -> dict[str, Any] | None:
    if not chars:
        return None
    return {
        "chars": [char.char for char in chars],
        "charStartTimesMs": [max(0, round(char.start_ms - begin_ms)) for char in chars],
        "charDurationsMs": [round(char.duration_ms) for char in chars],
    }
