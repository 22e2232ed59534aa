"""How many guests at once: those inside keep their quality, the next gets a clear refusal."""

import ipaddress
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal

from enterprise_stream.errors import OverloadedError

RETRY_AFTER_S: Final = 10
"""When a guest who was refused may try again, in seconds: about an answer's length."""

Door = Literal["open", "full", "busy", "leaving"]
"""Whether the next guest is let in; if not, why: all places are taken, the machine is at its limit, it is to stop."""

_BUSY = (
    "Todas las líneas están ocupadas; inténtelo dentro de unos segundos. "
    "All lines are busy; please try again in a few seconds."
)
_LEAVING = "This server is restarting; try again in a few seconds."
_ADDRESS = "Too many conversations from this address; end one of them, or try again in a few seconds."
_TENANT = "Too many conversations of this business; try again in a few seconds, or raise MAX_SESSIONS_PER_TENANT."


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks to be let in.

    Attributes:
        address: of the client; empty where it is unknown.
        tenant: the business that its token names; empty where there is only one.
    """

    address: str = ""
    tenant: str = ""


class NotAdmittedError(OverloadedError):
    """A guest is not let in now.

    Attributes:
        reason: under which `enterprise_stream_rejected_total` counts it.
        status: of the HTTP answer: 503 where anybody would be refused, 429 where only this one is.
    """

    def __init__(self, reason: str, message: str, *, code: str = "overloaded", status: int = 503) -> None:
        super().__init__(message, code=code)
        self.reason = reason
        self.status = status


@dataclass(frozen=True, slots=True)
class Shares:
    """How many guests of the same kind at once; 0 is no limit beside the places there are.

    Attributes:
        address: of one network address; programs of this very machine are not counted.
        tenant: of one business.
    """

    address: int = 0
    tenant: int = 0


class Admission:
    """Counts the guests and knows when the machine is full.

    Args:
        max_sessions: guests at once.
        waiting: engine jobs that wait for a thread now.
        max_waiting: jobs that may wait before new guests are refused.
        shares: how many of them may be of one address or tenant.
        strained: whether it is measured that one more would be served badly.
    """

    def __init__(
        self,
        max_sessions: int,
        waiting: Callable[[], int],
        max_waiting: int,
        *,
        shares: Shares = Shares(),
        strained: Callable[[], bool] = lambda: False,
    ) -> None:
        self._max_sessions = max_sessions
        self._waiting = waiting
        self._max_waiting = max_waiting
        self._shares = shares
        self._strained = strained
        self._inside = 0
        self._leaving = False
        self._addresses: Counter[str] = Counter()
        self._tenants: Counter[str] = Counter()

    @property
    def places(self) -> int:
        """Guests that may be connected at once."""
        return self._max_sessions

    @property
    def inside(self) -> int:
        """Guests connected now."""
        return self._inside

    @property
    def door(self) -> Door:
        """Whether the next guest would be let in."""
        if self._leaving:
            return "leaving"
        if self._inside >= self._max_sessions:
            return "full"
        return "busy" if self._waiting() >= self._max_waiting or self._strained() else "open"

    @property
    def full(self) -> bool:
        """Whether the next guest would be refused."""
        return self.door != "open"

    def resize(self, max_sessions: int, shares: Shares) -> None:
        """Other places and shares from now on; nobody inside has to leave."""
        self._max_sessions, self._shares = max_sessions, shares

    def close(self) -> None:
        """Let nobody in from now on."""
        self._leaving = True

    @contextmanager
    def enter(self, visitor: Visitor = Visitor()) -> Iterator[None]:
        """A place for one guest while the block runs.

        Raises:
            NotAdmittedError: there is none for this one.
        """
        address = network_of(visitor.address)
        self._look(address, visitor.tenant)
        self._inside += 1
        self._addresses[address] += 1
        self._tenants[visitor.tenant] += 1
        try:
            yield
        finally:
            self._inside -= 1
            for counted, key in ((self._addresses, address), (self._tenants, visitor.tenant)):
                counted[key] -= 1
                if not counted[key]:
                    del counted[key]

    def of_tenant(self, tenant: str) -> int:
        """How many of one tenant's guests are connected."""
        return self._tenants[tenant]

    def _look(self, address: str, tenant: str) -> None:
        match self.door:
            case "leaving":
                raise NotAdmittedError("restarting", _LEAVING, code="restarting")
            case "full" | "busy" as reason:
                raise NotAdmittedError(reason, _BUSY)
        if address and 0 < self._shares.address <= self._addresses[address]:
            raise NotAdmittedError("address", _ADDRESS, code="too_many_sessions", status=429)
        if tenant and 0 < self._shares.tenant <= self._tenants[tenant]:
            raise NotAdmittedError("tenant", _TENANT, code="too_many_sessions", status=429)


def network_of(address: str) -> str:
    """What stands for one household: an IPv4 address, an IPv6 network of 64 bits; empty for this machine itself."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return network_of(str(parsed.ipv4_mapped))
        if not parsed.is_loopback:
            return str(ipaddress.ip_network((parsed, 64), strict=False))
    return "" if parsed.is_loopback else str(parsed)
