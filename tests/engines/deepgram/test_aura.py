"""Aura-2 behind the port: clauses over pooled sockets, their limits, and their ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import numpy as np
import pytest

from enterprise_stream.engines.deepgram import DeepgramAura
from enterprise_stream.engines.deepgram.voice_socket import FLUSHES, MESSAGE_CHARS, messages
from enterprise_stream.errors import VendorError
from enterprise_stream.purchases import Purchase
from enterprise_stream.speaking.ports import PreparedTextToSpeech, Speech, StreamingTextToSpeech
from enterprise_stream.testing import LoopClock
from enterprise_stream.testing.emulators import Fault, Kind, Phase
from enterprise_stream.testing.emulators.deepgram import DeepgramEmulator, DeepgramLimits

from .played import Call, Played

KEY = "0123456789abcdef0123456789abcdef01234567"
RATE = 24_000


def voiced(ms: float) -> bytes:
    """Something audible."""
    at = np.arange(round(ms * RATE / 1000))
    return bytes((8_000 * np.sin(at * 0.1)).astype("<i2").tobytes())


@pytest.fixture
async def aura(service: Played, bought: list[Purchase]) -> AsyncIterator[DeepgramAura]:
    async with DeepgramAura(KEY, bought.append, LoopClock(), base_url=service.base_url, sockets=2) as aura:
        yield aura


async def said(aura: DeepgramAura, text: str, owner: str = "ana") -> list[Speech]:
    return [piece async for piece in aura.speak(owner, text, "es")]


async def answer(call: Call, clauses: int, ms: float = 500) -> None:
    """Say a clause for each flush, up to the one of this number."""
    await call.comes("Flush", clauses)
    await call.say(voiced(ms))
    await call.say({"type": "Flushed", "sequence_id": clauses})


async def test_it_is_what_the_ports_ask_for(aura: DeepgramAura) -> None:
    assert isinstance(aura, StreamingTextToSpeech)
    assert isinstance(aura, PreparedTextToSpeech)
    assert aura.voice == "aura-2-diana-es"


async def test_a_clause_is_sent_whole_as_it_is_said(aura: DeepgramAura, service: Played) -> None:
    aura.prepare("ana", "es")
    call = await service.call()
    assert call.path == "/v1/speak"
    assert call.query == {"model": ["aura-2-diana-es"], "encoding": ["linear16"], "sample_rate": ["24000"]}
    asked = asyncio.create_task(said(aura, "Cuesta 120 € la noche."))
    await call.comes("Flush")
    assert call.messages == [
        {"type": "Speak", "text": "Cuesta ciento veinte euros la noche."},
        {"type": "Flush"},
    ]
    await call.say({"type": "Metadata", "request_id": "r", "model_name": "x"})
    sound = bytes(9_000) + voiced(1_000) + bytes(9_000)
    for start in range(0, len(sound), 1_111):  # an odd number of bytes cuts samples in two
        await call.say(sound[start : start + 1_111])
    await call.say({"type": "Flushed", "sequence_id": 0})
    pieces = await asked
    samples = np.concatenate([piece.samples for piece in pieces])
    assert abs(samples.size / RATE - (0.015 + 1.0 + 0.04 + 0.28)) < 0.02  # the silence around it is the house's
    assert np.abs(samples).max() == 8_000 or np.abs(samples).max() == 7_999
    assert " ".join(word.text for piece in pieces for word in piece.words) == "Cuesta 120 € la noche."
    assert service.count == 1


async def test_the_first_sound_is_played_before_the_rest_is_there(aura: DeepgramAura, service: Played) -> None:
    async with aclosing(aura.speak("ana", "Hola, soy Sandra.", "es")) as pieces:
        asked = asyncio.ensure_future(anext(pieces))
        call = await service.call()
        await call.comes("Flush")
        await call.say(voiced(120))
        first = await asked
    assert first.samples.size > 0
    assert first.words[0].text == "Hola,"


async def test_what_is_broken_off_is_cleared_and_its_sound_does_not_reach_the_next(
    aura: DeepgramAura, service: Played, bought: list[Purchase]
) -> None:
    pieces = aura.speak("ana", "Una frase que se corta.", "es")
    asked = asyncio.ensure_future(anext(pieces))
    call = await service.call()
    await call.comes("Flush")
    await call.say(voiced(300))
    await asked
    await pieces.aclose()
    await call.comes("Clear")
    await call.say(voiced(2_000))
    await call.say({"type": "Flushed", "sequence_id": 0})
    other = asyncio.create_task(said(aura, "Otra frase."))
    on_another = await service.call()  # the first is not silent yet
    await answer(on_another, 1)
    await other
    await call.say({"type": "Cleared", "sequence_id": 1})
    await call.say(voiced(2_000))
    await asyncio.sleep(0.2)
    again, last = asyncio.create_task(said(aura, "Y otra.")), asyncio.create_task(said(aura, "Y otra."))
    await asyncio.gather(answer(call, 2, 400), answer(on_another, 2, 400))
    for task in (again, last):
        assert sum(piece.samples.size for piece in await task) / RATE < 1.0
    assert service.count == 2
    assert [each.chars for each in bought] == [23, 11, 7, 7]


async def test_a_socket_that_does_not_fall_silent_is_dropped(aura: DeepgramAura, service: Played) -> None:
    pieces = aura.speak("ana", "Una frase que se corta.", "es")
    asked = asyncio.ensure_future(anext(pieces))
    call = await service.call()
    await call.comes("Flush")
    await call.say(voiced(300))
    await asked
    await pieces.aclose()
    await asyncio.wait_for(call.ended.wait(), 5)


async def test_nothing_to_say_is_not_sent(aura: DeepgramAura, service: Played, bought: list[Purchase]) -> None:
    for text in ("", "…", "😀"):
        pieces = await said(aura, text)
        assert " ".join(word.text for piece in pieces for word in piece.words) == text
    assert (service.count, bought) == (0, [])


async def test_a_clause_that_grows_goes_out_when_it_is_whole(aura: DeepgramAura, service: Played) -> None:
    more = asyncio.Event()

    async def words() -> AsyncIterator[str]:
        yield "Tenemos dos "
        await more.wait()
        yield "áticos libres."

    asked = asyncio.ensure_future(anext(aura.speak_along("ana", words(), "es")))
    call = await service.call()
    await asyncio.sleep(1)
    assert call.messages == []
    more.set()
    await call.comes("Flush")
    assert call.messages[0] == {"type": "Speak", "text": "Tenemos dos áticos libres."}
    await call.say(voiced(300))
    await asked


async def test_each_clause_is_bought_as_it_is_sent(aura: DeepgramAura, service: Played, bought: list[Purchase]) -> None:
    asked = asyncio.create_task(said(aura, "Son 2."))
    call = await service.call()
    await call.comes("Flush")
    assert bought == [Purchase("ana", "tts", "deepgram-aura2", "aura-2-diana-es", chars=len("Son dos."))]
    await call.say(voiced(300))
    call.cut()
    with pytest.raises(VendorError) as failed:
        await asked
    assert failed.value.code == "vendor_down"
    assert len(bought) == 1


@pytest.mark.parametrize("text", ["a" * 5_000, "palabra " * 700, "corta"])
def test_a_message_is_as_long_as_it_may_be(text: str) -> None:
    cut = messages(text)
    assert "".join(cut) == text
    assert all(0 < len(each) <= MESSAGE_CHARS for each in cut)


async def test_a_socket_flushes_no_more_often_than_the_service_takes(aura: DeepgramAura, service: Played) -> None:
    calls: list[Call] = []
    for number in range(FLUSHES + 3):
        asked = asyncio.create_task(said(aura, "Hola."))
        on_second = number >= FLUSHES
        if number in (0, FLUSHES):
            calls.append(await service.call())
        await answer(calls[-1], number - FLUSHES * on_second + 1)
        await asked
    assert [call.told.count("Flush") for call in calls] == [FLUSHES, 3]


async def test_a_stall_and_a_trickle_are_given_up(aura: DeepgramAura, service: Played) -> None:
    for trickle in (0, 32):
        began = LoopClock().now_ms()
        asked = asyncio.create_task(said(aura, "Hola, soy Sandra."))
        call = await service.call()
        await call.comes("Flush")
        await call.say(voiced(100))
        while not asked.done():
            await asyncio.sleep(0.1)
            if trickle and not call.ended.is_set():
                await call.say(voiced(100)[:trickle])
        with pytest.raises(VendorError) as failed:
            await asked
        assert failed.value.code == "vendor_timeout"
        assert LoopClock().now_ms() - began < 2_500
        await asyncio.wait_for(call.ended.wait(), 5)


async def test_no_sound_at_all_is_given_up(aura: DeepgramAura, service: Played) -> None:
    began = LoopClock().now_ms()
    asked = asyncio.create_task(said(aura, "Hola, soy Sandra."))
    call = await service.call()
    await call.comes("Flush")
    with pytest.raises(VendorError) as failed:
        await asked
    assert failed.value.code == "vendor_timeout"
    assert LoopClock().now_ms() - began < 2_300


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ('{"type": "Flu', "vendor_garbled"),
        ("{}", "vendor_garbled"),
        ('{"type": "Warning", "code": "FLUSH_RATE_EXCEEDED", "description": "x"}', "vendor_limited"),
        ('{"type": "Error", "code": "INTERNAL", "description": "x"}', "vendor_down"),
    ],
)
async def test_what_goes_wrong_has_a_code(aura: DeepgramAura, service: Played, message: str, code: str) -> None:
    asked = asyncio.create_task(said(aura, "Hola, soy Sandra."))
    call = await service.call()
    await call.comes("Flush")
    await call.say(message)
    with pytest.raises(VendorError) as failed:
        await asked
    assert failed.value.code == code


async def test_a_new_kind_of_message_is_no_end_of_a_clause(aura: DeepgramAura, service: Played) -> None:
    asked = asyncio.create_task(said(aura, "Hola."))
    call = await service.call()
    await call.comes("Flush")
    await call.say({"type": "Weather", "sky": "blue"})
    await call.say(voiced(400))
    await call.say({"type": "Flushed", "sequence_id": 0})
    assert sum(piece.samples.size for piece in await asked) / RATE > 0.4


async def test_sockets_are_opened_for_those_who_will_speak_and_closed_when_they_do_not(
    aura: DeepgramAura, service: Played
) -> None:
    for owner in ("ana", "ana", "luis", "eva"):
        aura.prepare(owner, "es")
    calls = [await service.call(), await service.call()]
    await asyncio.sleep(1)
    assert service.count == 2  # as many as there may be
    await asyncio.sleep(32)
    assert all(call.ended.is_set() for call in calls)
    assert [call.told for call in calls] == [["Close"], ["Close"]]
    aura.leave("ana")
    aura.leave("luis")
    aura.prepare("eva", "es")
    await service.call()
    await asyncio.sleep(1)
    assert service.count == 3


async def test_a_clause_without_a_socket_is_said_by_a_request(bought: list[Purchase]) -> None:
    limits = DeepgramLimits(speak=1)
    async with (
        DeepgramEmulator(limits=limits) as emulator,
        DeepgramAura(KEY, bought.append, LoopClock(), base_url=emulator.base_url, sockets=1) as aura,
        DeepgramAura(KEY, bought.append, LoopClock(), base_url=emulator.base_url, sockets=1) as refused,
    ):
        aura.prepare("ana", "es")
        asked = [said(aura, "Una frase."), said(aura, "Otra frase."), said(refused, "Y otra.")]
        heard = await asyncio.gather(*asked)
        ways = [(request.method, request.path) for request in emulator.requests]
        total = emulator.bill.total()
    assert sorted(ways) == [("GET", "/v1/speak"), ("GET", "/v1/speak"), ("POST", "/v1/speak"), ("POST", "/v1/speak")]
    for pieces, text in zip(heard, ("Una frase.", "Otra frase.", "Y otra."), strict=True):
        assert " ".join(word.text for piece in pieces for word in piece.words) == text
        assert sum(piece.samples.size for piece in pieces) / RATE > 0.3
    assert sum(each.chars for each in bought) == total.chars == 28


@pytest.mark.parametrize(
    ("kind", "phase", "code"),
    [
        ("5xx", "before", "vendor_down"),
        ("401", "before", "vendor_auth"),
        ("429", "before", "vendor_limited"),
        ("reset", "mid_answer", "vendor_down"),
        ("stall", "first_byte", "vendor_timeout"),
        ("stall", "mid_answer", "vendor_timeout"),
        ("half_close", "mid_answer", "vendor_down"),
        ("malformed", "before", "vendor_garbled"),
        ("malformed", "mid_answer", "vendor_garbled"),
        ("slow_drip", "first_byte", "vendor_timeout"),
    ],
)
async def test_a_request_that_fails_has_its_code(kind: Kind, phase: Phase, code: str, bought: list[Purchase]) -> None:
    async with (
        DeepgramEmulator() as emulator,
        DeepgramAura(KEY, bought.append, LoopClock(), base_url=emulator.base_url, sockets=0) as aura,
    ):
        emulator.faults.arm(Fault(kind, phase))
        began = LoopClock().now_ms()
        with pytest.raises(VendorError) as failed:
            await said(aura, "Una frase que no llega.")
        assert LoopClock().now_ms() - began < 2_500
        assert await said(aura, "Una frase.")
    assert failed.value.code == code
