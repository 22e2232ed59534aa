"""The doubles keep their word: virtual time jumps, threads hold it, scripts are followed."""

import asyncio
import threading
import time

import pytest

from enterprise_stream.errors import EngineError
from enterprise_stream.listening.ports import SpeechToText, TurnDetector, VoiceActivity
from enterprise_stream.speaking.ports import SAMPLE_RATE, TextToSpeech
from enterprise_stream.testing import (
    EnergyActivity,
    FakeClock,
    Heard,
    LoopClock,
    Reply,
    ScriptedBrain,
    ScriptedRecogniser,
    ScriptedTurnDetector,
    ScriptedVoice,
    StuckError,
    VirtualTimeLoop,
    quiet,
    run_virtual,
    speech,
)
from enterprise_stream.testing import loop as loop_module
from enterprise_stream.thinking.ports import AnswerEnd, AnswerText, LanguageModel, Question


async def test_an_hour_takes_no_time() -> None:
    began, clock = time.monotonic(), LoopClock()
    before = clock.now_ms()
    await asyncio.sleep(3_600)
    assert clock.now_ms() - before == pytest.approx(3_600_000)
    assert time.monotonic() - began < 5


async def test_timers_fire_in_their_order_at_their_time() -> None:
    clock, fired = LoopClock(), []

    async def fire(after: float) -> None:
        await asyncio.sleep(after)
        fired.append(round(clock.now_ms() / 1000, 6))

    began = clock.now_ms() / 1000
    await asyncio.gather(*(fire(after) for after in (3.0, 1.0, 2.0)))
    assert fired == [began + 1, began + 2, began + 3]


async def test_time_stands_still_while_a_thread_works() -> None:
    asked, clock = threading.Event(), LoopClock()
    before = clock.now_ms()
    sleeper = asyncio.create_task(asyncio.sleep(10))
    working = asyncio.create_task(asyncio.to_thread(asked.wait, 5))
    await asyncio.sleep(0)
    threading.Timer(0.02, asked.set).start()
    assert await working
    assert clock.now_ms() == before
    assert not sleeper.done()
    await sleeper


def test_a_loop_on_which_nothing_will_happen_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_module, "PATIENCE_S", 0.01)
    loop = VirtualTimeLoop()
    waiting = loop.create_task(asyncio.Event().wait())
    with pytest.raises(StuckError, match="Nothing is scheduled"):
        loop.run_until_complete(waiting)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        loop.run_until_complete(waiting)
    loop.close()


def test_run_virtual_returns_what_the_coroutine_does() -> None:
    async def main() -> int:
        await asyncio.sleep(60)
        return 7

    assert run_virtual(main()) == 7


def test_a_fake_clock_moves_when_it_is_told() -> None:
    clock = FakeClock(500.0)
    wall = clock.wall_ms()
    clock.advance(250)
    assert (clock.now_ms(), clock.wall_ms() - wall) == (750.0, 250.0)
    with pytest.raises(ValueError, match="does not go back"):
        clock.advance(-1)


async def test_a_recogniser_knows_the_words_of_what_it_has_heard() -> None:
    recogniser: SpeechToText = ScriptedRecogniser(Heard(("uno", "dos"), delay_ms=0))
    utterance = recogniser.utterance("s", "es")
    assert (await utterance.partial()).text == ""
    utterance.push(speech(300))
    assert (await utterance.partial()).text == "uno"
    utterance.push(quiet(100))
    utterance.push(speech(300))
    assert (await utterance.partial()).text == "uno"
    utterance.push(quiet(300))
    utterance.push(speech(300))
    heard = await utterance.final()
    assert (heard.text, heard.language, heard.audio_ms) == ("uno dos", "es", 1_300)
    with pytest.raises(AssertionError):
        utterance.push(speech(10))
    beyond = recogniser.utterance("s", "es")
    beyond.push(speech(300))
    assert (await beyond.final()).text == ""


async def test_the_other_engines_follow_their_scripts() -> None:
    detector: TurnDetector = ScriptedTurnDetector((0.1, 0.9))
    assert [await detector.completion("s", speech(100)) for _ in range(3)] == [0.1, 0.9, 0.9]
    activity: VoiceActivity = EnergyActivity()
    assert activity.probability(speech(32)) > 0.5 > activity.probability(quiet(32))
    brain: LanguageModel = ScriptedBrain("Uno.", Reply(("Dos ", "tres"), fail_after=1))
    assert [piece async for piece in brain.answer(Question("s", "¿?", "es"))] == [
        AnswerText("Uno."), AnswerEnd("general"),
    ]  # fmt: skip
    broken = brain.answer(Question("s", "¿?", "es"))
    assert await anext(broken) == AnswerText("Dos ")
    with pytest.raises(EngineError):
        await anext(broken)
    voice: TextToSpeech = ScriptedVoice(ms_per_char=50, piece_ms=100, fail_at=1)
    spoken = [piece async for piece in voice.speak("s", "hola, ya", "es")]
    assert sum(piece.samples.size for piece in spoken) == SAMPLE_RATE * 400 // 1000
    assert [(word.text, word.start_ms) for piece in spoken for word in piece.words] == [("hola,", 0.0), ("ya", 200.0)]
    assert {int(sample) for piece in spoken for sample in piece.samples} == {1}
    with pytest.raises(EngineError):
        [piece async for piece in voice.speak("s", "hola", "es")]
