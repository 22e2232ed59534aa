"""`/v1/listen` through Deepgram's own SDK: what the vendor documents, and what captures of it show."""

import asyncio
import io
import itertools
import json
import wave
from typing import Any

import numpy as np
import pytest
from deepgram.core.api_error import ApiError
from tests.emulators.deepgram_sdk import KEY, Session, burst, client, eventually, nova, reason, session

from enterprise_stream.testing import quiet, speech
from enterprise_stream.testing.emulators import Latency, Said, ScriptedEar, SteppedTiming
from enterprise_stream.testing.emulators.deepgram import DeepgramEmulator, DeepgramLatencies, DeepgramLimits


def texts(talk: Session, **fields: Any) -> list[str]:
    return [result.channel.alternatives[0].transcript for result in talk.of("Results", **fields)]


async def test_a_pause_makes_words_final() -> None:
    async with (
        DeepgramEmulator(ScriptedEar("¿Tienen una suite?")) as emulator,
        nova(emulator, endpointing="300", punctuate="true") as talk,
    ):
        await talk.hear(*burst())
        result = await talk.one("Results", is_final=True)
        assert result.speech_final is True
        assert result.from_finalize is None
        best = result.channel.alternatives[0]
        assert best.transcript == "¿Tienen una suite?"
        assert (best.words[0].word, best.words[0].punctuated_word) == ("tienen", "¿Tienen")
        assert 0 <= best.words[0].start < best.words[-1].end <= 0.6
        assert (result.start, result.duration) == (0.0, 0.9)
        assert result.metadata.request_id == talk.socket._websocket.response_headers["dg-request-id"]


async def test_without_formatting_words_are_plain() -> None:
    async with DeepgramEmulator(ScriptedEar("¿Tienen una suite?")) as emulator, nova(emulator) as talk:
        await talk.hear(*burst())
        await talk.one("Results", is_final=True)
        assert texts(talk, is_final=True)[0] == "tienen una suite"


async def test_interims_restate_their_segment_each_second() -> None:
    script = ScriptedEar(Said("uno dos tres cuatro cinco seis siete ocho nueve diez", ms_per_word=300))
    async with DeepgramEmulator(script) as emulator, nova(emulator, endpointing="300") as talk:
        await talk.hear(*burst(3000))
        await talk.one("Results", is_final=True)
        words = [text.split() for text in texts(talk, is_final=False)]
        assert [len(text) for text in words] == [3, 6, 10]
        assert all(longer[: len(shorter)] == shorter for shorter, longer in itertools.pairwise(words))
        assert {result.start for result in talk.of("Results")} == {0.0}


async def test_a_turn_with_a_thinking_pause_has_several_segments() -> None:
    async with (
        DeepgramEmulator(ScriptedEar("Quería una habitación", "para el sábado")) as emulator,
        nova(emulator, endpointing="300") as talk,
    ):
        await talk.hear(*burst(), *burst())
        await talk.one("Results", 2, is_final=True)
        first, second = talk.of("Results", is_final=True)[:2]
        assert texts(talk, is_final=True)[:2] == ["quería una habitación", "para el sábado"]
        assert second.start == pytest.approx(first.start + first.duration)


async def test_long_speech_is_cut_at_a_dip_without_the_end_of_speech() -> None:
    script = ScriptedEar(Said(" ".join("abcdefghijklmnopqrst"), ms_per_word=250))
    async with DeepgramEmulator(script) as emulator, nova(emulator, endpointing="300") as talk:
        await talk.hear(speech(4500), quiet(60), *burst(400))
        await talk.one("Results", speech_final=True)
        cut, end = talk.of("Results", is_final=True)[:2]
        assert (cut.speech_final, end.speech_final) == (False, True)
        assert len(" ".join(texts(talk, is_final=True)).split()) == 20


async def test_without_endpointing_speech_is_never_final() -> None:
    async with DeepgramEmulator(ScriptedEar("Hola")) as emulator, nova(emulator, endpointing="false") as talk:
        await talk.hear(speech(600), quiet(8000))
        await talk.one("Results", is_final=True)
        assert not talk.of("Results", speech_final=True)


async def test_finalize_tells_all_at_once() -> None:
    async with DeepgramEmulator(ScriptedEar("Una suite")) as emulator, nova(emulator, endpointing="false") as talk:
        await talk.hear(*burst(600, 100))
        await talk.socket.send_finalize()
        result = await talk.one("Results", from_finalize=True)
        assert (result.is_final, result.speech_final) == (True, True)
        assert texts(talk, from_finalize=True) == ["una suite"]


