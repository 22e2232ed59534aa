"""From sound to answer: order, pauses, noise, whole recordings, manual turns, stop, stalls."""

import asyncio

import numpy as np
import pytest

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.endpointing import Evidence, needed_silence_ms
from enterprise_stream.conversation.events import ModeChosen, StatusRequested, StopRequested
from enterprise_stream.conversation.policy import TurnPolicy
from enterprise_stream.errors import EngineError
from enterprise_stream.session.session import STALL_MS
from enterprise_stream.testing import (
    Heard,
    Reply,
    ScriptedBrain,
    ScriptedRecogniser,
    ScriptedTurnDetector,
    ScriptedVoice,
    quiet,
    scripted_engines,
    speech,
)

from .stage import PERSONA, guest, noise

QUESTION = "¿Cuánto cuesta la suite?"


async def test_a_question_is_answered_in_the_right_order() -> None:
    recogniser, brain = ScriptedRecogniser(QUESTION), ScriptedBrain(Reply(("Son cien euros. ", "Con desayuno.")))
    async with guest(scripted_engines(recogniser=recogniser, brain=brain)) as visitor:
        await visitor.hush(500)
        await visitor.speak(1_500)
        speech_ended = visitor.now
        await visitor.hush(1_000)
        await visitor.wait(act.VoiceEnded)
        kinds = [
            "Final" if isinstance(got.item, act.WordsShown) and got.item.final else type(got.item).__name__
            for got in visitor.got
        ]
        order = ("GuestHeard", "WordsShown", "GuestPaused", "Final", "AnswerGrew", "VoiceBegan", "Sound", "VoiceEnded")
        places = [kinds.index(name) for name in order]
        assert places == sorted(places)
        assert kinds[-1] == "VoiceEnded"
        assert visitor.finals() == [(1, QUESTION)]
        complete = visitor.all(act.AnswerComplete)[0]
        assert complete.text == "Son cien euros. Con desayuno."
        assert "".join(grown.text for grown in visitor.all(act.AnswerGrew)) == complete.text
        assert [question.text for question in brain.questions] == [QUESTION]
        assert recogniser.asked == [("s1", "es")]
        # Four silent frames make the pause, the words are asked for at once, the decision comes with 192 to 256 ms.
        assert visitor.at(act.GuestPaused) - speech_ended == pytest.approx(240, abs=60)
        latency = complete.latency
        assert latency.first_audio is not None
        assert latency.first_text is not None
        assert latency.endpoint is not None
        assert latency.transcript is not None
        assert latency.transcript <= latency.endpoint < latency.first_text < latency.first_audio < 500
        assert recogniser.utterances[0].closed


async def test_a_thinking_pause_makes_one_turn() -> None:
    recogniser = ScriptedRecogniser(Heard(("Quería saber", "el precio de la suite")))
    engines = scripted_engines(recogniser=recogniser, turn_detector=ScriptedTurnDetector((0.1, 0.1, 0.1, 0.95)))
    async with guest(engines) as visitor:
        await visitor.speak(800)
        await visitor.hush(1_000)
        assert visitor.finals() == []
        await visitor.speak(900)
        await visitor.hush(2_500)
        await visitor.wait(act.VoiceEnded)
        assert visitor.finals() == [(1, "Quería saber el precio de la suite")]
        assert len(visitor.all(act.AnswerComplete)) == 1
        assert visitor.interims()[0] == "Quería saber"
        assert len(recogniser.utterances) == 1


async def test_noise_gives_no_answer() -> None:
    brain = ScriptedBrain()
    recogniser = ScriptedRecogniser(Heard(()), Heard((QUESTION,)))
    async with guest(scripted_engines(recogniser=recogniser, brain=brain)) as visitor:
        await visitor.sound(noise(900))
        await visitor.hush(3_000)
        assert visitor.finals() == []
        assert brain.questions == []
        assert visitor.kinds() == ["GuestHeard", "GuestPaused"]
        await visitor.speak(900)
        await visitor.hush(1_000)
        assert visitor.finals() == [(2, QUESTION)]


@pytest.mark.requirement("S18")
async def test_a_click_opens_nothing() -> None:
    recogniser = ScriptedRecogniser()
    async with guest(scripted_engines(recogniser=recogniser)) as visitor:
        for _ in range(4):
            await visitor.sound(noise(60))
            await visitor.hush(600)
        assert visitor.got == []
        assert recogniser.utterances == []


