"""The text of an answer that several brains may have a part in."""


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
