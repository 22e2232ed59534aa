"""What always holds, on conversations that nobody thought of."""

import random
from collections.abc import Callable
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enterprise_stream.conversation.actions import Action
from enterprise_stream.conversation.events import Event
from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.conversation.state import Phase

from .invariants import INVARIANTS, Steps
from .talk import WAITS_MS, Move, Talk

TALKS = 250
MOVES = 120
POLICIES = (
    SpeculationPolicy("off"),
    SpeculationPolicy("pause"),
    SpeculationPolicy("interim"),
    SpeculationPolicy("interim", "meaning"),
)

moves = st.builds(Move, st.integers(0, 9), st.integers(0, 59), st.integers(0, len(WAITS_MS) - 1), st.integers(0, 5))


def _random_talk(seed: int) -> Steps:
    chance = random.Random(seed)
    tame = chance.random() < 0.5
    drawn = [
        Move(chance.randrange(2 if tame else 0, 10), chance.randrange(60), chance.randrange(8), chance.randrange(6))
        for _ in range(MOVES)
    ]
    return Talk(POLICIES[seed % len(POLICIES)]).play(drawn).steps


@pytest.fixture(scope="module")
def talks() -> list[Steps]:
    return [_random_talk(seed) for seed in range(TALKS)]


@pytest.mark.requirement("S9")
@pytest.mark.parametrize("holds", INVARIANTS, ids=lambda holds: holds.__name__)
def test_holds_in_long_random_talks(holds: Callable[[Steps], None], talks: list[Steps]) -> None:
    for steps in talks:
        holds(steps)


def test_random_talks_see_every_phase_event_and_action(talks: list[Steps]) -> None:
    phases = {type(turned.after.phase) for steps in talks for turned in steps}
    events = {type(turned.event) for steps in talks for turned in steps}
    actions = {type(action) for steps in talks for turned in steps for action in turned.actions}
    assert phases == set(get_args(Phase))
    assert events == set(get_args(Event))
    assert actions == set(get_args(Action))


@pytest.mark.requirement("S9")
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(POLICIES), st.lists(moves, min_size=1, max_size=60))
def test_holds_in_talks_that_shrink(policy: SpeculationPolicy, drawn: list[Move]) -> None:
    steps = Talk(policy).play(drawn).steps
    for holds in INVARIANTS:
        holds(steps)
