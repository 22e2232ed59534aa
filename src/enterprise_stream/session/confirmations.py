"""Calls that wait for the guest's yes: what was asked, when, and whether these words now give it."""

from dataclasses import dataclass

from enterprise_stream.conversation.consent import consents
from enterprise_stream.conversation.history import History, Item
from enterprise_stream.thinking.ports import ToolExchange

CONFIRM_WITHIN_MS = 120_000.0
"""How long a yes counts after the question; who says it later has thought of other things meanwhile."""

MAX_HELD = 16
"""Calls held at once; the oldest go first. One turn makes 16 at most (`tool_rounds`)."""


@dataclass(frozen=True, slots=True)
class Held:
    """A call that has not run.

    Attributes:
        key: what would be done; a changed argument changes it.
        turn: the turn that it was asked in.
        at: when, in ms on the session's clock.
        exchange: the call and what the brain was told of it.
    """

    key: str
    turn: int
    at: float
    exchange: ToolExchange


@dataclass(frozen=True, slots=True)
class Confirmations:
    """The calls that are held. Immutable; each change is a new value."""

    held: tuple[Held, ...] = ()

    def hold(self, new: Held) -> "Confirmations":
        """With one more, in place of the same one asked before."""
        kept = [old for old in self.held if old.key != new.key]
        return Confirmations((*kept, new)[-MAX_HELD:])

    def waiting(self, turn: int, history: History, now: float) -> tuple[Held, ...]:
        """What the guest's words of this turn may confirm: what her last answer asked him, if he heard the question.

        Args:
            turn: the turn that goes on now.
            history: what was said and heard.
            now: ms on the session's clock.
        """
        asked = _last_answer(history, turn)
        if asked is None or "?" not in asked.text:
            return ()
        return tuple(held for held in self.held if held.turn == asked.turn and now - held.at <= CONFIRM_WITHIN_MS)

    def confirmed(self, key: str, turn: int, history: History, now: float) -> bool:
        """Whether the guest has said yes, in this turn, to just this."""
        return any(held.key == key for held in self.waiting(turn, history, now)) and _said_yes(history, turn)

    def without(self, key: str) -> "Confirmations":
        """What is left once a call has run: a yes is good for once."""
        return Confirmations(tuple(held for held in self.held if held.key != key))


def _last_answer(history: History, turn: int) -> Item | None:
    answers = (item for item in reversed(history.items) if item.role == "assistant" and item.turn < turn)
    return next(answers, None)


def _said_yes(history: History, turn: int) -> bool:
    said = [item for item in history.items if item.role == "user" and item.turn == turn]
    return bool(said) and all(consents(item.text, item.language) for item in said)
