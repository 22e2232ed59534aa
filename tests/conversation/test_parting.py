"""The house ends the call."""

import pytest

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation import events as ev
from enterprise_stream.conversation.house_events import PartingRequested, WarningRequested
from enterprise_stream.conversation.machine import describe, step
from enterprise_stream.conversation.presence_events import ConnectionLost
from enterprise_stream.conversation.state import Closed, Conversation, Parting, Replying
from enterprise_stream.conversation.usage import Usage

SPEAKING = (ev.SpeechStarted(1000),)
REPLYING = (ev.TextReceived(0, "Hola"), ev.ReplyTextGrew(100, 1, "Buenas tardes."), ev.ReplySounded(200, 1, 9000))


def reached(*events: ev.Event) -> Conversation:
    conversation = Conversation("es")
    for event in events:
        conversation, _ = step(conversation, event)
    return conversation


@pytest.mark.parametrize(
    ("before", "first"),
    [
        ((), []),
        (SPEAKING, ["GuestPaused", "CloseUtterance"]),
        ((*SPEAKING, ev.SpeechPaused(3000, 192)), ["GuestPaused", "CloseUtterance"]),
        ((*SPEAKING, ev.StopRequested(3000)), ["CloseUtterance"]),
        (REPLYING, ["CancelReply", "CancelTimer", "TurnTimed", "AnswerInterrupted"]),
        (
            (*REPLYING, ev.SpeechStarted(400)),
            ["GuestPaused", "CloseUtterance", "Ducked", "CancelReply", "CancelTimer", "TurnTimed", "AnswerInterrupted"],
        ),
    ],
)
def test_the_goodbye_takes_the_floor_from_whoever_has_it(before: tuple[ev.Event, ...], first: list[str]) -> None:
    conversation, actions = step(reached(*before), PartingRequested(5000))
    assert [type(action).__name__ for action in actions] == [*first, "WordsShown", "SayGoodbye"]
    assert isinstance(conversation.phase, Parting)
    assert conversation.phase.reply.turn == conversation.last_turn
    assert describe(conversation) == "thinking"


def test_a_warning_is_a_turn_of_hers_while_nobody_has_the_floor() -> None:
    conversation, actions = step(reached(), WarningRequested(5000, "time"))
    assert actions == (act.WordsShown(1, ev.Words(""), final=True), act.SayWarning(1, 1, "time"))
    assert isinstance(conversation.phase, Replying)
    assert [type(action).__name__ for action in step(conversation, ev.TextReceived(6000, "Sí"))[1]] == [
        "CancelReply", "CancelTimer", "TurnTimed", "AnswerInterrupted", "WordsShown", "StartReply",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "before",
    [
        SPEAKING,
        (*SPEAKING, ev.SpeechPaused(3000, 192)),
        (*SPEAKING, ev.StopRequested(3000)),
        REPLYING,
        (*REPLYING, ev.SpeechStarted(400)),
        (WarningRequested(0, "quiet"),),
        (PartingRequested(0),),
        (ev.Left(0),),
        (ConnectionLost(0),),
    ],
)
def test_nobody_is_talked_over_for_a_warning(before: tuple[ev.Event, ...]) -> None:
    conversation = reached(*before)
    assert step(conversation, WarningRequested(5000, "quiet")) == (conversation, ())


def test_nothing_of_the_guests_is_heard_meanwhile() -> None:
    parting = reached(PartingRequested(0))
    for event in (
        ev.SpeechStarted(10),
        ev.TextReceived(10, "¿Sigue ahí?"),
        ev.StopRequested(10),
        ev.ModeChosen(10, "manual"),
        PartingRequested(10),
        ev.AudioStalled(10, 700),
    ):
        assert step(parting, event) == (parting, ())


def test_the_call_is_over_once_the_goodbye_was_heard() -> None:
    conversation = reached(
        PartingRequested(0),
        ev.ReplyTextGrew(100, 1, "Hasta pronto."),
        ev.ReplySounded(200, 1, 900),
        ev.ReplyTextEnded(300, 1, "general", Usage()),
        ev.ReplyVoiceEnded(350, 1),
    )
    assert describe(conversation) == "speaking"
    early, actions = step(conversation, ev.Played(800, 1, 500))
    assert not any(isinstance(action, act.CallEnded) for action in actions)
    over, actions = step(early, ev.Played(1200, 1, 900))
    assert isinstance(over.phase, Closed)
    assert actions[-1] == act.CallEnded()
    assert [item.text for item in over.history.items] == ["Hasta pronto."]


def test_a_client_that_tells_nothing_has_heard_it_in_real_time() -> None:
    conversation = reached(
        PartingRequested(0),
        ev.ReplySounded(200, 1, 900),
        ev.ReplyTextEnded(300, 1, "general", Usage()),
        ev.ReplyVoiceEnded(350, 1),
    )
    _, actions = step(conversation, ev.TimerFired(1100, 1))
    assert actions[-1] == act.CallEnded()


def test_without_a_voice_the_client_says_it_and_the_call_is_over() -> None:
    conversation = reached(PartingRequested(0), ev.ReplyTextEnded(300, 1, "general", Usage()))
    _, actions = step(conversation, ev.ReplyVoiceMissing(310, 1, "Hasta pronto."))
    assert [type(action).__name__ for action in actions][-1] == "CallEnded"
    assert any(isinstance(action, act.VoiceMissing) for action in actions)


def test_who_does_not_want_to_hear_it_ends_the_call() -> None:
    over, actions = step(reached(PartingRequested(0)), ev.InterruptRequested(10))
    assert isinstance(over.phase, Closed)
    assert actions[-1] == act.CallEnded()
