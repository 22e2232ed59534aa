"""Audio over the wire: framing, formats, no sound at all."""

import numpy as np
import pytest

from enterprise_stream.audio.framing import pack, unpack
from enterprise_stream.audio.opus import OpusFrames
from enterprise_stream.listening.ports import Samples
from enterprise_stream.testing import (
    Reply,
    ScriptedBrain,
    ScriptedRecogniser,
    ScriptedVoice,
    quiet,
    scripted_engines,
    speech,
)

from .house import Client, client, house, pcm

QUESTION = "¿Cuánto cuesta la suite?"


async def test_stamped_framing_both_ways() -> None:
    recogniser = ScriptedRecogniser(QUESTION)
    brain = ScriptedBrain(Reply(("Cien euros. ", "Con desayuno.")), "Sí.")
    async with house(scripted_engines(recogniser=recogniser, brain=brain)) as place, client(place) as guest:
        started = await guest.ask(
            "start", "started",
            audio={"framing": "stamped", "input": {"encoding": "pcm_s16le", "sample_rate": 16000}},
        )  # fmt: skip
        assert started["audio"]["framing"] == "stamped"
        talk = (np.concatenate([speech(900), quiet(900)]) * 32767).astype("<i2")
        for start in range(0, talk.size, 1_600):
            piece = talk[start : start + 1_600].tobytes()
            await guest.connection.send(pack(last=False, stream=0, position=start, samples_bytes=piece))
        end = await guest.wait("audio_end")
        frames = [unpack(frame) for frame in guest.frames if isinstance(frame, bytes)]
        assert {frame.stream for frame in frames} == {guest.seen("audio_start")[0]["stream"]}
        assert [frame.last for frame in frames] == [False] * (len(frames) - 1) + [True]
        sizes = [len(frame.payload) // 2 for frame in frames]
        assert [frame.position for frame in frames] == [sum(sizes[:n]) for n in range(len(sizes))]
        assert sum(sizes) * 1000 / 24_000 == pytest.approx(end["duration_ms"], abs=1)
        assert [m["text"] for m in guest.seen("transcription") if m["final"]] == [QUESTION]
        await guest.send("text", text="¿Y bien?")
        assert (await guest.wait("audio_start", 2))["stream"] == 2


@pytest.mark.parametrize(
    "frame",
    [b"", b"\x01\x00\x00", b"\x02" + bytes(20), pack(last=False, stream=3, position=0, samples_bytes=bytes(64))],
)
async def test_a_frame_without_its_stamp_is_refused_and_the_session_goes_on(frame: bytes) -> None:
    async with house() as place, client(place) as guest:
        await guest.ask("start", "started", audio={"framing": "stamped"})
        await guest.refused(frame, "bad_frame")


async def _answer(guest: Client) -> bytes:
    await guest.send("text", text="¿Cuánto?")
    await guest.wait("audio_end")
    return guest.audio()


@pytest.mark.parametrize(
    ("encoding", "rate", "bytes_per_s"),
    [("pcm_s16le", 24000, 48_000), ("pcm_s16le", 8000, 16_000), ("mulaw", 8000, 8_000), ("alaw", 8000, 8_000)],
)
async def test_the_answer_comes_in_the_format_asked_for(encoding: str, rate: int, bytes_per_s: int) -> None:
    async with house() as place, client(place) as guest:
        await guest.ask("start", "started", audio={"output": {"encoding": encoding, "sample_rate": rate}})
        audio = await _answer(guest)
        start, end = guest.seen("audio_start")[0], guest.seen("audio_end")[0]
        assert (start["encoding"], start["sample_rate"]) == (encoding, rate)
        assert len(audio) * 1000 / bytes_per_s == pytest.approx(end["duration_ms"], abs=5)


async def test_opus_comes_as_bare_packets() -> None:
    async with house() as place, client(place) as guest:
        await guest.ask("start", "started", audio={"output": {"encoding": "opus"}})
        audio = await _answer(guest)
        assert guest.seen("audio_start")[0]["encoding"] == "opus"
        assert 0 < len(audio) < guest.seen("audio_end")[0]["duration_ms"] * 16  # below 128 kbit/s


async def test_output_none_gives_the_text_to_the_client() -> None:
    voice = ScriptedVoice()
    async with house(scripted_engines(voice=voice)) as place, client(place) as guest:
        started = await guest.ask("start", "started", audio={"output": {"encoding": "none"}})
        assert started["audio"]["output"] == {"encoding": "none", "sample_rate": None}
        await guest.send("text", text="¿Cuánto?")
        missing = await guest.wait("play_voice")
        assert (missing["text"], missing["turn"], missing["responseType"]) == ("Sí, claro.", 1, "general")
        complete = await guest.wait("response_complete")
        assert complete["usage"]["tts_chars"] == 0
        assert voice.clauses == []
        assert guest.audio() == b""
        assert guest.seen("audio_start") == []


async def test_an_answer_that_speaks_goes_on_when_no_sound_is_asked_for() -> None:
    brain = ScriptedBrain(Reply(tuple(f"Frase número {n}. " for n in range(8)), piece_ms=300))
    async with house(scripted_engines(brain=brain)) as place, client(place) as guest:
        await guest.send("text", text="¿Cuánto?")
        await guest.wait("audio_start")
        await guest.ask("start", "started", audio={"output": {"encoding": "none"}})
        end = await guest.wait("audio_end")
        assert pcm(guest.audio()).size * 1000 / 24_000 == pytest.approx(end["duration_ms"], abs=1)
        await guest.send("text", text="¿Y ahora?")
        await guest.wait("play_voice")
        assert len(guest.seen("audio_start")) == 1


async def test_a_whole_wav_in_one_frame_is_one_turn() -> None:
    import io
    import wave

    recording = io.BytesIO()
    with wave.open(recording, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        talk = np.concatenate([quiet(200), speech(1_500), quiet(1_500)])
        file.writeframes((talk * 32767).astype("<i2").tobytes())
    async with house(scripted_engines(recogniser=ScriptedRecogniser(QUESTION))) as place, client(place) as guest:
        await guest.connection.send(recording.getvalue())
        await guest.wait("response_complete")
        assert [m["text"] for m in guest.seen("transcription") if m["final"]] == [QUESTION]


async def test_audio_that_cannot_be_decoded_is_told_and_the_session_goes_on() -> None:
    async with house() as place, client(place) as guest:
        await guest.ask("start", "started", audio={"input": {"encoding": "wav"}})
        await guest.connection.send(b"this is no RIFF file at all" * 40)
        error = await guest.wait("error")
        assert error["code"] == "bad_audio"
        await guest.send("text", text="¿Sigue ahí?")
        await guest.wait("response_complete")


async def test_usage_says_what_the_voice_said_and_what_of_it_came_from_the_library() -> None:
    engines = scripted_engines(brain=ScriptedBrain("Sí, claro. Cuesta cien."), covers=lambda text, _: "claro" in text)
    async with house(engines) as place, client(place) as guest:
        await guest.send("text", text="¿Cuánto?")
        usage = (await guest.wait("response_complete"))["usage"]
        assert (usage["tts_chars"], usage["tts_cached_chars"]) == (22, 10)


async def test_a_client_whose_link_becomes_poor_changes_to_opus_in_mid_utterance_and_back() -> None:
    recogniser = ScriptedRecogniser(QUESTION)
    async with house(scripted_engines(recogniser=recogniser)) as place, client(place) as guest:
        await guest.ask("start", "started", audio={"framing": "stamped"})
        await _talk(guest, speech(1_000), 0)
        started = await guest.ask(
            "start", "started",
            audio={"input": {"encoding": "opus", "sample_rate": 48000}, "output": {"encoding": "opus"}},
        )  # fmt: skip
        assert started["audio"]["framing"] == "stamped"
        frames = OpusFrames(16_000)
        for number, packet in enumerate(frames.encode(speech(1_000))):
            await guest.connection.send(pack(last=False, stream=0, position=number * 960, samples_bytes=packet))
        await guest.ask("start", "started", audio={"input": {"encoding": "pcm_s16le", "sample_rate": 16000}})
        await _talk(guest, np.concatenate([speech(1_000), quiet(900)]), 32_000)
        await guest.wait("audio_end")
        assert not guest.seen("error")
        assert [m["turn"] for m in guest.seen("transcription") if m["final"]] == [1]
        assert 3_000 <= guest.seen("response_complete")[0]["usage"]["stt_ms"] <= 3_900, (
            "none of the three seconds is lost"
        )
        assert guest.seen("audio_start")[0]["encoding"] == "opus"


async def test_an_answer_that_speaks_ends_in_its_format_and_the_next_comes_in_the_new_one() -> None:
    brain = ScriptedBrain("Tenemos una suite con vistas al río y un loft en el centro.", "Sí.")
    async with house(scripted_engines(brain=brain)) as place, client(place) as guest:
        await guest.send("text", text="¿Qué hay?")
        await guest.wait_audio()
        await guest.ask("start", "started", audio={"output": {"encoding": "opus"}})
        end = await guest.wait("audio_end")
        assert len(guest.audio()) * 1000 / 48_000 == pytest.approx(end["duration_ms"], abs=5)
        await guest.send("text", text="¿Y bien?")
        assert (await guest.wait("audio_start", 2))["encoding"] == "opus"


async def _talk(guest: Client, samples: Samples, position: int) -> None:
    """Sends 16-bit samples in stamped frames of 20 ms."""
    talk = (samples * 32767).astype("<i2")
    for start in range(0, talk.size, 320):
        piece = talk[start : start + 320].tobytes()
        await guest.connection.send(pack(last=False, stream=0, position=position + start, samples_bytes=piece))
