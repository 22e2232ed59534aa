"""Why the server closes a connection."""

from collections.abc import Mapping
from typing import Final

from enterprise_stream.conversation.house_events import PartingReason
from enterprise_stream.server.limits import Limit
from enterprise_stream.wire.codes import CloseCode

ENDS_SESSION: Final = frozenset({CloseCode.IDLE, CloseCode.SESSION_OVER, CloseCode.BUDGET_SPENT, CloseCode.INTERNAL})
"""Codes with which the session is over too; after any other close a client may resume."""


class ClosedByUsError(Exception):
    """The connection ends with this close code.

    Attributes:
        limit: the limit that was met, if it was one; see `limits.Limit`.
    """

    def __init__(self, code: CloseCode, reason: str, limit: Limit | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.limit = limit


_PARTINGS: Final[Mapping[PartingReason, tuple[CloseCode, str, Limit]]] = {
    "budget": (CloseCode.BUDGET_SPENT, "the budget is spent", Limit.BUDGET),
    "quiet": (CloseCode.IDLE, "nobody has spoken or typed for too long; connect again to go on", Limit.QUIET),
    "time": (CloseCode.SESSION_OVER, "the session's time is over; connect again for another one", Limit.CALL),
}


def parted(why: PartingReason) -> ClosedByUsError:
    """The close after a goodbye."""
    return ClosedByUsError(*_PARTINGS[why])


def leaves(error: BaseException) -> list[BaseException]:
    """The errors in an error: itself, or those of a group."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for part in error.exceptions for leaf in leaves(part)]
    return [error]
