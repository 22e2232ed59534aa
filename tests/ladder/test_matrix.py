"""Every fault of every engine in every phase: an answer or an honest close in time, in one voice, nothing twice."""

import asyncio
from dataclasses import replace

import pytest

from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.ladder.build import rungs_of
from enterprise_stream.purchases import Kind
from enterprise_stream.testing.faults import FAULTS, Fault, FaultKind, FaultyBrain, FaultyRecogniser
from enterprise_stream.testing.faults.matrix import (
    BOUND_MS,
    CASES,
    KINDS,
    LASTING,
    MAY_GO_ON,
    Case,
    opened,
    outcome,
    visited,
)
from enterprise_stream.testing.faults.visit import PERSONA, Cast, house


def name_of(case: Case) -> str:
    return f"{case.kind}-{case.fault}-{case.phase}{'-once' if case.once else ''}"


NOT_ASKED_AGAIN = {"auth", "quota", "limited", "model_gone", "bad_request"}
GIVEN_UP = {(kind, fault) for kind in MAY_GO_ON for fault in NOT_ASKED_AGAIN}
AHEAD = [
    *(pytest.param(case, SpeculationPolicy("off"), id=f"{name_of(case)}-off") for case in CASES),
    *(pytest.param(case, SpeculationPolicy("interim"), id=f"{name_of(case)}-interim") for case in LASTING),
]


@pytest.mark.parametrize(("case", "ahead"), AHEAD)
async def test_a_guest_gets_an_answer_or_an_honest_close(case: Case, ahead: SpeculationPolicy) -> None:
    tasks = asyncio.all_tasks()
    visit = await visited(case, ahead)
    assert asyncio.all_tasks() == tasks
    assert visit.error is None
    assert 0 < visit.first_ms <= BOUND_MS
    assert visit.starved_ms <= BOUND_MS
    broken = outcome(visit) == "ends honestly"
    went_on = (
        ""
        if case.fault in NOT_ASKED_AGAIN
        else "la suite tiene vistas al río, una terraza grande y desayuno incluido. "
    )
    heard = f"Claro que sí, {went_on}{PERSONA.broken_off('es')}" if broken else visit.text
    assert visit.words == heard.split()
    assert outcome(visit) != "apology"
    if case.kind == "stt" or (case.once and (case.kind, case.fault) not in GIVEN_UP):
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


async def test_with_every_recogniser_down_she_says_once_that_she_does_not_hear() -> None:
    down = [(name, FaultyRecogniser("", Fault("down", "before"))) for name in ("deepgram-flux", "whisper")]
    async with house(replace(Cast.of().rungs, stt=rungs_of("stt", down))) as place:
        visits = [await place.guest.ask() for _ in range(4)]
        assert place.ensemble.state().out == ("stt",)
    assert [visit.text for visit in visits] == [PERSONA.unheard("es"), "", "", ""]
    assert visits[0].words == visits[0].text.split()
    assert all(visit.error == "engine_failed" and visit.first_ms <= BOUND_MS for visit in visits)


async def test_with_every_brain_down_she_apologises_once() -> None:
    down = [(name, FaultyBrain((), Fault("down", "before"))) for name in ("openai", "facts")]
    async with house(replace(Cast.of().rungs, llm=rungs_of("llm", down))) as place:
        visits = [await place.guest.ask() for _ in range(4)]
    still = PERSONA.still_out("es")
    assert [visit.text for visit in visits] == [PERSONA.apology("es"), still, still, still]
    assert all(visit.words == visit.text.split() and visit.first_ms <= BOUND_MS for visit in visits)
