"""A clause that is being said for the first time, by everybody who asked for it meanwhile."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from enterprise_stream.errors import EngineError
from enterprise_stream.speaking.ports import Speech


class Flight:
    """One synthesis with any number of listeners; it ends early only when the last of them has left.

    Args:
        now_ms: a clock that never goes back.

    Attributes:
        pieces: what was said so far.
        whole: whether that is all.
        work_ms: from the beginning to the end of it; 0 until then.
    """

    def __init__(self, now_ms: Callable[[], float]) -> None:
        self._now_ms = now_ms
        self.work_ms = 0.0
        self.pieces: list[Speech] = []
        self.whole = False
        self._failure: Exception | None = None
        self._over = False
        self._abandoned = False
        self._news = asyncio.Event()
        self._listeners = 0
        self._task: asyncio.Task[None] | None = None

    def begin(
        self, group: asyncio.TaskGroup, stream: AsyncGenerator[Speech], ended: Callable[["Flight"], None]
    ) -> None:
        """Start saying it, as a task of `group`.

        Args:
            group: owns the work.
            stream: the voice's.
            ended: called once, however it ends, before any listener knows.
        """
        self._task = group.create_task(self._say(stream, ended))

    def cancel(self) -> None:
        """Break it off; whoever listens is told so."""
        if self._task is not None:
            self._abandoned = True
            self._task.cancel()

    async def listen(self) -> AsyncGenerator[Speech]:
        """All of it, from its beginning.

        Raises:
            EngineError: the voice failed, or it was broken off.
        """
        self._listeners += 1
        heard = 0
        try:
            while True:
                while heard < len(self.pieces):
                    heard += 1
                    yield self.pieces[heard - 1]
                if self._over:
                    break
                await self._news.wait()
            if self._failure is not None:
                raise self._failure
        finally:
            self._listeners -= 1
            if self._listeners == 0 and self._task is not None and not self._task.done():
                self.cancel()
                await asyncio.wait({self._task})

    @property
    def joinable(self) -> bool:
        """Whether one more may listen: it goes on, and has not been broken off."""
        return not (self._over or self._abandoned)

    async def _say(self, stream: AsyncGenerator[Speech], ended: Callable[["Flight"], None]) -> None:
        began = self._now_ms()
        try:
            async with aclosing(stream) as pieces:
                async for piece in pieces:
                    self.pieces.append(piece)
                    self._tell()
            self.whole = True
        except Exception as error:  # noqa: BLE001 - carried to every listener, whatever it is
            self._failure = error
        finally:
            if not self.whole and self._failure is None:
                self._failure = EngineError("The voice is being put away.")
            self._over = True
            self.work_ms = self._now_ms() - began
            ended(self)
            self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
