"""Which tokens have been used, on whichever server: the database that they share decides."""

from functools import partial
from typing import Final

from enterprise_stream.server.access.tickets import Ticket
from enterprise_stream.store import Store
from enterprise_stream.store.tokens import use_token

WITHIN_S: Final = 2.0
"""How long a handshake waits for the database, in seconds."""


class UsedInDatabase:
    """Those of every process on one database; a restart forgets none.

    Args:
        store: the database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def use(self, ticket: Ticket) -> bool:
        """See `UsedTickets.use`; waits `WITHIN_S` at most."""
        work = partial(use_token, token=ticket.id, until=round(ticket.until_ms))
        return await self._store.at_once(work, WITHIN_S)
