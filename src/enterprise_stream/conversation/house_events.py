"""What the house asks of a conversation; the other events are in `events.py`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PartingRequested:
    """The call is to end: say goodbye and hear nothing more."""

    at: float
