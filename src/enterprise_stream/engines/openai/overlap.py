"""Takes away what an answer repeats of its own beginning, where it goes on from what another brain has said."""

import re
import unicodedata
from typing import Literal

_WORD = re.compile(r"\S+\s*")
_JOINED = frozenset(".,;:!?…)]»”%")
"""What follows a word without a blank."""


class Overlap:
    """Holds back an answer's first words until it is plain whether they were said before. Pure.

    Args:
        said: what was said before; empty lets all through.
    """

    def __init__(self, said: str) -> None:
        self._said = [_folded(word) for word in said.split()]
        self._blank_due = bool(said) and not said[-1].isspace()
        self._held = ""
        self._state: Literal["holding", "beginning", "through"] = "holding" if self._said else "through"

    def feed(self, text: str) -> str:
        """What of the answer may go out, now that `text` has come."""
        if self._state != "holding":
            return self._let_out(text)
        self._held += text
        words = _WORD.findall(self._held)
        if words and not words[-1][-1].isspace():
            words.pop()  # it may not be whole yet
        return "" if self._goes_on(words) else self.flush()

    def flush(self) -> str:
        """What is left when nothing more comes."""
        if self._state != "holding":
            return ""
        self._state = "beginning"
        words = _WORD.findall(self._held)
        return self._let_out("".join(words[self._repeated(words) :]))

    def _let_out(self, text: str) -> str:
        """Text that goes out; the first of it is set off from what was said by one blank."""
        if self._state == "through":
            return text
        text = text.lstrip()
        if text:
            self._state = "through"
        return f" {text}" if text and self._blank_due and text[0] not in _JOINED else text

    def _goes_on(self, words: list[str]) -> bool:
        """Whether what has come so far may still turn out to be a repetition."""
        heard = [_folded(word) for word in words]
        return any(
            self._said[start : start + len(heard)] == heard and start + len(heard) < len(self._said)
            for start in range(len(self._said))
        )

    def _repeated(self, words: list[str]) -> int:
        """How many of the first words repeat the last words said; the longest such run counts."""
        heard = [_folded(word) for word in words]
        lengths = range(len(self._said), 0, -1)
        return next((n for n in lengths if n <= len(heard) and self._said[-n:] == heard[:n]), 0)


def _folded(word: str) -> str:
    letters = unicodedata.normalize("NFKC", word.strip()).casefold()
    return letters.strip(".,;:!?¡¿…\"'«»()") or letters
