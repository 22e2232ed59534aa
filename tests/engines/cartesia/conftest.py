"""Every test here runs on virtual time, against an emulator."""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest

from enterprise_stream.engines.cartesia import CartesiaVoice
from enterprise_stream.purchases import Purchase
from enterprise_stream.testing import VirtualTimeLoop
from enterprise_stream.testing.emulators.cartesia import CartesiaEmulator

KEY = "canary-key-12345"


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> Mapping[str, Callable[[], Any]]:
    """One factory: the loop that jumps."""
    return {"virtual": VirtualTimeLoop}


@pytest.fixture
async def emulator() -> AsyncIterator[CartesiaEmulator]:
    async with CartesiaEmulator(voices=frozenset({"sandra"}), key=KEY) as emulator:
        yield emulator


@pytest.fixture
def bought() -> list[Purchase]:
    """What the voice under test has bought."""
    return []


@pytest.fixture
async def voice(emulator: CartesiaEmulator, bought: list[Purchase]) -> AsyncIterator[CartesiaVoice]:
    async with CartesiaVoice(KEY, bought.append, voice_id="sandra", base_url=emulator.base_url) as voice:
        yield voice
