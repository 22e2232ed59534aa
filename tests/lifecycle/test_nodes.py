"""Two real servers on one real PostgreSQL."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from bench.chaos.process import ServerProcess
from tests.store.postgres import new_database
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

KEY = "esk_" + "0123456789abcdef" * 3


@asynccontextmanager
async def two_servers(postgres: Path, folder: Path) -> AsyncIterator[tuple[ServerProcess, ServerProcess]]:
    settings = {
        "DATABASE_URL": new_database(postgres).set(drivername="postgresql").render_as_string(hide_password=False),
        "SESSION_SECRET": "a secret of tests, 32 characters or more",
        "API_KEYS": f"hotel:{KEY}",
    }
    servers = []
    for name in ("one", "other"):
        (folder / name).mkdir()
        servers.append(ServerProcess(folder / name, **settings))
    try:
        await asyncio.gather(*(server.start() for server in servers))
        yield servers[0], servers[1]
    finally:
        await asyncio.gather(*(server.end() for server in servers))


async def token(server: ServerProcess) -> list[Subprotocol]:
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(f"{server.url}/api/sessions", headers={"authorization": f"Bearer {KEY}"})
    return [Subprotocol("enterprise-stream.v1"), Subprotocol(f"token.{answer.json()['token']}")]


def come(server: ServerProcess, shown: list[Subprotocol]) -> Any:
    return connect(f"ws://127.0.0.1:{server.port}/ws/stream", subprotocols=shown, compression=None, proxy=None)


@pytest.mark.requirement("S3")
async def test_of_all_who_show_one_token_to_two_servers_at_once_one_gets_in(postgres: Path, tmp_path: Path) -> None:
    async with two_servers(postgres, tmp_path) as servers:
        for minted in servers:
            shown = await token(minted)
            came = await asyncio.gather(
                *(come(server, shown) for _ in range(4) for server in servers), return_exceptions=True
            )
            inside = [each for each in came if isinstance(each, ClientConnection)]
            refused = [each.response for each in came if isinstance(each, InvalidStatus)]
            assert (len(inside), len(refused)) == (1, 7)
            assert {response.status_code for response in refused} == {401}
            assert {json.loads(response.body or b"")["code"] for response in refused} == {"bad_token"}
            assert json.loads(await inside[0].recv())["type"] == "ready"
            await inside[0].close()
