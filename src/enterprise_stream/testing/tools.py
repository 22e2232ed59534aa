"""Scripted tools: a `Toolbox` whose calls take as long as they are told to and are all remembered."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from enterprise_stream.errors import ToolError
from enterprise_stream.thinking.ports import ToolCall, ToolSpec
from enterprise_stream.thinking.tool_ports import Caller, CheckedCall, Effect, Tool


@dataclass(frozen=True, slots=True)
class ScriptedTool:
    """What a tool of the toolbox is and does.

    Attributes:
        delay_ms: how long a call takes.
        result: what comes of it.
        refusal: raised when a call is checked; None accepts every one.
        wanted_by: words of a guest that ask for it plainly; empty for none.
        passes_on: as `Tool.passes_on`.
    """

    name: str
    effect: Effect = "none"
    asks: bool = True
    cancellable: bool = False
    usual_ms: float = 0.0
    delay_ms: float = 0.0
    result: Mapping[str, Any] = field(default_factory=lambda: {"status": "ok"})
    refusal: ToolError | None = None
    wanted_by: str = ""
    passes_on: bool = False

    @property
    def tool(self) -> Tool:
        """As a session sees it."""
        spec = ToolSpec(self.name, f"Does {self.name}.", {"type": "object"})
        return Tool(spec, self.effect, self.asks, self.cancellable, usual_ms=self.usual_ms, passes_on=self.passes_on)


class ScriptedTools:
    """A `Toolbox`; use it in `async with`, which waits for the calls under way.

    Attributes:
        begun: name and arguments of the calls that were begun, in order.
        done: those that came to their end.
        callers: for whom each was begun.
    """

    def __init__(self, *tools: ScriptedTool) -> None:
        self._tools = {each.name: each for each in tools}
        self._stack = AsyncExitStack()
        self.begun: list[tuple[str, Mapping[str, Any]]] = []
        self.done: list[tuple[str, Mapping[str, Any]]] = []
        self.callers: list[Caller] = []

    async def __aenter__(self) -> Self:
        self._group = await self._stack.enter_async_context(asyncio.TaskGroup())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._stack.__aexit__(kind, error, trace)

    @property
    def tools(self) -> tuple[Tool, ...]:
        """All of them."""
        return tuple(each.tool for each in self._tools.values())

    def requested(self, words: str, _language: str) -> ToolCall | None:
        """A call of the tool whose `wanted_by` is among the words."""
        wanted = (each for each in self._tools.values() if each.wanted_by and each.wanted_by in words)
        return next((ToolCall("asked", each.name, "{}") for each in wanted), None)

    async def check(self, call: ToolCall, _caller: Caller) -> CheckedCall:
        """Accept any JSON object of a tool that is here, unless its script refuses."""
        scripted = self._tools.get(call.name)
        if scripted is None:
            raise ToolError(f"There is no tool {call.name}.", code="tool_unknown")
        if scripted.refusal is not None:
            raise scripted.refusal
        arguments = json.loads(call.arguments)
        key = f"{call.name} {json.dumps(arguments, sort_keys=True)}"
        return CheckedCall(call, scripted.tool, arguments, key, f"¿Hago {call.name}?")

    def begin(self, call: CheckedCall, caller: Caller) -> asyncio.Task[str]:
        """Run it."""
        self.begun.append((call.call.name, call.arguments))
        self.callers.append(caller)
        return self._group.create_task(self._run(call))

    async def _run(self, call: CheckedCall) -> str:
        scripted = self._tools[call.call.name]
        await asyncio.sleep(scripted.delay_ms / 1000)
        self.done.append((call.call.name, call.arguments))
        return json.dumps(scripted.result)
