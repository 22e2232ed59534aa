"""Every test here runs on virtual time, against an emulator."""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest

from enterprise_stream.engines.elevenlabs import ElevenLabsVoice
from enterprise_stream.purchases import Purchase
from enterprise_stream.testing import VirtualTimeLoop
from enterprise_stream.testing.emulators.elevenlabs import ElevenLabsEmulator

KEY = "canary-key-12345"


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> Mapping[str, Callable[[], Any]]:
    """One factory: the loop that jumps."""
    return {"virtual": VirtualTimeLoop}


@pytest.fixture
async def emulator() -> AsyncIterator[ElevenLabsEmulator]:
    async with ElevenLabsEmulator(voices=frozenset({"sandra"}), key=KEY) as emulator:
        yield emulator


@pytest.fixture
def bought() -> list[Purchase]:
    """What the voice under test has bought."""
    return []


@pytest.fixture
async def voice(emulator: ElevenLabsEmulator, bought: list[Purchase]) -> AsyncIterator[ElevenLabsVoice]:
    async with ElevenLabsVoice(KEY, bought.append, voice_id="sandra", base_url=emulator.base_url) as voice:
        yield voice
