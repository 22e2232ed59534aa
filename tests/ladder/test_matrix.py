"""Every fault of every engine in every phase: an answer or an honest close in time, in one voice, nothing twice."""

import asyncio

import pytest

from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.purchases import Kind
from enterprise_stream.testing.faults import FAULTS, Fault, FaultKind
from enterprise_stream.testing.faults.matrix import BOUND_MS, CASES, KINDS, Case, opened, outcome, visited
from enterprise_stream.testing.faults.visit import PERSONA, Cast, house


@pytest.mark.parametrize("ahead", [SpeculationPolicy("off"), SpeculationPolicy("interim")], ids=["off", "interim"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}-{case.fault}-{case.phase}")
async def test_a_guest_gets_an_answer_or_an_honest_close(case: Case, ahead: SpeculationPolicy) -> None:
    tasks = asyncio.all_tasks()
    visit = await visited(case, ahead)
    assert asyncio.all_tasks() == tasks
    assert visit.error is None
    assert 0 < visit.first_ms <= BOUND_MS
    assert visit.starved_ms <= BOUND_MS
    broken = outcome(visit) == "ends honestly"
    heard = f"Claro que sí, {PERSONA.broken_off('es')}" if broken else visit.text
    assert visit.words == heard.split()
    assert outcome(visit) != "apology"
    if case.kind == "stt":
        assert outcome(visit) == "answer"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "drip"])
async def test_the_breaker_opens_and_closes(kind: Kind, fault: FaultKind) -> None:
    asked, open_s = await opened(kind, fault)
    assert 1 <= asked <= 4
    assert 0 < open_s <= 31


async def test_all_is_well_in_the_next_turn_where_a_fault_strikes_once() -> None:
    for kind in KINDS:
        async with house(Cast.of(kind, Fault("hang", "first", times=1)).rungs) as place:
            await place.guest.ask()
            assert outcome(await place.guest.ask()) == "answer"
            assert not place.ensemble.state().degraded
