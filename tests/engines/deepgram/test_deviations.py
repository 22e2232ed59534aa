"""Services that speak Deepgram's protocol in ways of their own: what they leave out, add or say in another order."""

import asyncio
import struct
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest

from enterprise_stream.engines.deepgram import DeepgramAura, DeepgramFlux, DeepgramNova
from enterprise_stream.engines.deepgram.voice_pool import ENDLESS
from enterprise_stream.errors import VendorError
from enterprise_stream.ladder import Ladder, LadderRecogniser, Rung
from enterprise_stream.listening.ports import SpeechToText
from enterprise_stream.purchases import Purchase, nobody_counts
from enterprise_stream.speaking.ports import Speech
from enterprise_stream.testing import LoopClock, quiet, speech

from .own_ways import OwnWays
from .played import Played
from .test_aura import answer, said, voiced

KEY = "0123456789abcdef0123456789abcdef01234567"
SAID_S = 1.0
"""What the guest says: 0.8 s of speech, then silence."""


@pytest.fixture
async def flux(service: Played) -> AsyncIterator[DeepgramFlux]:
    async with DeepgramFlux(KEY, nobody_counts, LoopClock(), base_url=service.base_url) as flux:
        yield flux


@pytest.fixture
async def nova(service: Played) -> AsyncIterator[DeepgramNova]:
    async with DeepgramNova(KEY, nobody_counts, LoopClock(), base_url=service.base_url) as nova:
        yield nova


@pytest.fixture
async def aura(service: Played) -> AsyncIterator[DeepgramAura]:
    async with DeepgramAura(KEY, nobody_counts, LoopClock(), base_url=service.base_url, sockets=2) as aura:
        yield aura


def length(pieces: list[Speech]) -> float:
    """Of their sound, in s."""
    return sum(piece.samples.size for piece in pieces) / 24_000


async def heard(engine: DeepgramFlux | DeepgramNova, service: Played, end: str, *told: Any, late: Any = None) -> str:
    """The final words of an utterance.

    Args:
        end: what the service is told at its end.
        told: messages before that.
        late: the message that answers it.
    """
    utterance = engine.utterance("ana", "es")
    utterance.push(np.concatenate([speech(800), quiet(200)]))
    call = await service.call()
    await call.heard(0.96)
    for message in told:
        await call.say(message)
    asked = asyncio.create_task(utterance.final())
    if late is not None:
        await call.comes(end)
        await call.say(late)
    return (await asked).text


def turn(event: str, text: str, until: Any = SAID_S, **more: Any) -> dict[str, Any]:
    """A `TurnInfo` with only what nobody leaves out."""
    return {"type": "TurnInfo", "event": event, "turn_index": 0, "audio_window_end": until, "transcript": text} | more


FLUX: dict[str, tuple[tuple[Any, ...], Any]] = {
    "only what must be": ((turn("Update", "hola", 0.5),), turn("EndOfTurn", "Hola.")),
    "no updates": ((turn("StartOfTurn", ""),), turn("EndOfTurn", "Hola.", trigger="manual")),
    "nothing but the end": ((), turn("EndOfTurn", "Hola.", trigger="manual")),
    "an end for which nobody says why": ((), turn("EndOfTurn", "Hola.")),
    "an end that counts to the last word only": (
        (turn("Update", "hola", 0.5),),
        turn("EndOfTurn", "Hola.", 0.6, trigger="manual"),
    ),
    "an end to the last word only, for which nobody says why": (
        (turn("Update", "hola", 0.5),),
        turn("EndOfTurn", "Hola.", 0.6),
    ),
    "no places": ((turn("Update", "hola", None),), turn("EndOfTurn", "Hola.", None, trigger="manual")),
    "a place that is rounded up": ((turn("Update", "hola", 0.5),), turn("EndOfTurn", "Hola.", 1.1)),
    "whole seconds": ((turn("StartOfTurn", "hola", 0, end_of_turn_confidence=0),), turn("EndOfTurn", "Hola.", 1)),
    "a turn that is counted in halves": ((), turn("EndOfTurn", "Hola.", turn_index=0.0, end_of_turn_confidence=1)),
    "an eager end that is final": ((turn("EagerEndOfTurn", "Hola.", end_of_turn_confidence=0.6),), None),
    "resumed without a word of it": (
        (turn("EagerEndOfTurn", "Ho", 0.4), turn("Update", "Hola", 0.6)),
        turn("EndOfTurn", "Hola.", trigger="manual"),
    ),
    "fields and kinds that are new": (
        ({"type": "Connected"}, {"type": "Mood", "mood": 1}, turn("Update", "hola", 0.5, mood="gay", words=None)),
        turn("EndOfTurn", "Hola.", trigger="somebody", languages=None),
    ),
    "its own end before ours": ((turn("EndOfTurn", "Hola.", trigger="timeout"),), None),
}


