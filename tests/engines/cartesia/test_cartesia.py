"""Cartesia's voice: what it sends and costs, how it is cut off, and how it fails."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from enterprise_stream.engines.cartesia import CartesiaVoice, line
from enterprise_stream.purchases import Purchase
from enterprise_stream.speaking.ports import PreparedTextToSpeech, StreamingTextToSpeech
from enterprise_stream.testing import LoopClock
from enterprise_stream.testing.emulators import EVERY_FAULT, Fault, Kind
from enterprise_stream.testing.emulators.cartesia import CartesiaEmulator

from ..told_voices import BOUND_S, CLAUSE, SPOKEN, along, expected, failure_of, sound_ms, spoken, texts
from .conftest import KEY


def sent(emulator: CartesiaEmulator) -> list[dict[str, Any]]:
    """What the last session was sent."""
    return emulator.requests[-1].messages


def test_it_is_what_the_ports_ask_for() -> None:
    voice = CartesiaVoice(KEY, lambda _: None, voice_id="sandra")
    assert isinstance(voice, StreamingTextToSpeech)
    assert isinstance(voice, PreparedTextToSpeech)
    assert voice.voice == "sandra"


async def test_numbers_are_sent_as_words_and_captions_are_as_written(
    voice: CartesiaVoice, emulator: CartesiaEmulator, bought: list[Purchase]
) -> None:
    pieces = await spoken(voice)
    assert [request["transcript"] for request in sent(emulator)] == [SPOKEN, ""]
    assert [request["continue"] for request in sent(emulator)] == [True, False]
    assert texts(pieces) == CLAUSE
    words = {word.text: word for piece in pieces for word in piece.words}
    assert words["cuesta"].start_ms == SPOKEN.index("cuesta") * 60
    assert words["la"].start_ms == SPOKEN.index("la noche") * 60
    assert bought == [Purchase("ana", "tts", "cartesia", "sonic-3.5", chars=len(SPOKEN))]
    assert emulator.bill.total().chars == len(SPOKEN)
    assert emulator.requests.leaks == []


async def test_a_clause_begins_before_it_is_whole(voice: CartesiaVoice, emulator: CartesiaEmulator) -> None:
    parts = [f"palabra{n} " for n in range(12)]
    clock = LoopClock()
    began, first = clock.now_ms(), None

    async def words() -> AsyncIterator[str]:
        for part in parts:
            await asyncio.sleep(0.2)
            yield part

    pieces = []
    async for piece in voice.speak_along("ana", words(), "es"):
        first = first or clock.now_ms() - began
        pieces.append(piece)
    assert first is not None
    assert first < 1_000
    assert texts(pieces) == "".join(parts).strip()
    assert len(sent(emulator)) == 13


async def test_guests_share_one_socket(voice: CartesiaVoice, emulator: CartesiaEmulator) -> None:
    voice.prepare("ana", "es")
    await asyncio.sleep(1)
    assert emulator.connections == 1
    said = await asyncio.gather(*(spoken(voice, owner=f"guest {n}") for n in range(4)))
    assert [texts(pieces) for pieces in said] == [CLAUSE] * 4
    assert len(emulator.requests) == 1
    voice.leave("ana")
    voice.leave("ana")


async def test_text_that_says_nothing_is_not_sent(voice: CartesiaVoice, emulator: CartesiaEmulator) -> None:
    assert texts(await spoken(voice, "😀")) == "😀"
    assert len(emulator.requests) == 0


async def test_a_socket_that_nobody_uses_is_closed(
    voice: CartesiaVoice, emulator: CartesiaEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "IDLE_S", 5.0)
    voice.prepare("ana", "es")
    await asyncio.sleep(4)
    assert emulator.connections == 1
    voice.prepare("ana", "es")
    await asyncio.sleep(4)
    assert emulator.connections == 1
    await asyncio.sleep(2)
    assert emulator.connections == 0
    assert sound_ms(await spoken(voice)) > 1000


async def test_cut_off_it_cancels_its_context_and_keeps_the_socket(
    voice: CartesiaVoice, emulator: CartesiaEmulator, bought: list[Purchase]
) -> None:
    stream = voice.speak("ana", CLAUSE, "es")
    await anext(stream)
    await stream.aclose()
    await asyncio.sleep(0.1)
    assert voice.speaking == 0
    assert emulator.contexts == 0
    assert emulator.connections == 1
    assert sent(emulator)[-1]["cancel"] is True
    assert sum(purchase.chars for purchase in bought) == emulator.bill.total().chars == len(SPOKEN)


async def test_no_more_contexts_are_opened_than_there_may_be(emulator: CartesiaEmulator) -> None:
    most = 0
    async with CartesiaVoice(KEY, lambda _: None, voice_id="sandra", base_url=emulator.base_url, contexts=2) as voice:

        async def watch() -> None:
            nonlocal most
            for _ in range(40):
                most = max(most, emulator.contexts)
                await asyncio.sleep(0.05)

        said = await asyncio.gather(*(spoken(voice, owner=f"guest {n}") for n in range(3)), watch())
    assert all(sound_ms(pieces) > 1000 for pieces in said[:3] if pieces is not None)
    assert most == 2


@pytest.mark.parametrize("fault", EVERY_FAULT, ids=lambda fault: f"{fault.kind}, {fault.phase}")
async def test_each_fault_has_its_code_in_time_and_leaves_nothing(
    voice: CartesiaVoice, emulator: CartesiaEmulator, fault: Fault
) -> None:
    clock = LoopClock()
    emulator.faults.arm(fault)
    began = clock.now_ms()
    error = await failure_of(voice)
    assert error.code in expected(fault)
    assert clock.now_ms() - began <= BOUND_S * 1000
    assert error.retry_after_s == (1.0 if fault.kind == "429" else None)
    assert KEY not in str(error)
    assert "ático" not in str(error)
    emulator.faults.clear()
    await asyncio.sleep(0.1)
    assert voice.speaking == 0
    assert texts(await spoken(voice)) == CLAUSE


async def test_a_failure_of_the_socket_ends_every_clause_on_it(
    voice: CartesiaVoice, emulator: CartesiaEmulator
) -> None:
    emulator.faults.arm(Fault("reset", "mid_answer"))
    failures = await asyncio.gather(*(failure_of(voice) for _ in range(3)))
    assert [failure.code for failure in failures] == ["vendor_down"] * 3
    assert texts(await spoken(voice)) == CLAUSE


async def test_a_failure_before_the_first_word_does_not_wait_for_the_last(
    voice: CartesiaVoice, emulator: CartesiaEmulator
) -> None:
    clock = LoopClock()
    emulator.faults.arm(Fault("5xx", "first_byte"))
    began = clock.now_ms()
    with pytest.raises(Exception, match="Cartesia"):
        await along(voice, *("una ",) * 50, every_s=0.2)
    assert clock.now_ms() - began < 1_500


@pytest.mark.parametrize(
    ("voice_id", "model", "code"), [("nobody", "sonic-3", "vendor_bad_request"), ("sandra", "sonic-1", "model_gone")]
)
async def test_what_the_vendor_does_not_have(emulator: CartesiaEmulator, voice_id: str, model: str, code: str) -> None:
    maker = CartesiaVoice(KEY, lambda _: None, voice_id=voice_id, model=model, base_url=emulator.base_url)
    async with maker as voice:
        error = await failure_of(voice)
    assert (error.code, error.retryable) == (code, False)


async def test_the_vendors_own_limit_is_told_as_such() -> None:
    async with CartesiaEmulator(most_contexts=1) as emulator:
        maker = CartesiaVoice(KEY, lambda _: None, voice_id="sandra", base_url=emulator.base_url)
        async with maker as voice, asyncio.TaskGroup() as group:
            first = group.create_task(spoken(voice))
            await asyncio.sleep(0.1)
            assert (await failure_of(voice)).code == "vendor_limited"
    assert texts(first.result()) == CLAUSE


async def test_a_wrong_key_is_told_as_such(emulator: CartesiaEmulator) -> None:
    async with CartesiaVoice("another", lambda _: None, voice_id="sandra", base_url=emulator.base_url) as voice:
        assert (await failure_of(voice)).code == "vendor_auth"


@pytest.mark.parametrize("after_ms", [0, 1, 5, 20, 60, 150, 250, 400])
async def test_whenever_it_is_cut_off_its_place_is_free_again(
    emulator: CartesiaEmulator, bought: list[Purchase], after_ms: float
) -> None:
    maker = CartesiaVoice(KEY, bought.append, voice_id="sandra", base_url=emulator.base_url, contexts=1)
    async with maker as voice:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(after_ms / 1000):
                await spoken(voice, CLAUSE * 5)
        await asyncio.sleep(0.5)
        assert (voice.speaking, emulator.contexts) == (0, 0)
        assert texts(await spoken(voice)) == CLAUSE
    await asyncio.sleep(0.1)
    assert emulator.connections == 0
    assert sum(purchase.chars for purchase in bought) == emulator.bill.total().chars


@pytest.mark.parametrize("data", [5, None, ["AAAA"]])
async def test_sound_that_is_no_text_costs_the_socket_and_nothing_else(
    voice: CartesiaVoice, monkeypatch: pytest.MonkeyPatch, data: object
) -> None:
    dispatch = line.Line._dispatch

    def garbled(self: line.Line, event: Any) -> None:
        if event.type == "chunk":
            event.data = data
        dispatch(self, event)

    with monkeypatch.context() as patched:
        patched.setattr(line.Line, "_dispatch", garbled)
        assert (await failure_of(voice)).code == "vendor_garbled"
    assert texts(await spoken(voice)) == CLAUSE


@pytest.mark.parametrize("kind", ["stall", "hang", "silent", "slow_drip"])
async def test_a_socket_that_let_a_clause_wait_serves_no_other(
    voice: CartesiaVoice, emulator: CartesiaEmulator, kind: Kind
) -> None:
    """Whoever waits for sound gives up before the engine would; the next clause must not wait as long again."""
    emulator.faults.arm(Fault(kind, "first_byte"))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.8):
            await spoken(voice)
    assert await spoken(voice)
    assert len(emulator.requests) == 2
