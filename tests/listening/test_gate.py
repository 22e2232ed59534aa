"""The gate: hysteresis, clicks, pauses."""

from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.listening.gate import (
    FRAME_MS,
    GateFact,
    GateSettings,
    Opened,
    Passed,
    Paused,
    Resumed,
    SpeechGate,
    Suspected,
    WentOn,
)

SPEECH, SILENCE, BETWEEN = 0.9, 0.1, 0.4
SETTINGS = GateSettings(pause_frames=6)


def _facts(*probabilities: float, gate: SpeechGate | None = None) -> list[tuple[int, GateFact]]:
    """The facts but suspicions and speech that goes on, each with the number of the frame that told it."""
    return [
        (number, fact)
        for number, fact in _all_facts(*probabilities, gate=gate)
        if not isinstance(fact, Suspected | Passed | WentOn)
    ]


def _all_facts(*probabilities: float, gate: SpeechGate | None = None) -> list[tuple[int, GateFact]]:
    gate = gate or SpeechGate(SETTINGS)
    told = ((number, gate.hear(probability)) for number, probability in enumerate(probabilities))
    return [(number, fact) for number, fact in told if fact is not None]


def test_it_opens_on_enough_speech() -> None:
    assert _facts(*[SPEECH] * 8) == [(3, Opened())]


def test_speech_that_goes_on_is_told_until_it_pauses() -> None:
    gate = SpeechGate(GateSettings(pause_frames=6, went_on_frames=10))
    facts = _all_facts(*[SPEECH] * 22, *[SILENCE] * 5, *[SPEECH] * 3, *[SILENCE] * 6, gate=gate)
    assert facts == [
        (0, Suspected()),
        (3, Opened()),
        (9, WentOn(10 * FRAME_MS)),
        (19, WentOn(20 * FRAME_MS)),
        (29, WentOn(30 * FRAME_MS)),
        (35, Paused(6 * FRAME_MS, first=True)),
    ]


def test_speech_may_be_broken_within_the_window() -> None:
    assert _facts(SPEECH, SILENCE, SPEECH, SILENCE, SPEECH, SILENCE, SPEECH) == [(6, Opened())]


def test_a_click_does_not_open_it() -> None:
    assert _facts(*[SPEECH] * 3, *[SILENCE] * 8, *[SPEECH] * 3, *[SILENCE] * 8) == []


def test_a_pause_is_told_when_it_is_one_and_as_it_grows() -> None:
    facts = _facts(*[SPEECH] * 4, *[SILENCE] * 10)
    assert facts == [
        (3, Opened()),
        (9, Paused(6 * FRAME_MS, first=True)),
        (11, Paused(8 * FRAME_MS, first=False)),
        (13, Paused(10 * FRAME_MS, first=False)),
    ]


def test_what_is_neither_speech_nor_silence_goes_on_as_it_was() -> None:
    gate = SpeechGate(GateSettings(pause_frames=6, went_on_frames=10))
    facts = [fact for _, fact in _all_facts(*[SPEECH] * 4, *[BETWEEN] * 20, gate=gate)]
    assert facts == [Suspected(), Opened(), WentOn(10 * FRAME_MS), WentOn(20 * FRAME_MS)]
    assert _facts(*[BETWEEN] * 20) == []


def test_one_frame_is_suspected_and_the_suspicion_passes() -> None:
    assert _all_facts(BETWEEN, *[SILENCE] * 20) == [(0, Suspected()), (SETTINGS.pass_frames, Passed())]


def test_what_is_suspected_may_be_broken() -> None:
    broken = [BETWEEN, *[SILENCE] * (SETTINGS.pass_frames - 1)] * 3
    assert _all_facts(*broken, SILENCE) == [(0, Suspected()), (3 * SETTINGS.pass_frames, Passed())]


def test_another_sound_is_another_suspicion() -> None:
    click = [SPEECH, *[SILENCE] * SETTINGS.pass_frames]
    assert [fact for _, fact in _all_facts(*click, *click)] == [Suspected(), Passed(), Suspected(), Passed()]


def test_an_open_gate_suspects_nothing() -> None:
    gate = SpeechGate()
    facts = _all_facts(*[SPEECH] * 4, *[SILENCE] * 6, SPEECH, *[SILENCE] * 6, gate=gate)
    assert [fact for _, fact in facts[:2]] == [Suspected(), Opened()]
    assert not any(isinstance(fact, Suspected | Passed) for _, fact in facts[2:])
    assert not gate.suspecting


def test_a_click_in_a_pause_does_not_end_it() -> None:
    facts = _facts(*[SPEECH] * 4, *[SILENCE] * 6, SPEECH, SPEECH, *[SILENCE] * 6)
    assert not any(isinstance(fact, Resumed) for _, fact in facts)


def test_speech_ends_a_pause_and_the_next_is_another() -> None:
    facts = [fact for _, fact in _facts(*[SPEECH] * 4, *[SILENCE] * 6, *[SPEECH] * 3, *[SILENCE] * 6)]
    assert facts == [Opened(), Paused(6 * FRAME_MS, first=True), Resumed(), Paused(6 * FRAME_MS, first=True)]


def test_a_pause_does_not_grow_by_speech() -> None:
    """The guest who goes on just before the turn would be over is not cut off by his own first sounds."""
    assert _facts(*[SPEECH] * 4, *[SILENCE] * 7, SPEECH, SPEECH)[-1] == (9, Paused(6 * FRAME_MS, first=True))


def test_reset_closes_it() -> None:
    gate = SpeechGate()
    assert _facts(*[SPEECH] * 4, gate=gate)
    gate.reset()
    assert _facts(*[SPEECH] * 3, gate=gate) == []
    assert _facts(SPEECH, gate=gate) == [(0, Opened())]


@given(st.lists(st.floats(0, 1), max_size=400))
def test_facts_always_follow_the_same_grammar(probabilities: list[float]) -> None:
    """(Suspected → Passed)* → Suspected → Opened → (Paused first → Paused growing* → Resumed)*; pauses only grow."""
    state, length = "shut", 0.0
    for _, fact in _all_facts(*probabilities):
        match fact:
            case Suspected():
                assert state == "shut"
                state = "suspecting"
            case Passed():
                assert state == "suspecting"
                state = "shut"
            case Opened():
                assert state == "suspecting"
                state = "speaking"
            case Paused(silence_ms=silence_ms, first=True):
                assert state == "speaking"
                assert silence_ms == SETTINGS.pause_frames * FRAME_MS
                state, length = "pausing", silence_ms
            case Paused(silence_ms=silence_ms):
                assert state == "pausing"
                assert silence_ms == length + SETTINGS.mark_frames * FRAME_MS
                length = silence_ms
            case Resumed():
                assert state == "pausing"
                state = "speaking"


@given(st.lists(st.booleans(), max_size=200))
def test_less_speech_than_a_window_asks_for_never_opens_it(speaks: list[bool]) -> None:
    probabilities = [SPEECH if speaking else SILENCE for speaking in speaks]
    densest = max((sum(speaks[n : n + SETTINGS.open_window]) for n in range(len(speaks))), default=0)
    opened = any(isinstance(fact, Opened) for _, fact in _facts(*probabilities))
    assert opened == (densest >= SETTINGS.open_frames)