@pytest.mark.parametrize("way", FLUX)
async def test_flux_is_understood(flux: DeepgramFlux, service: Played, way: str) -> None:
    told, late = FLUX[way]
    assert await heard(flux, service, "ForceEndTurn", *told, late=late) == "Hola."


def wav(samples: bytes, size: int) -> bytes:
    """Samples at 24 kHz behind a header that says how many they are."""
    form = struct.pack("<HHIIHH", 1, 1, 24_000, 48_000, 2, 16)
    head = b"RIFF" + struct.pack("<I", size) + b"WAVEfmt " + struct.pack("<I", 16) + form
    return head + b"data" + struct.pack("<I", size) + samples


def results(text: str, until: float = SAID_S, **more: Any) -> dict[str, Any]:
    """A `Results` with only what nobody leaves out."""
    return {
        "type": "Results",
        "start": 0,
        "duration": until,
        "channel": {"alternatives": [{"transcript": text}]},
    } | more


FINAL = {"is_final": True}
NOVA: dict[str, tuple[tuple[Any, ...], Any]] = {
    "only what must be": ((results("hola", 0.5),), results("Hola.", **FINAL)),
    "metadata first": (({"type": "Metadata", "request_id": "r"},), results("Hola.", **FINAL, from_finalize=True)),
    "a final that Finalize did not make": ((), results("Hola.", **FINAL, speech_final=True)),
    "an end of speech that is not final": (
        (results("hola", 0.5, speech_final=True),),
        results("Hola.", **FINAL, from_finalize=True),
    ),
    "no words": (
        (),
        results("Hola.", **FINAL, channel={"alternatives": [{"transcript": "Hola.", "words": None}]}),
    ),
    "no places": (
        (results("hola", start=None, duration=None),),
        {"type": "Results", "is_final": True, "channel": {"alternatives": [{"transcript": "Hola."}]}},
    ),
    "words that last no time": ((), results("Hola.", 0, **FINAL)),
    "a place that is rounded up": ((results("hola", 0.5),), results("Hola.", 1.1, **FINAL)),
    "no alternatives where there are no words": (
        (results("", 0.3, channel={"alternatives": []}),),
        results("Hola.", **FINAL, from_finalize=True),
    ),
    "words without places": (
        (),
        results("", **FINAL, channel={"alternatives": [{"transcript": "Hola.", "words": [{"word": "hola"}]}]}),
    ),
    "the end of the utterance first": (
        ({"type": "SpeechStarted"}, {"type": "UtteranceEnd", "last_word_end": -1}),
        results("Hola.", **FINAL, from_finalize=True),
    ),
    "fields and kinds that are new": (
        ({"type": "Mood"}, results("hola", 0.5, mood="gay", metadata=None)),
        results("Hola.", **FINAL, from_finalize=True, entities=[]),
    ),
    "all that was said was final before": ((results("Hola.", **FINAL, speech_final=True),), None),
}


@pytest.mark.parametrize("way", NOVA)
async def test_nova_is_understood(nova: DeepgramNova, service: Played, way: str) -> None:
    told, late = NOVA[way]
    assert await heard(nova, service, "Finalize", *told, late=late) == "Hola."


