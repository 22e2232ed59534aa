"""The ledger's sum is what the guest measures himself, whatever the network and his clock."""

import asyncio

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enterprise_stream.conversation.events import Left
from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.conversation.timeline import STAGES
from enterprise_stream.testing import (
    ScriptedRecogniser,
    ScriptedTurnDetector,
    quiet,
    run_virtual,
    scripted_engines,
    speech,
)

from .far_guest import PLAYER_MS, FarGuest, Network, Skew
from .stage import make_session

HOURS = 3_600_000.0
WITHIN_MS = 20.0
"""How far the server's sum and the guest's own measure may be apart."""


async def a_turn(
    network: Network,
    skew: Skew,
    *,
    spoken_ms: int = 1200,
    seed: int = 1,
    reports: bool = True,
    ahead: bool = False,
) -> FarGuest:
    """A guest who has asked one question and knows how long he waited."""
    engines = scripted_engines(
        recogniser=ScriptedRecogniser("¿Hay aparcamiento?"),
        turn_detector=ScriptedTurnDetector((0.1,)),  # unsure: there is time to work ahead
    )
    session = make_session(engines, speculation=SpeculationPolicy("pause" if ahead else "off"))
    guest = FarGuest(session, network, skew, seed, reports=reports)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(session.run())
        connected = group.create_task(guest.run())
        await asyncio.sleep(2)
        speaking = group.create_task(guest.speak(np.concatenate((speech(spoken_ms), quiet(4000)))))
        async with asyncio.timeout(30):
            await guest.timed.wait()
        await session.tell(Left(0))
        await running
        for task in (speaking, connected):
            task.cancel()
    return guest


def stages(guest: FarGuest) -> dict[str, float]:
    assert guest.timeline is not None
    return {spent.name: spent.ms for spent in guest.timeline.known()}


def apart(guest: FarGuest) -> float:
    """Ms between the server's sum and the guest's own measure."""
    assert guest.timeline is not None
    assert guest.voice_to_voice_ms is not None
    return abs(guest.timeline.total_ms - guest.voice_to_voice_ms)


@pytest.mark.parametrize("ahead", [False, True], ids=["afterwards", "ahead"])
@pytest.mark.parametrize("offset_ms", [0.0, 7.5 * HOURS, -11 * HOURS])
def test_on_a_steady_network_it_is_exact(offset_ms: float, ahead: bool) -> None:
    guest = run_virtual(a_turn(Network(25, 25), Skew(offset_ms), ahead=ahead))
    assert apart(guest) < 0.001
    assert list(stages(guest)) == list(STAGES)
    assert stages(guest)["way_in"] == pytest.approx(25)
    assert stages(guest)["arrived"] == pytest.approx(25)
    assert stages(guest)["heard"] == pytest.approx(PLAYER_MS)


@settings(deadline=None, max_examples=12)
@given(st.integers(400, 1600))
def test_it_is_exact_wherever_the_last_word_falls_in_a_frame(spoken_ms: int) -> None:
    assert apart(run_virtual(a_turn(Network(10, 10), Skew(HOURS), spoken_ms=spoken_ms))) < 0.001


@settings(deadline=None, max_examples=25)
@given(
    st.floats(0, 80),
    st.floats(-12 * HOURS, 12 * HOURS),
    st.sampled_from([-200e-6, 0.0, 200e-6]),
    st.integers(0, 1000),
)
def test_on_a_jittery_network_with_a_drifting_clock_it_is_near(
    delay_ms: float, offset_ms: float, drift: float, seed: int
) -> None:
    guest = run_virtual(a_turn(Network(delay_ms, delay_ms, 10), Skew(offset_ms, drift), seed=seed))
    assert apart(guest) < WITHIN_MS


def test_a_lopsided_network_moves_waits_between_stages_but_not_the_sum_of_them() -> None:
    guest = run_virtual(a_turn(Network(10, 50), Skew(HOURS)))
    assert apart(guest) < 0.001
    assert stages(guest)["way_in"] == pytest.approx(30)
    assert stages(guest)["arrived"] == pytest.approx(30)


def test_a_guest_who_says_nothing_is_not_guessed_at() -> None:
    guest = run_virtual(a_turn(Network(25, 25), Skew(HOURS), reports=False))
    assert guest.timeline is not None
    assert not guest.timeline.heard
    assert list(stages(guest))[-1] == "sent"
    assert guest.voice_to_voice_ms is not None
    assert guest.timeline.total_ms == pytest.approx(guest.voice_to_voice_ms - 25 - 25 - PLAYER_MS, abs=0.001)


def test_an_answer_that_was_ready_ahead_has_no_wait_for_brain_and_voice() -> None:
    afterwards, ahead = (run_virtual(a_turn(Network(25, 25), Skew(), ahead=ahead)) for ahead in (False, True))
    assert stages(afterwards)["first_text"] + stages(afterwards)["first_audio"] > 100
    assert stages(ahead)["first_text"] == stages(ahead)["first_clause"] == stages(ahead)["first_audio"] == 0
