"""ElevenLabs' emulator, driven by ElevenLabs' own SDK (which is synchronous on this socket) and by plain messages."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import pytest
from elevenlabs.client import ElevenLabs
from elevenlabs.core.api_error import ApiError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from enterprise_stream.testing.emulators import Fault, Latency, SteppedTiming
from enterprise_stream.testing.emulators.elevenlabs import ElevenLabsEmulator

KEY = "canary-key-12345"
AT_ONCE = Latency()
SDK_OF_OLD_WAYS = pytest.mark.filterwarnings("ignore:ConnectionClosed.(code|reason) is deprecated:DeprecationWarning")
"""The SDK asks `websockets` for the close code and its reason in a way of long ago."""


def by_sdk(served: ElevenLabsEmulator, *texts: str, voice: str = "sandra") -> bytes:
    """What the SDK gets for texts."""
    client = ElevenLabs(api_key=KEY, base_url=served.base_url)
    client.text_to_speech._ws_base_url = served.ws_url

    def pieces() -> Iterator[str]:
        yield from texts

    audio = client.text_to_speech.convert_realtime(
        voice, text=pieces(), model_id="eleven_flash_v2_5", output_format="pcm_24000"
    )
    return b"".join(audio)


@asynccontextmanager
async def session(served: ElevenLabsEmulator, **query: str) -> AsyncIterator[ClientConnection]:
    asked = {"model_id": "eleven_flash_v2_5", "output_format": "pcm_24000"} | query
    words = "&".join(f"{name}={value}" for name, value in asked.items())
    async with connect(
        f"{served.ws_url}/v1/text-to-speech/sandra/stream-input?{words}", additional_headers={"xi-api-key": KEY}
    ) as socket:
        yield socket


async def say(socket: ClientConnection, *messages: dict[str, Any]) -> list[dict[str, Any]]:
    """Send messages after the opening blank; all that comes until the end."""
    for message in ({"text": " "}, *messages):
        await socket.send(json.dumps(message))
    return [json.loads(message) async for message in socket]


async def meanwhile(work: Callable[..., bytes], *args: object, **options: object) -> bytes:
    """Calls what blocks, in a thread that virtual time does not wait for: the emulator's own time has to go on."""
    with ThreadPoolExecutor(1) as aside:
        return await asyncio.wrap_future(aside.submit(work, *args, **options))


@SDK_OF_OLD_WAYS
async def test_the_sdk_hears_a_text_as_long_as_it_is() -> None:
    async with ElevenLabsEmulator(first_audio=AT_ONCE, key=KEY) as served:
        audio = await meanwhile(by_sdk, served, "Hola, ", "soy ", "Sandra.")
        assert served.requests.leaks == []
    assert 600 < len(audio) / 48 < 1_200
    assert served.bill.total().chars == sum(
        len(message["text"]) for message in served.requests[0].messages[1:] if message["text"]
    )


@SDK_OF_OLD_WAYS
async def test_the_sdk_is_told_what_is_wrong() -> None:
    async with ElevenLabsEmulator(voices=frozenset({"sandra"})) as served:
        with pytest.raises(ApiError) as refused:
            await meanwhile(by_sdk, served, "Hola.", voice="nobody")
    assert refused.value.status_code == 1008


async def test_characters_are_told_with_the_sound_that_they_begin_in() -> None:
    async with ElevenLabsEmulator(first_audio=AT_ONCE) as served, session(served) as socket:
        messages = await say(socket, {"text": "Hola, soy Sandra. "}, {"text": ""})
    *sounds, last = messages
    assert last == {"audio": None, "isFinal": True, "normalizedAlignment": None, "alignment": None}
    told, begun_ms = "", 0.0
    for sound in sounds:
        alignment = sound["alignment"] or {"chars": [], "charStartTimesMs": [], "charDurationsMs": []}
        length_ms = len(base64.b64decode(sound["audio"])) / 48
        assert sound["normalizedAlignment"] == sound["alignment"]
        for char, start in zip(alignment["chars"], alignment["charStartTimesMs"], strict=True):
            assert 0 <= start <= max(length_ms, 100)
            if char == "S":
                assert begun_ms + start == pytest.approx(len("Hola, soy ") * 60, abs=1)
        told += "".join(alignment["chars"])
        begun_ms += length_ms
    assert told == "Hola, soy Sandra. "


async def test_a_schedule_decides_when_text_is_said() -> None:
    async with ElevenLabsEmulator(first_audio=AT_ONCE) as served, session(served) as socket:
        opening = {"text": " ", "generation_config": {"chunk_length_schedule": [50, 100]}}
        await socket.send(json.dumps(opening))
        await socket.send(json.dumps({"text": "corto "}))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.recv(), 0.05)
        await socket.send(json.dumps({"text": "y ahora ya es bastante más largo que hace un momento "}))
        assert json.loads(await asyncio.wait_for(socket.recv(), 5))["audio"]


async def test_auto_mode_says_each_phrase_and_flush_says_all() -> None:
    async with ElevenLabsEmulator(first_audio=AT_ONCE) as served:
        for query, message in (({"auto_mode": "true"}, {"text": "Hola. "}), ({}, {"text": "Hola ", "flush": True})):
            async with session(served, **query) as socket:
                await socket.send(json.dumps({"text": " "}))
                await socket.send(json.dumps(message))
                assert json.loads(await asyncio.wait_for(socket.recv(), 5))["audio"]


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"model_id": "eleven_v3"}, "model_not_found"),
        ({"output_format": "mp3_44100_128"}, "invalid_output_format"),
    ],
)
async def test_what_this_socket_does_not_have(query: dict[str, str], error: str) -> None:
    async with ElevenLabsEmulator() as served, session(served, **query) as socket:
        message = json.loads(await socket.recv())
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert message["error"] == error
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


async def test_who_says_nothing_is_left() -> None:
    timing = SteppedTiming()
    async with ElevenLabsEmulator(timing=timing) as served, session(served, inactivity_timeout="5") as socket:
        await socket.send(json.dumps({"text": " "}))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.recv(), 0.05)
        timing.advance(5_100)
        assert json.loads(await asyncio.wait_for(socket.recv(), 5))["error"] == "input_timeout_exceeded"


@pytest.mark.parametrize(
    ("kind", "status", "name"),
    [("401", 401, "invalid_api_key"), ("402", 401, "quota_exceeded"), ("429", 429, "too_many_concurrent_requests")],
)
async def test_handshakes_are_refused_with_a_detail(kind: Any, status: int, name: str) -> None:
    async with ElevenLabsEmulator() as served:
        served.faults.arm(Fault(kind))
        with pytest.raises(InvalidStatus) as refused:
            async with session(served):
                pass
    response = refused.value.response
    assert response.status_code == status
    assert json.loads(response.body or b"")["detail"]["status"] == name


async def test_its_own_failure_is_told_in_words() -> None:
    async with ElevenLabsEmulator(first_audio=AT_ONCE) as served, session(served) as socket:
        served.faults.arm(Fault("5xx", "mid_answer"))
        for message in ({"text": " "}, {"text": "Hola, soy Sandra. "}, {"text": ""}):
            await socket.send(json.dumps(message))
        last = await socket.recv()
        while "error" not in json.loads(last):
            last = await socket.recv()
        await socket.wait_closed()
        assert socket.close_code == 1011
    assert json.loads(last)["error"] == "internal_server_error"
