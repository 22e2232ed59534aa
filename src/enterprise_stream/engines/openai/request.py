"""One request for a chat completion, as values: what is asked, whichever model and dialect it goes out in.

The order of its messages, the steadiest first, so that the vendor reads from its cache what it has read before:

1. system: who she is, how she speaks, her rules, the business (the same for all guests of a language);
2. user: the summary of what was said earlier, where there is one; then the lines of the conversation;
3. system: what holds for this turn only (the date, the facts found, the language);
4. user: the guest's words;
5. the turn so far: functions that were called and what came of them, the answer's beginning;
6. system: how to go on, where the answer has begun.

What a guest has said stands in messages of the user's role only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NotRequired, TypedDict

Role = Literal["system", "user", "assistant", "tool"]


class ChatMessage(TypedDict):
    """A message as the wire has it."""

    role: Role
    content: str | None
    tool_calls: NotRequired[list[dict[str, Any]]]
    tool_call_id: NotRequired[str]


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked.

    Attributes:
        stable: the system message that every turn begins with.
        lines: what was said earlier.
        late: what holds for this turn only.
        asked: the guest's words.
        exchanges: functions that were called in this turn, and what came of them.
        said: the answer's beginning.
        go_on: how to go on from there.
        tools: functions that may be called, as the wire has them.
        max_tokens: longest answer.
    """

    stable: str
    asked: str
    lines: tuple[ChatMessage, ...] = ()
    late: str = ""
    exchanges: tuple[ChatMessage, ...] = ()
    said: str = ""
    go_on: str = ""
    tools: tuple[Mapping[str, Any], ...] = ()
    max_tokens: int = 300

    def messages(self, *, late_system: bool) -> tuple[ChatMessage, ...]:
        """The messages in order.

        Args:
            late_system: whether a system message may stand anywhere. If not, what is late goes before the guest's words
                into his message, and the roles take turns, as many models' templates demand.
        """
        told = [message("system", self.stable), *self.lines]
        if late_system:
            told += [message("system", self.late), message("user", self.asked)]
        else:
            told.append(message("user", f"{self.late}\n\n{self.asked}" if self.late else self.asked))
        told += [*self.exchanges, message("assistant", self.said)]
        told.append(message("system" if late_system else "user", self.go_on))
        kept = [each for each in told if each["content"] or "tool_calls" in each]
        return tuple(kept) if late_system else tuple(_in_turns(kept))


def message(role: Role, content: str) -> ChatMessage:
    """A message of nothing but text."""
    return {"role": role, "content": content}


def _in_turns(messages: Iterable[ChatMessage]) -> list[ChatMessage]:
    """Messages of one role that follow each other as one, and a user's first after the system's."""
    found: list[ChatMessage] = []
    for each in messages:
        before = found[-1] if found else None
        if before is None or before["role"] != each["role"] or "tool_calls" in {**before, **each} or _is_result(each):
            if before is not None and before["role"] == "system" and each["role"] == "assistant":
                found.append(message("user", "…"))
            found.append(each)
        else:
            found[-1] = message(each["role"], f"{before['content']}\n{each['content']}")
    return found


def _is_result(each: ChatMessage) -> bool:
    return each["role"] == "tool"
