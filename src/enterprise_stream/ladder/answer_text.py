"""The text of an answer that several brains may have a part in."""

from enterprise_stream.thinking.phrases import PhraseSplitter


class WholeClauses:
    """Lets the first clause through as it comes, later ones when they are whole.

    A voice begins with the first clause's words and takes the others whole, so nobody waits for what is held back; and
    a brain that breaks off later leaves no half clause that somebody else would have to finish.

    Args:
        at_once: whether the first clause is still to come.
    """

    def __init__(self, *, at_once: bool) -> None:
        self._splitter = PhraseSplitter()
        self._at_once = at_once
        self._text = ""
        self._given = 0
        self._whole = 0

    def feed(self, text: str) -> str:
        """Add text; returns what may be given."""
        self._text += text
        for clause in self._splitter.feed(text):
            self._at_once = False
            # A long block of code is cut in parts, each of which the splitter opens with a fence of its own.
            own = clause if self._text.startswith(clause, self._whole) else clause.removeprefix("```")
            self._whole += len(own)
        return self._give(len(self._text) if self._at_once else self._whole)

    def flush(self) -> str:
        """The rest, once no text follows."""
        return self._give(len(self._text))

    def _give(self, end: int) -> str:
        given, self._given = self._text[self._given : end], max(self._given, end)
        return given


class GoingOn:
    """What a brain adds to what another has said: without what it repeats, and with a blank between the two.

    Args:
        said: by the other; empty where there was none.
    """

    def __init__(self, said: str) -> None:
        self._said = said
        self._head = ""
        self._begun = not said

    def feed(self, text: str) -> str:
        """The next piece; empty while it may all be repetition."""
        if self._begun:
            return text
        self._head += text
        head, said = self._head.lstrip(), self._said.strip()
        if said.startswith(head.rstrip()):
            return ""
        self._begun = True
        new = head[len(said) :] if head.startswith(said) else self._head
        close = self._said[-1:].isspace() or new[:1].isspace() or new[:1] in ",.;:!?)"
        return new if close else f" {new}"
