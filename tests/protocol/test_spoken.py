"""Spoken questions at real time, in 20 ms frames from an open microphone: turns, pauses, noises, push-to-talk."""

import pytest

from .client import Guest, guest
from .facts import UTTERANCES, holds, language_of, plain
from .microphone import FRAME_SAMPLES, microphone, paced
from .record import Frame
from .scenes import Running, Scenes
from .sounds import Samples, clicks, cough, hiss, hum, joined, opus_packets, pcm, pieces, recording, silence, spoken

pytestmark = [pytest.mark.models, pytest.mark.asyncio(loop_scope="session")]
SCENES = Scenes()
ASKED = ("atico", "check_in", "pets", "check_in_en", "pets_en", "parking_en")
TURN = ("transcription", "response_chunk", "response_complete", "audio_start", "play_voice", "binary")
NOISES = {"silence": silence, "hum": hum, "hiss": hiss, "clicks": clicks, "cough": cough}


def _final(sandra: Guest) -> Frame:
    """The first final transcription, with its arrival."""
    return next(frame for frame in sandra.frames if frame.kind == "transcription" and (frame.message or {})["final"])


def _spoken_question(name: str) -> None:
    language = UTTERANCES[name][0]

    async def scene(url: str) -> None:
        async with guest(url, lang=language) as sandra, microphone(sandra) as mic:
            ended = await mic.say(silence(0.4), spoken(name))
            answer = await sandra.answered(0)
            assert holds(answer.text, name), (answer.question, answer.text)
            assert language_of(answer.text) == language
            kinds = [message["type"] for message in sandra.seen(turn=answer.turn)]
            assert "speech_started" in kinds
            assert "speech_stopped" in kinds
            await sandra.wait("audio_end", turn=answer.turn, within=40)
            assert len(sandra.seen("transcription", final=True)) == 1, "one question, one turn"
            latency = answer.complete["latency"]
            assert 0 <= latency["endpoint"] <= latency["transcript"] <= latency["first_text"]
            measured = 1000 * (_final(sandra).at - ended)
            assert abs(latency["transcript"] - measured) < 400, f"the guest waited {measured:.0f} ms for it: {latency}"
            assert answer.complete["usage"]["stt_ms"] > 500

    SCENES.add_as(f"spoken_{name}", scene)


for _name in ASKED:
    _spoken_question(_name)


def _noise(name: str) -> None:
    async def scene(url: str) -> None:
        async with guest(url) as sandra, microphone(sandra) as mic:
            await mic.say(silence(0.3), NOISES[name](5.0), silence(1.0))
            await sandra.nothing(*TURN, for_s=1.5, since=0)
            since = sandra.mark()
            await mic.say(spoken("check_in"))
            answer = await sandra.answered(since)
            assert holds(answer.text, "check_in"), (answer.question, answer.text)

    SCENES.add_as(f"no_turn_by_{name}", scene)


for _name in NOISES:
    _noise(_name)


@SCENES.add
async def a_thinking_pause_does_not_end_the_turn(url: str) -> None:
    async with guest(url) as sandra, microphone(sandra) as mic:
        first, rest = spoken("begun"), spoken("continued")
        await mic.say(silence(0.4), first, silence(1.0), rest)
        answer = await sandra.answered(0)
        assert holds(answer.text, "atico"), (answer.question, answer.text)
        await sandra.wait("audio_end", turn=answer.turn, within=40)
        finals = sandra.seen("transcription", final=True)
        assert len(finals) == 1, finals
        assert "pregunta" in plain(answer.question), answer.question


@SCENES.add
async def two_questions_are_two_turns(url: str) -> None:
    async with guest(url) as sandra, microphone(sandra) as mic:
        await mic.say(silence(0.4), spoken("check_in"))
        first = await sandra.answered(0)
        assert holds(first.text, "check_in"), (first.question, first.text)
        await sandra.wait_finished(first.turn)
        since = sandra.mark()
        await mic.say(silence(0.3), spoken("pets"))
        second = await sandra.answered(since)
        assert second.turn > first.turn
        assert holds(second.text, "pets"), (second.question, second.text)


