"""`/v1/speak` (Aura-2) through Deepgram's own SDK, over a WebSocket and over HTTP."""

import asyncio

import httpx
import pytest
from deepgram.core.api_error import ApiError
from deepgram.speak.v1.types.speak_v1text import SpeakV1Text
from tests.emulators.deepgram_sdk import KEY, PATIENCE_S, Session, client, eventually, reason, speak

from enterprise_stream.testing.emulators import Latency, SteppedTiming
from enterprise_stream.testing.emulators.deepgram import DeepgramEmulator, DeepgramLatencies, DeepgramLimits

TEXT = "Buenos días, soy Sandra."
SOUND_BYTES = len(TEXT) * 60 * 48
"""Of the tone that stands for it: 60 ms a character, 24 kHz, 16 bits."""


async def say(talk: Session, text: str) -> None:
    await talk.socket.send_text(SpeakV1Text(type="Speak", text=text))


async def test_a_session_begins_with_metadata() -> None:
    async with DeepgramEmulator() as emulator, speak(emulator) as talk:
        metadata = await talk.one("Metadata")
        assert metadata.model_name == "aura-2-diana-es"
        assert metadata.request_id == talk.socket._websocket.response_headers["dg-request-id"]


async def test_a_flushed_text_sounds_and_is_confirmed() -> None:
    async with DeepgramEmulator() as emulator, speak(emulator) as talk:
        await say(talk, TEXT[:10])
        await say(talk, TEXT[10:])
        await talk.socket.send_flush()
        assert (await talk.one("Flushed")).sequence_id == 0
        assert len(talk.sound) == SOUND_BYTES
        assert getattr(talk.came[-1], "type", None) == "Flushed", "all sound comes before it"
        await say(talk, TEXT)
        await talk.socket.send_flush()
        assert (await talk.one("Flushed", 2)).sequence_id == 1
        assert len(talk.sound) == 2 * SOUND_BYTES


async def test_text_that_is_not_flushed_does_not_sound_and_is_lost_with_close() -> None:
    async with DeepgramEmulator() as emulator, speak(emulator) as talk:
        await say(talk, TEXT)
        await talk.socket.send_close()
        assert (await talk.end())[0] == 1000
        assert not talk.sound


async def test_long_text_sounds_sentence_by_sentence_without_a_flush() -> None:
    async with DeepgramEmulator() as emulator, speak(emulator) as talk:
        await say(talk, "Hay dos habitaciones libres. " * 8 + "Y una")
        await talk.until(lambda: len(talk.sound) == 29 * 8 * 60 * 48)
        await talk.socket.send_flush()
        await talk.one("Flushed")
        assert len(talk.sound) == (29 * 8 + 5) * 60 * 48


async def test_clear_drops_what_has_not_sounded() -> None:
    timing = SteppedTiming()
    slow = DeepgramLatencies(first_audio=Latency(100), speed=1.0)
    async with DeepgramEmulator(latencies=slow, timing=timing) as emulator, speak(emulator) as talk:
        await say(talk, TEXT)
        await talk.socket.send_flush()
        await eventually(lambda: timing.waiting == 2)  # for the first sound, and for the session's age
        timing.advance(100)
        await talk.until(lambda: talk.sound)
        await talk.socket.send_clear()
        await talk.one("Cleared")
        timing.advance(10_000)
        await say(talk, "Sí.")
        await talk.socket.send_flush()
        await eventually(lambda: timing.waiting == 2)
        timing.advance(1_000)
        await talk.one("Flushed")
        assert len(talk.sound) == 4800 + 3 * 60 * 48
        assert len(talk.of("Flushed")) == 1


async def test_the_first_sound_takes_its_latency_and_the_rest_its_pace() -> None:
    timing = SteppedTiming()
    slow = DeepgramLatencies(first_audio=Latency(180), speed=4.0)
    async with DeepgramEmulator(latencies=slow, timing=timing) as emulator, speak(emulator) as talk:
        await say(talk, TEXT)
        await talk.socket.send_flush()
        await eventually(lambda: timing.waiting == 2)
        timing.advance(179)
        await asyncio.sleep(0.01)
        assert not talk.sound
        for pieces in (1, 2, 3):
            timing.advance(1 if pieces == 1 else 25)
            await talk.until(lambda wanted=pieces: len(talk.sound) == wanted * 4800)


async def test_more_than_twenty_flushes_a_minute_are_warned_of_and_not_processed() -> None:
    timing = SteppedTiming()
    async with DeepgramEmulator(timing=timing) as emulator, speak(emulator) as talk:
        for _ in range(21):
            await say(talk, "Sí.")
            await talk.socket.send_flush()
        await talk.one("Warning")
        await talk.one("Flushed", 20)
        assert len(talk.sound) == 20 * 3 * 60 * 48
        timing.advance(60_000)
        await talk.socket.send_flush()
        await talk.one("Flushed", 21)
        assert len(talk.sound) == 21 * 3 * 60 * 48


