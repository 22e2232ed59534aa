"""What a guest hears from servers that have Aura in ways of their own."""

from collections.abc import Callable
from functools import partial

import pytest
from tests.engines.deepgram.own_ways import OwnWays

from enterprise_stream.engines.deepgram import DeepgramAura
from enterprise_stream.purchases import nobody_counts
from enterprise_stream.testing import LoopClock
from enterprise_stream.testing.faults.vendors import TEXT
from enterprise_stream.testing.faults.visit import house, rungs

TURNS = 4
WAYS: dict[str, Callable[[], OwnWays]] = {
    "no ends": partial(OwnWays, ends=False),
    "no requests": partial(OwnWays, requests=False),
    "neither ends nor requests": partial(OwnWays, ends=False, requests=False),
    "no sockets": partial(OwnWays, refusing=404),
}


@pytest.mark.parametrize("way", WAYS)
async def test_a_guest_hears_every_answer_to_its_end(way: str) -> None:
    async with (
        WAYS[way]() as server,
        DeepgramAura("key", nobody_counts, LoopClock(), base_url=server.base_url) as engine,
        house(rungs(voice=engine)) as place,
    ):
        breaker = place.ensemble.breaker("tts", 0)
        for _ in range(TURNS):
            visit = await place.guest.ask()
            assert visit.text == TEXT
            assert visit.said == TEXT.split()
            assert visit.first_ms <= 1_700
            assert visit.starved_ms <= 500
        assert breaker.position(LoopClock().now_ms()) == "closed"