@pytest.mark.parametrize("engine", ["flux", "nova"])
async def test_a_silence_of_which_the_service_tells_nothing_is_not_waited_for(
    flux: DeepgramFlux, nova: DeepgramNova, service: Played, engine: str
) -> None:
    vendor: SpeechToText = flux if engine == "flux" else nova
    ladder = Ladder("stt", [Rung(engine, vendor, 0.9, 0.9)], LoopClock())
    async with LadderRecogniser(ladder) as recogniser:
        utterance = recogniser.utterance("ana", "es")
        utterance.push(np.concatenate([speech(800), quiet(1_600)]))
        call = await service.call()
        await call.heard(2.4)
        told = turn("Update", "hola", 0.88) if engine == "flux" else results("Hola.", 0.88, **FINAL)
        asked = asyncio.create_task(utterance.partial())
        await call.say(told)
        assert (await asked).text.lower().strip(".") == "hola"
        utterance.close()


@pytest.mark.parametrize("engine", ["flux", "nova"])
async def test_an_error_without_a_code_is_an_error(
    flux: DeepgramFlux, nova: DeepgramNova, service: Played, engine: str
) -> None:
    with pytest.raises(VendorError) as failed:
        await heard(flux if engine == "flux" else nova, service, "", {"type": "Error", "description": "no"})
    assert failed.value.code == "vendor_down"


@pytest.mark.parametrize(
    "message",
    [
        {"type": "Warning", "code": "SPEED_CLAMPED", "description": "x"},
        {"type": "Warning", "warn_code": "OLD_PARAMETER", "warn_msg": "x"},
        {"type": "Metadata", "request_id": "r"},
        {"type": "Flushed"},
    ],
    ids=["a warning", "an older warning", "metadata again", "a flush without a number"],
)
async def test_a_clause_goes_on_whatever_aura_says_beside_it(
    aura: DeepgramAura, service: Played, message: dict[str, Any]
) -> None:
    asked = asyncio.create_task(said(aura, "Hola."))
    call = await service.call()
    await call.comes("Flush")
    await call.say(voiced(200))
    if message["type"] != "Flushed":
        await call.say(message)
        await call.say(voiced(200)[:-1])  # half a sample is missing
        await call.say({"type": "Flushed", "sequence_id": 0.0})
    else:
        await call.say(voiced(200))
        await call.say(message)
    assert sum(piece.samples.size for piece in await asked) / 24_000 > 0.35
    again = asyncio.create_task(said(aura, "Otra."))
    await answer(call, 2)
    assert await again


async def test_a_clause_whose_end_is_told_before_its_sound_is_heard_to_its_end(
    aura: DeepgramAura, service: Played
) -> None:
    asked = asyncio.create_task(said(aura, "Hola."))
    call = await service.call()
    await call.comes("Flush")
    await call.say({"type": "Flushed", "sequence_id": 0})
    for _ in range(3):
        await asyncio.sleep(0.2)
        await call.say(voiced(200))
    assert sum(piece.samples.size for piece in await asked) / 24_000 > 0.6
    again = asyncio.create_task(said(aura, "Otra."))
    await answer(call, 2)
    assert await again
    assert service.count == 1


async def test_a_header_before_the_samples_is_not_heard(aura: DeepgramAura, service: Played) -> None:
    asked = asyncio.create_task(said(aura, "Hola."))
    call = await service.call()
    await call.comes("Flush")
    samples = voiced(400)
    await call.say(wav(samples, size=0xFFFFFFFF))
    await call.say({"type": "Flushed"})
    pieces = await asked
    assert np.abs(np.concatenate([piece.samples for piece in pieces])).max() <= 8_000
    assert " ".join(word.text for piece in pieces for word in piece.words) == "Hola."


@pytest.mark.parametrize("status", [400, 403, 404, 405, 426, 501])
async def test_a_server_without_sockets_is_asked_by_requests(status: int, bought: list[Purchase]) -> None:
    async with (
        OwnWays(refusing=status) as server,
        DeepgramAura(KEY, bought.append, LoopClock(), base_url=server.base_url) as aura,
    ):
        for _ in range(4):
            aura.prepare("ana", "es")
            assert length(await said(aura, "Hola.")) > 0.4
    assert server.take_asked() == ["GET", "POST", "GET", "POST", "POST", "POST"]
    assert [each.chars for each in bought] == [5, 5, 5, 5]


async def test_a_socket_that_was_refused_once_is_asked_for_again() -> None:
    async with (
        OwnWays(refusing=404) as server,
        DeepgramAura(KEY, nobody_counts, LoopClock(), base_url=server.base_url) as aura,
    ):
        assert length(await said(aura, "Hola.")) > 0.4
        server.refusing = None
        for _ in range(2):
            assert length(await said(aura, "Hola.")) > 0.4
    assert server.take_asked() == ["GET", "POST", "GET"]