@pytest.mark.parametrize(
    ("texts", "code", "why"), [(["a" * 2001], 1009, "BIG-0001"), (["a" * 1300, "a" * 1300], 1008, "DATA-0001")]
)
async def test_too_much_text_ends_the_session(texts: list[str], code: int, why: str) -> None:
    async with DeepgramEmulator() as emulator, speak(emulator) as talk:
        for text in texts:
            await say(talk, text)
        told, reason_ = await talk.end()
        assert (told, reason_.partition(":")[0]) == (code, why)


@pytest.mark.parametrize(
    ("message", "code", "why"), [(b"\0\0", 1003, "MESSAGE-0000"), ('{"type": "Sing"}', 1008, "DATA-0000")]
)
async def test_what_is_no_command_ends_the_session(message: str | bytes, code: int, why: str) -> None:
    async with DeepgramEmulator() as emulator, speak(emulator) as talk:
        await talk.socket._websocket.send(message)
        told, reason_ = await talk.end()
        assert (told, reason_.partition(":")[0]) == (code, why)


async def test_a_session_lasts_an_hour() -> None:
    timing = SteppedTiming()
    async with DeepgramEmulator(timing=timing) as emulator, speak(emulator) as talk:
        await talk.one("Metadata")
        timing.advance(3_600_000)
        assert (await talk.end())[1].startswith("NET-0003")


@pytest.mark.parametrize("options", [{"model": "aura-2-nobody-es"}, {"sample_rate": "44100"}, {"speed": "0.7"}])
async def test_a_wrong_query_is_refused(options: dict[str, str]) -> None:
    async with DeepgramEmulator() as emulator:
        with pytest.raises(ApiError) as caught:
            async with speak(emulator, **options):
                pass
        assert reason(caught.value)[0] == 400


async def test_sockets_over_the_limit_are_refused() -> None:
    async with DeepgramEmulator(limits=DeepgramLimits(speak=1)) as emulator, speak(emulator):
        with pytest.raises(ApiError) as caught:
            async with speak(emulator):
                pass
        assert reason(caught.value)[:2] == (429, "Too many requests. Please try again later.")


async def test_other_encodings_and_rates() -> None:
    async with DeepgramEmulator() as emulator, speak(emulator, encoding="mulaw", sample_rate="8000") as talk:
        await say(talk, TEXT)
        await talk.socket.send_flush()
        await talk.one("Flushed")
        assert len(talk.sound) == len(TEXT) * 60 * 8


async def test_what_is_sent_is_billed_cleared_or_not() -> None:
    async with DeepgramEmulator() as emulator, speak(emulator) as talk:
        await say(talk, TEXT)
        await talk.socket.send_clear()
        await talk.one("Cleared")
        (purchase,) = emulator.bill.purchases
        assert (purchase.engine, purchase.model, purchase.chars) == ("deepgram-aura2", "aura-2-diana-es", len(TEXT))
        assert [message["text"] for message in emulator.requests[0].sent("Speak")] == [TEXT]
        assert not emulator.requests.leaks
        assert KEY not in repr(emulator.requests[0])


async def over_http(emulator: DeepgramEmulator, text: str = TEXT, **options: object) -> list[bytes]:
    asked = {"model": "aura-2-diana-es", "encoding": "linear16", "container": "none", "sample_rate": 24000} | options
    async with httpx.AsyncClient(timeout=PATIENCE_S) as http:
        return [piece async for piece in client(emulator, http).speak.v1.audio.generate(text=text, **asked)]


async def test_over_http_raw_sound_comes_in_pieces_that_split_samples() -> None:
    async with DeepgramEmulator() as emulator:
        pieces = await over_http(emulator)
        assert len(b"".join(pieces)) == SOUND_BYTES
        assert any(len(piece) % 2 for piece in pieces)
        assert emulator.bill.total("deepgram-aura2").chars == len(TEXT)
        assert emulator.requests[0].body == {"text": TEXT}


async def test_over_http_the_container_is_wav_unless_none_is_asked_for() -> None:
    async with DeepgramEmulator() as emulator:
        sound = b"".join(await over_http(emulator, container="wav"))
        assert (sound[:4], sound[8:16], len(sound)) == (b"RIFF", b"WAVEfmt ", SOUND_BYTES + 44)


@pytest.mark.parametrize(
    ("text", "options", "status"),
    [
        (TEXT, {"model": "aura-2-nobody-es"}, 400),
        (TEXT, {"encoding": "mp3"}, 400),
        ("", {}, 400),
        ("a" * 2001, {}, 413),
    ],
)
async def test_over_http_a_wrong_request_is_refused(text: str, options: dict[str, object], status: int) -> None:
    async with DeepgramEmulator() as emulator:
        with pytest.raises(ApiError) as caught:
            await over_http(emulator, text, **options)
        assert caught.value.status_code == status
        assert "err_code" in caught.value.body
        assert not emulator.bill.purchases
