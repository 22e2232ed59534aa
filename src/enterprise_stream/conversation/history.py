"""What was said and heard: never what was planned."""

from dataclasses import dataclass, replace
from typing import Literal

MAX_ITEMS = 400
"""Lines kept; the oldest go first. An hour's call has about 300."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the conversation.

    Attributes:
        text: the guest's words, or those of the answer that were heard.
        at: when it was said, in ms on the session's clock.
        interrupted: whether the answer was cut.
    """

    role: Literal["user", "assistant"]
    text: str
    turn: int
    language: str
    at: float
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """The lines so far, oldest first.

    Attributes:
        forgotten_through: the last turn whose lines were cleared; what is still to come of it is not kept either.
    """

    items: tuple[Item, ...] = ()
    forgotten_through: int = 0

    def add(self, item: Item) -> "History":
        """The history with one more line; an empty line, or one of a forgotten turn, adds nothing."""
        if not item.text or item.turn <= self.forgotten_through:
            return self
        return replace(self, items=(*self.items, item)[-MAX_ITEMS:])

    def clear(self, through: int) -> "History":
        """An empty history that keeps nothing of the turns up to `through`."""
        return History((), max(through, self.forgotten_through))
