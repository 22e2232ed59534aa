"""What only owners may see: the console, its API, the metrics.

With `ADMIN_KEY`, by that key in `Authorization: Bearer`, or by the cookie that the login makes of it. Without one, from
this machine alone, and only where no secret is set, that is, where nobody else is served. Whoever has that key is the
operator and sees all; a key of `OWNER_KEYS` shows the calls of its tenant.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from enterprise_stream.clock import Clock
from enterprise_stream.keys import Key, KeyRing, whole_key
from enterprise_stream.server.access.denied import DeniedError
from enterprise_stream.server.access.origins import foreign, own_page
from enterprise_stream.server.access.peers import address_of, bearer, on_this_machine
from enterprise_stream.server.access.rates import Rates
from enterprise_stream.server.access.signing import BadTokenError, Signer

log = structlog.get_logger(__name__)

COOKIE: Final = "enterprise_stream_admin"
"""The cookie of an owner who has logged in."""

LOGIN: Final = "/console/login"
"""Where an owner logs in."""

LOGGED_IN_S: Final = 12 * 3600
"""How long a login lasts, in seconds: a working day."""

WRONG_KEYS_A_SECOND: Final = 1 / 12
WRONG_KEYS_AT_ONCE: Final = 5
"""Wrong keys from one address; after that no key is looked at until it has waited."""

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks.

    Attributes:
        tenant: whose calls he may see; None for the operator, who sees everybody's.
    """

    tenant: str | None = None


OPERATOR: Final = Viewer()


_VIEWER: Final = "enterprise_stream.viewer"
"""Where the guard tells a route who looks."""


class Admin:
    """Tells the operator and the tenants' owners from everybody else.

    Args:
        key: `ADMIN_KEY`; None where there is none, and then there are no other keys.
        owners: `OWNER_KEYS`.
        open_here: whether this machine's own programs and pages need no key then.
        clock: times logins and wrong keys.
    """

    def __init__(self, key: str | None, owners: KeyRing, *, open_here: bool, clock: Clock) -> None:
        self._keys = KeyRing(() if key is None else (whole_key(key),))
        self._owners = owners
        self._cookies = None if key is None else Signer(key, "admin", clock)
        self._open_here = open_here
        self._clock = clock
        self._wrong = Rates(WRONG_KEYS_A_SECOND, WRONG_KEYS_AT_ONCE)

    @property
    def has_key(self) -> bool:
        """Whether there is a key to log in with."""
        return self._cookies is not None

    def check(self, connection: HTTPConnection) -> None:
        """Let the operator pass.

        Raises:
            DeniedError: it is somebody else, or a foreign page in his browser.
        """
        if self.viewer(connection) != OPERATOR:
            raise DeniedError(403, "operator_only", "This is for the server's operator: it shows more than one tenant.")

    def viewer(self, connection: HTTPConnection) -> Viewer:
        """Who looks.

        Raises:
            DeniedError: neither the operator nor an owner, or a foreign page in his browser.
        """
        if not self.has_key:
            self._check_open(connection)
            return OPERATOR
        if (shown := bearer(connection)) is not None:
            return self._by_key(connection, shown)[0]
        found = self.logged_in(connection)
        if found is None:
            raise DeniedError(401, "admin_key_needed", "This is for the owner: show ADMIN_KEY as a bearer, or log in.")
        if connection.scope.get("method", "") not in _SAFE and not own_page(connection.headers):
            raise DeniedError(403, "forbidden_origin", "Only a page of this very server may do this.")
        return found

    def log_in(self, connection: HTTPConnection, shown: str) -> str:
        """The cookie's value for whoever shows a key.

        Raises:
            DeniedError: it is no key, or too many were wrong.
        """
        if self._cookies is None:
            raise DeniedError(403, "admin_closed", "There is no key to log in with: set ADMIN_KEY.")
        viewer, key = self._by_key(connection, shown)
        claims = {} if viewer == OPERATOR else {"tenant": key.name, "key": key.mark}
        return self._cookies.sign(claims, self._clock.wall_ms() + LOGGED_IN_S * 1000)

    def logged_in(self, connection: HTTPConnection) -> Viewer | None:
        """Who the cookie of a login says it is; None without one, and once the key that made it was taken away."""
        cookie = connection.cookies.get(COOKIE)
        if cookie is None or self._cookies is None:
            return None
        try:
            claims = self._cookies.read(cookie)
        except BadTokenError:
            return None
        return self._claimed(claims)

    def _claimed(self, claims: dict[str, Any]) -> Viewer | None:
        if "tenant" not in claims:
            return OPERATOR
        tenant = str(claims["tenant"])
        return Viewer(tenant) if self._owners.has(tenant, str(claims.get("key"))) else None

    def _check_open(self, connection: HTTPConnection) -> None:
        if not self._open_here or not on_this_machine(connection):
            raise DeniedError(
                403, "admin_closed", "The owner's pages are closed here: set ADMIN_KEY, and log in with it."
            )
        if foreign(connection.headers):
            raise DeniedError(403, "forbidden_origin", "Only a page of this very server may do this.")

    def _by_key(self, connection: HTTPConnection, shown: str) -> tuple[Viewer, Key]:
        address, now = address_of(connection), self._clock.now_ms()
        wait_s = self._wrong.wait_s(address, now)
        if wait_s > 0:
            raise DeniedError(429, "rate_limited", "Too many wrong keys; wait a little.", retry_after_s=int(wait_s) + 1)
        operator, owner = self._keys.find(shown), self._owners.find(shown)
        if operator is not None:
            return OPERATOR, operator
        if owner is not None:
            return Viewer(owner.name), owner
        self._wrong.take(address, now)
        log.warning("refused", reason="admin_key", client=address)
        raise DeniedError(401, "wrong_key", "This is not the owner's key.")


_Look = Callable[[Admin, HTTPConnection], Viewer]


def guarded(routes: Sequence[Route | Mount]) -> list[BaseRoute]:
    """These routes, for the operator only."""
    return [_behind_guard(route, _for_operator) for route in routes]


def owned(routes: Sequence[Route | Mount]) -> list[BaseRoute]:
    """These routes, for whoever may see calls; `viewer_of` says whose, and they show no others."""
    return [_behind_guard(route, Admin.viewer) for route in routes]


def viewer_of(connection: HTTPConnection) -> Viewer:
    """Who looks at a route that is `owned`; fails on one that is not."""
    viewer: Viewer = connection.scope[_VIEWER]
    return viewer


def _for_operator(admin: Admin, connection: HTTPConnection) -> Viewer:
    admin.check(connection)
    return OPERATOR


def _behind_guard(route: Route | Mount, look: _Look) -> BaseRoute:
    behind = copy.copy(route)
    behind.app = _Guard(route.app, look)
    return behind


class _Guard:
    """ASGI middleware before one route."""

    def __init__(self, app: ASGIApp, look: _Look) -> None:
        self._app = app
        self._look = look

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        admin = admin_of(connection)
        try:
            viewer = self._look(admin, connection)
        except DeniedError as denied:
            wants_page = "text/html" in connection.headers.get("accept", "") and scope.get("method") == "GET"
            to_login = wants_page and admin.has_key and denied.status == 401
            answer = RedirectResponse(LOGIN, 303, {"Cache-Control": "no-store"}) if to_login else denied.response()
            await answer(scope, receive, send)
            return
        await self._app({**scope, _VIEWER: viewer}, receive, send)


def admin_of(connection: HTTPConnection) -> Admin:
    """The application's."""
    admin: Admin = connection.app.state.service.access.admin
    return admin
