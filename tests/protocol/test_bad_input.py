"""What a server must survive: each bad input gets its clear answer, and the session, or at least the server, lives."""

import asyncio
import json

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed

from .client import guest
from .facts import QUESTIONS, holds
from .sounds import joined, pcm, recording, silence, spoken

pytestmark = [pytest.mark.models, pytest.mark.asyncio(loop_scope="session")]
KIB, MIB = 1024, 1024 * 1024
NO_MESSAGE = (
    "no JSON", "nothing", "an array", "a string", "a number", "null", "no type", "a type that is no string",
    "a null type",
)  # fmt: skip
"""Text frames that are no message at all: the page fixes their code. The others need an error of any code."""

BAD_MESSAGES = {
    "no JSON": "{not json",
    "nothing": "",
    "an array": '[{"type": "ping"}]',
    "a string": '"ping"',
    "a number": "17",
    "null": "null",
    "no type": '{"text": "hola"}',
    "a type that is no string": '{"type": 5}',
    "a null type": '{"type": null}',
    "an unknown type": '{"type": "sing"}',
    "a server's type": '{"type": "response_chunk", "turn": 1, "text": "x"}',
    "text that is no string": '{"type": "text", "text": 12}',
    "text without text": '{"type": "text"}',
    "empty text": '{"type": "text", "text": ""}',
    "blank text": '{"type": "text", "text": "  \\n "}',
    "played_ms that is no number": '{"type": "playback", "turn": 1, "played_ms": "much"}',
    "negative played_ms": '{"type": "playback", "turn": 1, "played_ms": -5}',
    "language that is no string": '{"type": "set_language", "language": ["es"]}',
    "no language": '{"type": "set_language"}',
    "an unknown input encoding": '{"type": "start", "audio": {"input": {"encoding": "mp3", "sample_rate": 16000}}}',
    "an unknown output encoding": '{"type": "start", "audio": {"output": {"encoding": "wav", "sample_rate": 16000}}}',
    "a negative sample rate": '{"type": "start", "audio": {"output": {"encoding": "pcm_s16le", "sample_rate": -1}}}',
    "a sample rate beyond reason": (
        '{"type": "start", "audio": {"input": {"encoding": "pcm_s16le", "sample_rate": 1000000000}}}'
    ),
    "an unknown framing": '{"type": "start", "audio": {"framing": "boxed"}}',
    "an unknown turn mode": '{"type": "start", "turn": {"mode": "telepathy"}}',
    "audio that is no object": '{"type": "start", "audio": "loud"}',
    "a deep nest": '{"type": "test", "id": ' + "[" * 5000 + "]" * 5000 + "}",
    "NaN": '{"type": "playback", "turn": 1, "played_ms": NaN}',
}


@pytest.mark.parametrize("name", list(BAD_MESSAGES))
async def test_a_bad_message_changes_nothing_and_says_so(url: str, name: str) -> None:
    async with guest(url) as sandra:
        before = await sandra.start(audio={"output": {"encoding": "none", "sample_rate": 24_000}})
        error = await sandra.refused(BAD_MESSAGES[name], code="bad_message" if name in NO_MESSAGE else None)
        assert len(error["message"]) > 10
        after = await sandra.start()
        assert {k: after[k] for k in ("language", "audio", "turn")} == {
            k: before[k] for k in ("language", "audio", "turn")
        }
        assert not sandra.seen("transcription", "response_chunk")


async def test_a_long_row_of_bad_messages_does_not_end_the_talk(url: str) -> None:
    async with guest(url) as sandra:
        await sandra.start(audio={"output": {"encoding": "none", "sample_rate": 24_000}})
        for frame in BAD_MESSAGES.values():
            await sandra.send_raw(frame)
        await sandra.alive(20)
        answer = await sandra.ask(QUESTIONS["wifi"][1])
        assert holds(answer.text, "wifi"), answer.text


async def test_the_largest_text_frame_passes(url: str) -> None:
    async with guest(url) as sandra:
        bare = json.dumps({"type": "test", "id": "big", "pad": ""})
        await sandra.send("test", id="big", pad="x" * (64 * KIB - len(bare)))
        assert (await sandra.wait("test"))["id"] == "big"


async def test_a_larger_text_frame_closes_with_1009(url: str) -> None:
    async with guest(url) as sandra:
        await sandra.send("test", pad="x" * (65 * KIB))
        assert await sandra.wait_closed() == 1009


