"""What the house asks of a conversation; the other events are in `events.py`."""

from dataclasses import dataclass
from typing import Literal

PartingReason = Literal["budget", "quiet", "time"]
"""Why the house ends a call: its money is spent, nobody has said a word for too long, its time is over."""

WarningReason = Literal["quiet", "time"]
"""Why a call is about to end: nobody has said a word for long, its time is nearly over."""


@dataclass(frozen=True, slots=True)
class WarningRequested:
    """The call is about to end: say so, if nobody has the floor."""

    at: float
    why: WarningReason


@dataclass(frozen=True, slots=True)
class PartingRequested:
    """The call is to end: say goodbye and hear nothing more."""

    at: float
    why: PartingReason = "budget"


HouseEvent = WarningRequested | PartingRequested