async def test_finalize_with_nothing_to_process_is_not_answered() -> None:
    async with DeepgramEmulator(ScriptedEar("Una suite")) as emulator, nova(emulator) as talk:
        await talk.hear(*burst(600, 100))
        await talk.socket.send_finalize()
        await talk.one("Results", from_finalize=True)
        await talk.socket.send_finalize()
        await talk.socket.send_close_stream()
        await talk.one("Metadata")
        assert len(talk.of("Results", from_finalize=True)) == 1


async def test_silence_has_empty_interims_and_empty_finals() -> None:
    async with DeepgramEmulator() as emulator, nova(emulator) as talk:
        await talk.hear(quiet(5000))
        result = await talk.one("Results", is_final=True)
        assert result.speech_final is True
        assert texts(talk) == [""] * 5


async def test_voice_events_and_the_utterance_end() -> None:
    async with (
        DeepgramEmulator(ScriptedEar("Hola")) as emulator,
        nova(emulator, vad_events="true", utterance_end_ms="1000") as talk,
    ):
        await talk.hear(quiet(500), *burst(600, 1500))
        ended = await talk.one("UtteranceEnd")
        assert (await talk.one("SpeechStarted")).timestamp == 0.5
        assert ended.channel == [0, 1]
        assert 0.5 < ended.last_word_end <= 1.1
        assert talk.of("Results", speech_final=True), "it comes for a turn that is closed already"


async def test_close_stream_tells_the_rest_then_metadata_then_closes() -> None:
    async with DeepgramEmulator(ScriptedEar("Hola")) as emulator, nova(emulator, endpointing="false") as talk:
        await talk.hear(*burst(600, 100))
        await talk.socket.send_close_stream()
        assert await talk.end() == (1000, "")
        assert texts(talk, is_final=True) == ["hola"]
        assert talk.came[-1].type == "Metadata"
        assert talk.came[-1].duration == 0.7


async def test_an_empty_binary_message_closes_the_stream() -> None:
    async with DeepgramEmulator() as emulator, nova(emulator) as talk:
        await talk.hear(quiet(100))
        await talk.socket.send_media(b"")
        assert (await talk.end())[0] == 1000


async def test_latency_counts_from_the_last_sound() -> None:
    timing = SteppedTiming()
    slow = DeepgramLatencies(recognition=Latency(260))
    async with (
        DeepgramEmulator(ScriptedEar("Hola"), latencies=slow, timing=timing) as emulator,
        nova(emulator, endpointing="200", interim_results="false") as talk,
    ):
        await talk.hear(*burst(600, 200))
        await eventually(lambda: timing.waiting == 2)  # for the result, and for the session's idle limit
        timing.advance(59)
        await asyncio.sleep(0.01)
        assert not talk.of("Results")
        timing.advance(2)
        await talk.one("Results", is_final=True)


async def test_key_terms_change_in_mid_stream_for_nova_3_only() -> None:
    async with DeepgramEmulator() as emulator:
        async with nova(emulator) as talk:
            await talk.socket._websocket.send(json.dumps({"type": "Configure", "keyterms": ["Sandra"]}))
            assert (await talk.one("ConfigureSuccess")).keyterms == ["Sandra"]
        async with nova(emulator, model="nova-2") as talk:
            await talk.socket._websocket.send(json.dumps({"type": "Configure", "keyterms": ["Sandra"]}))
            assert (await talk.one("ConfigureFailure")).code == "CONFIGURE_KEYTERMS_NOT_SUPPORTED"


async def test_an_unknown_message_is_an_error_that_ends_nothing() -> None:
    async with DeepgramEmulator() as emulator, nova(emulator) as talk:
        await talk.socket._websocket.send('{"type": "Sing"}')
        assert (await talk.one("Error")).variant == "SchemaError"
        await talk.socket.send_close_stream()
        assert (await talk.end())[0] == 1000


@pytest.mark.parametrize("kept_alive", [False, True])
async def test_a_session_without_audio_or_text_is_closed(kept_alive: bool) -> None:
    timing = SteppedTiming()
    async with DeepgramEmulator(timing=timing) as emulator, nova(emulator) as talk:
        await talk.hear(quiet(100))
        await eventually(lambda: emulator.requests[0].audio_bytes == 3200)
        for _ in range(4):
            if kept_alive:
                heard = len(emulator.requests[0].messages)
                await talk.socket.send_keep_alive()
                await eventually(lambda: len(emulator.requests[0].messages) > heard)  # noqa: B023
            timing.advance(3000)
            await asyncio.sleep(0.005)
        if kept_alive:
            assert talk.code is None
        else:
            code, why = await talk.end()
            assert (code, why[:8]) == (1011, "NET-0001")
            assert talk.came[-1].type == "Metadata"


