"""Takes away what an answer repeats of its own beginning, where it goes on from what another brain has said."""

import re
import unicodedata

_WORD = re.compile(r"\S+\s*")


class Overlap:
    """Holds back an answer's first words until it is plain whether they were said before. Pure.

    Args:
        said: what was said before; empty lets all through.
    """

    def __init__(self, said: str) -> None:
        self._said = [_folded(word) for word in said.split()]
        self._blank_due = bool(said) and not said[-1].isspace()
        self._matches = list(range(len(self._said)))
        self._held = ""
        self._through = not self._said

    def feed(self, text: str) -> str:
        """What of the answer may go out, now that `text` has come."""
        if self._through:
            return text
        self._held += text
        words = _WORD.findall(self._held)
        if words and not words[-1][-1].isspace():
            words.pop()  # it may not be whole yet
        if self._goes_on(words):
            return ""
        return self.flush()

    def flush(self) -> str:
        """What is left when nothing more comes."""
        if self._through:
            return ""
        self._through = True
        words = _WORD.findall(self._held)
        rest = "".join(words[self._repeated(words) :])
        return f" {rest}" if rest and self._blank_due and rest[0].isalnum() else rest

    def _goes_on(self, words: list[str]) -> bool:
        """Whether what has come so far may still turn out to be a repetition."""
        heard = [_folded(word) for word in words]
        return any(
            self._said[start : start + len(heard)] == heard and start + len(heard) < len(self._said)
            for start in self._matches
        )

    def _repeated(self, words: list[str]) -> int:
        """How many of the first words repeat the last words said; the longest such run counts."""
        heard = [_folded(word) for word in words]
        lengths = (len(self._said) - start for start in self._matches)
        return next((n for n in lengths if n <= len(heard) and self._said[-n:] == heard[:n]), 0)


def _folded(word: str) -> str:
    letters = unicodedata.normalize("NFKC", word.strip()).casefold()
    return letters.strip(".,;:!?¡¿…\"'«»()") or letters
