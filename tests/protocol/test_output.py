"""The answer's audio in every output format, stamped framing, and no audio at all."""

import pytest

from .client import guest
from .facts import QUESTIONS, holds
from .microphone import microphone
from .record import STAMP_BYTES, write_stamp
from .scenes import Running, Scenes
from .sounds import decoded, silence, speech_like, spoken

pytestmark = [pytest.mark.models, pytest.mark.asyncio(loop_scope="session")]
SCENES = Scenes()
QUESTION = "¿Tienen cuna para el bebé?"
FORMATS = [
    ("pcm_s16le", 8_000),
    ("pcm_s16le", 16_000),
    ("pcm_s16le", 24_000),
    ("pcm_s16le", 48_000),
    ("mulaw", 8_000),
    ("alaw", 8_000),
    ("opus", 48_000),
]


def _format(encoding: str, sample_rate: int) -> None:
    async def scene(url: str) -> None:
        async with guest(url) as sandra:
            wanted = {"encoding": encoding, "sample_rate": sample_rate}
            assert (await sandra.start(audio={"output": wanted}))["audio"]["output"] == wanted
            answer = await sandra.ask(QUESTION)
            await sandra.wait("audio_end", turn=answer.turn, within=40)
            (start,) = sandra.seen("audio_start")
            assert {name: start[name] for name in wanted} == wanted
            samples = decoded(encoding, sample_rate, sandra.audio(answer.turn))
            assert len(samples) > 0.8 * sample_rate
            assert speech_like(samples, sample_rate)

    SCENES.add_as(f"{encoding}_{sample_rate}", scene)


for _encoding, _rate in FORMATS:
    _format(_encoding, _rate)


@SCENES.add
async def the_default_is_pcm_at_24_khz(url: str) -> None:
    async with guest(url) as sandra:
        answer = await sandra.ask(QUESTION)
        start = await sandra.wait("audio_start", turn=answer.turn)
        assert (start["encoding"], start["sample_rate"]) == ("pcm_s16le", 24_000)
        await sandra.wait("audio_end", within=40)


@SCENES.add
async def none_sends_words_and_no_audio(url: str) -> None:
    async with guest(url) as sandra:
        started = await sandra.start(audio={"output": {"encoding": "none", "sample_rate": 24_000}})
        assert started["audio"]["output"]["encoding"] == "none"
        answer = await sandra.ask(QUESTIONS["check_in"][1])
        voice = await sandra.wait("play_voice", turn=answer.turn)
        assert voice["text"] == answer.text
        assert voice["responseType"] == answer.kind
        await sandra.nothing("binary", "audio_start", "caption", "audio_end", for_s=1.0, since=0)


@SCENES.add
async def started_shows_what_is_in_force(url: str) -> None:
    async with guest(url) as sandra:
        first = await sandra.start()
        assert first["language"] == "es"
        assert first["audio"]["output"] == {"encoding": "pcm_s16le", "sample_rate": 24_000}
        assert first["audio"]["framing"] == "bare"
        assert first["turn"]["mode"] == "auto"
        wav = {"encoding": "wav", "sample_rate": 16_000}
        second = await sandra.start(audio={"input": wav}, turn={"mode": "manual"})
        assert second["audio"]["input"]["encoding"] == "wav"
        third = await sandra.start(language="en")
        assert third["language"] == "en"
        assert third["audio"] == second["audio"]
        assert third["turn"]["mode"] == "manual"


@SCENES.add
async def stamped_both_ways(url: str) -> None:
    position = 0

    def dress(frame: bytes) -> bytes:
        nonlocal position
        stamped = write_stamp(0, position) + frame
        position += len(frame) // 2
        return stamped

    async with guest(url, stamped=True) as sandra:
        wanted = {"encoding": "pcm_s16le", "sample_rate": 16_000}
        started = await sandra.start(audio={"input": wanted, "output": wanted, "framing": "stamped"})
        assert started["audio"]["framing"] == "stamped"
        async with microphone(sandra, dress) as mic:
            await mic.say(silence(0.3), spoken("check_in"))
            answer = await sandra.answered(0)
            await sandra.wait("audio_end", turn=answer.turn, within=40)
        assert holds(answer.text, "check_in"), (answer.question, answer.text)
        samples = decoded("pcm_s16le", 16_000, [frame[STAMP_BYTES:] for frame in sandra.audio(answer.turn)])
        assert speech_like(samples, 16_000)


@SCENES.add
async def a_stamped_frame_that_is_none_is_refused(url: str) -> None:
    async with guest(url, stamped=True) as sandra:
        await sandra.start(audio={"framing": "stamped"})
        await sandra.refused(b"\x01\x00\x00", code=None)
        await sandra.refused(write_stamp(0, 0, version=9) + bytes(640), code=None)


@pytest.mark.parametrize("scene", SCENES.names)
async def test_output(scene: str, running: Running) -> None:
    await running(scene)
