"""Whether the guest's client is connected; the other events are in `events.py`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConnectionLost:
    """Nobody is connected any more; the guest may come back."""

    at: float


@dataclass(frozen=True, slots=True)
class ConnectionResumed:
    """The guest is connected again."""

    at: float


PresenceEvent = ConnectionLost | ConnectionResumed
