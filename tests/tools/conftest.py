"""A store, a business and a clock for the tools."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from enterprise_stream.store import Store, database_url
from enterprise_stream.testing import FakeClock
from enterprise_stream.thinking.knowledge import Knowledge, load_knowledge
from enterprise_stream.thinking.tool_ports import Caller

DEMO = Path(__file__).parents[2] / "src/enterprise_stream/data/casas-del-turia.yaml"
CALLER = Caller("s1", 3, "es", "Sí, por favor.")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with Store.open(database_url(None, tmp_path)) as opened:
        yield opened


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load_knowledge(DEMO)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(today="2026-11-21")
