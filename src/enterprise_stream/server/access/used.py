"""Which tokens have been used: each opens one connection."""

from typing import Final, Protocol

from enterprise_stream.clock import Clock
from enterprise_stream.server.access.tickets import Ticket

MAX_USED: Final = 100_000
"""Tokens that are remembered at once: a minute's, at more connections than one process can open."""


class UsedTickets(Protocol):
    """Remembers tickets for as long as their tokens are good; shared by all nodes that take the same tokens."""

    async def use(self, ticket: Ticket) -> bool:
        """Mark a ticket as used; False when it has been used before, or may have been.

        Raises:
            StoreError: those who share what is used cannot be asked now.
        """
        ...


class UsedInMemory:
    """Those of one process, which cannot know what was used before it began, and refuses what was minted then.

    It goes by the clock that is never set. When its table is full it lets nobody in, rather than a token twice.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began = clock.now_ms()
        self._over_at: dict[str, float] = {}

    async def use(self, ticket: Ticket) -> bool:
        """Mark a ticket as used."""
        now = self._clock.now_ms()
        for known in list(self._over_at):  # the oldest first: all live equally long
            if self._over_at[known] > now:
                break
            del self._over_at[known]
        if ticket.id in self._over_at or ticket.made_at < self._began or len(self._over_at) >= MAX_USED:
            return False
        self._over_at[ticket.id] = ticket.over_at
        return True
