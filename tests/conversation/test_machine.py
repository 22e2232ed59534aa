"""Single steps that scenario files cannot tell: audio that arrives at once, changes of mode, late timers."""

from dataclasses import replace

import pytest

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation import events as ev
from enterprise_stream.conversation.history import MAX_ITEMS, History, Item
from enterprise_stream.conversation.machine import describe, listing, step
from enterprise_stream.conversation.state import Closed, Conversation, Deciding, Listening, Replying, Yielding
from enterprise_stream.conversation.usage import Usage


def _play(*events: ev.Event, mode: ev.TurnMode = "auto") -> tuple[Conversation, list[act.Action]]:
    conversation, seen = Conversation("es", mode=mode), list[act.Action]()
    for event in events:
        conversation, actions = step(conversation, event)
        seen += actions
    return conversation, seen


ASKED = ev.TextReceived(0, "Hola")
SPEAKING = (ASKED, ev.ReplyTextGrew(100, 1, "uno dos"), ev.ReplySounded(200, 1, 600, (ev.Caption("uno", 0, 300),)))


def test_a_recording_that_arrives_at_once_interrupts_by_its_words() -> None:
    conversation, seen = _play(
        *SPEAKING,
        ev.SpeechStarted(400),
        ev.SpeechPaused(400, 192),
        ev.SilenceGrew(400, 640),
        ev.WordsHeard(500, 2, 1, ev.Words("No, en junio."), paused=True),
    )
    assert act.AnswerInterrupted(1, "uno", 300.0, "barge_in") in seen
    assert isinstance(conversation.phase, Deciding)
    assert conversation.phase.pause.speech_ended_at == 400, "speech cannot have ended before it was noticed"


def test_a_pause_that_began_in_manual_mode_ends_the_turn_in_automatic_mode() -> None:
    conversation, seen = _play(
        ev.SpeechStarted(0),
        ev.SpeechPaused(1000, 192),
        ev.SilenceGrew(1064, 256),
        ev.ModeChosen(1100, "auto"),
        ev.SilenceGrew(1128, 320),
        mode="manual",
    )
    assert isinstance(conversation.phase, Deciding)
    assert act.AskWords(1, 1) in seen


def test_a_voice_that_starves_is_not_heard_meanwhile() -> None:
    late = ev.ReplySounded(3000, 1, 1200, (ev.Caption("dos", 600, 900),))
    _, seen = _play(*SPEAKING, late, ev.InterruptRequested(3100))
    assert act.AnswerInterrupted(1, "uno", 700.0, "client") in seen


def test_a_timer_that_a_report_has_overtaken_is_set_again() -> None:
    events = (*SPEAKING, ev.ReplyTextEnded(300, 1, "general", Usage()), ev.ReplyVoiceEnded(300, 1))
    conversation, seen = _play(*events)
    assert act.SetTimer(1, 800) in seen
    conversation, actions = step(conversation, ev.Played(790, 1, 100))
    assert actions == (act.SetTimer(1, 790 + 500 + conversation.policy.played_grace_ms),)
    conversation, again = step(conversation, ev.TimerFired(800, 1))
    assert again == actions
    assert isinstance(conversation.phase, Replying)


def test_a_whole_answer_is_finished_by_the_report_that_reaches_its_end() -> None:
    reports = (ev.Played(700, 1, 560), ev.ReplyTextEnded(800, 1, "general", Usage()))
    conversation, seen = _play(*SPEAKING, *reports, ev.ReplyVoiceEnded(800, 1))
    assert isinstance(conversation.phase, Listening)
    assert seen[-3:-1] == [act.VoiceEnded(1, 600), act.CancelTimer(1)]
    assert isinstance(seen[-1], act.TurnTimed)
    assert conversation.history.items[-1].text == "uno dos"


def test_another_language_counts_for_an_answer_that_has_no_word_yet() -> None:
    early, _ = _play(ASKED, ev.LanguageChosen(10, "en"), ev.ReplyTextGrew(20, 1, "Hi"), ev.InterruptRequested(30))
    late, _ = _play(*SPEAKING, ev.LanguageChosen(500, "en"), ev.InterruptRequested(600))
    none, _ = _play(ev.LanguageChosen(10, "en"))
    assert early.language == late.language == none.language == "en"
    assert late.history.items[-1].language == "es"
    assert listing(_play(ASKED, ev.LanguageChosen(10, "en"))[0], 20) == early.history.items


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ((), "listening"),
        ((ev.SpeechStarted(0),), "user_speaking"),
        ((ev.SpeechStarted(0), ev.SpeechPaused(900, 192)), "deciding"),
        ((ev.SpeechStarted(0), ev.StopRequested(900)), "thinking"),
        ((ASKED,), "thinking"),
        (SPEAKING, "speaking"),
        ((*SPEAKING, ev.SpeechStarted(300)), "yielding"),
        ((ev.Left(0),), "closed"),
    ],
)
def test_every_phase_has_a_word(events: tuple[ev.Event, ...], state: str) -> None:
    assert describe(_play(*events)[0]) == state


def test_closed_is_closed() -> None:
    closed = replace(Conversation("es"), phase=Closed())
    assert step(closed, ASKED) == (closed, ())


def test_speech_before_the_voice_begins_ducks_it_from_its_first_sample() -> None:
    conversation, seen = _play(ASKED, ev.SpeechStarted(50), *SPEAKING[1:])
    assert isinstance(conversation.phase, Yielding)
    began = seen.index(act.VoiceBegan(1, 1))
    assert seen[began + 1] == act.Ducked(1, on=True)


def test_the_history_keeps_the_latest_lines() -> None:
    history = History()
    for turn in range(1, MAX_ITEMS + 3):
        history = history.add(Item("user", "hola", turn, "es", 0.0))
    assert len(history.items) == MAX_ITEMS
    assert history.items[-1].turn == MAX_ITEMS + 2
    assert history.add(Item("assistant", "", MAX_ITEMS + 3, "es", 0.0)) is history
