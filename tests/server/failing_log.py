"""Session logs that fail when a test wants them to."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from enterprise_stream.log.memory import MemoryLog
from enterprise_stream.log.ports import Claim, Entry, LogError, TracesError
from enterprise_stream.log.sqlite import SqliteLog, Work
from enterprise_stream.testing import LoopClock

T = TypeVar("T")


class StubbornLog(MemoryLog):
    """A log that takes its time, and takes and gives nothing while it is broken.

    Attributes:
        leaves_traces: whether what it erases can still be read in its file, as while somebody else reads that.
        refused: how often it has failed otherwise, through a fault of its user's.
    """

    def __init__(self, wait_s: float = 0.0, ttl_s: float = 400) -> None:
        super().__init__(LoopClock(), ttl_s)
        self.wait_s = wait_s
        self.broken = self.leaves_traces = False
        self.refused = 0

    async def claim(self, session: str) -> Claim:
        await self._do()
        return await super().claim(session)

    async def append(self, session: str, epoch: int, entries: Sequence[Entry]) -> None:
        await self._do()
        try:
            await super().append(session, epoch, entries)
        except LogError:
            self.refused += 1
            raise

    async def read(self, session: str, after: int) -> list[Entry]:
        await self._do()
        return await super().read(session, after)

    async def erase(self, session: str, epoch: int, last_seq: int) -> None:
        await self._do()
        await super().erase(session, epoch, last_seq)
        if self.leaves_traces:
            raise TracesError("somebody reads the file")

    async def _do(self) -> None:
        await asyncio.sleep(self.wait_s)
        if self.broken:
            raise LogError("the disk is full")


class StubbornFile(SqliteLog):
    """The same in a file, which outlives its process."""

    def __init__(self, folder: Path, ttl_s: float = 400) -> None:
        super().__init__(folder / "sessions.db", LoopClock(), ttl_s)
        self.broken = False

    async def _do(self, work: Work[T]) -> T:
        if self.broken:
            raise LogError("the disk is full")
        return await super()._do(work)
