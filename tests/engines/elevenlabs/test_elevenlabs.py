"""ElevenLabs' voice: what it sends and costs, how it is cut off, and how it fails."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import cast

import pytest
from websockets.asyncio.client import ClientConnection

from enterprise_stream.engines.elevenlabs import ElevenLabsVoice, pool, session
from enterprise_stream.errors import VendorError
from enterprise_stream.purchases import Purchase
from enterprise_stream.speaking.ports import PreparedTextToSpeech, StreamingTextToSpeech
from enterprise_stream.testing import LoopClock
from enterprise_stream.testing.emulators import EVERY_FAULT, Fault
from enterprise_stream.testing.emulators.elevenlabs import ElevenLabsEmulator

from ..told_voices import BOUND_S, CLAUSE, SPOKEN, along, expected, failure_of, sound_ms, spoken, texts
from .conftest import KEY


def sent(emulator: ElevenLabsEmulator, request: int = -1) -> list[str]:
    """Texts that a session was sent, its opening blank and its end left out."""
    return [message["text"] for message in emulator.requests[request].messages[1:-1]]


def test_it_is_what_the_ports_ask_for() -> None:
    voice = ElevenLabsVoice(KEY, lambda _: None, voice_id="sandra")
    assert isinstance(voice, StreamingTextToSpeech)
    assert isinstance(voice, PreparedTextToSpeech)
    assert voice.voice == "sandra"


async def test_numbers_are_sent_as_words_and_captions_are_as_written(
    voice: ElevenLabsVoice, emulator: ElevenLabsEmulator, bought: list[Purchase]
) -> None:
    pieces = await spoken(voice)
    assert sent(emulator) == [SPOKEN]
    assert texts(pieces) == CLAUSE
    words = {word.text: word for piece in pieces for word in piece.words}
    assert words["cuesta"].start_ms == SPOKEN.index("cuesta") * 60
    assert words["la"].start_ms == SPOKEN.index("la noche") * 60
    assert bought == [Purchase("ana", "tts", "elevenlabs", "eleven_flash_v2_5", chars=len(SPOKEN))]
    assert emulator.bill.total().chars == len(SPOKEN)
    assert emulator.requests.leaks == []
    assert emulator.requests[0].asked("language_code") == ["es"]
    assert emulator.requests[0].asked("output_format") == ["pcm_24000"]


async def test_a_clause_begins_before_it_is_whole(voice: ElevenLabsVoice, emulator: ElevenLabsEmulator) -> None:
    clock, first = LoopClock(), None
    began = clock.now_ms()
    parts = [f"palabra{n} " for n in range(12)]

    async def words() -> AsyncIterator[str]:
        for part in parts:
            await asyncio.sleep(0.2)
            yield part

    pieces = []
    async for piece in voice.speak_along("ana", words(), "es"):
        first = first or clock.now_ms() - began
        pieces.append(piece)
    assert first is not None
    assert first < 12 * 200
    assert texts(pieces) == "".join(parts).strip()
    assert len(sent(emulator)) == 12


async def test_text_that_says_nothing_opens_no_socket(voice: ElevenLabsVoice, emulator: ElevenLabsEmulator) -> None:
    assert texts(await spoken(voice, "😀")) == "😀"
    assert len(emulator.requests) == 0


async def test_what_is_prepared_is_there_at_once(voice: ElevenLabsVoice, emulator: ElevenLabsEmulator) -> None:
    voice.prepare("ana", "es")
    voice.prepare("ana", "es")
    await asyncio.sleep(1)
    assert emulator.connections == 1
    await spoken(voice)
    assert len(emulator.requests) == 1
    voice.leave("ana")
    voice.leave("ana")


async def test_a_socket_that_nobody_uses_is_closed(
    voice: ElevenLabsVoice, emulator: ElevenLabsEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "IDLE_S", 5.0)
    voice.prepare("ana", "es")
    await asyncio.sleep(4)
    assert emulator.connections == 1
    await asyncio.sleep(2)
    assert emulator.connections == 0
    assert emulator.bill.purchases == ()
    assert sound_ms(await spoken(voice)) > 1000


async def test_cut_off_it_leaves_the_socket_and_has_bought_what_it_sent(
    voice: ElevenLabsVoice, emulator: ElevenLabsEmulator, bought: list[Purchase]
) -> None:
    stream = voice.speak("ana", CLAUSE, "es")
    await anext(stream)
    await stream.aclose()
    await asyncio.sleep(0.1)
    assert voice.speaking == 0
    assert emulator.connections == 0
    assert sum(purchase.chars for purchase in bought) == emulator.bill.total().chars == len(SPOKEN)


async def test_no_more_sockets_are_opened_than_there_may_be(emulator: ElevenLabsEmulator) -> None:
    most = 0
    async with ElevenLabsVoice(KEY, lambda _: None, voice_id="sandra", base_url=emulator.base_url, sockets=2) as voice:
        for guest in range(5):
            voice.prepare(f"guest {guest}", "es")

        async def watch() -> None:
            nonlocal most
            for _ in range(40):
                most = max(most, emulator.connections)
                await asyncio.sleep(0.05)

        said = await asyncio.gather(*(spoken(voice, owner=f"guest {n}") for n in range(3)), watch())
    assert all(sound_ms(pieces) > 1000 for pieces in said[:3] if pieces is not None)
    assert most == 2


@pytest.mark.parametrize("fault", EVERY_FAULT, ids=lambda fault: f"{fault.kind}, {fault.phase}")
async def test_each_fault_has_its_code_in_time_and_leaves_nothing(
    voice: ElevenLabsVoice, emulator: ElevenLabsEmulator, fault: Fault
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


async def test_a_failure_before_the_first_word_does_not_wait_for_the_last(
    voice: ElevenLabsVoice, emulator: ElevenLabsEmulator
) -> None:
    clock = LoopClock()
    emulator.faults.arm(Fault("reset", "before"))
    began = clock.now_ms()
    with pytest.raises(VendorError):
        await along(voice, *("una ",) * 50, every_s=0.2)
    assert clock.now_ms() - began < 1_000


@pytest.mark.parametrize(
    ("voice_id", "model", "code"),
    [("nobody", "eleven_flash_v2_5", "vendor_bad_request"), ("sandra", "eleven_v3", "model_gone")],
)
async def test_what_the_vendor_does_not_have(
    emulator: ElevenLabsEmulator, voice_id: str, model: str, code: str
) -> None:
    maker = ElevenLabsVoice(KEY, lambda _: None, voice_id=voice_id, model=model, base_url=emulator.base_url)
    async with maker as voice:
        error = await failure_of(voice)
    assert (error.code, error.retryable) == (code, False)


async def test_a_wrong_key_is_told_as_such(emulator: ElevenLabsEmulator) -> None:
    async with ElevenLabsVoice("another", lambda _: None, voice_id="sandra", base_url=emulator.base_url) as voice:
        assert (await failure_of(voice)).code == "vendor_auth"


async def test_who_writes_hears_of_his_own_failures(voice: ElevenLabsVoice) -> None:
    async def words() -> AsyncIterator[str]:
        yield "Hola "
        raise LookupError("the brain is gone")

    with pytest.raises(LookupError):
        async for _ in voice.speak_along("ana", words(), "es"):
            pass
    assert texts(await spoken(voice)) == CLAUSE


@pytest.mark.parametrize("after_ms", [0, 1, 5, 20, 60, 150, 250, 400])
@pytest.mark.parametrize("prepared", [False, True])
async def test_whenever_it_is_cut_off_its_place_is_free_again(
    emulator: ElevenLabsEmulator, bought: list[Purchase], after_ms: float, prepared: bool
) -> None:
    maker = ElevenLabsVoice(KEY, bought.append, voice_id="sandra", base_url=emulator.base_url, sockets=1)
    async with maker as voice:
        if prepared:
            voice.prepare("ana", "es")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(after_ms / 1000):
                await spoken(voice, CLAUSE * 5)
        await asyncio.sleep(0.5)
        assert voice.speaking == 0
        assert texts(await spoken(voice)) == CLAUSE
    assert sum(purchase.chars for purchase in bought) == emulator.bill.total().chars


async def test_leaving_it_closes_what_is_open(emulator: ElevenLabsEmulator) -> None:
    async with ElevenLabsVoice(KEY, lambda _: None, voice_id="sandra", base_url=emulator.base_url) as voice:
        voice.prepare("ana", "es")
        voice.prepare("luis", "en")
        await asyncio.sleep(1)
        assert emulator.connections == 2
    await asyncio.sleep(0.1)
    assert emulator.connections == 0


class _Says:
    """A socket on which one message comes."""

    def __init__(self, message: object) -> None:
        self._message = message

    async def recv(self) -> str:
        return json.dumps(self._message)


@pytest.mark.parametrize("audio", [5, ["AAAA"], {"pcm": "AAAA"}, True])
async def test_sound_that_is_no_text_is_the_vendors_fault_and_nobody_elses(audio: object) -> None:
    with pytest.raises(VendorError) as error:
        await session.Session(cast("ClientConnection", _Says({"audio": audio}))).receive()
    assert error.value.code == "vendor_garbled"