@pytest.mark.requirement("S18")
async def test_silence_makes_no_turn_and_no_recogniser_hears_it() -> None:
    recogniser = ScriptedRecogniser()
    async with guest(scripted_engines(recogniser=recogniser)) as visitor:
        await visitor.hush(10_000)
        assert visitor.got == []
        assert recogniser.utterances == []


async def test_a_whole_recording_at_once_gives_the_same_turn_as_real_time() -> None:
    recording = [quiet(300), speech(700), quiet(700), speech(900), quiet(2_500)]
    heard = Heard(("Quería reservar la suite", "para el sábado"))
    seen = []
    for at_once in (True, False):
        recogniser = ScriptedRecogniser(heard)
        async with guest(
            scripted_engines(recogniser=recogniser, turn_detector=ScriptedTurnDetector((0.05, 0.05, 0.95)))
        ) as visitor:
            for part in recording:
                if at_once:
                    await visitor.session.hear(part)
                else:
                    await visitor.sound(part)
            await visitor.wait(act.VoiceEnded)
            audio_ms = recogniser.utterances[0].audio_ms
            seen.append((visitor.finals(), visitor.all(act.AnswerComplete)[0].text, len(recogniser.utterances)))
            assert audio_ms > 2_300
    assert seen[0] == seen[1]
    assert seen[0][0] == [(1, "Quería reservar la suite para el sábado")]


async def test_one_frame_of_a_whole_recording_is_one_turn() -> None:
    recogniser = ScriptedRecogniser(QUESTION)
    async with guest(scripted_engines(recogniser=recogniser)) as visitor:
        await visitor.session.hear(np.concatenate([quiet(300), speech(1_500), quiet(1_200)]))
        await visitor.wait(act.VoiceEnded)
        assert visitor.finals() == [(1, QUESTION)]


async def test_manual_turns_end_with_stop_alone() -> None:
    recogniser = ScriptedRecogniser(Heard(("Una cosa", "y otra")))
    async with guest(scripted_engines(recogniser=recogniser)) as visitor:
        await visitor.session.tell(ModeChosen(0, "manual"))
        await visitor.speak(800)
        await visitor.hush(4_000)
        await visitor.speak(800)
        await asyncio.sleep(3)  # virtual: the client keeps its microphone to itself for a while
        assert visitor.finals() == []
        await visitor.session.tell(StopRequested(0))
        await visitor.wait(act.VoiceEnded)
        assert visitor.finals() == [(1, "Una cosa y otra")]


async def test_stop_answers_what_was_said_without_waiting_for_silence() -> None:
    async with guest(scripted_engines(recogniser=ScriptedRecogniser(QUESTION))) as visitor:
        await visitor.speak(1_200)
        stopped = visitor.now
        await visitor.session.tell(StopRequested(0))
        await visitor.until(visitor.finals)
        shown = next(got.at for got in visitor.got if isinstance(got.item, act.WordsShown) and got.item.final)
        assert shown - stopped == pytest.approx(80, abs=5)


async def test_stop_with_nothing_said_changes_nothing() -> None:
    async with guest(scripted_engines()) as visitor:
        await visitor.session.tell(StopRequested(0))
        await visitor.session.tell(StatusRequested(0))
        assert (await visitor.wait(act.StatusReported)).state == "listening"
        assert visitor.kinds() == ["StatusReported"]


async def test_a_client_that_stops_sending_is_answered_after_700_ms() -> None:
    async with guest(scripted_engines(recogniser=ScriptedRecogniser(QUESTION))) as visitor:
        await visitor.speak(1_000)
        last_audio = visitor.now - 20
        await visitor.wait(act.GuestPaused)
        assert visitor.at(act.GuestPaused) - last_audio == pytest.approx(STALL_MS, abs=1)
        await visitor.wait(act.VoiceEnded)
        assert visitor.finals() == [(1, QUESTION)]


async def test_a_client_whose_audio_comes_in_large_pages_has_not_stopped_sending() -> None:
    async with guest(scripted_engines(recogniser=ScriptedRecogniser(QUESTION))) as visitor:
        await visitor.speak(600)
        for _ in range(8):
            await asyncio.sleep(0.12)
            await visitor.session.hear(np.zeros(0, np.float32))
        assert "GuestPaused" not in visitor.kinds()
        last_bytes = visitor.now
        await visitor.wait(act.GuestPaused)
        assert visitor.at(act.GuestPaused) - last_bytes == pytest.approx(STALL_MS, abs=1)


