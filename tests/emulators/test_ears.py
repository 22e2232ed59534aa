"""What emulators hear with: scripts, and engines of ours behind the port."""

import asyncio

import numpy as np
import pytest
from tests.emulators.deepgram_sdk import Session, burst, eventually, flux, nova, speak

from enterprise_stream.listening.ports import Samples
from enterprise_stream.testing import Heard, ScriptedRecogniser, quiet, run_virtual, speech
from enterprise_stream.testing.emulators import Hearing, LiveEar, Said, ScriptedEar, ToneVoice
from enterprise_stream.testing.emulators.deepgram import REALISTIC, DeepgramEmulator
from enterprise_stream.testing.emulators.ears import BLOCK, LOUD
from enterprise_stream.testing.listening import failed, loudness


def hear(hearing: Hearing, *sounds: Samples) -> None:
    for block in np.concatenate(sounds).reshape(-1, BLOCK):
        hearing.hear(block, loudness(block) >= LOUD)


async def texts(hearing: Hearing) -> str:
    return " ".join(word.text for word in await hearing.words())


async def test_words_of_a_script_become_known_while_it_sounds_and_all_of_them_when_it_is_over() -> None:
    hearing = ScriptedEar(Said("uno dos tres cuatro", ms_per_word=200)).listen("es")
    hear(hearing, quiet(100), speech(450))
    assert await texts(hearing) == "uno dos"
    hear(hearing, quiet(50))
    assert await texts(hearing) == "uno dos"
    hear(hearing, quiet(10))
    assert await texts(hearing) == "uno dos tres cuatro"
    assert max(word.end_ms for word in await hearing.words()) <= 550


async def test_what_is_settled_does_not_come_again_and_the_rest_comes_later() -> None:
    hearing = ScriptedEar(Said("uno dos tres", ms_per_word=200)).listen("es")
    hear(hearing, speech(450))
    assert [word.text for word in await hearing.settle()] == ["uno", "dos"]
    hear(hearing, speech(200))
    assert await texts(hearing) == "tres"


async def test_each_stretch_of_sound_has_a_line_of_the_script_over_all_streams() -> None:
    ear = ScriptedEar("Hola", Said("Hello", language="en", completion=0.3))
    first, second = ear.listen("es"), ear.listen("es")
    hear(first, speech(100), quiet(150), speech(100), quiet(100))
    assert await texts(first) == "Hola"
    hear(second, speech(100), quiet(100))
    assert await texts(second) == "Hello"
    assert (second.language, second.completion) == ("en", 0.3)
    hear(second, quiet(200), speech(100), quiet(100))
    assert await texts(second) == "Hello"
    ear.say("Adiós")
    hear(second, quiet(200), speech(100), quiet(100))
    assert await texts(second) == "Hello Adiós"


async def test_a_recogniser_of_ours_hears_for_nova() -> None:
    recogniser = ScriptedRecogniser(Heard(("Una suite",), delay_ms=0), Heard(("para dos",), delay_ms=0))
    async with (
        DeepgramEmulator(LiveEar(recogniser)) as emulator,
        nova(emulator, endpointing="300", punctuate="true") as talk,
    ):
        await talk.hear(quiet(500), *burst(1500), *burst())
        await talk.one("Results", 2, speech_final=True)
        said = [result.channel.alternatives[0].transcript for result in talk.of("Results", speech_final=True)]
        assert said == ["Una suite", "para dos"]
        assert [utterance.audio_ms for utterance in recogniser.utterances] == [2100.0, 1000.0], "with its pre-roll"
        assert all(utterance.closed for utterance in recogniser.utterances)
        assert {language for _, language in recogniser.asked} == {"es"}


async def test_a_recogniser_of_ours_hears_for_flux() -> None:
    recogniser = ScriptedRecogniser(Heard(("Una suite", "para dos"), delay_ms=0))
    async with DeepgramEmulator(LiveEar(recogniser)) as emulator, flux(emulator, eager_eot_threshold="0.4") as talk:
        await talk.hear(*burst(600, 70), *burst(600, 250))
        ended = await talk.one("TurnInfo", event="EndOfTurn")
        assert ended.transcript == talk.of("TurnInfo", event="EagerEndOfTurn")[-1].transcript


async def test_noise_without_words_is_forgotten() -> None:
    recogniser = ScriptedRecogniser()
    async with DeepgramEmulator(LiveEar(recogniser)) as emulator, flux(emulator) as talk:
        await talk.hear(speech(100), quiet(5000))
        await talk.one("TurnInfo", 20)
        assert not talk.of("TurnInfo", event="StartOfTurn")
        assert [utterance.closed for utterance in recogniser.utterances] == [True]
        assert recogniser.utterances[0].audio_ms < 1500


@pytest.mark.parametrize("connect", [nova, flux])
async def test_a_recogniser_that_fails_ends_the_session_as_the_vendor_does(connect: object) -> None:
    ear = LiveEar(ScriptedRecogniser(Heard(("Hola",), failure=failed(), delay_ms=0)))
    async with DeepgramEmulator(ear) as emulator, connect(emulator) as talk:  # type: ignore[operator]
        await talk.hear(*burst())
        assert (await talk.end())[1].startswith("NET-0000")


async def test_utterances_are_closed_when_the_client_leaves() -> None:
    recogniser = ScriptedRecogniser("Hola")
    async with DeepgramEmulator(LiveEar(recogniser)) as emulator:
        async with flux(emulator) as talk:
            await talk.hear(speech(300))
            await eventually(lambda: recogniser.utterances)
        await eventually(lambda: recogniser.utterances[0].closed)


async def in_time(talk: Session, sound: Samples) -> None:
    """Send sound as fast as it sounds."""
    for start in range(0, sound.size, 320):
        await talk.hear(sound[start : start + 320])
        await asyncio.sleep(0.02)


def test_on_virtual_time_the_latencies_are_what_they_say() -> None:
    """Speech in real time, twelve turns each: from the last sound to the final words, from a flush to the sound."""

    async def talk_for_long() -> tuple[list[float], list[float], list[float]]:
        loop = asyncio.get_running_loop()
        script = ScriptedEar(*["Una suite"] * 24)
        async with (
            DeepgramEmulator(script, ToneVoice(), latencies=REALISTIC, seed=7) as emulator,
            nova(emulator, endpointing="false") as by_nova,
            flux(emulator) as by_flux,
            speak(emulator) as spoken,
        ):
            finals, ends, sounds = [], [], []
            for turn in range(1, 13):
                await in_time(by_nova, speech(600))
                began = loop.time()
                await in_time(by_nova, quiet(100))
                await by_nova.socket.send_finalize()
                await by_nova.one("Results", turn, from_finalize=True)
                finals.append((loop.time() - began) * 1000)
                await in_time(by_flux, speech(600))
                began = loop.time()
                while len(by_flux.of("TurnInfo", event="EndOfTurn")) < turn:
                    await in_time(by_flux, quiet(20))
                ends.append((loop.time() - began) * 1000)
                began, had = loop.time(), len(spoken.sound)
                await spoken.socket._websocket.send('{"type": "Speak", "text": "Sí."}')
                await spoken.socket.send_flush()
                await spoken.until(lambda had=had: len(spoken.sound) > had)
                sounds.append((loop.time() - began) * 1000)
            return finals, ends, sounds

    for times, mean in zip(run_virtual(talk_for_long()), (260, 260, 180), strict=True):
        assert mean - 60 < sum(times) / len(times) < mean + 60
        assert min(times) > 30
        assert max(times) - min(times) > 60, "they vary"
