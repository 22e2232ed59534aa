"""Who may open a connection: looked at before the upgrade."""

from typing import Final

import structlog
from starlette.requests import HTTPConnection

from enterprise_stream.errors import StoreError
from enterprise_stream.server.access.denied import DeniedError
from enterprise_stream.server.access.origins import Origins
from enterprise_stream.server.access.peers import bearer, plain_from_afar
from enterprise_stream.server.access.signing import BadTokenError
from enterprise_stream.server.access.tickets import Ticket, Tickets
from enterprise_stream.server.access.used import UsedTickets
from enterprise_stream.wire.codes import TOKEN_SUBPROTOCOL_PREFIX

log = structlog.get_logger(__name__)

RETRY_S: Final = 10
"""When somebody whose token cannot be looked up may come again, in seconds."""


class Door:
    """Looks at tokens, and takes each once.

    Args:
        origins: whose pages may connect.
        tickets: reads tokens; None asks for none, which only loopback is offered to.
        used: the tokens that have been used.
    """

    def __init__(self, origins: Origins, tickets: Tickets | None, used: UsedTickets) -> None:
        self._origins = origins
        self._tickets = tickets
        self._used = used

    def look(self, connection: HTTPConnection) -> Ticket:
        """The ticket of a connection that may be opened; it is not used yet.

        Raises:
            DeniedError: 403 for the page or a connection without TLS, or 401 for the token.
        """
        if not self._origins.allow(connection.headers):
            raise DeniedError(403, "forbidden_origin", "This page may not connect; add its origin to ALLOWED_ORIGINS.")
        if plain_from_afar(connection):
            raise DeniedError(
                403,
                "tls_needed",
                "Connect by wss://: through a proxy of TRUSTED_PROXIES that speaks TLS and sends X-Forwarded-Proto, or "
                "to a server that speaks it itself (TLS_CERT_FILE).",
            )
        if self._tickets is None:
            return Ticket()
        token = _token(connection)
        if token is None:
            raise DeniedError(
                401, "no_token", "A session token is needed: ask POST /api/sessions for one from your own server."
            )
        try:
            ticket = self._tickets.read(token)
        except BadTokenError:
            raise _bad() from None
        if ticket.origin is not None and ticket.origin != connection.headers.get("origin"):
            raise DeniedError(403, "forbidden_origin", "This session token is for a page of another origin.")
        return ticket

    async def enter(self, ticket: Ticket) -> None:
        """Use the ticket up.

        Raises:
            DeniedError: 401, it has been used before; 503, that cannot be known now.
        """
        if self._tickets is not None and not await self._first_use(ticket):
            raise _bad()

    async def _first_use(self, ticket: Ticket) -> bool:
        try:
            return await self._used.use(ticket)
        except StoreError as error:
            log.warning("token_unknown", message=error.message)
            raise DeniedError(
                503,
                "token_unknown",
                "Whether this token has been used cannot be looked up now; try again in a few seconds with a new one.",
                retry_after_s=RETRY_S,
            ) from None


def _bad() -> DeniedError:
    return DeniedError(
        401, "bad_token", "The session token is wrong, used or too old: each opens one connection within 60 s."
    )


def _token(connection: HTTPConnection) -> str | None:
    """The token of a connection: as a subprotocol, else as a bearer; never from the URL."""
    offered: list[str] = connection.scope.get("subprotocols", [])
    prefix = TOKEN_SUBPROTOCOL_PREFIX
    shown = next((each.removeprefix(prefix) for each in offered if each.startswith(prefix)), None)
    return bearer(connection) if shown is None else shown
