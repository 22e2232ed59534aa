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


@dataclass(frozen=True, slots=True)
class Entry:
    """What was told, under its number; numbers count from 1 without holes."""

    seq: int
    text: str


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

    async def end(self, session: str, epoch: int) -> None:
        """Forget the session.

        Raises:
            FencedError: the epoch is not the session's.
        """
        ...
