"""Speech over an answer: duck, interruption, back-channel; nothing of a cut answer gets out; the history keeps what was
heard.
"""

import asyncio

import pytest

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.events import InterruptRequested
from enterprise_stream.session.outbox import Sound
from enterprise_stream.testing import (
    Heard,
    Reply,
    ScriptedBrain,
    ScriptedRecogniser,
    ScriptedVoice,
    scripted_engines,
)
from enterprise_stream.testing.listening import failed

from .stage import Guest, guest

LONG = "Tenemos una suite con vistas al río, un loft en el centro, y una villa con jardín para toda la familia. "


async def _asked(visitor: Guest, heard_ms: float) -> None:
    """Asks the first question, and lets that much of the answer be heard."""
    await visitor.write("¿Qué tienen?")
    await visitor.wait(act.VoiceBegan)
    await asyncio.sleep(heard_ms / 1000)


async def test_barge_in_ducks_interrupts_and_answers() -> None:
    recogniser = ScriptedRecogniser(Heard(("No, ¿y el precio?",)))
    brain = ScriptedBrain(Reply((LONG * 3,)), Reply(("Cien euros.",)))
    async with guest(scripted_engines(recogniser=recogniser, brain=brain)) as visitor:
        await _asked(visitor, 2_000)
        onset = visitor.now
        await visitor.speak(1_200)
        await visitor.hush(1_000)
        await visitor.wait(act.VoiceEnded)
        cut = visitor.all(act.AnswerInterrupted)[0]
        assert (cut.turn, cut.reason) == (1, "barge_in")
        assert visitor.all(act.Ducked)[0] == act.Ducked(1, on=True)
        assert visitor.at(act.Ducked) - onset <= 60
        cut_at = visitor.at(act.AnswerInterrupted)
        assert visitor.at(act.Ducked) < cut_at
        assert [got for got in visitor.sounds(1) if got.at > cut_at] == []
        assert visitor.sound_ms(1) > 5_000  # it was sent ahead, so there was something to lose
        assert visitor.finals()[-1] == (2, "No, ¿y el precio?")
        assert 0 < cut.played_ms == pytest.approx(cut_at - visitor.at(act.VoiceBegan), abs=1)
        assert cut.heard_text
        assert LONG.startswith(cut.heard_text)
        await asyncio.sleep(1)
        assert await visitor.history() == [
            ("user", "¿Qué tienen?", False),
            ("assistant", cut.heard_text, True),
            ("user", "No, ¿y el precio?", False),
            ("assistant", "Cien euros.", False),
        ]
        assert brain.heard_before(1) == [("user", "¿Qué tienen?"), ("assistant", cut.heard_text)]


@pytest.mark.parametrize(("confidence", "stops"), [(None, True), (0.9, True), (0.05, False)])
async def test_a_claim_that_the_recogniser_is_not_sure_of_takes_no_floor(confidence: float | None, stops: bool) -> None:
    recogniser = ScriptedRecogniser(Heard(("No.",), confidence=confidence))
    async with guest(scripted_engines(recogniser=recogniser, brain=ScriptedBrain(Reply((LONG * 3,))))) as visitor:
        await _asked(visitor, 3_000)
        await visitor.speak(500)
        await visitor.hush(1_000)
        assert bool(visitor.all(act.AnswerInterrupted)) is stops
        assert act.Ducked(1, on=True) in visitor.all(act.Ducked)
        assert (act.Ducked(1, on=False) in visitor.all(act.Ducked)) is not stops, "she goes on"


async def test_nothing_of_a_cut_answer_follows() -> None:
    brain = ScriptedBrain(Reply(tuple(LONG.split(" ")) * 3, piece_ms=200))
    async with guest(scripted_engines(brain=brain)) as visitor:
        await _asked(visitor, 1_500)
        await visitor.session.tell(InterruptRequested(0))
        await visitor.wait(act.AnswerInterrupted)
        count = len(visitor.got)
        await asyncio.sleep(30)
        assert visitor.got[count:] == []
        assert brain.running == 0


async def test_sound_that_waits_in_the_outbox_is_dropped_with_its_reply() -> None:
    brain = ScriptedBrain(Reply((LONG,)), Reply(("Sí.",)))
    async with guest(scripted_engines(brain=brain)) as visitor:
        await visitor.write("¿Qué tienen?")
        await visitor.wait(act.AnswerGrew)
        visitor.pause()
        await asyncio.sleep(1)
        await visitor.session.tell(InterruptRequested(0))
        await asyncio.sleep(0.1)
        visitor.go_on()
        await visitor.wait(act.AnswerInterrupted)
        assert [type(got.item) for got in visitor.sounds(1)] == []
        await visitor.write("¿Y bien?")
        await visitor.wait(act.VoiceEnded, 2)
        assert visitor.sound_ms(2) > 0
        assert all(isinstance(got.item, Sound) for got in visitor.sounds(2))


async def test_a_backchannel_does_not_interrupt() -> None:
    recogniser = ScriptedRecogniser(Heard(("Ajá.",)))
    async with guest(scripted_engines(recogniser=recogniser, brain=ScriptedBrain(Reply((LONG,))))) as visitor:
        await _asked(visitor, 1_000)
        await visitor.speak(400)
        await visitor.hush(1_500)
        assert visitor.all(act.Ducked) == [act.Ducked(1, on=True), act.Ducked(1, on=False)]
        await visitor.wait(act.VoiceEnded)
        await asyncio.sleep(10)
        assert visitor.all(act.AnswerInterrupted) == []
        assert visitor.finals() == [(1, "¿Qué tienen?")]
        assert await visitor.history() == [("user", "¿Qué tienen?", False), ("assistant", LONG.strip(), False)]