@SCENES.add
async def a_guest_who_stops_sending_is_answered(url: str) -> None:
    async with guest(url) as sandra:
        data = pcm(joined(silence(0.3), spoken("check_in")))
        await paced(sandra.send_raw, pieces(data, len(data) // (2 * FRAME_SAMPLES)), 20)
        ended = sandra.now
        answer = await sandra.answered(0)
        assert holds(answer.text, "check_in"), (answer.question, answer.text)
        stopped = next(frame for frame in sandra.frames if frame.kind == "speech_stopped")
        assert stopped.at - ended < 1.5, "the turn is over after 700 ms without audio"
        assert _final(sandra).at - ended < 6.0, "and then it is understood"
        latency = answer.complete["latency"]
        assert abs(latency["endpoint"] - 1000 * (stopped.at - ended)) < 400, f"counted from the last word: {latency}"


@SCENES.add
async def push_to_talk_waits_for_stop(url: str) -> None:
    async with guest(url) as sandra, microphone(sandra) as mic:
        assert (await sandra.start(turn={"mode": "manual"}))["turn"]["mode"] == "manual"
        await mic.say(silence(0.3), spoken("pets"), silence(3.0))
        early = [m for m in sandra.seen(*TURN) if m["type"] != "transcription" or m["final"]]
        assert not early, "answered before stop"
        assert not [f for f in sandra.frames if f.audio is not None]
        since = sandra.mark()
        await sandra.send("stop")
        answer = await sandra.answered(since)
        assert holds(answer.text, "pets"), (answer.question, answer.text)


@SCENES.add
async def push_to_talk_without_audio_is_no_turn(url: str) -> None:
    async with guest(url) as sandra:
        await sandra.start(turn={"mode": "manual"})
        await paced(sandra.send_raw, [pcm(silence(0.02))] * 25, 20)
        await sandra.send("stop")
        await sandra.nothing(*TURN, for_s=1.5)


@SCENES.add
async def stop_answers_without_waiting_for_silence(url: str) -> None:
    async with guest(url) as sandra:
        data = pcm(joined(silence(0.2), spoken("check_in")))
        await paced(sandra.send_raw, pieces(data, len(data) // (2 * FRAME_SAMPLES)), 20)
        await sandra.send("stop")
        answer = await sandra.answered(0)
        assert holds(answer.text, "check_in"), (answer.question, answer.text)


async def _streamed_recording(sandra: Guest, samples: Samples, kind: str) -> None:
    """Sends a recording as MediaRecorder hands it over: a piece of about 120 ms, every 120 ms."""
    data = recording(samples, kind)
    await paced(sandra.send_raw, pieces(data, round(len(samples) / 16_000 / 0.12)), 120)


@SCENES.add
async def media_recorder_webm_is_sniffed(url: str) -> None:
    async with guest(url) as sandra:
        said = joined(silence(0.4), spoken("check_in"), silence(1.6))
        await _streamed_recording(sandra, said, "webm")
        answer = await sandra.answered(0)
        assert holds(answer.text, "check_in"), (answer.question, answer.text)


@SCENES.add
async def a_second_media_recorder_begins_anew(url: str) -> None:
    async with guest(url) as sandra:
        for name in ("check_in", "pets"):
            since = sandra.mark()
            await _streamed_recording(sandra, joined(silence(0.2), spoken(name)), "webm")
            await sandra.send("stop")
            answer = await sandra.answered(since)
            assert holds(answer.text, name), (answer.question, answer.text)


@SCENES.add
async def ogg_streams_in(url: str) -> None:
    async with guest(url) as sandra:
        said = joined(silence(0.4), spoken("check_in"), silence(1.6))
        await _streamed_recording(sandra, said, "ogg")
        answer = await sandra.answered(0)
        assert holds(answer.text, "check_in"), (answer.question, answer.text)


@SCENES.add
async def bare_opus_packets(url: str) -> None:
    async with guest(url) as sandra:
        await sandra.start(audio={"input": {"encoding": "opus", "sample_rate": 48_000}})
        said = joined(silence(0.4), spoken("pets"), silence(1.6))
        await paced(sandra.send_raw, opus_packets(said), 20)
        answer = await sandra.answered(0)
        assert holds(answer.text, "pets"), (answer.question, answer.text)


@SCENES.add
async def telephone_mulaw(url: str) -> None:
    async with guest(url) as sandra:
        await sandra.start(audio={"input": {"encoding": "mulaw", "sample_rate": 8_000}})
        said = joined(silence(0.4), spoken("check_in"), silence(1.6))
        data = recording(said, "mulaw")
        await paced(sandra.send_raw, [data[i : i + 160] for i in range(0, len(data), 160)], 20)
        answer = await sandra.answered(0)
        assert holds(answer.text, "check_in"), (answer.question, answer.text)


@SCENES.add
async def frames_of_10_and_50_ms(url: str) -> None:
    async with guest(url) as sandra:
        data = pcm(joined(silence(0.4), spoken("pets"), silence(1.6)))
        small, rest = data[: 320 * 50], data[320 * 50 :]
        await paced(sandra.send_raw, [small[i : i + 320] for i in range(0, len(small), 320)], 10)
        await paced(sandra.send_raw, [rest[i : i + 1600] for i in range(0, len(rest), 1600)], 50)
        answer = await sandra.answered(0)
        assert holds(answer.text, "pets"), (answer.question, answer.text)


@SCENES.add
async def interim_results_come_while_the_guest_speaks(url: str) -> None:
    async with guest(url) as sandra, microphone(sandra) as mic:
        await mic.say(silence(0.3), spoken("long"))
        ended = sandra.now
        await sandra.answered(0)
        interim = [f for f in sandra.frames if f.kind == "transcription" and not (f.message or {})["final"]]
        assert any(frame.at < ended for frame in interim), "no interim result while the guest spoke"


@pytest.mark.parametrize("scene", SCENES.names)
async def test_spoken(scene: str, running: Running) -> None:
    await running(scene)
