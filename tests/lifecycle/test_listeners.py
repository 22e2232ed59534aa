"""A server for others with a listener that is the owner's own: what is where, and that nothing else is open."""

import asyncio
import json
import re
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import nullcontext, suppress
from pathlib import Path

import httpx
import pytest
from bench.chaos.process import ServerProcess
from starlette.routing import Route
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from enterprise_stream.server.routes import STATIC, build_app
from enterprise_stream.server.trials import PREFIX

from .forked import ForkedServer
from .sockets import listening

KEY = "esa_" + "0123456789abcdef" * 2
GUESTS = "esk_" + "fedcba9876543210" * 2
FOR_OTHERS = {
    "HOST": "0.0.0.0", "SESSION_SECRET": "a secret of tests, 32 characters or more", "API_KEYS": f"hotel:{GUESTS}",
    "ADMIN_KEY": KEY,
}  # fmt: skip
OWN = "127.0.0.2"
"""An address of this machine that is not the one guests are told."""

SHOWN = {"authorization": f"Bearer {KEY}"}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    """A server for others."""
    server = ForkedServer(tmp_path, ADMIN_HOST=OWN, ADMIN_PORT="0", **FOR_OTHERS)
    await server.start()
    yield server
    await server.end(signal.SIGKILL)


def own_port(server: ServerProcess) -> int:
    """Which one the owner's listener has taken."""
    (port,) = [port for _, port in listening(server.pid) if port != server.port]
    return port


def owners() -> list[tuple[str, str]]:
    """Method and path of all that is the owner's."""
    routes = [route for route in build_app(lambda _: nullcontext()).routes if isinstance(route, Route)]
    own = [route for route in routes if route.path.startswith(("/metrics", "/console", "/api/console"))]
    files = [("GET", f"/console.{kind}") for kind in ("html", "js", "js.map", "css")]
    found = [(method, re.sub("{.*?}", "some", route.path)) for route in own for method in sorted(route.methods or ())]
    assert {path for _, path in found} > {"/metrics", "/console", "/console/login", "/api/console/calls"}
    return found + files


def told(answer: httpx.Response) -> tuple[int, Mapping[str, str], bytes]:
    """All that a client sees of it but the time."""
    return answer.status_code, dict(answer.headers) | {"date": ""}, answer.content


@pytest.mark.requirement("S29")
async def test_the_owner_s_pages_are_on_his_address_alone_and_nothing_else_is_open(server: ServerProcess) -> None:
    assert listening(server.pid) == {("0.0.0.0", server.port), (OWN, own_port(server))}
    theirs, his = f"http://127.0.0.1:{server.port}", f"http://{OWN}:{own_port(server)}"
    async with httpx.AsyncClient(trust_env=False) as http:
        for method, path in owners():
            for shown in ({}, SHOWN, SHOWN | {"accept": "text/html"}, {"host": f"{OWN}:{own_port(server)}"}):
                answer = await http.request(method, theirs + path, headers=shown)
                never = await http.request(method, f"{theirs}/never-there{Path(path).suffix}", headers=shown)
                assert told(answer) == told(never), f"{method} {path} is told from what was never there"
                assert method not in {"GET", "HEAD"} or answer.status_code == 404, path
        for path in ("/metrics", "/api/console/calls", "/api/console/viewer", "/api/console/trials"):
            assert (await http.get(his + path)).status_code == 401, path
            assert (await http.get(his + path, headers=SHOWN)).status_code == 200, path
        assert (await http.get(f"{his}/console/login")).status_code == 200
        if (STATIC / "console.html").exists():
            assert (await http.get(f"{his}/console", headers=SHOWN)).status_code == 200
            assert (await http.get(f"{his}/console.js")).status_code == 200
        for path in ("/livez", "/readyz"):
            assert {(await http.get(each + path)).status_code for each in (theirs, his)} == {200}
        with pytest.raises(httpx.ConnectError):
            await http.get(f"http://127.0.0.1:{own_port(server)}/livez")


@pytest.mark.requirement("S29")
async def test_no_trial_is_to_be_had_where_guests_come(server: ServerProcess) -> None:
    """There it is a guest's connection as any other."""

    async def refused(address: str) -> tuple[int, str]:
        with pytest.raises(InvalidStatus) as caught:
            await connect(
                f"ws://{address}/ws/stream",
                subprotocols=[Subprotocol(PREFIX + "some")],
                additional_headers=SHOWN,
                proxy=None,
            )
        return caught.value.response.status_code, json.loads(caught.value.response.body or b"{}")["code"]

    assert await refused(f"127.0.0.1:{server.port}") == (401, "bad_token")
    assert await refused(f"{OWN}:{own_port(server)}") == (404, "trial_over")


async def test_both_listeners_end_together_and_every_guest_is_seen_off(server: ServerProcess) -> None:
    port = own_port(server)
    addresses = [f"127.0.0.1:{server.port}", f"{OWN}:{port}"]
    guests = []
    async with httpx.AsyncClient(trust_env=False, headers={"authorization": f"Bearer {GUESTS}"}) as http:
        for address in addresses:
            token = (await http.post(f"http://{address}/api/sessions")).json()["token"]
            offered = [Subprotocol("enterprise-stream.v1"), Subprotocol(f"token.{token}")]
            guests.append(await connect(f"ws://{address}/ws/stream", subprotocols=offered, proxy=None))
    for guest in guests:
        assert json.loads(await guest.recv())["type"] == "ready"
    ending = asyncio.ensure_future(server.end(signal.SIGTERM))
    for guest in guests:
        with suppress(ConnectionClosed):
            while True:
                await guest.recv()
        assert guest.close_code == 1012
    assert await ending == 0
    assert "Traceback" not in server.log.read_text()
    for address in addresses:
        with pytest.raises(OSError, match="Connect call failed"):
            await asyncio.open_connection(*address.split(":"))


async def test_without_an_own_listener_there_is_one_address_and_the_key_is_asked_for(tmp_path: Path) -> None:
    server = ForkedServer(tmp_path, **FOR_OTHERS)
    await server.start()
    assert listening(server.pid) == {("0.0.0.0", server.port)}
    async with httpx.AsyncClient(trust_env=False, base_url=server.url) as http:
        assert (await http.get("/metrics")).status_code == 401
        assert (await http.get("/metrics", headers=SHOWN)).status_code == 200
    assert await server.end() == 0
