"""What a rule is, and what it may look at."""

import re
from collections.abc import Callable
from dataclasses import dataclass

Match = re.Match[str]

_EDGES = "¿¡(\"'«“‘*_.,;:!?…)»”’"


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a match.

    Attributes:
        earlier: the text before it in the clause, at most `EARLIER_CHARS`, in lower case.
        before: the word before it, in lower case without punctuation at its edges.
        after: the word after it as written, empty when punctuation or nothing follows.
        opens: whether it opens a line.
    """

    earlier: str = ""
    before: str = ""
    after: str = ""
    opens: bool = False

    @property
    def noun(self) -> str:
        """The following word, or the first of a joined one, in lower case without punctuation, if it is of letters."""
        word = self.after.strip(_EDGES).partition("-")[0]
        return word.lower() if word.isalpha() else ""


EARLIER_CHARS = 60


def around(text: str, start: int, after: str) -> Around:
    """What stands around a match that begins at `start`."""
    earlier = text[max(0, start - EARLIER_CHARS) : start]
    words = earlier.split()
    before = words[-1].lower().strip(_EDGES) if words else ""
    _, newline, line = earlier.rpartition("\n")
    opens = not line.strip() and (bool(newline) or start <= EARLIER_CHARS)
    return Around(earlier.lower(), before, after, opens)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a pattern says.

    Attributes:
        pattern: matched at the start of a word; it must end where a word ends, or before punctuation.
        say: from the match and what stands around it to what is said; None when the rule does not apply after all.
        title: whether a word always follows, so that a full stop in it never ends a sentence ("Sr.").
    """

    pattern: re.Pattern[str]
    say: Callable[[Match, Around], str | None]
    title: bool = False


def says(spoken: str) -> Callable[[Match, Around], str]:
    """The same, whatever matched."""

    def say(match: Match, around: Around) -> str:
        del match, around
        return spoken

    return say


def group(match: Match, name: str) -> str | None:
    """What a group matched; None also where the pattern has no such group."""
    return match.groupdict().get(name)
