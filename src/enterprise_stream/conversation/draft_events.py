"""What an answer that was begun ahead of the turn's end tells; the other events are in `events.py`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DraftFailed:
    """A reply that was worked on ahead of the turn's end cannot be had."""

    at: float
    reply: int


@dataclass(frozen=True, slots=True)
class MeaningCompared:
    """The answer to `CompareMeaning`: whether an answer to the draft's words also answers these."""

    at: float
    reply: int
    text: str
    same: bool


DraftEvent = DraftFailed | MeaningCompared
