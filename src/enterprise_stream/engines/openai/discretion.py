"""What a model may not be talked into saying: its own instructions, and addresses that nobody gave it.

Telling a model not to is a request. This is what holds when it obeys a guest instead: the answer is read as it streams,
and neither gets out. It knows wording, not meaning: instructions that are translated or retold pass.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from enterprise_stream.engines.openai.wording import wording

RUN: Final = 6
"""Words in a row of the instructions that no honest answer has: they are commands, in the second person. So many get
out, as they may be the beginning of an honest one."""

_WORD = re.compile(r"\w+")
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+\.[\w.-]+"
    r"|(?:[\w-]+\.)+(?:app|biz|co|com|es|eu|example|info|io|me|mx|net|online|org|shop|site)\b(?:/\S*)?",
    re.IGNORECASE,
)
_MAY_BE_ONE = re.compile(r"@|/|:\w|\.\w|^www|^http", re.IGNORECASE)
_CLOSING = ".,;:!?…)]»”\"'"


class Discretion:
    """Reads one answer.

    Args:
        language: of the wording that the model was given.
        told: what it was told beside it; addresses in there may be said.
        heard: what the guest has said; a mail address of his may be said back to him, no other address.

    Attributes:
        broken: whether the answer has begun to recite its instructions; nothing more of it gets out.
    """

    def __init__(self, language: str, told: Iterable[str], heard: Iterable[str] = ()) -> None:
        self.broken = False
        self._runs = _runs(language)
        told_it = {_plain(found) for text in told for found in _ADDRESS.findall(text)}
        his = {_plain(found) for text in heard for found in _ADDRESS.findall(text) if "@" in found and "/" not in found}
        self._known = frozenset(told_it | his)
        self._words: tuple[str, ...] = ()
        self._word = ""
        self._out = 0

    def feed(self, text: str) -> str:
        """What of the answer may go out, now that `text` has come."""
        parts = re.split(r"(\s+)", text)
        said = ""
        for index, part in enumerate(parts):
            if index % 2:
                said += self.flush() + (part if not self.broken else "")
            else:
                self._word += part
        return said + self._begun()

    def flush(self) -> str:
        """The rest of a word, now that it is whole."""
        word, rest = self._word, self._word[self._out :]
        self._word, self._out = "", 0
        self._words = (*self._words, *_WORD.findall(word.casefold()))[-RUN:]
        self.broken = self.broken or self._words in self._runs
        foreign = any(_plain(found) not in self._known for found in _ADDRESS.findall(word))
        return "" if self.broken or foreign else rest

    def _begun(self) -> str:
        """What of a word that is not whole may go out: all but a last stop, unless it may be an address."""
        if self.broken or _MAY_BE_ONE.search(self._word):
            return ""
        rest = self._word[self._out :].rstrip(".:")
        self._out += len(rest)
        return rest


@cache
def _runs(language: str) -> frozenset[tuple[str, ...]]:
    say = wording(language)
    texts = (say.style, say.content, say.unknown, say.bookings, say.rules, say.brief, say.go_on, say.summarise)
    runs = set()
    for text in texts:
        words = _WORD.findall(text.casefold())
        runs |= {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}
    return frozenset(runs)


def _plain(address: str) -> str:
    return address.casefold().rstrip(_CLOSING).removeprefix("https://").removeprefix("http://").removeprefix("www.")
