"""How far each process may spend of a day's caps before it asks again: pure rules, so that all together pass none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from enterprise_stream.cost.governor import Amounts

SHARE: Final = 50
"""A slice is at most this part of its cap: 0.40 $ of 20 $, of which 25 minutes of a call are paid."""

SPREAD: Final = 4
"""And at most this part of what nobody holds yet, so that the last of it goes to many processes in small slices."""

LEAST: Final = 50_000
"""But this much where there is as much, in micro-dollars: what one turn may cost by default."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a process tells of one tenant's day.

    Attributes:
        tenant: whose money it is; empty where there is only one.
        spent: so far, in micro-dollars.
        held: up to where it may spend as of now.
        wanted: whether it goes on to spend; if not, what it has not spent goes back.
    """

    tenant: str
    spent: int
    held: int
    wanted: bool


def slice_of(cap: int, free: int) -> int:
    """How much of a cap is given at once, of what nobody holds yet; all in micro-dollars."""
    return max(0, min(free, max(LEAST, min(cap // SHARE, free // SPREAD))))


def grant(claims: Iterable[Claim], others: Mapping[str, int], caps: Amounts) -> dict[str, int]:
    """Up to where the process may spend from now on, by tenant; never less than it may as of now while it goes on.

    With what all others hold that is within the caps, unless somebody has already spent beyond what he held.

    Args:
        claims: of all tenants that the process has told of or tells of now.
        others: what everybody else may spend and has spent, by tenant.
        caps: `day` over everybody, `tenant_day` over each tenant; 0 is no cap.
    """
    claims = tuple(claims)
    held = {claim.tenant: max(claim.spent, claim.held if claim.wanted else 0) for claim in claims}
    for claim in claims:
        if claim.wanted:
            taken = sum(others.values()) + sum(held.values()) - held[claim.tenant] + claim.spent
            of_tenant = others.get(claim.tenant, 0) + claim.spent
            slices = [
                slice_of(cap, cap - used) for cap, used in ((caps.day, taken), (caps.tenant_day, of_tenant)) if cap
            ]
            held[claim.tenant] = max(held[claim.tenant], claim.spent + min(slices, default=0))
    return held