async def test_interims_are_shown_while_the_guest_talks() -> None:
    recogniser = ScriptedRecogniser(Heard((QUESTION,)))
    async with guest(scripted_engines(recogniser=recogniser)) as visitor:
        await visitor.speak(3_000)
        assert visitor.interims() == [QUESTION]  # shown once: the words did not change
        assert 3 <= recogniser.utterances[0].partials <= 4


async def test_a_guest_who_goes_on_talking_sees_words_though_the_machine_is_busy() -> None:
    recogniser = ScriptedRecogniser(Heard((QUESTION,)))
    async with guest(scripted_engines(recogniser=recogniser, busy=lambda: True)) as visitor:
        await visitor.speak(5_000)
        assert recogniser.utterances[0].partials == 1


async def test_no_interims_while_the_machine_is_busy() -> None:
    recogniser = ScriptedRecogniser(Heard((QUESTION,)))
    async with guest(scripted_engines(recogniser=recogniser, busy=lambda: True)) as visitor:
        await visitor.speak(3_000)
        assert recogniser.utterances[0].partials == 0
        await visitor.hush(1_000)
        await visitor.wait(act.VoiceEnded)
        assert visitor.finals() == [(1, QUESTION)]


async def test_a_slow_recogniser_is_asked_one_thing_at_a_time() -> None:
    recogniser = ScriptedRecogniser(Heard((QUESTION,), delay_ms=2_000))
    async with guest(scripted_engines(recogniser=recogniser)) as visitor:
        await visitor.speak(3_500)
        assert recogniser.utterances[0].partials == 2
        await visitor.hush(3_000)
        await visitor.wait(act.VoiceEnded)
        assert visitor.finals() == [(1, QUESTION)]


async def test_a_recogniser_that_fails_is_told_and_the_session_goes_on() -> None:
    failure = EngineError("The recogniser is not well.", code="engine_failed", retryable=True)
    recogniser = ScriptedRecogniser(Heard(failure=failure), QUESTION)
    async with guest(scripted_engines(recogniser=recogniser)) as visitor:
        await visitor.speak(500)
        await visitor.hush(1_000)
        assert await visitor.wait(act.Failed) == act.Failed("engine_failed", retryable=True, turn=1)
        assert recogniser.utterances[0].closed
        told = await visitor.wait(act.AnswerComplete)
        assert (told.turn, told.text, told.response_type) == (2, PERSONA.unheard("es"), "error")
        ended = await visitor.wait(act.VoiceEnded)
        await visitor.hush(ended.duration_ms + 500)
        await visitor.speak(1_000)
        await visitor.hush(1_000)
        await visitor.wait(act.VoiceEnded, 2)
        assert visitor.finals() == [(2, ""), (3, QUESTION)]


async def test_final_words_that_fail_are_told() -> None:
    recogniser = ScriptedRecogniser(Heard((QUESTION,), failure=EngineError("Not well.")))
    async with guest(scripted_engines(recogniser=recogniser)) as visitor:
        await visitor.speak(500)
        await visitor.session.tell(StopRequested(0))
        assert (await visitor.wait(act.Failed)).turn == 1
        assert (await visitor.wait(act.AnswerComplete)).text == PERSONA.unheard("es")
        assert visitor.finals() == [(2, "")]


async def test_she_says_that_she_does_not_hear_once_until_she_has_heard_something() -> None:
    failed = Heard((QUESTION,), failure=EngineError("Not well."))
    recogniser = ScriptedRecogniser(failed, failed, Heard((QUESTION,)), failed)
    said = []
    async with guest(scripted_engines(recogniser=recogniser)) as visitor:
        for turn in range(4):
            await visitor.speak(500)
            await visitor.session.tell(StopRequested(0))
            await visitor.hush(12_000)
            said.append(len([each for each in visitor.all(act.AnswerComplete) if each.text == PERSONA.unheard("es")]))
            assert recogniser.utterances[turn].closed
    assert said == [1, 1, 1, 2]


async def test_an_interim_that_fails_does_not_cost_the_turn() -> None:
    recogniser = ScriptedRecogniser(Heard((QUESTION,), failure=EngineError("Not well."), failures=2))
    async with guest(scripted_engines(recogniser=recogniser)) as visitor:
        await visitor.speak(2_000)
        await visitor.hush(1_000)
        await visitor.wait(act.VoiceEnded)
        assert visitor.finals() == [(1, QUESTION)]
        assert visitor.all(act.Failed) == []


