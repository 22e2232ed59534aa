"""Whether there is still money: pure rules over what was spent and what may be."""

from dataclasses import astuple, dataclass, fields
from enum import IntEnum

BRIEF_AT = 0.8
"""Share of a cap from which answers are brief."""


class Level(IntEnum):
    """How free she is to spend; the higher, the less."""

    NORMAL = 0
    BRIEF = 1
    """Short answers; what costs nothing comes first."""
    SPENT = 2
    """Nothing more is bought: she says goodbye."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """Money by what it is counted over, in micro-dollars: what was spent, or as caps what may be (0: no cap).

    Attributes:
        turn: since the last answer was complete.
        call: one session.
        day: everybody, today.
        tenant_day: one tenant, today.
    """

    turn: int = 0
    call: int = 0
    day: int = 0
    tenant_day: int = 0


def level(spent: Amounts, caps: Amounts) -> Level:
    """How free she is, by the cap that is nearest."""
    used = share(spent, caps)
    if used >= 1:
        return Level.SPENT
    return Level.BRIEF if used >= BRIEF_AT else Level.NORMAL


def share(spent: Amounts, caps: Amounts) -> float:
    """How much of a cap is used, of the one that is nearest; 0 where there is none."""
    return max((used / cap for used, cap in zip(astuple(spent), astuple(caps), strict=True) if cap), default=0.0)


def affords(spent: Amounts, caps: Amounts, amount: int) -> bool:
    """Whether this much more passes no cap."""
    return all(used + amount <= cap for used, cap in zip(astuple(spent), astuple(caps), strict=True) if cap)


def nearest(spent: Amounts, caps: Amounts) -> str:
    """The name of the cap that is used most; empty where there is none."""
    used = {
        field.name: getattr(spent, field.name) / getattr(caps, field.name)
        for field in fields(caps)
        if getattr(caps, field.name)
    }
    return max(used, key=lambda name: used[name], default="")
