"""A clause that is spoken while it is written."""

import asyncio
from collections.abc import AsyncIterator
from typing import Self


class GrowingClause:
    """Its words so far and those to come; written by the brain's task, read once by the voice's."""

    def __init__(self, words: str) -> None:
        self._pieces: asyncio.Queue[str | None] = asyncio.Queue()
        self._whole = asyncio.Event()
        self.text = ""
        self.grow(words)

    def grow(self, text: str) -> None:
        """The clause's text as far as it may be said; it begins with what was given before."""
        if len(text) > len(self.text):
            self._pieces.put_nowait(text[len(self.text) :])
            self.text = text

    def end(self, text: str) -> None:
        """The whole clause."""
        self.grow(text)
        self._pieces.put_nowait(None)
        self._whole.set()

    def words(self) -> AsyncIterator[str]:
        """The pieces as they come; a wait for the next one that is cancelled does not lose it."""
        return _Words(self._pieces)

    async def whole(self) -> str:
        """All of it, once it is written."""
        await self._whole.wait()
        return self.text


class _Words:
    def __init__(self, pieces: asyncio.Queue[str | None]) -> None:
        self._pieces = pieces

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        piece = await self._pieces.get()
        if piece is None:
            self._pieces.put_nowait(None)  # it stays ended
            raise StopAsyncIteration
        return piece
