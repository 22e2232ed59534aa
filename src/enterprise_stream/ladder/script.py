"""A clause that is said, by one voice after the other if need be, while it may still be written."""

import re
from collections.abc import AsyncIterator, Callable

_WORD = re.compile(r"\S+")


class Script:
    """A clause's words: those known so far, and those to come.

    Args:
        text: what is known.
        source: pieces of whole words to come; a cancelled wait for the next one must not lose it.

    Attributes:
        text: what is known by now.
        waits: called when a voice has said to itself all that is known and waits for more.
        goes_on: called when more has come.
    """

    def __init__(self, text: str = "", source: AsyncIterator[str] | None = None) -> None:
        self.text = text
        self.waits: Callable[[], None] = lambda: None
        self.goes_on: Callable[[], None] = lambda: None
        self._source = source

    def after(self, words: int) -> str:
        """What is known of it after so many words."""
        for number, word in enumerate(_WORD.finditer(self.text)):
            if number == words:
                return self.text[word.start() :]
        return ""

    @property
    def whole(self) -> bool:
        """Whether all of it is known."""
        return self._source is None

    async def pieces(self, words: int) -> AsyncIterator[str]:
        """The clause after so many words, as it comes."""
        rest = self.after(words)
        told = len(self.text)
        if rest:
            yield rest
        while await self._grow(told):
            rest, told = self.text[told:], len(self.text)
            yield rest

    async def rest(self, words: int) -> str:
        """The clause after so many words, once it is whole."""
        while await self._grow(len(self.text)):
            pass
        return self.after(words)

    async def _grow(self, known: int) -> bool:
        """Wait until more than `known` characters are known; False when there is no more."""
        if len(self.text) > known:
            return True
        if self._source is None:
            return False
        self.waits()
        try:
            self.text += await anext(self._source)
        except StopAsyncIteration:
            self._source = None
        finally:
            self.goes_on()
        return len(self.text) > known
