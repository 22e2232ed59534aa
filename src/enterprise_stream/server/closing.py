"""Why the server closes a connection."""

from typing import Final

from enterprise_stream.wire.codes import CloseCode

ENDS_SESSION: Final = frozenset({CloseCode.IDLE, CloseCode.SESSION_OVER, CloseCode.BUDGET_SPENT, CloseCode.INTERNAL})
"""Codes with which the session is over too; after any other close a client may resume."""


class ClosedByUsError(Exception):
    """The connection ends with this close code."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def leaves(error: BaseException) -> list[BaseException]:
    """The errors in an error: itself, or those of a group."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for part in error.exceptions for leaf in leaves(part)]
    return [error]
