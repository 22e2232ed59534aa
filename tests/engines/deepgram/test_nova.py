"""Nova behind the port: segments, their ends, and whose words a message holds."""

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from enterprise_stream.engines.deepgram import DeepgramNova
from enterprise_stream.errors import VendorError
from enterprise_stream.listening.ports import JudgingUtterance, PreparedSpeechToText, StreamingUtterance, Transcript
from enterprise_stream.purchases import Purchase
from enterprise_stream.testing import LoopClock, quiet, speech

from .played import Played

KEY = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
async def nova(service: Played, bought: list[Purchase]) -> AsyncIterator[DeepgramNova]:
    async with DeepgramNova(
        KEY, bought.append, LoopClock(), base_url=service.base_url, terms=["Casas del Turia", "ático"]
    ) as nova:
        yield nova


async def test_it_is_what_the_ports_ask_for(nova: DeepgramNova) -> None:
    utterance = nova.utterance("ana", "es")
    assert isinstance(nova, PreparedSpeechToText)
    assert isinstance(utterance, StreamingUtterance)
    assert not isinstance(utterance, JudgingUtterance)


async def test_the_socket_is_told_what_to_expect(nova: DeepgramNova, service: Played) -> None:
    nova.prepare("ana", "es")
    call = await service.call()
    assert call.path == "/v1/listen"
    assert call.query == {
        "model": ["nova-3"],
        "language": ["es"],
        "encoding": ["linear16"],
        "sample_rate": ["16000"],
        "channels": ["1"],
        "interim_results": ["true"],
        "endpointing": ["100"],
        "punctuate": ["true"],
        "smart_format": ["true"],
        "no_delay": ["true"],
        "keyterm": ["Casas del Turia", "ático"],
    }


async def test_nova_2_has_keywords_and_an_owner_may_choose_the_language(
    service: Played, bought: list[Purchase]
) -> None:
    async with DeepgramNova(
        KEY,
        bought.append,
        LoopClock(),
        engine="deepgram-nova2",
        base_url=service.base_url,
        model="nova-2",
        language="multi",
        smart_format=False,
        terms=["Casas del Turia", "ático"],
    ) as nova:
        utterance = nova.utterance("ana", "es")
        utterance.push(speech(800))
        call = await service.call()
        await call.heard(0.8)
        await call.segment("hello", 0.0, 0.8)
        heard = await utterance.partial()
        utterance.close()
    assert call.query["keywords"] == ["Casas", "Turia", "ático"]
    assert "keyterm" not in call.query
    assert call.query["language"] == ["multi"]
    assert call.query["smart_format"] == ["false"]
    assert (heard.text, heard.language) == ("hello", None)
    assert bought == [Purchase("ana", "stt", "deepgram-nova2", "nova-2", audio_ms=800.0)]


async def test_interims_restate_their_segment_and_finals_are_joined(nova: DeepgramNova, service: Played) -> None:
    utterance = nova.utterance("ana", "es")
    told: list[str] = []
    utterance.on_interim(lambda words: told.append(words.text))
    utterance.push(speech(2_400))
    call = await service.call()
    await call.heard(2.4)
    await call.segment("", 0.0, 0.3, final=False)
    await call.segment("cuánto cuesta el", 0.0, 0.8, final=False)
    await call.segment("cuánto cuesta", 0.0, 1.0, final=False)
    await call.segment("¿Cuánto cuesta", 0.0, 1.2)
    await call.segment("cuánto cuesta el", 0.0, 1.0, final=False)  # late: the final one has overtaken it
    await call.segment("", 1.2, 1.3)
    await call.segment("el ático", 1.3, 2.4, final=False)
    assert (await utterance.partial()).text == "¿Cuánto cuesta el ático"
    asked = asyncio.create_task(utterance.final())
    await call.comes("Finalize")
    await call.segment("el ático?", 1.3, 2.4, from_finalize=True, speech_final=True)
    assert await asked == Transcript("¿Cuánto cuesta el ático?", "es", 1.0, 2400)
    assert told == ["cuánto cuesta el", "cuánto cuesta", "¿Cuánto cuesta", "¿Cuánto cuesta el ático", told[-1]]


async def test_who_asks_again_while_the_guest_goes_on_gets_the_words_he_asked_for(
    nova: DeepgramNova, service: Played
) -> None:
    """Nova tells of a second at once: the words of what has been said meanwhile would never be there in time."""
    utterance = nova.utterance("ana", "es")
    utterance.push(speech(640))
    call = await service.call()
    assert (await utterance.partial()).text == ""
    utterance.push(speech(640))
    asked = asyncio.create_task(utterance.partial())
    await call.heard(1.28)
    began = LoopClock().now_ms()
    await call.segment("¿cuánto", 0.0, 1.0, final=False)
    assert await asked == Transcript("¿cuánto", "es", 1.0, 1000)
    assert LoopClock().now_ms() - began < 100


