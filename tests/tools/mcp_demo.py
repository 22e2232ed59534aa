"""A server of the Model Context Protocol, as an owner may have one; started by the tests as a process of its own."""

import asyncio
import os
import sys

from mcp.server.mcpserver import MCPServer

server = MCPServer("demo")


@server.tool(description="Finds a guest by name.")
def find_guest(name: str) -> dict[str, str]:
    """Finds a guest."""
    return {"name": name, "room": "7", "secret": os.environ.get("CRM_TOKEN", ""), "other": os.environ.get("OTHER", "")}


@server.tool(description="Orders breakfast.")
def order_breakfast(room: int, at: str) -> str:
    """Orders breakfast."""
    return f"Breakfast for room {room} at {at}."


@server.tool(description="Always fails.")
def fail() -> str:
    """Fails."""
    raise ValueError("no such thing: hunter2")


@server.tool(description="Ends the server.")
async def end() -> str:
    """Ends the process in the middle of a call."""
    os._exit(3)


@server.tool(description="Takes its time.")
async def slow() -> str:
    """Waits for ever."""
    await asyncio.Event().wait()
    return "done"


if __name__ == "__main__":
    print("noise that is no protocol", file=sys.stderr)
    server.run("stdio")
