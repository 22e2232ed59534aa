"""The same cases on vendors that somebody else might have emulated: other fields, other orders, not all of it.

`make test` plays a few; `ES_CASES=all pytest tests/emulated/test_strangers.py` plays all on each, in four minutes.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from tests.protocol.conftest import Server

from .server import strange_server
from .stranger import Have
from .test_protocol import *  # noqa: F403

STRANGERS: dict[str, tuple[Have, ...]] = {
    "segments and a voice by sockets": ("nova", "aura sockets", "chat"),
    "turns and a voice by requests": ("flux", "aura requests", "chat"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=STRANGERS)
async def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """One server for all cases, on each of them."""
    async with strange_server(tmp_path_factory.mktemp("strange"), STRANGERS[request.param]) as server:
        yield server
