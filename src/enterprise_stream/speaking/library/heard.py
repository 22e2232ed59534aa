"""A clause that is being written, as far as it was read; it can be read again."""

from collections.abc import AsyncIterator


class Heard:
    """What was read of a clause's pieces.

    Args:
        source: the pieces.

    Attributes:
        text: all of them that were read, joined.
        whole: whether that is the clause.
    """

    def __init__(self, source: AsyncIterator[str]) -> None:
        self._source = source
        self.text = ""
        self.whole = False

    async def more(self) -> None:
        """Read another piece, or learn that there is none."""
        try:
            self.text += await anext(self._source)
        except StopAsyncIteration:
            self.whole = True

    async def rest(self) -> str:
        """The clause, once it is whole."""
        while not self.whole:
            await self.more()
        return self.text

    def again(self) -> AsyncIterator[str]:
        """The pieces from the beginning: what was read as one, then the others as they come."""
        return _Again(self)


class _Again:
    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self._told = 0

    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        heard = self._heard
        if len(heard.text) == self._told and not heard.whole:
            await heard.more()
        if len(heard.text) == self._told:
            raise StopAsyncIteration
        piece, self._told = heard.text[self._told :], len(heard.text)
        return piece
