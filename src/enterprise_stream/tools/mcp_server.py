"""Tools that an owner's servers offer by the Model Context Protocol: listed at start, found again after a loss."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import structlog
from mcp import Client, MCPError, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CONNECTION_CLOSED, CallToolResult, TextContent
from mcp.types import Tool as ListedTool

from enterprise_stream.errors import ToolError
from enterprise_stream.thinking.ports import ToolSpec
from enterprise_stream.thinking.tool_ports import Caller, Tool
from enterprise_stream.tools.arguments import check_schema
from enterprise_stream.tools.implementation import Prepared
from enterprise_stream.tools.results import from_outside, uncertain
from enterprise_stream.tools.tools_file import McpServer

log = structlog.get_logger(__name__)

CONNECT_S = 10.0
"""How long a server may take to start and to list its tools."""

LOOK_S = 30.0
"""How often a server is asked for its tools again, which also shows whether it is still there."""

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 60.0
"""Before a lost server is tried again; doubled each time."""

MAX_TOOLS = 32
"""Tools taken of one server: more than a brain can tell apart are of no use."""

MAX_PAGES = 8
MAX_DESCRIPTION = 1_000

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ASKS = {"es": "¿Confirma que lo haga? {what}.", "en": "Shall I go ahead? {what}."}


class McpConnection:
    """One server, while `serve` runs; its tools are there while it is.

    Args:
        described: what the owner's file says.
    """

    def __init__(self, described: McpServer) -> None:
        self._described = described
        self._offered: tuple[McpTool, ...] = ()
        self._lost = asyncio.Event()

    @property
    def implementations(self) -> Sequence["McpTool"]:
        """Its tools; none while it is away."""
        return self._offered

    @property
    def name(self) -> str:
        """As the owner calls it."""
        return self._described.name

    async def serve(self) -> None:
        """Connect, keep in touch, and connect again after a loss."""
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                async with asyncio.timeout(CONNECT_S) as deadline, self._client() as client:
                    await self._list(client)
                    deadline.reschedule(None)
                    pause_s = FIRST_PAUSE_S
                    await self._keep_in_touch(client)
            except Exception as error:  # noqa: BLE001 - however a server is lost, the next try is the answer
                log.warning("tool_server_lost", server=self.name, error=type(error).__name__)
            finally:
                self._offered = ()
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def listed(self) -> Sequence["McpTool"]:
        """Its tools, by a connection of its own that ends with this.

        Raises:
            ToolError: it does not answer.
        """
        try:
            async with asyncio.timeout(CONNECT_S), self._client() as client:
                await self._list(client)
                return self._offered
        except Exception as error:  # noqa: BLE001 - the SDK's errors are many, and mean the same here
            raise ToolError(f"It does not answer ({type(error).__name__}).", code="tool_unavailable") from None

    def lost(self) -> None:
        """A call has found the server gone."""
        self._lost.set()

    async def _keep_in_touch(self, client: Client) -> None:
        self._lost.clear()
        while not self._lost.is_set():
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._lost.wait()
            except TimeoutError:
                async with asyncio.timeout(CONNECT_S):
                    await self._list(client)

    async def _list(self, client: Client) -> None:
        found: list[ListedTool] = []
        cursor: str | None = None
        for _ in range(MAX_PAGES):
            page = await client.list_tools(cursor=cursor, cache_mode="bypass")
            found += page.tools
            cursor = page.next_cursor
            if cursor is None:
                break
        taken = [tool for each in found if (tool := self._taken(client, each)) is not None]
        if [tool.tool for tool in taken[:MAX_TOOLS]] != [tool.tool for tool in self._offered]:
            log.info(
                "tool_server_listed", server=self.name, tools=len(taken[:MAX_TOOLS]), left_out=len(found) - len(taken)
            )
        self._offered = tuple(taken[:MAX_TOOLS])

    def _taken(self, client: Client, listed: ListedTool) -> "McpTool | None":
        """A listed tool as ours; None for one that is not wanted, or that no brain could call."""
        described = self._described
        name = f"{described.name}_{listed.name}"
        if described.only and listed.name not in described.only:
            return None
        if not _NAME.fullmatch(name) or check_schema(listed.input_schema) is not None:
            log.warning("tool_left_out", server=described.name)
            return None
        harmless = listed.name in described.harmless
        tool = Tool(
            ToolSpec(name, (listed.description or listed.title or listed.name)[:MAX_DESCRIPTION], listed.input_schema),
            effect="none" if harmless else "changes",
            cancellable=harmless,
            timeout_s=described.timeout_s,
            usual_ms=described.usual_ms,
        )
        return McpTool(self, client, listed.name, listed.title or listed.name, tool)

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[Client]:
        described = self._described
        if described.url:
            async with (
                httpx2.AsyncClient(headers=dict(described.headers), timeout=described.timeout_s) as http,
                Client(streamable_http_client(described.url, http_client=http)) as client,
            ):
                yield client
            return
        command = StdioServerParameters(
            command=described.command[0], args=list(described.command[1:]), env=dict(described.environment)
        )
        with open(os.devnull, "w") as nowhere:  # noqa: ASYNC230, PTH123 - what a server prints is not for our logs
            async with Client(stdio_client(command, errlog=nowhere)) as client:
                yield client


class McpTool:
    """One tool of a server."""

    def __init__(self, connection: McpConnection, client: Client, name: str, title: str, tool: Tool) -> None:
        self._connection = connection
        self._client = client
        self._name = name
        self._title = title
        self._tool = tool

    @property
    def tool(self) -> Tool:
        """What it is."""
        return self._tool

    async def prepare(self, arguments: Mapping[str, Any], caller: Caller) -> Prepared:
        """The schema has said it all; the question names the tool and what it is given."""
        if not self._tool.needs_consent:
            return Prepared(arguments)
        told = ", ".join(f"{name}: {value}" for name, value in arguments.items())
        what = f"{self._title}, {told}" if told else self._title
        return Prepared(arguments, _ASKS.get(caller.language, _ASKS["en"]).format(what=what))

    async def run(self, arguments: Mapping[str, Any], _request: str, _caller: Caller) -> Mapping[str, Any]:
        """Call it."""
        try:
            result = await self._client.call_tool(self._name, dict(arguments))
        except MCPError as error:
            if error.code == CONNECTION_CLOSED:
                self._connection.lost()
                raise uncertain(self._tool, "The connection to it broke", code="tool_unavailable") from None
            raise ToolError("It refused the call.") from None
        except (OSError, RuntimeError):  # the connection has ended meanwhile
            self._connection.lost()
            raise uncertain(self._tool, "The connection to it broke", code="tool_unavailable") from None
        return _told(result)


def _told(result: CallToolResult) -> Mapping[str, Any]:
    data = result.structured_content
    if data is None:
        data = "\n".join(block.text for block in result.content if isinstance(block, TextContent))
    told = from_outside(data)
    return told | {"status": "failed"} if result.is_error else told
