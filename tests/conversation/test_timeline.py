"""The ledger of a turn: no stage is negative, what is unknown is told so, and the stages add up."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation import events as ev
from enterprise_stream.conversation.machine import step
from enterprise_stream.conversation.state import Conversation, Marks
from enterprise_stream.conversation.timeline import STAGES, timeline
from enterprise_stream.conversation.usage import Usage

moments = st.floats(0, 1e7, allow_nan=False)
maybe = st.none() | moments
any_marks = st.builds(
    Marks,
    speech_ended=moments,
    endpoint=moments,
    transcript=moments,
    first_text=maybe,
    first_audio=maybe,
    first_clause=maybe,
    sent=maybe,
    arrived=maybe,
    heard=maybe,
    way_in=st.none() | st.floats(0, 1e4),
)

IN_ORDER = Marks(
    speech_ended=1000, endpoint=1250, transcript=1260, first_text=1300, first_clause=1305, first_audio=1550, sent=1552,
    arrived=1575, heard=1640, way_in=20,
)  # fmt: skip


def test_a_turn_in_its_order() -> None:
    ms = {stage.name: stage.ms for stage in timeline(IN_ORDER).stages}
    assert ms == {
        "way_in": 20, "endpoint": 250, "transcript": 10, "first_text": 40, "first_clause": 5, "first_audio": 245,
        "sent": 2, "arrived": 23, "heard": 65,
    }  # fmt: skip
    assert timeline(IN_ORDER).total_ms == 660
    assert timeline(IN_ORDER).heard


def test_every_mark_is_a_stage() -> None:
    marks = {field.name for field in fields(Marks)} - {"speech_ended", "speculated"}
    assert marks == set(STAGES)


@given(any_marks)
def test_stages_add_up_to_the_last_mark(marks: Marks) -> None:
    found = timeline(marks)
    known = [getattr(marks, name) for name in STAGES if name != "way_in" and getattr(marks, name) is not None]
    last = max(marks.speech_ended, marks.endpoint, marks.transcript, known[-1])
    whole = last - marks.speech_ended + (marks.way_in or 0)
    assert found.total_ms == pytest.approx(whole, abs=1e-6)
    assert all(stage.ms is None or stage.ms >= 0 for stage in found.stages)
    assert [stage.name for stage in found.stages if stage.ms is None] == [
        name for name in STAGES if getattr(marks, name) is None
    ]


@given(any_marks)
def test_whole_ms_add_up_exactly_and_are_right_to_one(marks: Marks) -> None:
    exact, whole = timeline(marks), timeline(marks).whole()
    assert whole.total_ms == sum(stage.ms for stage in whole.stages if stage.ms is not None)
    assert whole.total_ms == pytest.approx(exact.total_ms, abs=0.5 + 1e-6)
    for stage, rounded in zip(exact.stages, whole.stages, strict=True):
        assert (stage.ms is None) == (rounded.ms is None)
        if stage.ms is not None and rounded.ms is not None:
            assert float(rounded.ms).is_integer()
            assert rounded.ms == pytest.approx(stage.ms, abs=1 + 1e-6)


@given(any_marks)
def test_stages_follow_one_another_without_a_gap(marks: Marks) -> None:
    end = 0.0
    for spent in timeline(marks).known():
        assert spent.begin == end
        end = spent.begin + spent.ms


def test_what_was_ready_ahead_cost_no_wait() -> None:
    ahead = timeline(replace(IN_ORDER, first_text=900, first_clause=905, first_audio=1100))
    ms = {spent.name: spent.ms for spent in ahead.known()}
    assert (ms["first_text"], ms["first_clause"], ms["first_audio"], ms["sent"]) == (0, 0, 0, 292)
    assert ahead.total_ms == timeline(IN_ORDER).total_ms


def test_what_the_first_sound_did_not_wait_for_is_no_part_of_it() -> None:
    opening = timeline(replace(IN_ORDER, first_text=5000, first_clause=5100))
    ms = {spent.name: spent.ms for spent in opening.known()}
    assert (ms["first_text"], ms["first_clause"], ms["first_audio"]) == (290, 0, 0)
    assert opening.total_ms == timeline(IN_ORDER).total_ms


# --- in a conversation -------------------------------------------------------------------------------------------

ANSWERED: tuple[ev.Event, ...] = (
    ev.SpeechStarted(1000),
    ev.SpeechPaused(3192, 192),
    ev.WordsHeard(3200, 1, 1, ev.Words("¿Hay aparcamiento?"), paused=True),
    ev.CompletionJudged(3230, 1, 1, 0.99),
    ev.SilenceGrew(3256, 256),
    ev.ReplyTextGrew(3300, 1, "Sí, lo hay."),
    ev.ReplyPhrased(3301, 1),
    ev.ReplyTextEnded(3310, 1, "general", Usage()),
    ev.ReplySounded(3500, 1, 900),
    ev.ReplySent(3502, 1),
    ev.ReplyPhrased(3600, 1),
    ev.ReplySent(3600, 1),
)


def play(*events: ev.Event) -> list[act.TurnTimed]:
    conversation, timed = Conversation("es"), []
    for event in (*ANSWERED, *events):
        conversation, actions = step(conversation, event)
        timed += [action for action in actions if isinstance(action, act.TurnTimed)]
    return timed


def stages(timed: act.TurnTimed) -> dict[str, float]:
    return {spent.name: spent.ms for spent in timed.timeline.known()}


def test_it_is_told_when_the_client_has_heard() -> None:
    assert play() == []
    told = play(ev.Played(3700, 1, 100, ev.FirstSound(3590, 3520, 30)), ev.Played(4600, 1, 900), ev.Left(9000))
    assert [timed.turn for timed in told] == [1]
    assert stages(told[0]) == {
        "way_in": 15, "endpoint": 230, "transcript": 0, "first_text": 70, "first_clause": 1, "first_audio": 199,
        "sent": 2, "arrived": 18, "heard": 70,
    }  # fmt: skip


def test_a_second_word_about_the_first_sound_changes_nothing() -> None:
    first = ev.FirstSound(3590, 3520, 30)
    assert len(play(ev.Played(3700, 1, 100, first), ev.Played(3900, 1, 300, first))) == 1


@pytest.mark.parametrize(
    "end",
    [
        (ev.InterruptRequested(3700),),
        (ev.ReplyVoiceEnded(3600, 1), ev.TimerFired(4400, 1)),
        (ev.Played(3700, 1, 100), ev.Left(3800)),
        (ev.Played(3700, 1, 100, ev.FirstSound(9000)), ev.Left(3800)),
        (ev.Played(3700, 1, 100, ev.FirstSound(2000)), ev.Left(3800)),
    ],
    ids=["interrupted", "played at real time", "no word of the first sound", "in the future", "before it was sent"],
)
def test_without_a_word_of_the_client_it_ends_at_sent(end: tuple[ev.Event, ...]) -> None:
    told = play(*end)
    assert len(told) == 1
    assert not told[0].timeline.heard
    assert list(stages(told[0]))[-1] == "sent"
    assert told[0].timeline.total_ms == 502


def test_it_comes_before_the_interruption_after_which_nothing_comes() -> None:
    conversation = Conversation("es")
    for event in ANSWERED:
        conversation, _ = step(conversation, event)
    _, actions = step(conversation, ev.InterruptRequested(3700))
    assert [type(action).__name__ for action in actions][-2:] == ["TurnTimed", "AnswerInterrupted"]


def test_a_typed_turn_waits_from_its_receipt() -> None:
    conversation = Conversation("es")
    told: list[act.Action] = []
    for event in (
        ev.TextReceived(100, "Hola"),
        ev.ReplyTextGrew(150, 1, "Hola."),
        ev.ReplyTextEnded(160, 1, "welcome", Usage()),
        ev.ReplyVoiceMissing(170, 1, "Hola."),
    ):
        conversation, actions = step(conversation, event)
        told += [action for action in actions if isinstance(action, act.TurnTimed)]
    assert len(told) == 1
    assert isinstance(told[0], act.TurnTimed)
    assert stages(told[0]) == {"endpoint": 0, "transcript": 0, "first_text": 50}
