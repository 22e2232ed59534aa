"""What the server tells whoever keeps conversations beyond their end, and asks of him."""

import asyncio
from collections.abc import Iterable
from typing import Final, Protocol

from enterprise_stream.errors import EnterpriseStreamError
from enterprise_stream.log.ports import Entry
from enterprise_stream.server.record import Record
from enterprise_stream.wire import messages as wire
from enterprise_stream.wire.parts import Consent

ERASE_WITHIN_S: Final = 5.0
"""How long erasing may take before the guest is told that it failed, in seconds."""


class Keeper(Protocol):
    """Keeps conversations beyond their end."""

    def belongs(self, session: str, tenant: str) -> None:
        """Whose guest a session has, before anything is told of it here; returns at once and never fails."""
        ...

    def told(self, session: str, message: wire.ServerMessage) -> None:
        """A guest was told something, and the log has it; returns at once and never fails."""
        ...

    def took_up(self, session: str, entries: Iterable[Entry]) -> None:
        """A session goes on in this process; these are all the messages before; returns at once and never fails."""
        ...

    def moved(self, session: str) -> None:
        """A session goes on in another process: this one tells no more of it."""
        ...

    async def ended(self, session: str, reason: str, ago_ms: float = 0.0) -> None:
        """A session is over; returns once all of it is kept for good.

        Args:
            session: its id.
            reason: why, in a word: `left`, or a close code's name.
            ago_ms: how long ago its guest left.
        """
        ...

    def consented(self, session: str, consent: Consent) -> None:
        """The guest of a session has answered the notice; returns at once, and is told again of each new answer."""
        ...

    async def erase(self, session: str) -> None:
        """Forget all that is kept of a session, what is still to be written of its past included.

        Raises:
            EnterpriseStreamError: some of it may still be there.
        """
        ...


class KeepsNothing:
    """For servers that keep no conversations."""

    def belongs(self, session: str, tenant: str) -> None:
        """See `Keeper.belongs`."""

    def told(self, session: str, message: wire.ServerMessage) -> None:
        """See `Keeper.told`."""

    def took_up(self, session: str, entries: Iterable[Entry]) -> None:
        """See `Keeper.took_up`."""

    def moved(self, session: str) -> None:
        """See `Keeper.moved`."""

    async def ended(self, session: str, reason: str, ago_ms: float = 0.0) -> None:
        """See `Keeper.ended`."""

    def consented(self, session: str, consent: Consent) -> None:
        """See `Keeper.consented`."""

    async def erase(self, session: str) -> None:
        """See `Keeper.erase`."""


async def erased(record: Record, keeper: Keeper) -> Exception | None:
    """Forget all that is kept of a session, in its log and beyond; what went wrong, or None when it is done."""
    try:
        async with asyncio.timeout(ERASE_WITHIN_S):
            await record.erase()
            await keeper.erase(record.session)
    except (EnterpriseStreamError, TimeoutError) as error:
        return error
    return None
