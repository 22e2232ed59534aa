"""`tools check` and `tools list`."""

import asyncio
import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from enterprise_stream.cli.exits import Exit
from enterprise_stream.config import load_environment, load_settings
from enterprise_stream.errors import ToolError
from enterprise_stream.thinking.tool_ports import Tool
from enterprise_stream.tools.booking import TOOL as BOOK
from enterprise_stream.tools.facts import TOOL as LOOK_UP
from enterprise_stream.tools.hand_over import TOOL as HAND_OVER
from enterprise_stream.tools.http_endpoint import HttpEndpoint
from enterprise_stream.tools.running import servers
from enterprise_stream.tools.tools_file import ToolsFile, check_tools_file, load_tools_file

stdout = Console(highlight=False)


def check(file: Path) -> Exit:
    """Tell what is wrong with a file of tools; returns the exit code."""
    environment = load_environment()
    problems = check_tools_file(file, environment)
    for problem in problems:
        mark = "[bold red]error[/]" if problem.fatal else "[yellow]advice[/]"
        where = f"{file}:{problem.line}" if problem.line else str(file)
        stdout.print(f"{where}: {mark}: ", end="", soft_wrap=True)
        stdout.print(problem.message, markup=False, soft_wrap=True)
    if any(problem.fatal for problem in problems):
        return Exit.BAD_INPUT
    own = load_tools_file(file, environment)
    stdout.print(f"{len(own.tools)} tools, {len(own.servers)} servers: good.")
    return Exit.OK


def show(*, as_json: bool) -> Exit:
    """Tell what there is; returns the exit code."""
    settings = load_settings()
    own = load_tools_file(settings.tools_file, load_environment()) if settings.tools_file else ToolsFile()
    rows = [_row(tool, "built in") for tool in (LOOK_UP, BOOK, HAND_OVER)]
    rows += [_row(HttpEndpoint(each).tool, "HTTP") for each in own.tools]
    away: list[str] = []
    rows += asyncio.run(_of_servers(own, away))
    if as_json:
        print(json.dumps({"tools": rows, "away": away}, ensure_ascii=False))
    else:
        _print(rows, away)
    return Exit.FAILED if away else Exit.OK


async def _of_servers(own: ToolsFile, away: list[str]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for described in own.servers:
        (connection,) = servers([described])
        try:
            listed = await connection.listed()
        except ToolError as error:
            away.append(f"{described.name}: {error.message}")
        else:
            rows += [_row(each.tool, f"MCP, {described.name}") for each in listed]
    return rows


def _row(tool: Tool, origin: str) -> dict[str, Any]:
    return {
        "name": tool.spec.name,
        "from": origin,
        "effect": tool.effect,
        "asks": tool.needs_consent,
        "cancellable": tool.cancellable,
        "timeout_s": tool.timeout_s,
        "description": tool.spec.description,
    }


def _print(rows: list[dict[str, Any]], away: list[str]) -> None:
    table = Table("tool", "from", "changes something", "asks the guest", "at most")
    for row in rows:
        changes, asks = ("yes" if yes else "no" for yes in (row["effect"] == "changes", row["asks"]))
        table.add_row(row["name"], row["from"], changes, asks, f"{row['timeout_s']:g} s")
    stdout.print(table)
    for problem in away:
        stdout.print(f"[bold red]away[/]: {problem}")
