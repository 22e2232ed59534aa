"""A whole recording in one binary frame, in every input format, with and without `stop`."""

import pytest

from .client import guest
from .facts import holds
from .scenes import Running, Scenes
from .sounds import joined, recording, silence, spoken

pytestmark = [pytest.mark.models, pytest.mark.asyncio(loop_scope="session")]
SCENES = Scenes()
ASKED = "check_in"
SNIFFED = ("wav", "wav48", "ogg", "webm", "pcm16")
DECLARED = {
    "pcm8": ("pcm_s16le", 8_000),
    "pcm48": ("pcm_s16le", 48_000),
    "mulaw": ("mulaw", 8_000),
    "alaw": ("alaw", 8_000),
    "wav48": ("wav", 48_000),
    "ogg": ("ogg", 48_000),
    "webm": ("webm", 48_000),
}


def _recording(kind: str, *, stop: bool, declared: bool) -> None:
    async def scene(url: str) -> None:
        async with guest(url) as sandra:
            if declared:
                encoding, rate = DECLARED[kind]
                started = await sandra.start(audio={"input": {"encoding": encoding, "sample_rate": rate}})
                assert started["audio"]["input"]["encoding"] == encoding
            await sandra.send_raw(recording(joined(silence(0.2), spoken(ASKED)), kind))
            if stop:
                await sandra.send("stop")
            answer = await sandra.answered(0)
            assert holds(answer.text, ASKED), (answer.question, answer.text)
            assert len(sandra.seen("transcription", final=True)) == 1
            assert 1_000 < answer.complete["usage"]["stt_ms"] < 10_000

    ending = "stop" if stop else "no_stop"
    SCENES.add_as(f"{kind}_{'declared' if declared else 'sniffed'}_{ending}", scene)


for _kind in SNIFFED:
    _recording(_kind, stop=True, declared=False)
for _kind in ("wav", "pcm16", "webm"):
    _recording(_kind, stop=False, declared=False)
for _kind in DECLARED:
    _recording(_kind, stop=True, declared=True)


@SCENES.add
async def two_recordings_one_after_the_other(url: str) -> None:
    async with guest(url) as sandra:
        for name in ("check_in", "pets"):
            since = sandra.mark()
            await sandra.send_raw(recording(joined(silence(0.2), spoken(name)), "wav"))
            await sandra.send("stop")
            answer = await sandra.answered(since)
            assert holds(answer.text, name), (answer.question, answer.text)


@SCENES.add
async def a_recording_in_push_to_talk(url: str) -> None:
    async with guest(url) as sandra:
        await sandra.start(turn={"mode": "manual"})
        await sandra.send_raw(recording(joined(silence(0.2), spoken(ASKED)), "webm"))
        await sandra.nothing("response_chunk", "response_complete", "audio_start", for_s=1.5, since=0)
        await sandra.send("stop")
        answer = await sandra.answered(0)
        assert holds(answer.text, ASKED), (answer.question, answer.text)


@pytest.mark.parametrize("scene", SCENES.names)
async def test_recording(scene: str, running: Running) -> None:
    await running(scene)
