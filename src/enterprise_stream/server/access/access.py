"""All rules of access in force, as the settings make them."""

from dataclasses import dataclass, field

from enterprise_stream.clock import Clock
from enterprise_stream.keys import KeyRing, read_key
from enterprise_stream.server.access.admin import Admin
from enterprise_stream.server.access.door import Door
from enterprise_stream.server.access.mint import Mint
from enterprise_stream.server.access.origins import Origins
from enterprise_stream.server.access.tickets import Tickets
from enterprise_stream.server.access.used import UsedInMemory, UsedTickets


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """The settings that access goes by.

    Attributes:
        origins: whose pages may connect, beside our own.
        secret: signs session tokens; None asks for none, which only loopback is offered to.
        api_keys: of those who may have tokens made, as `read_key` reads them.
        admin_key: opens the owner's pages.
        owner_keys: each opens them for one tenant's owner, as `read_key` reads them.
    """

    origins: frozenset[str] = frozenset()
    secret: str | None = field(default=None, repr=False)
    api_keys: tuple[str, ...] = field(default=(), repr=False)
    admin_key: str | None = field(default=None, repr=False)
    owner_keys: tuple[str, ...] = field(default=(), repr=False)


class Access:
    """Who may do what; keeps no secret that opens anything, only what tells a right one from a wrong one.

    Args:
        settings: the settings.
        clock: dates tokens and logins.
        used: the tokens that have been used; this process's own by default.

    Attributes:
        origins: whose pages may connect, and show the panel in a frame.
        door: who may connect.
        mint: who may have tokens made.
        admin: who is the owner.
    """

    def __init__(self, settings: AccessSettings, clock: Clock, used: UsedTickets | None = None) -> None:
        tickets = None if settings.secret is None else Tickets(settings.secret, clock)
        self.origins = Origins(settings.origins, tokens=tickets is not None)
        owners = KeyRing(map(read_key, settings.owner_keys))
        self.admin = Admin(settings.admin_key, owners, open_here=tickets is None, clock=clock)
        self.door = Door(self.origins, tickets, used or UsedInMemory(clock))
        self.mint = Mint(KeyRing(map(read_key, settings.api_keys)), tickets, self.admin, clock)
