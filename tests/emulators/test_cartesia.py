"""Cartesia's emulator, driven by Cartesia's own SDK."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from cartesia import AsyncCartesia
from websockets.exceptions import InvalidStatus

from enterprise_stream.testing.emulators import Fault, Latency
from enterprise_stream.testing.emulators.cartesia import CartesiaEmulator

KEY = "canary-key-12345"
AT_ONCE = Latency()
ASKED: dict[str, Any] = {
    "model_id": "sonic-3",
    "voice": {"mode": "id", "id": "sandra"},
    "language": "es",
    "output_format": {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 24_000},
    "add_timestamps": True,
}
TEXT = "Hola, soy Sandra. "


@asynccontextmanager
async def connection(served: CartesiaEmulator) -> AsyncIterator[Any]:
    client = AsyncCartesia(api_key=KEY, base_url=served.base_url, websocket_base_url=served.ws_url)
    async with client, client.tts.websocket_connect() as socket:
        yield socket


async def heard(context: Any) -> list[Any]:
    return [event async for event in context.receive()]


def text_of(events: list[Any]) -> str:
    return " ".join(word for event in events if event.type == "timestamps" for word in event.word_timestamps.words)


def sound_ms(events: list[Any]) -> float:
    return sum(len(event.audio) for event in events if event.type == "chunk") / 48


async def test_a_context_is_said_and_ends() -> None:
    async with CartesiaEmulator(first_audio=AT_ONCE, key=KEY) as served, connection(served) as socket:
        context = socket.context(**ASKED)
        await context.push(TEXT)
        await context.no_more_inputs()
        events = await heard(context)
        assert served.requests.leaks == []
    assert events[-1].type == "done"
    assert text_of(events) == TEXT.strip()
    assert sound_ms(events) == len(TEXT.strip()) * 60
    stamps = [event.word_timestamps for event in events if event.type == "timestamps"]
    starts = {word: start for stamp in stamps for word, start in zip(stamp.words, stamp.start, strict=True)}
    assert starts["Sandra."] == pytest.approx(TEXT.index("Sandra") * 0.06)
    assert served.bill.total().chars == len(TEXT)
    assert served.contexts == 0


async def test_parts_are_one_speech_and_flushes_are_counted() -> None:
    async with CartesiaEmulator(first_audio=AT_ONCE) as served, connection(served) as socket:
        context = socket.context(**ASKED)
        await context.push("Hola, ")
        await context.push("soy ", flush=True)
        await context.push("Sandra. ")
        await context.no_more_inputs()
        events = await heard(context)
    assert text_of(events) == TEXT.strip()
    assert [event.flush_id for event in events if event.type == "flush_done"] == [1]
    stamps = [event.word_timestamps.start[0] for event in events if event.type == "timestamps"]
    assert stamps == sorted(stamps)


async def test_contexts_do_not_mix() -> None:
    async with CartesiaEmulator(first_audio=AT_ONCE) as served, connection(served) as socket:
        contexts = [socket.context(**ASKED) for _ in range(3)]
        for number, context in enumerate(contexts):
            await context.push(f"Número {number}. ")
            await context.no_more_inputs()
        said = [text_of(await heard(context)) for context in contexts]
    assert said == ["Número 0.", "Número 1.", "Número 2."]
    assert len(served.requests) == 1


async def test_a_cancelled_context_says_no_more() -> None:
    async with CartesiaEmulator(first_audio=AT_ONCE) as served, connection(served) as socket:
        context = socket.context(**ASKED)
        await context.push(TEXT * 10)
        await socket.recv()
        await context.cancel()
        other = socket.context(**ASKED)
        await other.push("Adiós. ")
        await other.no_more_inputs()
        assert text_of(await heard(other)) == "Adiós."
        assert served.contexts == 0


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"model_id": "sonic-1"}, "model_not_found"),
        ({"voice": {"mode": "id", "id": "nobody"}}, "voice_not_found"),
        ({"output_format": {"container": "wav", "encoding": "pcm_s16le", "sample_rate": 24_000}}, "invalid_request"),
        ({"max_buffer_delay_ms": 9_000}, "invalid_request"),
    ],
)
async def test_what_it_cannot_serve_it_refuses(wrong: dict[str, Any], code: str) -> None:
    async with CartesiaEmulator(voices=frozenset({"sandra"})) as served, connection(served) as socket:
        context = socket.context(**(ASKED | wrong))
        await context.push(TEXT)
        (event,) = await heard(context)
        assert served.bill.purchases == ()
    assert (event.type, event.done, event.error_code) == ("error", True, code)


async def test_more_contexts_than_the_plan_allows_are_refused() -> None:
    async with CartesiaEmulator(most_contexts=1) as served, connection(served) as socket:
        first, second = socket.context(**ASKED), socket.context(**ASKED)
        await first.push(TEXT)
        await second.push(TEXT)
        (event,) = await heard(second)
    assert (event.status_code, event.error_code) == (429, "concurrency_limited")


async def test_its_own_failure_ends_the_context_and_not_the_socket() -> None:
    async with CartesiaEmulator(first_audio=AT_ONCE) as served, connection(served) as socket:
        served.faults.arm(Fault("5xx", "mid_answer"))
        context = socket.context(**ASKED)
        await context.push(TEXT)
        await context.no_more_inputs()
        assert (await heard(context))[-1].status_code == 500
        again = socket.context(**ASKED)
        await again.push(TEXT)
        await again.no_more_inputs()
        assert text_of(await heard(again)) == TEXT.strip()


@pytest.mark.parametrize(("kind", "status"), [("401", 401), ("402", 402), ("429", 429), ("5xx", 503)])
async def test_handshakes_are_refused(kind: Any, status: int) -> None:
    async with CartesiaEmulator() as served:
        served.faults.arm(Fault(kind))
        with pytest.raises(InvalidStatus) as refused:
            async with connection(served):
                pass
    assert refused.value.response.status_code == status
