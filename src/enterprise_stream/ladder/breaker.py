"""Whether an engine is asked at all: closed, open for a while after failures, then one request as a probe.

The states and their transitions are pure; times are arguments, in ms on any clock that does not go back.
"""

from dataclasses import dataclass, field
from typing import Literal

from enterprise_stream.errors import EnterpriseStreamError, VendorError

Position = Literal["closed", "open", "half_open"]

LASTING_CODES = frozenset({"vendor_auth", "vendor_quota", "model_gone"})
"""Failures that the next request meets too: one is enough."""


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """When it opens, and for how long.

    Attributes:
        failures: that many more failures than successes open it.
        window_ms: a failure counts this long.
        open_ms: how long it is open the first time.
        lasting_ms: the same after a failure that lasts, such as a refused key.
        growth: how much longer each time that the probe fails.
        longest_ms: the longest that it is open at once, whatever the vendor asks for.
    """

    failures: int = 3
    window_ms: float = 30_000.0
    open_ms: float = 5_000.0
    lasting_ms: float = 30_000.0
    growth: float = 2.0
    longest_ms: float = 120_000.0


@dataclass(frozen=True, slots=True)
class Closed:
    """Requests pass; `failures` are the moments of those that no success has made up for."""

    failures: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Open:
    """No request passes until `until`, then one does.

    Attributes:
        until: in ms.
        length_ms: how long it was opened for, before what the vendor asks is added.
    """

    until: float
    length_ms: float


@dataclass(frozen=True, slots=True)
class HalfOpen:
    """The probe is under way; `length_ms` is how long the breaker was open before it."""

    length_ms: float


BreakerState = Closed | Open | HalfOpen


def admit(state: BreakerState, at: float) -> tuple[BreakerState, bool]:
    """Whether a request may pass now, and what follows if it does."""
    match state:
        case Closed():
            return state, True
        case Open(until=until, length_ms=length_ms) if at >= until:
            return HalfOpen(length_ms), True
        case _:
            return state, False


def on_success(state: BreakerState) -> BreakerState:
    """A request was served: it makes up for a failure; a probe closes."""
    match state:
        case Closed(failures=failures):
            return Closed(failures[1:])
        case HalfOpen():
            return Closed()
        case Open():
            return state


def on_failure(policy: BreakerPolicy, state: BreakerState, at: float, error: EnterpriseStreamError) -> BreakerState:
    """A request failed: counted, or enough; a failed probe opens for longer."""
    lasting = error.code in LASTING_CODES
    asked_ms = 1000.0 * ((error.retry_after_s if isinstance(error, VendorError) else None) or 0.0)
    match state:
        case Closed(failures=failures):
            recent = (*(moment for moment in failures if at - moment < policy.window_ms), at)
            if lasting or asked_ms or len(recent) >= policy.failures:
                return _opened(policy, at, policy.lasting_ms if lasting else policy.open_ms, asked_ms)
            return Closed(recent)
        case HalfOpen(length_ms=length_ms):
            return _opened(policy, at, length_ms * policy.growth, asked_ms)
        case Open():
            return state


def on_abandoned(state: BreakerState, at: float) -> BreakerState:
    """Nobody waited for the request's end: it says nothing, and the next one may be the probe."""
    return Open(at, state.length_ms) if isinstance(state, HalfOpen) else state


def _opened(policy: BreakerPolicy, at: float, length_ms: float, asked_ms: float) -> Open:
    length_ms = min(length_ms, policy.longest_ms)
    return Open(at + min(max(length_ms, asked_ms), policy.longest_ms), length_ms)


@dataclass(slots=True)
class Breaker:
    """One engine's, shared by all sessions; holds the state and nothing else."""

    policy: BreakerPolicy = field(default_factory=BreakerPolicy)
    state: BreakerState = field(default_factory=Closed)

    def position(self, at: float) -> Position:
        """Where it stands; `half_open` as soon as a probe would be let through."""
        match self.state:
            case Closed():
                return "closed"
            case Open(until=until) if at < until:
                return "open"
            case _:
                return "half_open"

    def would_admit(self, at: float) -> bool:
        """Whether a request would pass."""
        return admit(self.state, at)[1]

    def admit(self, at: float) -> bool:
        """Whether this request may pass; if so, one of the three below must follow."""
        self.state, admitted = admit(self.state, at)
        return admitted

    def succeeded(self) -> None:
        """The request was served."""
        self.state = on_success(self.state)

    def failed(self, at: float, error: EnterpriseStreamError) -> None:
        """The request failed."""
        self.state = on_failure(self.policy, self.state, at, error)

    def abandoned(self, at: float) -> None:
        """Nobody waited for the request's end."""
        self.state = on_abandoned(self.state, at)