class Forwarded(LoopClock):
    """The loop's clock, and the minutes that were skipped."""

    skipped_s = 0.0

    def now_ms(self) -> float:
        return super().now_ms() + self.skipped_s * 1000


async def test_refused_sockets_are_left_alone_for_minutes_and_then_one_is_tried_ahead() -> None:
    clock = Forwarded()
    async with (
        OwnWays(refusing=404) as server,
        DeepgramAura(KEY, nobody_counts, clock, base_url=server.base_url) as aura,
    ):
        for _ in range(2):
            await said(aura, "Hola.")
        assert server.take_asked() == ["GET", "POST", "GET", "POST"]
        for alone_s in (60, 120, 240):
            clock.skipped_s += alone_s - 10
            await said(aura, "Hola.")
            assert server.take_asked() == ["POST"]
            clock.skipped_s += 11
            for owner in ("ana", "luis"):
                aura.prepare(owner, "es")
            await asyncio.sleep(1)
            assert server.take_asked() == ["GET"]
        server.refusing = None
        clock.skipped_s += 480
        aura.prepare("ana", "es")
        await asyncio.sleep(1)
        for _ in range(2):
            await said(aura, "Hola.")
        assert server.take_asked() == ["GET"]


async def test_a_server_that_tells_no_ends_is_asked_by_requests() -> None:
    async with (
        OwnWays(ends=False) as server,
        DeepgramAura(KEY, nobody_counts, LoopClock(), base_url=server.base_url) as aura,
    ):
        for _ in range(ENDLESS + 2):
            assert length(await said(aura, "Hola, soy Sandra.")) > 0.9
        asked = server.take_asked()
    assert asked == ["GET"] * (len(asked) - 2) + ["POST", "POST"]


async def test_a_clause_of_a_server_without_ends_and_requests_ends_with_quiet(bought: list[Purchase]) -> None:
    text = "Claro que sí, la suite tiene vistas al río."
    async with (
        OwnWays(ends=False, requests=False) as server,
        DeepgramAura(KEY, bought.append, LoopClock(), base_url=server.base_url) as aura,
    ):
        for _ in range(ENDLESS + 2):
            began = LoopClock().now_ms()
            pieces = await said(aura, text)
            assert LoopClock().now_ms() - began < 2_500
            assert " ".join(word.text for piece in pieces for word in piece.words) == text
            assert length(pieces) == pytest.approx(len(text) * 0.06, abs=0.4)
        assert server.bill.total().chars == sum(each.chars for each in bought) == len(text) * (ENDLESS + 2)


async def test_a_server_without_requests_has_more_sockets_for_more_guests() -> None:
    async with (
        OwnWays(requests=False) as server,
        DeepgramAura(KEY, nobody_counts, LoopClock(), base_url=server.base_url, sockets=2) as aura,
    ):
        clauses = await asyncio.gather(*(said(aura, "Hola, soy Sandra.", f"guest {number}") for number in range(5)))
    assert all(length(pieces) > 0.9 for pieces in clauses)


async def test_a_clause_that_stalls_before_an_end_was_ever_told_is_not_over(
    aura: DeepgramAura, service: Played
) -> None:
    stalled = asyncio.create_task(said(aura, "Claro que sí, la suite tiene vistas al río."))
    call = await service.call()
    await call.comes("Flush")
    await call.say(voiced(1_200))
    with pytest.raises(VendorError) as failed:
        await stalled
    assert failed.value.code == "vendor_timeout"


async def test_a_server_that_has_told_an_end_and_stalls_keeps_its_sockets(aura: DeepgramAura, service: Played) -> None:
    first = asyncio.create_task(said(aura, "Hola."))
    call = await service.call()
    await answer(call, 1)
    await first
    for number in range(ENDLESS + 1):
        stalled = asyncio.create_task(said(aura, "Hola."))
        call = await service.call() if number else call
        await call.comes("Flush", 2 - bool(number))
        await call.say(voiced(400))
        with pytest.raises(VendorError):
            await stalled
    assert service.count == ENDLESS + 1
