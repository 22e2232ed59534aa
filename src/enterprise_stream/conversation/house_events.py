"""What the house asks of a conversation; the other events are in `events.py`."""

from dataclasses import dataclass
from typing import Literal

PartingReason = Literal["budget", "quiet", "time"]
"""Why the house ends a call: its money is spent, nobody has said a word for too long, its time is over."""


@dataclass(frozen=True, slots=True)
class PartingRequested:
    """The call is to end: say goodbye and hear nothing more."""

    at: float
    why: PartingReason = "budget"
