"""The same over sockets: the vendors' own SDKs at emulators that fail in every way that they know.

Time is virtual and sockets are real, so the deadlines are those of a real call and the tests take no time.
"""

import asyncio
from dataclasses import replace

import pytest

from enterprise_stream.ladder.breaker import Open
from enterprise_stream.testing.emulators import Fault
from enterprise_stream.testing.emulators.faults import Kind as FaultKind
from enterprise_stream.testing.faults.by_engine import keeps
from enterprise_stream.testing.faults.matrix import BOUND_MS
from enterprise_stream.testing.faults.trials import Trial, all_of, read
from enterprise_stream.testing.faults.vendors import ENGINES, TEXT
from enterprise_stream.testing.faults.visit import FACTS, PERSONA, Visit, house

SDK_CLOSES_S = 30.0
"""How long an SDK may wait for the other side to close a socket that is given up."""

NEAR_MS = 250
"""How far a time may be from the one that was written down, which is to 0.1 s."""

WRITTEN = read()


def once(visit: Visit) -> None:
    """Nothing is said twice, and no word is lost but those of a clause that nobody could finish."""
    if PERSONA.broken_off("es") in visit.text:
        excuse = PERSONA.broken_off("es").split()
        whole = visit.words[: -len(excuse)]
        assert visit.words[-len(excuse) :] == excuse
        assert whole == visit.text.split()[: len(whole)]
    else:
        assert visit.text in (TEXT, "".join(FACTS))
        assert visit.words == visit.text.split()


@pytest.mark.parametrize("name", ENGINES)
async def test_all_is_well_without_a_fault(name: str) -> None:
    async with ENGINES[name].opened() as at, house(at.rungs) as place:
        visit = await place.guest.ask()
    assert visit.text == TEXT
    assert visit.said == TEXT.split()
    assert visit.first_ms <= 1_500


@pytest.mark.parametrize("name", ENGINES)
async def test_a_guest_gets_what_is_written_and_the_breaker_opens_and_closes(name: str) -> None:
    """Every fault in every phase, side by side, each in a house of its own."""
    tasks = asyncio.all_tasks()
    ended = await all_of(ENGINES[name])
    left = asyncio.all_tasks() - tasks
    if left:
        await asyncio.wait(left, timeout=SDK_CLOSES_S)
    assert asyncio.all_tasks() == tasks
    assert ended.keys() == WRITTEN[name].keys()
    for fault, tried in ended.items():
        for visit in (*tried.visits, tried.after):
            assert visit.error is None, fault
            assert 0 < visit.first_ms <= BOUND_MS, fault
            assert visit.starved_ms <= BOUND_MS, fault
            once(visit)
        assert tried.after.said == TEXT.split(), fault
        assert keeps(tried.trial), fault
        assert near(tried.trial, WRITTEN[name][fault]), (fault, tried.trial, WRITTEN[name][fault])


def near(found: Trial, written: Trial) -> bool:
    """Whether a trial came to what is written down: the same in words, and in its times up to a step of the loop's."""
    first_ms, silent_ms = found.first_ms - written.first_ms, found.silent_ms - written.silent_ms
    same = replace(found, first_ms=0, silent_ms=0) == replace(written, first_ms=0, silent_ms=0)
    return same and abs(first_ms) <= NEAR_MS and abs(silent_ms) <= NEAR_MS


OPENING: list[tuple[str, FaultKind]] = [
    *((name, "401") for name in ENGINES),
    *(("flux", "hang"), ("openai", "5xx"), ("aura", "reset")),
]
"""What opens a breaker at once, at each vendor; and what does so when it has struck often, at one of each kind."""


@pytest.mark.parametrize(("name", "fault"), OPENING)
async def test_a_vendor_that_is_left_alone_is_not_asked(name: str, fault: FaultKind) -> None:
    async with ENGINES[name].opened() as at, house(at.rungs) as place:
        breaker = place.ensemble.breaker(ENGINES[name].kind, 0)
        at.emulator.faults.arm(Fault(fault, times=None))
        turns = 0
        while not isinstance(breaker.state, Open) and turns < 6:
            await place.guest.ask()
            turns += 1
        assert turns == 1 or fault != "401"
        struck = len(at.emulator.faults.struck)
        await place.guest.ask()
        assert isinstance(breaker.state, Open)
        assert len(at.emulator.faults.struck) == struck
