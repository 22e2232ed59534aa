"""How much silence ends a turn: what more of each piece of evidence may and may not do."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.conversation.endpointing import (
    LONGEST_MS,
    MEMORY,
    PRIOR_MS,
    SHORTEST_MS,
    Evidence,
    Pauses,
    likely_over,
    needed_silence_ms,
    turn_is_over,
)
from enterprise_stream.conversation.policy import TurnPolicy

POLICY = TurnPolicy()
HANGING, OPEN, PLAIN, WHOLE = "Quería saber el", "Seis uno dos", "Para dos personas", "¿Cuánto cuesta el ático?"

probabilities = st.floats(0, 1)
silences = st.floats(0, 5000)
texts = st.sampled_from([None, HANGING, OPEN, PLAIN, WHOLE])
pauses = st.lists(st.floats(0, 4000), max_size=20).map(lambda lengths: _learnt(*lengths))
evidence = st.builds(Evidence, silences, st.lists(probabilities, max_size=6).map(tuple), texts, st.just("es"), pauses)
policies = st.builds(
    lambda certainty, limits: TurnPolicy(
        certainty=certainty, sure_ms=limits[0], unsure_ms=limits[1], unfinished_ms=limits[2]
    ),
    st.floats(0.5, 0.99),
    st.lists(st.floats(100, 3000), min_size=3, max_size=3).map(sorted),
)


def _learnt(*lengths: float) -> Pauses:
    known = Pauses()
    for length in lengths:
        known = known.learn(length)
    return known


def _needed(*completions: float, text: str | None = PLAIN, known: Pauses = Pauses()) -> float:  # noqa: B008 - frozen
    return needed_silence_ms(POLICY, Evidence(0.0, completions, text, "es", known))


@given(policies, evidence)
def test_stays_within_the_limits(policy: TurnPolicy, known: Evidence) -> None:
    needed = needed_silence_ms(policy, known)
    unfinished = known.text in (None, HANGING)
    assert policy.sure_ms <= needed <= (policy.unfinished_ms if unfinished else policy.unsure_ms)


@given(policies, evidence, st.integers(0, 5), probabilities)
def test_more_completion_never_waits_longer(policy: TurnPolicy, known: Evidence, place: int, more: float) -> None:
    if not known.completions:
        return
    heard = list(known.completions)
    heard[place % len(heard)] = max(heard[place % len(heard)], more)
    surer = replace(known, completions=tuple(heard))
    assert needed_silence_ms(policy, surer) <= needed_silence_ms(policy, known)
    assert likely_over(surer) >= likely_over(known)


@given(policies, evidence)
def test_words_that_call_for_more_never_wait_less(policy: TurnPolicy, known: Evidence) -> None:
    waits = [needed_silence_ms(policy, replace(known, text=text)) for text in (HANGING, OPEN, PLAIN, WHOLE)]
    assert waits == sorted(waits, reverse=True)


@given(policies, evidence, st.floats(0.5, 0.99))
def test_a_policy_that_wants_to_be_surer_never_waits_less(
    policy: TurnPolicy, known: Evidence, certainty: float
) -> None:
    surer = replace(policy, certainty=max(policy.certainty, certainty))
    assert needed_silence_ms(surer, known) >= needed_silence_ms(policy, known)


@given(policies, evidence, silences)
def test_longer_silence_never_reopens_a_turn(policy: TurnPolicy, known: Evidence, more: float) -> None:
    longer = replace(known, silence_ms=known.silence_ms + more)
    assert turn_is_over(policy, longer) >= turn_is_over(policy, known)
    assert likely_over(longer) >= likely_over(known)


@given(policies, evidence)
def test_every_pause_ends_a_turn_at_last(policy: TurnPolicy, known: Evidence) -> None:
    assert turn_is_over(policy, replace(known, silence_ms=policy.unfinished_ms))


@given(st.lists(st.floats(0, 10_000), max_size=40))
def test_one_guest_is_never_taken_to_be_beyond_what_guests_are(lengths: list[float]) -> None:
    assert SHORTEST_MS <= _learnt(*lengths).usual_ms <= LONGEST_MS


@given(pauses, st.floats(SHORTEST_MS, 4000), st.floats(SHORTEST_MS, 4000))
def test_a_longer_pause_teaches_a_longer_one(known: Pauses, one: float, other: float) -> None:
    shorter, longer = sorted((one, other))
    assert known.learn(shorter).usual_ms <= known.learn(longer).usual_ms


def test_a_breath_between_words_teaches_nothing() -> None:
    assert Pauses().learn(SHORTEST_MS - 1) == Pauses()
    assert Pauses().usual_ms == PRIOR_MS


def test_old_pauses_fade() -> None:
    changed = _learnt(*[1400.0] * 20, *[300.0] * int(2 * MEMORY))
    assert changed.usual_ms < _learnt(1400.0, 300.0).usual_ms


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [(WHOLE, 150, 250), (PLAIN, 150, 250), (OPEN, 600, POLICY.unsure_ms), (HANGING, 1500, POLICY.unfinished_ms)],
)
def test_sound_that_is_sure(text: str, least: float, most: float) -> None:
    assert least <= _needed(0.97, 0.97, text=text) <= most


@pytest.mark.parametrize("text", [WHOLE, PLAIN, OPEN])
def test_sound_that_is_sure_of_more_to_come(text: str) -> None:
    assert 900 <= _needed(0.03, 0.03, text=text) <= POLICY.unsure_ms


def test_one_answer_of_the_model_is_not_all() -> None:
    assert _needed(0.97, 0.97) < _needed(0.3, 0.97) < _needed(0.3, 0.3)


def test_a_guest_who_pauses_long_is_waited_for_longer() -> None:
    slow, quick = _learnt(*[1200.0] * 6), _learnt(*[250.0] * 6)
    assert _needed(0.6, known=quick) < _needed(0.6) < _needed(0.6, known=slow)


def test_likely_over_is_even_where_nothing_is_known() -> None:
    assert likely_over(Evidence(0.0)) == pytest.approx(0.5)


def test_the_recogniser_and_the_model_have_a_say_alike() -> None:
    def needed(judged: float | None, *completions: float) -> float:
        return needed_silence_ms(POLICY, Evidence(0.0, completions, PLAIN, "es", judged=judged))

    assert needed(0.9) == needed(None, 0.9)
    assert needed(0.9, 0.6, 0.6, 0.6) == needed(0.9, 0.6)
    assert needed(0.9, 0.1) == pytest.approx(needed(None))


def test_of_the_model_s_answers_the_latest_two_count() -> None:
    assert _needed(0.05, 0.1, 0.8, 0.9) == _needed(0.8, 0.9) < _needed(0.1, 0.8, 0.9, 0.1)