async def test_words_that_are_final_already_need_no_wait(nova: DeepgramNova, service: Played) -> None:
    utterance = nova.utterance("ana", "es")
    utterance.push(np.concatenate([speech(800), quiet(400)]))
    call = await service.call()
    await call.heard(1.2)
    await call.segment("¿Cuánto cuesta?", 0.0, 1.0, speech_final=True)
    await utterance.partial()
    began = LoopClock().now_ms()
    assert (await utterance.final()).text == "¿Cuánto cuesta?"
    assert LoopClock().now_ms() - began < 30


async def test_late_words_of_one_utterance_do_not_reach_the_next(nova: DeepgramNova, service: Played) -> None:
    first = nova.utterance("ana", "es")
    first.push(speech(800))
    call = await service.call()
    await call.heard(0.8)
    first.close()
    second = nova.utterance("ana", "es")
    told: list[str] = []
    second.on_interim(lambda words: told.append(words.text))
    second.push(speech(800))
    await call.heard(1.6)
    assert call.told == ["Finalize"]
    await call.segment("resérvame el ático", 0.0, 0.8, from_finalize=True)
    await call.segment("ático gracias", 0.4, 1.2, final=False)  # a segment that nobody cut where it was to be
    assert (await second.partial()).text == "gracias"
    asked = asyncio.create_task(second.final())
    await call.comes("Finalize", 2)
    await call.segment("Gracias.", 0.8, 1.6, from_finalize=True)
    assert (await asked).text == "Gracias."
    assert told == ["gracias", "Gracias."]


@pytest.mark.requirement("S18")
async def test_silence_is_held_by_keep_alives_and_ended_in_time(nova: DeepgramNova, service: Played) -> None:
    utterance = nova.utterance("ana", "es")
    utterance.push(speech(800))
    call = await service.call()
    await call.heard(0.8)
    utterance.close()
    await asyncio.sleep(13)
    assert call.told == ["Finalize", "KeepAlive", "KeepAlive", "KeepAlive"]
    again = nova.utterance("ana", "es")
    again.push(speech(800))
    await call.heard(1.6)
    again.close()
    await asyncio.sleep(28)
    assert not call.ended.is_set()
    await asyncio.wait_for(call.ended.wait(), 5)
    assert call.told[-1] == "CloseStream"
    assert service.count == 1


async def test_a_socket_that_never_had_audio_is_closed_before_the_service_does_it(
    nova: DeepgramNova, service: Played
) -> None:
    nova.prepare("ana", "es")
    call = await service.call()
    await asyncio.sleep(6)
    nova.prepare("ana", "es")
    assert not call.ended.is_set()
    await asyncio.sleep(4)
    assert call.ended.is_set()
    nova.prepare("ana", "es")
    assert not (await service.call()).ended.is_set()


async def test_another_language_takes_another_socket(nova: DeepgramNova, service: Played) -> None:
    nova.prepare("ana", "es")
    call = await service.call()
    utterance = nova.utterance("ana", "en")
    utterance.push(speech(80))
    other = await service.call()
    await other.heard(0.08)
    assert other.query["language"] == ["en"]
    await asyncio.wait_for(call.ended.wait(), 5)


async def test_a_message_that_cannot_be_read_by_the_service_is_our_fault(nova: DeepgramNova, service: Played) -> None:
    utterance = nova.utterance("ana", "es")
    utterance.push(speech(80))
    call = await service.call()
    await call.say({"type": "Error", "variant": "SchemaError", "description": "x", "message": "secret"})
    with pytest.raises(VendorError) as failed:
        await utterance.final()
    assert failed.value.code == "vendor_bad_request"


@pytest.mark.parametrize(
    "said",
    ['{"type": "Results", "start": 0.0}', '{"type": "Results", "start": "x", "duration": 1, "channel": {}}', "[1"],
)
async def test_results_without_words_are_no_protocol(nova: DeepgramNova, service: Played, said: str) -> None:
    utterance = nova.utterance("ana", "es")
    utterance.push(speech(80))
    call = await service.call()
    await call.heard(0.08)
    await call.say(said)
    with pytest.raises(VendorError) as failed:
        await utterance.final()
    assert failed.value.code == "vendor_garbled"
