"""Speech over an answer, as the core gathers what is known of it: level, her words, her questions, what it asks for."""

import pytest

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation import events as ev
from enterprise_stream.conversation.machine import step
from enterprise_stream.conversation.overlap import overlap
from enterprise_stream.conversation.state import Conversation, GuestLevel, Replying, UserSpeaking, Yielding

ASKED = (
    ev.SpeechStarted(0),
    ev.SpeechWentOn(500, 320, -20.0),
    ev.SpeechWentOn(900, 640, -20.0),
    ev.TextReceived(1000, "x"),
)
WORDS = ["uno", "dos", "tres", "¿cuatro?", "cinco", "seis", "siete", "ocho"]
CAPTIONS = tuple(ev.Caption(word, 500.0 * i, 500.0 * (i + 1)) for i, word in enumerate(WORDS))
SOUNDING = (*ASKED, ev.ReplyTextGrew(1100, 1, " ".join(WORDS)), ev.ReplySounded(2000, 1, 4000, CAPTIONS))


def _play(*events: ev.Event) -> tuple[Conversation, list[act.Action]]:
    conversation, seen = Conversation("es"), list[act.Action]()
    for event in events:
        conversation, actions = step(conversation, event)
        seen += actions
    return conversation, seen


def _speech(began: float, until_ms: int, level_db: float | None) -> list[ev.Event]:
    return [
        ev.SpeechSuspected(began - 96),
        ev.SpeechStarted(began),
        *(ev.SpeechWentOn(began + ms - 128, ms, level_db) for ms in range(192, until_ms + 1, 64)),
    ]


def _yielding(began: float) -> tuple[Conversation, Yielding]:
    conversation, _ = _play(*SOUNDING, *_speech(began, 256, -21.0))
    assert isinstance(conversation.phase, Yielding)
    return conversation, conversation.phase


def test_the_guests_level_is_learnt_while_nobody_else_speaks() -> None:
    conversation, _ = _play(*SOUNDING, *_speech(4500, 256, -50.0))
    assert conversation.guest_level == GuestLevel(-20.0)


def test_the_level_follows_the_guest() -> None:
    level = GuestLevel().heard(None)
    assert level.db is None
    assert level.above(-20.0) is None
    for _ in range(30):
        level = level.heard(-30.0)
    assert level.above(-20.0) == pytest.approx(10.0)
    assert level.heard(None) == level
    assert level.above(None) is None


@pytest.mark.parametrize(("level_db", "stops"), [(-21.0, True), (-35.0, False), (None, True)])
def test_quiet_speech_of_unknown_words_takes_no_floor(level_db: float | None, stops: bool) -> None:
    conversation, seen = _play(*SOUNDING, *_speech(4500, 1280, level_db))
    assert any(isinstance(action, act.AnswerInterrupted) for action in seen) is stops
    assert isinstance(conversation.phase, UserSpeaking if stops else Yielding)


def test_early_speech_of_unknown_words_takes_no_floor() -> None:
    conversation, _ = _play(*SOUNDING, *_speech(3500, 1280, -20.0))
    assert isinstance(conversation.phase, Yielding)


def test_her_words_around_now_are_what_she_is_saying() -> None:
    conversation, phase = _yielding(4600)  # 2600 ms heard when it began
    seen = overlap(conversation, phase, 4800)
    assert seen.saying == ("tres", "cuatro", "cinco", "seis", "siete", "ocho")
    later = overlap(conversation, phase, 5700)
    assert later.saying == ("tres", "cuatro", "cinco", "seis", "siete", "ocho"), "from where it began"
    assert seen.level_db == pytest.approx(-1.0)
    assert not seen.doubtful
    assert overlap(*_yielding(3900), 4000).doubtful


def test_without_positions_all_of_her_text_is_what_she_is_saying() -> None:
    bare = (*SOUNDING[:-1], ev.ReplySounded(2000, 1, 4000), ev.SpeechStarted(4600))
    conversation, _ = _play(*bare)
    assert isinstance(conversation.phase, Yielding)
    assert overlap(conversation, conversation.phase, 4700).saying == tuple(w.strip("¿?") for w in WORDS)


@pytest.mark.parametrize(("at", "asked"), [(3500, False), (3700, True), (4100, True), (6400, True), (6600, False)])
def test_she_has_asked_for_a_while_after_her_question(at: float, asked: bool) -> None:
    conversation, _ = _play(*SOUNDING, ev.ReplySounded(2100, 1, 9000))
    conversation, _ = step(conversation, ev.SpeechStarted(at))
    assert isinstance(conversation.phase, Yielding)
    assert overlap(conversation, conversation.phase, at).asked is asked


def test_words_are_asked_for_early_and_one_question_at_a_time() -> None:
    _, seen = _play(*SOUNDING, *_speech(4500, 640, -20.0))
    asked = [action for action in seen if isinstance(action, act.AskWords) and action.turn == 3]
    assert asked == [act.AskWords(3, 0, paused=False)]
    answered = ev.WordsHeard(4900, 3, 0, ev.Words("mm"), paused=False)
    conversation, more = _play(*SOUNDING, *_speech(4500, 640, -20.0), answered, ev.SpeechWentOn(5080, 704, -20.0))
    assert more[-1] == act.AskWords(3, 0, paused=False)
    assert isinstance(conversation.phase, Yielding)


def _unsure(at: float, audio_ms: float, *, paused: bool = False) -> ev.WordsHeard:
    words = ev.Words("espera", "es", 0.9, audio_ms, confidences=(0.15,))
    return ev.WordsHeard(at, 3, 1 if paused else 0, words, paused)


@pytest.mark.parametrize(("second_of_ms", "stops"), [(900, True), (600, False)])
def test_a_word_of_which_it_is_unsure_stops_her_when_it_is_found_again_in_more_of_the_sound(
    second_of_ms: float, stops: bool
) -> None:
    once = (*SOUNDING, *_speech(4500, 448, -20.0), _unsure(4900, 600))
    conversation, _ = _play(*once)
    assert isinstance(conversation.phase, Yielding)
    conversation, _ = _play(*once, _unsure(5100, second_of_ms))
    assert isinstance(conversation.phase, UserSpeaking if stops else Yielding)


def test_a_word_of_which_it_is_unsure_is_forgotten_after_the_pause() -> None:
    events = (*SOUNDING, *_speech(4500, 448, -20.0), ev.SpeechPaused(5100, 128), _unsure(5200, 700, paused=True))
    conversation, seen = _play(*events, ev.SilenceGrew(5300, 320))
    assert isinstance(conversation.phase, Replying)
    assert seen[-1] == act.Ducked(2, on=False)


@pytest.mark.parametrize(("text", "ends"), [("mm mm", False), ("", True), ("otra cosa", True)])
def test_an_utterance_over_an_answer_that_is_full(text: str, ends: bool) -> None:
    events = [*SOUNDING, *_speech(4500, 448, -20.0)]
    if text:
        events.append(ev.WordsHeard(4900, 3, 0, ev.Words(text), paused=False))
    conversation, seen = _play(*events, ev.UtteranceFull(5000))
    assert isinstance(conversation.phase, Replying) is not ends
    assert any(isinstance(action, act.AnswerInterrupted) for action in seen) is ends
