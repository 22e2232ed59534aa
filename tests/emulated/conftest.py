"""Fixtures of the protocol's cases, with a server on emulators instead of one of this machine's engines."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tests.protocol.conftest import Server

from enterprise_stream.testing import VirtualTimeLoop

from .server import cloud_server

CASES = {Path(__file__).with_name(name) for name in ("test_protocol.py", "test_strangers.py")}

EVERY_DAY = ("speech_stops_her]", "webm_sniffed_stop]")
"""Of the cases, a few seconds' worth: typed and spoken, an open microphone and a recording, a barge-in."""


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> Mapping[str, Callable[[], Any]]:
    """One factory: the loop that jumps."""
    return {"virtual": VirtualTimeLoop}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is played on demand."""
    on_demand = [item for item in items if item.path in CASES and not item.name.endswith(EVERY_DAY)]
    if on_demand and os.environ.get("ES_CASES") != "all":
        config.hook.pytest_deselected(items=on_demand)
        items[:] = [item for item in items if item.path not in CASES or item.name.endswith(EVERY_DAY)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """One server for all cases."""
    async with cloud_server(tmp_path_factory.mktemp("cloud")) as server:
        yield server


@pytest.fixture(scope="module")
def url(server: Server) -> str:
    """The stream's address."""
    return server.ws


@pytest.fixture(scope="module")
def material(server: Server) -> None:
    """What guests say is there: the emulators know it too."""


@pytest.fixture
def running(request: pytest.FixtureRequest, url: str) -> Callable[[str], Awaitable[None]]:
    """Plays a scene by its name."""
    return lambda name: request.module.SCENES[name](url)
