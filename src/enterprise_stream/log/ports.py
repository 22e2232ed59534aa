"""What a session needs of a log: numbered entries, one owner at a time, and an end.

Entries are opaque text. Whoever claims a session owns it under a new epoch; an owner of before can write nothing more.
A session's entries live until it is ended, or for the log's time to live after its owner's last word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from enterprise_stream.errors import EnterpriseStreamError


class LogError(EnterpriseStreamError):
    """The log cannot be written or read."""

    code = "log_failed"
    retryable = True


class FencedError(LogError):
    """Somebody else has claimed the session since, or it is gone: the former owner has nothing to say any more."""

    code = "fenced"
    retryable = False


class GapError(LogError):
    """An entry's number does not follow the last one; a fault of the owner's."""

    code = "log_gap"
    retryable = False


class LostError(LogError):
    """Entries that are asked for are not there: too old, never written, or of a session that nobody knows."""

    code = "resume_lost"
    retryable = False


class TracesError(LogError):
    """What was to be erased is forgotten, but can still be read in the log's file for a while."""

    code = "log_traces"


@dataclass(frozen=True, slots=True)
class Entry:
    """What was told, under its number; numbers count from 1 without holes."""

    seq: int
    text: str


@dataclass(frozen=True, slots=True)
class Known:
    """A session that the log has.

    Attributes:
        last_ms: its owner's last word, in ms since 1970-01-01 UTC.
    """

    session: str
    last_ms: float


@dataclass(frozen=True, slots=True)
class Claim:
    """An owner's right to write.

    Attributes:
        epoch: rises with every claim of the session.
        last_seq: of the last entry; 0 before the first.
        notes: what the former owner noted last, if any.
    """

    epoch: int
    last_seq: int
    notes: str | None


class SessionLog(Protocol):
    """The log of many sessions. What a call has returned from is as durable as this log makes anything."""

    @property
    def outlives_process(self) -> bool:
        """Whether another process can go on with what this one has written."""
        ...

    async def claim(self, session: str) -> Claim:
        """Own a session from now on; one that is not known begins."""
        ...

    async def append(self, session: str, epoch: int, entries: Sequence[Entry]) -> None:
        """Write entries, all or none; the first follows the last one written.

        Raises:
            FencedError: the epoch is not the session's.
            GapError: the numbers do not follow.
            LogError: it cannot be written.
        """
        ...

    async def note(self, session: str, epoch: int, notes: str) -> None:
        """Keep what a next owner needs to go on, in place of what was noted before; raises what `append` raises."""
        ...

    async def notes(self, session: str) -> str | None:
        """What was noted last; None for a session that is not known, or where nothing was noted."""
        ...

    async def read(self, session: str, after: int) -> list[Entry]:
        """All entries after a number, in order.

        Raises:
            LostError: not all of them are there, or that number was never written.
        """
        ...

    async def renew(self, session: str, epoch: int) -> None:
        """The owner is still there: the time to live begins anew.

        Raises:
            FencedError: the epoch is not the session's.
        """
        ...

    async def erase(self, session: str, epoch: int, last_seq: int) -> None:
        """Forget all entries so far; the session goes on.

        Args:
            session: its id.
            epoch: the owner's.
            last_seq: what was told up to here is erased, also what was never written: the next entry follows it, or the
                last one written if that is later.

        Raises:
            FencedError: the epoch is not the session's.
            TracesError: they are forgotten, but not gone from the file yet.
        """
        ...

    async def sessions(self) -> list[Known]:
        """All sessions that can still be read, for whoever keeps them elsewhere."""
        ...

    async def sweep(self) -> None:
        """Forget what has outlived its time, and what forgetting leaves behind in files; called now and then."""
        ...

    async def end(self, session: str, epoch: int) -> None:
        """Forget the session.

        Raises:
            FencedError: the epoch is not the session's.
        """
        ...