async def test_the_largest_binary_frame_passes(url: str) -> None:
    async with guest(url) as sandra:
        await sandra.send_raw(pcm(silence(1.0))[:2] * (MIB // 2))
        await sandra.alive(20)


async def test_a_larger_binary_frame_closes_with_1009(url: str) -> None:
    async with guest(url) as sandra:
        await sandra.send_raw(bytes(MIB + 2))
        assert await sandra.wait_closed() == 1009


async def test_sixty_seconds_ahead_closes_with_1008(url: str) -> None:
    async with guest(url) as sandra:
        try:
            for _ in range(80):
                await sandra.send_raw(pcm(silence(1.0)))
        except ConnectionClosed:
            pass  # closed while the rest was still being sent
        assert await sandra.wait_closed(20) == 1008


async def test_thirty_seconds_ahead_is_fine(url: str) -> None:
    async with guest(url) as sandra:
        for _ in range(30):
            await sandra.send_raw(pcm(silence(1.0)))
        await sandra.alive(20)


GARBAGE = np.random.default_rng(3).bytes(40_000)
BAD_AUDIO = {
    "noise for wav": ("wav", GARBAGE),
    "noise for webm": ("webm", GARBAGE),
    "noise for ogg": ("ogg", GARBAGE),
    "webm that breaks off into noise": (None, b"\x1a\x45\xdf\xa3" + GARBAGE),
    "ogg that breaks off into noise": (None, b"OggS" + GARBAGE),
    "wav that lies": (None, b"RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\xff" + GARBAGE),
}


@pytest.mark.requirement("S23")
@pytest.mark.parametrize("name", list(BAD_AUDIO))
async def test_garbage_audio_is_an_error_and_the_talk_goes_on(url: str, material: None, name: str) -> None:
    encoding, data = BAD_AUDIO[name]
    async with guest(url) as sandra:
        none = {"encoding": "none", "sample_rate": 24_000}
        audio: dict[str, object] = {"output": none}
        if encoding is not None:
            audio["input"] = {"encoding": encoding, "sample_rate": 48_000}
        await sandra.start(audio=audio)
        for i in range(0, len(data), 4000):
            await sandra.send_raw(data[i : i + 4000])
        await sandra.wait("error", within=10)
        await sandra.alive()
        since = sandra.mark()
        await sandra.start(audio={"input": {"encoding": "wav", "sample_rate": 16_000}})
        await sandra.send_raw(recording(joined(silence(0.2), spoken("pets")), "wav"))
        await sandra.send("stop")
        answer = await sandra.answered(since)
        assert holds(answer.text, "pets"), (answer.question, answer.text)


async def test_garbage_as_opus_is_survived(url: str) -> None:
    async with guest(url) as sandra:
        await sandra.start(audio={"input": {"encoding": "opus", "sample_rate": 48_000}})
        for i in range(0, 8000, 80):
            await sandra.send_raw(GARBAGE[i : i + 80])
        await sandra.alive()
        answer = await sandra.ask(QUESTIONS["pets"][1])
        assert holds(answer.text, "pets"), answer.text


async def test_empty_and_odd_binary_frames_are_survived(url: str) -> None:
    async with guest(url) as sandra:
        for size in (0, 1, 3, 7, 0, 641, 1):
            await sandra.send_raw(bytes(size))
        await sandra.alive()


async def test_a_flood_is_slowed_and_survived(url: str) -> None:
    async with guest(url) as other, guest(url, reports=False) as sandra:
        try:
            async with asyncio.timeout(20):
                for t in range(3000):
                    await sandra.send("ping", t=t)
        except ConnectionClosed:
            pass  # closing a flooder is a fair answer
        answer = await other.ask(QUESTIONS["check_in"][1])
        assert holds(answer.text, "check_in"), answer.text
        if not sandra.closed.is_set():
            await sandra.until(lambda: sandra.seen("pong"), "pong", 10)
            limited = sandra.seen("rate_limited", "error")
            assert limited or len(sandra.seen("pong")) > 100
            async with asyncio.timeout(15):
                while not sandra.seen("status"):
                    await sandra.send("get_status")  # refused at first, while the limit holds
                    await asyncio.sleep(0.5)
        assert sandra.close_code in (None, 1008, 1013)


async def test_a_flood_of_questions_is_survived(url: str) -> None:
    async with guest(url) as other, guest(url) as sandra:
        await sandra.start(audio={"output": {"encoding": "none", "sample_rate": 24_000}})
        try:
            for _ in range(60):
                await sandra.send("text", text=QUESTIONS["pets"][1])
        except ConnectionClosed:
            pass  # closing a flooder is a fair answer
        answer = await other.ask(QUESTIONS["wifi"][1])
        assert holds(answer.text, "wifi"), answer.text
        assert sandra.close_code in (None, 1008, 1013)
