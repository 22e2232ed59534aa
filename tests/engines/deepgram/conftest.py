"""Every test here runs on virtual time, against a service that the test plays word by word, or an emulator."""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest

from enterprise_stream.purchases import Purchase
from enterprise_stream.testing import VirtualTimeLoop

from .played import Played


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> Mapping[str, Callable[[], Any]]:
    """One factory: the loop that jumps."""
    return {"virtual": VirtualTimeLoop}


@pytest.fixture
async def service() -> AsyncIterator[Played]:
    async with Played() as service:
        yield service


@pytest.fixture
def bought() -> list[Purchase]:
    """What the engine under test has bought."""
    return []
