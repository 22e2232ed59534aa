"""Session tokens: what they say, and how they are made and read.

The process that made a token knows by its monotonic clock how old it is, whatever the machine's clock was set to since;
any other goes by the dates that are signed into it.
"""

import secrets
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final

from enterprise_stream.clock import Clock
from enterprise_stream.server.access.lease import Lease
from enterprise_stream.server.access.signing import BadTokenError, Signer

LIFETIME_S: Final = 60.0
"""How long a token waits for its connection, in seconds (protocol.md)."""

MAX_AHEAD_MS: Final = 10_000.0
"""How far in the future a token of another process may be dated: machines' clocks differ by so much at most. One from
further ahead was made before the clock was set back, and may have been used in a process that has ended."""

MAX_TOKEN_CHARS: Final = 2048
"""Longest token that is read; ours have about 400."""


def new_session_id() -> str:
    """A name for a session that nobody can guess."""
    return secrets.token_urlsafe(12)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a token says: one connection, for whom and how far.

    Attributes:
        session_id: of the session that it opens.
        tenant: whose key asked for it; empty where there is only one tenant.
        origin: of the only page that may use it; None leaves that to the list.
        language: that the session begins in; None leaves that to the client.
        max_seconds: how long the session may last; None for no end.
        max_microdollars: what it may cost; 0 for no limit of its own.
        id: by which it is known to be used.
        minted_ms: when it was made, in ms since 1970; 0 for one that no token carried.
        until_ms: when it can be used no more, likewise.
        minted_by: the process that made it.
        made_at: when it was made, in ms on the clock, never set, of the process that has minted or read it.
    """

    session_id: str = field(default_factory=new_session_id)
    tenant: str = ""
    origin: str | None = None
    language: str | None = None
    max_seconds: float | None = None
    max_microdollars: int = 0
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    minted_ms: float = 0.0
    until_ms: float = 0.0
    minted_by: str = ""
    made_at: float = 0.0

    @property
    def over_at(self) -> float:
        """When it can be used no more, on the same clock as `made_at`."""
        return self.made_at + self.until_ms - self.minted_ms

    def lease(self, origin: str | None, wall_ms: float) -> Lease:
        """What a session is under that a page of this origin, or no page, opens now."""
        until_ms = 0.0 if self.max_seconds is None else wall_ms + self.max_seconds * 1000
        return Lease(self.tenant, origin, until_ms, self.max_microdollars)


_FIELDS: Final = frozenset(each.name for each in fields(Ticket))


class Tickets:
    """Makes and reads tokens.

    Args:
        secret: `SESSION_SECRET`.
        clock: dates them.
    """

    def __init__(self, secret: str, clock: Clock) -> None:
        self._signer = Signer(secret, "session", clock)
        self._clock = clock
        self._process = secrets.token_urlsafe(8)

    def mint(
        self,
        tenant: str,
        *,
        origin: str | None = None,
        language: str | None = None,
        max_seconds: float | None = None,
        max_microdollars: int = 0,
    ) -> tuple[str, Ticket]:
        """A token and what it says; see `Ticket`."""
        now = self._clock.wall_ms()
        ticket = Ticket(
            tenant=tenant,
            origin=origin,
            language=language,
            max_seconds=max_seconds,
            max_microdollars=max_microdollars,
            minted_ms=now,
            until_ms=now + LIFETIME_S * 1000,
            minted_by=self._process,
            made_at=self._clock.now_ms(),
        )
        return self._signer.sign(asdict(ticket), ticket.until_ms), ticket

    def read(self, token: str) -> Ticket:
        """What a token says.

        Raises:
            BadTokenError: it is none of ours, or its time is over.
        """
        if len(token) > MAX_TOKEN_CHARS:
            raise BadTokenError
        claims: dict[str, Any] = self._signer.verify(token)
        if not claims.keys() >= _FIELDS:  # of another version, which signed other claims
            raise BadTokenError
        ticket = Ticket(**{name: claims[name] for name in _FIELDS})
        age_ms = self._age_ms(ticket)
        if not -MAX_AHEAD_MS <= age_ms < claims["exp"] * 1000 - ticket.minted_ms:  # NaN is over, too
            raise BadTokenError
        return replace(ticket, made_at=self._clock.now_ms() - age_ms)

    def _age_ms(self, ticket: Ticket) -> float:
        if ticket.minted_by == self._process:
            return self._clock.now_ms() - ticket.made_at
        return self._clock.wall_ms() - ticket.minted_ms