async def test_without_a_turn_detector_words_and_silence_decide() -> None:
    detector = ScriptedTurnDetector(failure=EngineError("The detector is not well."))
    engines = scripted_engines(recogniser=ScriptedRecogniser(QUESTION), turn_detector=detector)
    async with guest(engines) as visitor:
        await visitor.speak(1_000)
        ended = visitor.now
        await visitor.hush(2_500)
        await visitor.wait(act.VoiceEnded)
        assert visitor.finals() == [(1, QUESTION)]
        needed = needed_silence_ms(TurnPolicy(), Evidence(0.0, (), QUESTION, "es"))
        assert 300 < visitor.at(act.GuestPaused) - ended == pytest.approx(needed, abs=80)
        assert detector.calls


async def test_typed_words_are_answered_and_remembered() -> None:
    brain = ScriptedBrain(Reply(("Sí. ",), memory="m1"), Reply(("No. ",)))
    async with guest(scripted_engines(brain=brain, voice=ScriptedVoice(ms_per_char=5))) as visitor:
        await visitor.write("¿Tienen suite?")
        await visitor.wait(act.VoiceEnded)
        await asyncio.sleep(1)
        await visitor.write("¿Y loft?")
        await visitor.wait(act.VoiceEnded, 2)
        await asyncio.sleep(1)
        assert [question.memory for question in brain.questions] == [None, "m1"]
        assert brain.heard_before(1) == [("user", "¿Tienen suite?"), ("assistant", "Sí.")]
        assert await visitor.history() == [
            ("user", "¿Tienen suite?", False), ("assistant", "Sí.", False),
            ("user", "¿Y loft?", False), ("assistant", "No.", False),
        ]  # fmt: skip


async def test_a_lull_is_transcribed_once_and_its_words_are_those_of_the_pause() -> None:
    recogniser = ScriptedRecogniser(Heard((QUESTION,), delay_ms=250))
    async with guest(scripted_engines(recogniser=recogniser)) as visitor:
        await visitor.speak(1_500)
        speech_ended = visitor.now
        await visitor.hush(1_000)
        await visitor.wait(act.VoiceEnded)
        # Asked for 64 ms into the silence, two frames' wait included; the pause is reported 64 ms later.
        assert visitor.at(act.GuestPaused) - speech_ended < 64 + 40 + 250 + 20
        assert visitor.finals() == [(1, QUESTION)]
        utterance = recogniser.utterances[0]
        assert utterance.partials + utterance.finals <= 3


@pytest.mark.parametrize("spoken_ms", range(1_400, 2_400, 100))
async def test_words_at_the_end_never_wait_for_those_of_the_middle(spoken_ms: int) -> None:
    """The middle's are asked for each second, whenever the guest may end."""
    async with guest(scripted_engines(recogniser=ScriptedRecogniser(Heard((QUESTION,), delay_ms=250)))) as visitor:
        await visitor.speak(spoken_ms)
        speech_ended = visitor.now
        await visitor.hush(1_000)
        await visitor.wait(act.VoiceEnded)
        assert visitor.at(act.GuestPaused) - speech_ended < 64 + 40 + 250 + 20
        assert visitor.finals() == [(1, QUESTION)]


@pytest.mark.parametrize("gap_ms", [90, 110, 130, 160])
async def test_words_at_the_end_never_wait_for_those_of_a_gap_before(gap_ms: int) -> None:
    recogniser = ScriptedRecogniser(Heard((QUESTION,), delay_ms=400))
    async with guest(scripted_engines(recogniser=recogniser)) as visitor:
        await visitor.speak(1_600)
        await visitor.hush(gap_ms)
        await visitor.speak(120)
        speech_ended = visitor.now
        await visitor.hush(1_200)
        await visitor.wait(act.VoiceEnded)
        assert visitor.at(act.GuestPaused) - speech_ended < 64 + 40 + 400 + 20
        assert visitor.finals() == [(1, QUESTION)]


async def test_what_is_said_after_a_lull_is_heard_too() -> None:
    recogniser = ScriptedRecogniser(Heard(("Quería saber", "el precio"), delay_ms=150))
    engines = scripted_engines(recogniser=recogniser, turn_detector=ScriptedTurnDetector((0.1, 0.95)))
    async with guest(engines) as visitor:
        await visitor.speak(900)
        await visitor.hush(340)
        await visitor.speak(700)
        await visitor.hush(2_500)
        await visitor.wait(act.VoiceEnded)
        assert visitor.finals() == [(1, "Quería saber el precio")]