async def test_keep_alive_alone_does_not_hold_a_session_that_never_had_audio() -> None:
    timing = SteppedTiming()
    async with DeepgramEmulator(timing=timing) as emulator, nova(emulator) as talk:
        for _ in range(4):
            await talk.socket.send_keep_alive()
            await asyncio.sleep(0.005)
            timing.advance(3000)
        assert (await talk.end())[1].startswith("NET-0001")


async def test_samples_without_their_encoding_are_not_audio() -> None:
    async with (
        DeepgramEmulator() as emulator,
        session(client(emulator).listen.v1.connect(model="nova-3")) as talk,
    ):
        await talk.hear(quiet(100))
        code, why = await talk.end()
        assert (code, why[:9]) == (1008, "DATA-0000")


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"model": "nova-33"}, 403),
        ({"utterance_end_ms": "500"}, 400),
        ({"interim_results": "false", "utterance_end_ms": "1000"}, 400),
        ({"sample_rate": "1"}, 400),
        ({"encoding": "noise"}, 400),
        ({"model": "nova-2", "keyterm": "Sandra"}, 400),
        ({"keywords": "Sandra:2"}, 400),
        ({"interim_results": "maybe"}, 400),
    ],
)
async def test_a_wrong_query_is_refused(options: dict[str, str], status: int) -> None:
    async with DeepgramEmulator() as emulator:
        with pytest.raises(ApiError) as caught:
            async with nova(emulator, **options):
                pass
        told, why, request_id = reason(caught.value)
        assert told == status
        assert why
        assert len(request_id) == 36


async def test_a_wrong_key_is_refused() -> None:
    async with DeepgramEmulator(key="dg-another-key") as emulator:
        with pytest.raises(ApiError) as caught:
            async with nova(emulator):
                pass
        assert reason(caught.value)[:2] == (401, "Invalid credentials.")
        assert not emulator.bill.purchases


async def test_sessions_over_the_limit_are_refused_until_one_ends() -> None:
    async with DeepgramEmulator(limits=DeepgramLimits(nova=1)) as emulator:
        async with nova(emulator):
            with pytest.raises(ApiError) as caught:
                async with nova(emulator):
                    pass
            assert caught.value.status_code == 429
        await eventually(lambda: not emulator.sessions["/v1/listen"])
        async with nova(emulator):
            pass


async def test_audio_is_billed_as_it_is_received_and_silence_is_not_free() -> None:
    async with DeepgramEmulator() as emulator:
        async with nova(emulator) as talk:
            await talk.hear(speech(300), quiet(700))
            await talk.one("Results")
            assert emulator.bill.total("deepgram-nova3", "nova-3").audio_ms == 1000.0
            await talk.hear(quiet(20))
            await talk.socket.send_keep_alive()
            await talk.socket._websocket.close()
        await eventually(lambda: not emulator.sessions["/v1/listen"])
        (purchase,) = emulator.bill.purchases
        assert (purchase.kind, purchase.audio_ms) == ("stt", 1020.0)


async def test_the_key_is_shown_in_its_header_only() -> None:
    async with DeepgramEmulator() as emulator, nova(emulator, keyterm="Sandra") as talk:
        await talk.socket.send_close_stream()
        await talk.end()
        (asked,) = emulator.requests
        assert asked.path == "/v1/listen"
        assert asked.asked("keyterm") == ["Sandra"]
        assert asked.sent("CloseStream")
        assert not emulator.requests.leaks
        assert KEY not in repr(asked)


async def test_a_container_says_itself_what_it_holds() -> None:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(24_000)
        sound.writeframes((np.tile(speech(600), 2)[: 24 * 600] * 32767).astype("<i2").tobytes() + bytes(24 * 400 * 2))
    async with (
        DeepgramEmulator(ScriptedEar("Hola")) as emulator,
        session(client(emulator).listen.v1.connect(model="nova-3", language="es")) as talk,
    ):
        await talk.socket.send_media(file.getvalue())
        await talk.one("Results", speech_final=True)
        assert texts(talk, speech_final=True) == ["hola"]
        assert emulator.bill.total("deepgram-nova3").audio_ms == pytest.approx(1000, abs=5)


@pytest.mark.parametrize(("encoding", "rate", "width"), [("mulaw", 8000, 1), ("alaw", 8000, 1), ("linear16", 48000, 2)])
async def test_other_encodings_are_billed_by_their_length(encoding: str, rate: int, width: int) -> None:
    async with DeepgramEmulator() as emulator, nova(emulator, encoding=encoding, sample_rate=str(rate)) as talk:
        await talk.socket.send_media(bytes([0x55]) * rate * width)
        await eventually(lambda: emulator.bill.purchases)
        assert emulator.bill.total().audio_ms == 1000.0
