"""Who may have session tokens made, and how often."""

import math
from dataclasses import dataclass
from typing import Final

import structlog
from starlette.requests import HTTPConnection

from enterprise_stream.clock import Clock
from enterprise_stream.keys import KeyRing
from enterprise_stream.server.access.admin import Admin
from enterprise_stream.server.access.denied import DeniedError
from enterprise_stream.server.access.origins import foreign, own_page
from enterprise_stream.server.access.peers import address_of, bearer, on_this_machine
from enterprise_stream.server.access.rates import Rates
from enterprise_stream.server.access.tickets import Tickets

log = structlog.get_logger(__name__)

TOKENS_A_SECOND: Final = 20.0
TOKENS_AT_ONCE: Final = 200.0
"""Tokens for one tenant: all guests of a chain of hotels, and no more than a node lets in."""

OWN_A_SECOND: Final = 1.0
OWN_AT_ONCE: Final = 30.0
"""Tokens for our own pages, by address."""

WRONG_A_SECOND: Final = 1 / 12
WRONG_AT_ONCE: Final = 5.0
"""Wrong keys from one address; after that no key is looked at until it has waited."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for a token.

    Attributes:
        tenant: whose sessions it opens.
        origin: of the only page that may use it, where the asker is that page.
    """

    tenant: str
    origin: str | None = None


class Mint:
    """Tells who may have tokens.

    Args:
        keys: `API_KEYS`.
        tickets: makes tokens; None makes none.
        admin: the owner, who needs no other key on his own pages.
        clock: times it all.

    Attributes:
        tickets: the same.
    """

    def __init__(self, keys: KeyRing, tickets: Tickets | None, admin: Admin, clock: Clock) -> None:
        self.tickets = tickets
        self._keys = keys
        self._admin = admin
        self._clock = clock
        self._made = Rates(TOKENS_A_SECOND, TOKENS_AT_ONCE)
        self._own = Rates(OWN_A_SECOND, OWN_AT_ONCE)
        self._wrong = Rates(WRONG_A_SECOND, WRONG_AT_ONCE)

    def asker(self, connection: HTTPConnection) -> Asker:
        """Who asks; counts it.

        Raises:
            DeniedError: nobody who may, or too often.
        """
        shown = bearer(connection)
        if shown is not None:
            return self._by_key(connection, shown)
        if foreign(connection.headers):
            raise DeniedError(403, "forbidden_origin", "Only this server's own pages may ask without an API key.")
        viewer = self._admin.logged_in(connection)
        if not own_page(connection.headers) or (viewer is None and not on_this_machine(connection)):
            raise DeniedError(
                401, "api_key_needed", "Ask from your own server, with one of API_KEYS in `Authorization: Bearer`."
            )
        _wait(self._own.take(address_of(connection), self._clock.now_ms()))
        return Asker((viewer and viewer.tenant) or "", connection.headers["origin"])

    def needless(self, connection: HTTPConnection) -> bool:
        """Whether whoever asks without a key may connect without a token."""
        return self.tickets is None and on_this_machine(connection) and not foreign(connection.headers)

    def _by_key(self, connection: HTTPConnection, shown: str) -> Asker:
        address, now = address_of(connection), self._clock.now_ms()
        _wait(self._wrong.wait_s(address, now))
        tenant = self._keys.owner(shown)
        if tenant is None:
            self._wrong.take(address, now)
            log.warning("refused", reason="api_key", client=address)
            raise DeniedError(401, "wrong_key", "This is not one of API_KEYS.")
        _wait(self._made.take(tenant, now))
        return Asker(tenant)


def _wait(wait_s: float) -> None:
    if wait_s > 0:
        raise DeniedError(429, "rate_limited", "Too many requests; wait a little.", retry_after_s=math.ceil(wait_s))