async def test_a_cough_over_an_answer_does_not_interrupt() -> None:
    recogniser = ScriptedRecogniser(Heard(()))
    async with guest(scripted_engines(recogniser=recogniser, brain=ScriptedBrain(Reply((LONG,))))) as visitor:
        await _asked(visitor, 1_000)
        await visitor.speak(300)
        await visitor.hush(1_500)
        assert visitor.all(act.Ducked)[-1] == act.Ducked(1, on=False)
        assert visitor.all(act.AnswerInterrupted) == []


async def test_a_word_that_asks_for_the_floor_stops_her_while_the_guest_is_still_speaking() -> None:
    recogniser = ScriptedRecogniser(Heard(("Espera, espera un momento.",), delay_ms=150))
    async with guest(scripted_engines(recogniser=recogniser, brain=ScriptedBrain(Reply((LONG * 3,))))) as visitor:
        await _asked(visitor, 3_000)
        onset = visitor.now
        await visitor.speak(900)
        cut = visitor.all(act.AnswerInterrupted)[0]
        assert cut.reason == "barge_in"
        assert visitor.at(act.AnswerInterrupted) - onset <= 500
        assert recogniser.utterances[0].partials == 1, "no more is asked once she has stopped"


async def test_a_click_ducks_her_and_opens_no_utterance() -> None:
    recogniser = ScriptedRecogniser()
    async with guest(scripted_engines(recogniser=recogniser, brain=ScriptedBrain(Reply((LONG,))))) as visitor:
        await _asked(visitor, 1_000)
        onset = visitor.now
        await visitor.speak(40)
        await visitor.hush(500)
        assert visitor.all(act.Ducked) == [act.Ducked(1, on=True), act.Ducked(1, on=False)]
        assert visitor.at(act.Ducked) - onset <= 60
        assert visitor.at(act.Ducked, 2) - onset <= 320
        assert recogniser.utterances == []
        assert visitor.all(act.GuestHeard) == []


async def test_a_client_that_falls_silent_after_a_click_hears_her_as_before() -> None:
    async with guest(scripted_engines(brain=ScriptedBrain(Reply((LONG,))))) as visitor:
        await _asked(visitor, 1_000)
        await visitor.speak(40)
        await visitor.wait(act.Ducked, 2)
        assert visitor.all(act.Ducked)[-1] == act.Ducked(1, on=False)
        assert visitor.at(act.Ducked, 2) - visitor.at(act.Ducked) <= 760


async def test_her_own_voice_does_not_stop_her() -> None:
    recogniser = ScriptedRecogniser(Heard(("con vistas al río, un loft en el centro",)))
    async with guest(scripted_engines(recogniser=recogniser, brain=ScriptedBrain(Reply((LONG,))))) as visitor:
        await _asked(visitor, 1_500)
        await visitor.speak(2_000)
        await visitor.hush(1_000)
        assert visitor.all(act.Ducked)[-1] == act.Ducked(1, on=False)
        assert visitor.all(act.AnswerInterrupted) == []
        assert visitor.interims() == []


async def test_words_that_fail_in_mid_speech_are_asked_for_again_at_the_pause() -> None:
    recogniser = ScriptedRecogniser(Heard(("Quiero el precio.",), failure=failed(), failures=1))
    async with guest(scripted_engines(recogniser=recogniser, brain=ScriptedBrain(Reply((LONG * 3,))))) as visitor:
        await _asked(visitor, 3_000)
        await visitor.speak(600)
        await visitor.hush(700)
        await visitor.wait(act.AnswerInterrupted)
        assert visitor.all(act.Failed) == []


async def test_typing_over_an_answer_takes_the_floor() -> None:
    async with guest(scripted_engines(brain=ScriptedBrain(Reply((LONG,)), Reply(("Sí.",))))) as visitor:
        await _asked(visitor, 2_000)
        await visitor.write("¿Tienen loft?")
        cut = await visitor.wait(act.AnswerInterrupted)
        assert cut.reason == "client"
        await visitor.wait(act.VoiceEnded, 2)
        assert visitor.all(act.AnswerComplete)[-1].turn == 2


async def test_interrupting_nothing_does_nothing() -> None:
    async with guest(scripted_engines()) as visitor:
        await visitor.session.tell(InterruptRequested(0))
        await visitor.history()
        assert visitor.kinds() == ["HistoryListed"]


async def test_a_report_says_how_much_was_heard() -> None:
    async with guest(scripted_engines(brain=ScriptedBrain(Reply((LONG,))))) as visitor:
        await _asked(visitor, 3_000)
        await visitor.report(1, 700)
        await visitor.session.tell(InterruptRequested(0))
        cut = await visitor.wait(act.AnswerInterrupted)
        assert cut.played_ms == 700
        assert await visitor.history() == [("user", "¿Qué tienen?", False), ("assistant", cut.heard_text, True)]
        assert len(cut.heard_text) * 60 <= 700 + 200


async def test_an_answer_cut_before_it_sounded_leaves_nothing() -> None:
    async with guest(scripted_engines(voice=ScriptedVoice(delay_ms=5_000))) as visitor:
        await visitor.write("¿Qué tienen?")
        await visitor.wait(act.AnswerGrew)
        await visitor.session.tell(InterruptRequested(0))
        cut = await visitor.wait(act.AnswerInterrupted)
        assert (cut.heard_text, cut.played_ms) == ("", 0.0)
        assert await visitor.history() == [("user", "¿Qué tienen?", False)]
