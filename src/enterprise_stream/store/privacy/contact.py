"""A person as guests name themselves: by a telephone number or an e-mail address."""

import re
from dataclasses import dataclass
from typing import Self

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from enterprise_stream.errors import EnterpriseStreamError
from enterprise_stream.store.tables import bookings, hand_overs, turns

FEWEST_DIGITS = 7
"""Of a telephone number; fewer would find other people."""

_COMPARED_DIGITS = 9
"""The last digits count: the same number is written with and without its country."""

_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")

_BELONGS = r"(?<![\w+%])(?<!\w[.-])"
"""Nothing stands before it that is a part of the same address."""

_BETWEEN = r"\D*"
"""What may stand between the digits of a number."""


class UnclearContactError(EnterpriseStreamError):
    """Nobody can be found by that."""

    code = "bad_contact"

    def __init__(self) -> None:
        super().__init__(f"Give an e-mail address, or a telephone number of at least {FEWEST_DIGITS} digits.")


@dataclass(frozen=True, slots=True)
class Contact:
    """What is looked for in texts: an address in small letters, or the last digits of a number.

    An address or number that only contains it is somebody else's: mariana@example.com is not ana@example.com.
    """

    address: str = ""
    digits: str = ""

    @classmethod
    def of(cls, given: str) -> Self:
        """Raises `UnclearContactError` where it is neither."""
        found = _ADDRESS.fullmatch(given.strip())
        if found is not None:
            return cls(address=found[0].casefold())
        digits = re.sub(r"\D", "", given)
        if len(digits) < FEWEST_DIGITS:
            raise UnclearContactError
        return cls(digits=digits[-_COMPARED_DIGITS:])

    def is_in(self, text: str) -> bool:
        """Whether a text holds it, however it is written there; not where a number was said in words."""
        if self.address:
            pattern = rf"{_BELONGS}{re.escape(self.address)}(?![\w-]|\.\w)"
            return re.search(pattern, text.casefold()) is not None
        begins = "" if len(self.digits) == _COMPARED_DIGITS else r"(?<!\d)"  # no country was told from a short one
        return re.search(rf"{begins}{_BETWEEN.join(self.digits)}(?!\d)", text) is not None


async def sessions_of(connection: AsyncConnection, contact: Contact) -> list[str]:
    """Sessions in which this person has left the contact or said it; every text that is kept is read for it."""
    found: dict[str, None] = {}
    for table, columns in (
        (bookings, (bookings.c.contact, bookings.c.name, bookings.c.notes)),
        (hand_overs, (hand_overs.c.contact, hand_overs.c.name, hand_overs.c.reason)),
        (turns, (turns.c.question, turns.c.answer)),
    ):
        rows = await connection.stream(select(table.c.session, *columns))
        async for session, *texts in rows:
            if any(map(contact.is_in, texts)):
                found[session] = None
    return list(found)
