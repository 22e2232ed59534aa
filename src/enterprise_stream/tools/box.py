"""The toolbox that sessions share: offers tools, checks calls and runs them in tasks of its own."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, Self

import structlog

from enterprise_stream.errors import EnterpriseStreamError, ToolError
from enterprise_stream.thinking.ports import ToolCall
from enterprise_stream.thinking.tool_ports import Caller, CheckedCall, Tool
from enterprise_stream.tools.arguments import checked, meaning
from enterprise_stream.tools.implementation import Implementation
from enterprise_stream.tools.results import failed, told, uncertain

log = structlog.get_logger(__name__)

CLOSE_S = 10.0
"""How long calls under way may take once the server stops; what is not done then is stopped."""


Requested = Callable[[str, str], ToolCall | None]


class Server(Protocol):
    """Somebody else's tools, which come and go."""

    async def listed(self) -> Sequence[Implementation]:
        """Its tools, asked for once; raises `ToolError` where it does not answer."""
        ...

    @property
    def implementations(self) -> Sequence[Implementation]:
        """Those that can be called now."""
        ...

    async def serve(self) -> None:
        """Keep in touch until cancelled."""
        ...


class ToolBox:
    """A `Toolbox`; in use while entered. Empty until `fill`, so that sessions can be given it before the store is open.

    Args:
        fixed: see `fill`.
    """

    def __init__(self, *fixed: Implementation) -> None:
        self._fixed = fixed
        self._servers: Sequence[Server] = ()
        self._requested: Requested = _nothing
        self._calls: set[asyncio.Task[str]] = set()

    def fill(
        self, fixed: Sequence[Implementation], servers: Sequence[Server] = (), requested: Requested | None = None
    ) -> None:
        """Put tools in; only while the box is not entered.

        Args:
            fixed: tools that are always there; they win where a server has one of the same name.
            servers: those that come and go.
            requested: the call that a guest's words (words, language) ask for plainly.
        """
        self._fixed = tuple(fixed)
        self._servers = tuple(servers)
        self._requested = requested or _nothing

    async def __aenter__(self) -> Self:
        self._group = await asyncio.TaskGroup().__aenter__()
        self._serving = [self._group.create_task(server.serve()) for server in self._servers]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._calls:
            await asyncio.wait(self._calls, timeout=CLOSE_S)
        for task in (*self._calls, *self._serving):
            task.cancel()
        await self._group.__aexit__(None, None, None)

    @property
    def tools(self) -> tuple[Tool, ...]:
        """What can be called now."""
        return tuple(each.tool for each in self._known().values())

    def requested(self, words: str, language: str) -> ToolCall | None:
        """The call that a guest's words ask for plainly."""
        return self._requested(words, language)

    async def check(self, call: ToolCall, caller: Caller) -> CheckedCall:
        """Check a call without doing anything; raises what the port's raises."""
        found = self._known().get(call.name)
        if found is None:
            raise ToolError("There is no tool of that name.", code="tool_unknown")
        try:
            prepared = await found.prepare(checked(call.arguments, found.tool.spec.parameters), caller)
        except ToolError:
            raise
        except EnterpriseStreamError as error:
            log.warning("tool_not_prepared", tool=call.name, code=error.code)
            raise ToolError("It does not work at the moment.", code="tool_unavailable") from None
        key = meaning(call.name, prepared.arguments)
        return CheckedCall(call, found.tool, prepared.arguments, key, prepared.question)

    def begin(self, call: CheckedCall, caller: Caller) -> asyncio.Task[str]:
        """Run a checked call."""
        task = self._group.create_task(self._run(call, caller))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)
        return task

    def _known(self) -> Mapping[str, Implementation]:
        known = {each.tool.spec.name: each for server in self._servers for each in server.implementations}
        return known | {each.tool.spec.name: each for each in self._fixed}

    async def _run(self, call: CheckedCall, caller: Caller) -> str:
        name, tool = call.tool.spec.name, call.tool
        found = self._known().get(name)
        try:
            if found is None:
                raise ToolError("It is not there any more.", code="tool_unavailable")
            async with asyncio.timeout(tool.timeout_s):
                result = told(await found.run(call.arguments, request_id(caller.owner, call.key), caller))
        except TimeoutError:
            log.warning("tool_late", tool=name, seconds=tool.timeout_s)
            return failed(uncertain(tool, "It took too long", code="tool_timeout"))
        except EnterpriseStreamError as error:
            log.warning("tool_failed", tool=name, code=error.code)
            return failed(error)
        except Exception as error:  # noqa: BLE001 - a bug in one tool must not end every guest's call with its task group
            log.error("tool_broken", tool=name, error=type(error).__name__)
            return failed(ToolError("It does not work."))
        log.info("tool_done", tool=name)
        return result


def _nothing(_words: str, _language: str) -> ToolCall | None:
    return None


def request_id(owner: str, key: str) -> str:
    """What a call is known by outside: the same for the same session and meaning; neither can be told from it."""
    return hashlib.sha256(f"{owner}\n{key}".encode()).hexdigest()[:32]
