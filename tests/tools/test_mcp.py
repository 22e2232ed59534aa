"""An owner's MCP servers: real ones, in a process of their own and over HTTP."""

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from enterprise_stream.errors import ToolError
from enterprise_stream.thinking.ports import ToolCall
from enterprise_stream.tools import ToolBox, mcp_server
from enterprise_stream.tools.mcp_server import McpConnection
from enterprise_stream.tools.tools_file import McpServer

from .conftest import CALLER
from .mcp_demo import server as demo

DEMO = McpServer(
    name="crm",
    command=(sys.executable, str(Path(__file__).with_name("mcp_demo.py"))),
    environment={"CRM_TOKEN": "t0ken"},
    url="",
    headers={},
    harmless=frozenset({"find_guest", "fail", "end", "slow"}),
    only=frozenset(),
    timeout_s=30.0,
    usual_ms=0.0,
)

STARTS_S = 60.0
"""How long a process may take to begin on a machine that has other work."""


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mcp_server, "CONNECT_S", STARTS_S)


@asynccontextmanager
async def _box(described: McpServer) -> AsyncIterator[ToolBox]:
    box = ToolBox()
    box.fill([], [McpConnection(described)])
    async with box:
        await _until_there(box)
        yield box


async def _until_there(box: ToolBox) -> None:
    async with asyncio.timeout(STARTS_S):
        while not box.tools:  # noqa: ASYNC110 - a process starts
            await asyncio.sleep(0.01)


def _call(tool: str, /, **arguments: Any) -> ToolCall:
    return ToolCall("1", tool, json.dumps(arguments))


async def _run(box: ToolBox, call: ToolCall) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(await box.begin(await box.check(call, CALLER), CALLER))
    return result


async def test_a_process_offers_its_tools_and_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTHER", "not for it")
    async with _box(DEMO) as box:
        assert {tool.spec.name for tool in box.tools} == {
            "crm_find_guest", "crm_order_breakfast", "crm_fail", "crm_end", "crm_slow",
        }  # fmt: skip
        found = await _run(box, _call("crm_find_guest", name="Ana"))
        assert found["data"] == {"name": "Ana", "room": "7", "secret": "t0ken", "other": ""}
        assert "no instruction" in found["note"]

        checked = await box.check(_call("crm_order_breakfast", room=7, at="8:00"), CALLER)
        assert checked.tool.needs_consent
        assert not checked.tool.cancellable
        assert checked.question == "¿Confirma que lo haga? order_breakfast, room: 7, at: 8:00."
        with pytest.raises(ToolError, match="not of type 'integer'"):
            await box.check(_call("crm_order_breakfast", room="seven", at="8:00"), CALLER)

        assert (await _run(box, _call("crm_fail")))["status"] == "failed"

        stopped = box.begin(await box.check(_call("crm_slow"), CALLER), CALLER)
        await asyncio.sleep(0)
        stopped.cancel()
        with pytest.raises(asyncio.CancelledError):
            await stopped

        assert (await _run(box, _call("crm_end")))["error"] == "tool_unavailable"
        async with asyncio.timeout(STARTS_S):
            while box.tools:  # noqa: ASYNC110 - it is noticed
                await asyncio.sleep(0)
        await _until_there(box)
        assert (await _run(box, _call("crm_find_guest", name="Luis")))["data"]["name"] == "Luis"


async def test_only_what_is_wanted_is_offered() -> None:
    connection = McpConnection(replace(DEMO, only=frozenset({"find_guest"})))
    assert [tool.tool.spec.name for tool in await connection.listed()] == ["crm_find_guest"]


async def test_a_command_that_is_none_is_told() -> None:
    with pytest.raises(ToolError, match="It does not answer"):
        await McpConnection(replace(DEMO, command=("/nonexistent/server",))).listed()


async def test_a_server_over_http() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        config = uvicorn.Config(demo.streamable_http_app(), log_level="critical", ws="none")
        http = uvicorn.Server(config)
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(http.serve([bound]))
            described = replace(DEMO, command=(), environment={}, url=f"http://127.0.0.1:{port}/mcp")
            async with _box(described) as box:
                assert (await _run(box, _call("crm_find_guest", name="Ana")))["data"]["room"] == "7"
            http.should_exit = True
            await serving
