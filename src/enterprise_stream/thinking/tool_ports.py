"""What a session needs of the tools: which there are, what a call may do, and a call that runs."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from enterprise_stream.errors import ToolError
from enterprise_stream.thinking.ports import ToolCall, ToolSpec

Effect = Literal["none", "changes"]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool and how a session has to treat it.

    Attributes:
        spec: what a brain is told of it.
        effect: `none` only finds out; `changes` leaves something behind.
        asks: whether the guest is asked before it changes something. Not so only where the guest himself has asked for
            it, or where to ask would stand in the way of help.
        cancellable: whether a call may be stopped half-way; otherwise it is finished, whoever still waits for it.
        timeout_s: longest that a call may take.
        usual_ms: what a call takes as a rule; one that takes long is covered by a word from the library.
        passes_on: whether it leaves the guest's question to a person: a brain that calls it unasked did not know.
    """

    spec: ToolSpec
    effect: Effect = "changes"
    asks: bool = True
    cancellable: bool = False
    timeout_s: float = 10.0
    usual_ms: float = 0.0
    passes_on: bool = False

    @property
    def needs_consent(self) -> bool:
        """Whether it runs only after the guest has said yes."""
        return self.effect == "changes" and self.asks


@dataclass(frozen=True, slots=True)
class Caller:
    """For whom a tool is called.

    Attributes:
        owner: session that the work is done for.
        turn: number of the turn.
        language: ISO 639-1 code that the guest is answered in.
        words: what the guest said in this turn.
        tenant: whose guest it is; empty where there is only one tenant.
    """

    owner: str
    turn: int
    language: str
    words: str
    tenant: str = ""


@dataclass(frozen=True, slots=True)
class CheckedCall:
    """A call whose arguments are right.

    Attributes:
        call: as the brain made it.
        tool: what it calls.
        arguments: checked, in the form that the tool takes.
        key: the same for calls of the same tool with the same meaning, however they are written.
        question: what the guest is asked before it runs, in his language; empty where nothing is asked.
    """

    call: ToolCall
    tool: Tool
    arguments: Mapping[str, Any]
    key: str
    question: str = ""


class Toolbox(Protocol):
    """The tools, shared by all sessions. Results are JSON texts of bounded length and never an exception."""

    @property
    def tools(self) -> tuple[Tool, ...]:
        """What is offered now; may change while servers come and go."""
        ...

    def requested(self, words: str, language: str) -> ToolCall | None:
        """The call that a guest's words ask for plainly, so that it is made whatever the brain thinks of it."""
        ...

    async def check(self, call: ToolCall, caller: Caller) -> CheckedCall:
        """Check a call without doing anything.

        Raises:
            ToolError: there is no such tool, or it cannot be called so; the message tells the brain what to change.
        """
        ...

    def begin(self, call: CheckedCall, caller: Caller) -> asyncio.Task[str]:
        """Run a call in a task of the toolbox's own, which outlives the session; its result is JSON text.

        Cancelling the task stops the call as far as it can be stopped.
        """
        ...


class NoTools:
    """A toolbox with nothing in it."""

    @property
    def tools(self) -> tuple[Tool, ...]:
        """Nothing."""
        return ()

    def requested(self, _words: str, _language: str) -> ToolCall | None:
        """Nothing can be done."""
        return None

    async def check(self, _call: ToolCall, _caller: Caller) -> CheckedCall:
        """Tell a brain that calls what it was not offered."""
        raise ToolError("There is no tool of that name.", code="tool_unknown")

    def begin(self, call: CheckedCall, _caller: Caller) -> asyncio.Task[str]:
        """Nothing passes `check`, so nothing comes here."""
        raise AssertionError(call.tool.spec.name)
