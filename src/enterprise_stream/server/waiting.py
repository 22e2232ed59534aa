"""Who of those that wait for their guests ends first, where too many do."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, Protocol, TypeVar

from enterprise_stream.server.access.lease import Lease

AWAY_A_PLACE: Final = 4
"""Sessions that wait for their guests at once, for each that may be connected. Each may hold a minute of sound (3 MB)
and its log (1 MB)."""

UNBEGUN_A_PLACE: Final = 1
"""Of them, those in which nothing was said or done. Each holds 65 kB; a guest who comes back finds what a new session
would give him."""

UNBEGUN_S: Final = 60.0
"""How long these wait at most. Every comeback that is cut off before its `start` leaves one behind."""

MOMENT_S: Final = 0.001
"""What is not waited for: a clock may stand still for as long."""


def waits_s(away_s: float, window_s: float, *, begun: bool) -> float:
    """How much longer a session waits whose guest is away, of the seconds that it may; a moment is nothing."""
    left_s = (window_s if begun else min(window_s, UNBEGUN_S)) - away_s
    return left_s if left_s >= MOMENT_S else 0.0


class Waiting(Protocol):
    """A session that waits."""

    lost_at: float
    lease: Lease

    @property
    def begun(self) -> bool:
        """Whether anything was said or done."""
        ...


One = TypeVar("One", bound=Waiting)


def surplus(waiting: Sequence[One], places: int) -> One | None:
    """The session that has to end; None while there is room for all.

    Those in which nothing was done come first. Of several, it is one of the tenant's who has most of them, and the one
    whose guest has been away longest: nobody's guests pay for another's.

    Args:
        waiting: all that wait.
        places: how many guests may be connected at once.
    """
    unbegun = [one for one in waiting if not one.begun]
    if len(unbegun) > UNBEGUN_A_PLACE * places:
        return _first(unbegun)
    if len(waiting) > AWAY_A_PLACE * places:
        return _first(unbegun or waiting)
    return None


def _first(waiting: Sequence[One]) -> One:
    tenants = Counter(one.lease.tenant for one in waiting)
    return min(waiting, key=lambda one: (-tenants[one.lease.tenant], one.lost_at))
