"""How much of the conversation a request tells: what fits, and what is to be summed up before it does not. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from enterprise_stream.thinking.ports import Message

SUM_UP_FROM = 0.7
"""Share of the budget that lines take when the older ones are to be summed up: a turn or two before it is full."""

SUMMED_UP = 0.3
"""Share that the lines have which are summed up then: enough for the prompt's beginning to stay the same for long."""

LINE_TOKENS = 4
"""Around each line: its message's own, and its role."""

CountTokens = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Memory:
    """What an answer hands on to the next one of its session.

    Attributes:
        summary: what was said in the lines that are told no more; empty while all are.
        mark: the last of those lines, by its fingerprint; empty while there is none.
        ordered: the last line that is being summed up now; empty while nothing is.
    """

    summary: str = ""
    mark: str = ""
    ordered: str = ""

    @property
    def order(self) -> str:
        """Key of the order under way; see `SummaryOrder.key`."""
        return _key(self.summary, self.ordered)


@dataclass(frozen=True, slots=True)
class SummaryOrder:
    """Lines to be summed up.

    Attributes:
        summary: what was summed up before them.
        mark: of the last of them.
    """

    summary: str
    lines: tuple[Message, ...]
    mark: str

    @property
    def key(self) -> str:
        """The same for the same lines after the same summary."""
        return _key(self.summary, self.mark)


@dataclass(frozen=True, slots=True)
class Window:
    """What of the conversation a request tells.

    Attributes:
        summary: of what came before the lines.
        lines: oldest first.
        order: what is to be summed up now, or None.
    """

    summary: str
    lines: tuple[Message, ...]
    order: SummaryOrder | None = None


def window(memory: Memory, history: Sequence[Message], budget: int, count: CountTokens) -> Window:
    """What to tell of `history`.

    Args:
        memory: what the last answer handed on.
        history: the conversation before this turn, as far as the session gives it, oldest first.
        budget: tokens that the lines may take.
        count: tokens of a text.
    """
    if not history:
        return Window("", ())
    begin = _end_of_summary(memory, history)
    lines = tuple(history[begin:])
    costs = [count(line.text) + LINE_TOKENS for line in lines]
    order = None
    if not memory.ordered and len(lines) > 1 and sum(costs) > SUM_UP_FROM * budget:
        end = _oldest(costs, SUMMED_UP * budget)
        order = SummaryOrder(memory.summary, lines[:end], fingerprint(history, begin + end - 1))
    return Window(memory.summary, lines[_newest(costs, budget) :], order)


def summed_up(memory: Memory, summary: str | None) -> Memory:
    """The memory once its order has been carried out; without a summary the lines are let go."""
    return Memory(memory.summary if summary is None else summary, memory.ordered)


def _key(summary: str, mark: str) -> str:
    return sha256(f"{summary}\0{mark}".encode()).hexdigest()


def fingerprint(lines: Sequence[Message], at: int) -> str:
    """What tells a line from others: its words and those of the line before."""
    told = "\0".join(f"{line.role}\0{line.text}" for line in lines[max(0, at - 1) : at + 1])
    return sha256(told.encode()).hexdigest()[:16]


def _end_of_summary(memory: Memory, history: Sequence[Message]) -> int:
    """Index of the first line that is not summed up; 0 when the last that is has slid out of the history."""
    if not memory.mark:
        return 0
    found = (at + 1 for at in range(len(history) - 1, -1, -1) if fingerprint(history, at) == memory.mark)
    return next(found, 0)


def _oldest(costs: Sequence[int], share: float) -> int:
    """How many of the oldest lines have `share` tokens together; the newest line is never among them."""
    taken = 0
    for at in range(len(costs) - 1):
        if taken >= share:
            return at
        taken += costs[at]
    return len(costs) - 1


def _newest(costs: Sequence[int], budget: int) -> int:
    """Index of the first of the newest lines that fit into `budget` together."""
    left = budget
    for at in range(len(costs) - 1, -1, -1):
        left -= costs[at]
        if left < 0:
            return at + 1
    return 0
