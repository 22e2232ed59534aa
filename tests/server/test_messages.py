"""Every message of a client, answered."""

import asyncio
from typing import Any

import pytest

from enterprise_stream.server.texts import explain
from enterprise_stream.testing import (
    Heard,
    Reply,
    ScriptedBrain,
    ScriptedRecogniser,
    ScriptedVoice,
    quiet,
    scripted_engines,
    speech,
)
from enterprise_stream.testing.listening import failed

from .house import Client, client, house, pcm

QUESTION = "¿Cuánto cuesta la suite?"
LONG = "Tenemos una suite con vistas al río, un loft en el centro, y una villa con jardín para toda la familia. "


@pytest.mark.requirement("S25")
async def test_ready_comes_first_and_says_who_answers() -> None:
    async with house() as place, client(place) as guest:
        ready = guest.messages[0]
        assert ready | {"session_id": "", "resume_token": "", "server": {}} == {
            "type": "ready", "seq": 1, "protocol": 1, "session_id": "", "resume_token": "", "language": "es",
            "persona": {"name": "Sandra", "voice": "scripted"}, "server": {}, "disclosure": "Le atiende una IA.",
        }  # fmt: skip
        assert len(ready["session_id"]) >= 12
        assert ready["resume_token"] != ready["session_id"]
        assert ready["server"]["mode"] == "scripted"


@pytest.mark.parametrize(
    ("query", "language"), [("?lang=en", "en"), ("?lang=en-GB", "en"), ("?lang=fr", "es"), ("", "es"), ("?lang=", "es")]
)
async def test_the_address_may_name_the_language(query: str, language: str) -> None:
    async with house() as place, client(place, query) as guest:
        assert guest.messages[0]["language"] == language


async def test_a_spoken_question_is_answered() -> None:
    engines = scripted_engines(
        recogniser=ScriptedRecogniser(QUESTION), brain=ScriptedBrain(Reply(("Cien euros. ", "Con desayuno.")))
    )
    async with house(engines) as place, client(place) as guest:
        await guest.sound(quiet(200))
        await guest.sound(speech(1_000))
        await guest.sound(quiet(1_000))
        end = await guest.wait("audio_end")
        kinds = [frame["type"] if isinstance(frame, dict) else "binary" for frame in guest.frames]
        order = ("ready", "speech_started", "speech_stopped", "response_chunk", "audio_start", "binary", "audio_end")
        assert [kinds.index(kind) for kind in order] == sorted(kinds.index(kind) for kind in order)
        assert [m["seq"] for m in guest.messages] == list(range(1, len(guest.messages) + 1))
        assert [(m["turn"], m["text"], m["language"]) for m in guest.seen("transcription") if m["final"]] == [
            (1, QUESTION, "es")
        ]
        complete = guest.seen("response_complete")[0]
        assert (
            complete["text"] == "".join(m["text"] for m in guest.seen("response_chunk")) == "Cien euros. Con desayuno."
        )
        assert complete["responseType"] == "general"
        assert set(complete["latency"]) == {
            "endpoint", "transcript", "first_text", "first_audio", "speculated", "first_clause",
        }  # fmt: skip
        assert guest.seen("audio_start")[0] | {"seq": 0} == {
            "type": "audio_start", "seq": 0, "turn": 1, "stream": 1, "encoding": "pcm_s16le", "sample_rate": 24000,
            "voice": "scripted", "start_ms": 0,
        }  # fmt: skip
        assert pcm(guest.audio()).size * 1000 / 24_000 == pytest.approx(end["duration_ms"], abs=1)
        assert " ".join(m["text"] for m in guest.seen("caption")) == complete["text"]


async def test_a_typed_question_is_answered() -> None:
    async with house(scripted_engines(brain=ScriptedBrain("Cien euros."))) as place, client(place) as guest:
        await guest.send("text", text="  ¿Cuánto?  ")
        assert (await guest.wait("transcription"))["text"] == "¿Cuánto?"
        assert (await guest.wait("response_complete"))["text"] == "Cien euros."
        assert guest.seen("speech_started") == []


async def test_the_answers_of_test_and_ping() -> None:
    async with house() as place, client(place) as guest:
        assert await guest.ask("test", "test", id={"a": [1]}) == {
            "type": "test",
            "seq": 2,
            "ok": True,
            "id": {"a": [1]},
        }
        assert (await guest.ask("test", "test"))["id"] is None
        assert (await guest.ask("ping", "pong", t=17.5))["t"] == 17.5
        assert (await guest.ask("ping", "pong"))["t"] is None


async def test_start_puts_settings_in_force_and_later_ones_replace_what_they_name() -> None:
    async with house() as place, client(place) as guest:
        started = await guest.ask("start", "started")
        assert started["language"] == "es"
        assert started["audio"] == {
            "input": {"encoding": None, "sample_rate": None},
            "output": {"encoding": "pcm_s16le", "sample_rate": 24000},
            "framing": "bare",
        }
        assert started["turn"] == {"mode": "auto"}
        await guest.ask(
            "start", "started", language="en", audio={"output": {"encoding": "mulaw", "sample_rate": 8000}},
            turn={"mode": "manual"},
        )  # fmt: skip
        started = await guest.ask("start", "started", audio={"input": {"encoding": "alaw", "sample_rate": 8000}})
        assert started["language"] == "en"
        assert started["audio"]["output"] == {"encoding": "mulaw", "sample_rate": 8000}
        assert started["audio"]["input"] == {"encoding": "alaw", "sample_rate": 8000}
        assert started["turn"] == {"mode": "manual"}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"language": "xx"}, "unsupported_language"),
        ({"audio": {"output": {"encoding": "opus", "sample_rate": 44100}}}, "unsupported_audio"),
        ({"audio": {"input": {"encoding": "mp3"}}}, None),
        ({"turn": {"mode": "sometimes"}}, None),
    ],
)
async def test_a_start_that_cannot_be_changes_nothing(fields: dict[str, Any], code: str | None) -> None:
    async with house() as place, client(place) as guest:
        before = await guest.ask("start", "started", audio={"output": {"encoding": "alaw", "sample_rate": 8000}})
        sensible = {"language": "en", "turn": {"mode": "manual"}, "audio": {"framing": "stamped"}}
        error = await guest.ask("start", "error", **(sensible | fields))
        assert code is None or error["code"] == code
        after = await guest.ask("start", "started")
        assert after | {"seq": 0} == before | {"seq": 0}


async def test_resume_is_refused_and_the_new_session_goes_on() -> None:
    async with house() as place, client(place) as guest:
        resume = {"session_id": "x", "resume_token": "y", "last_seq": 3}
        error = await guest.ask("start", "error", resume=resume)
        assert (error["code"], error["retryable"]) == ("resume_refused", False)
        await guest.wait("started")
        assert (await guest.ask("get_status", "status"))["state"] == "listening"


async def test_stop_answers_what_was_said() -> None:
    async with house(scripted_engines(recogniser=ScriptedRecogniser(QUESTION))) as place, client(place) as guest:
        await guest.ask("start", "started", turn={"mode": "manual"})
        await guest.sound(speech(800))
        await guest.send("stop")
        await guest.wait("response_complete")
        assert [m["text"] for m in guest.seen("transcription") if m["final"]] == [QUESTION]


async def test_a_client_that_falls_silent_is_answered() -> None:
    async with house(scripted_engines(recogniser=ScriptedRecogniser(QUESTION))) as place, client(place) as guest:
        await guest.sound(speech(800))
        await guest.wait("response_complete")


async def test_stop_and_interrupt_with_nothing_to_end_are_no_error() -> None:
    async with house() as place, client(place) as guest:
        await guest.send("stop")
        await guest.send("interrupt")
        await guest.send("playback", turn=7, played_ms=100)
        await guest.ask("test", "test")
        assert [m["type"] for m in guest.messages] == ["ready", "test"]


async def _asked(guest: Client, played_ms: int) -> None:
    await guest.send("text", text="¿Qué tienen?")
    await guest.wait("audio_start")
    await guest.send("playback", turn=1, played_ms=played_ms)
    await guest.wait("audio_end")


async def test_interrupt_ends_the_answer_and_the_history_keeps_what_was_heard() -> None:
    brain = ScriptedBrain(Reply((LONG,)), "Sí.")
    async with house(scripted_engines(brain=brain)) as place, client(place) as guest:
        await guest.send("text", text="¿Qué tienen?")
        await guest.wait("audio_start")
        await guest.wait("caption", 6)
        await guest.send("playback", turn=1, played_ms=1_000)
        cut = await guest.ask("interrupt", "interrupted")
        assert (cut["turn"], cut["played_ms"], cut["reason"]) == (1, 1_000, "client")
        assert LONG.startswith(cut["heard_text"])
        listed = await guest.ask("get_history", "history")
        assert [(i["role"], i["text"], i["interrupted"]) for i in listed["items"]] == [
            ("user", "¿Qué tienen?", False),
            ("assistant", cut["heard_text"], True),
        ]
        assert all(i["turn"] == 1 and i["language"] == "es" and i["at"] > 1_700_000_000_000 for i in listed["items"])


async def test_barge_in_over_the_wire() -> None:
    engines = scripted_engines(
        recogniser=ScriptedRecogniser(Heard(("No, ¿y el precio?",))), brain=ScriptedBrain(Reply((LONG * 2,)), "Cien.")
    )
    async with house(engines) as place, client(place) as guest:
        await guest.send("text", text="¿Qué tienen?")
        await guest.wait("audio_start")
        await guest.sound(speech(1_100))
        assert (await guest.wait("duck"))["on"] is True
        assert (await guest.wait("interrupted"))["reason"] == "barge_in"
        count = len(guest.frames)
        await guest.sound(quiet(1_000))
        second = await guest.wait("audio_start", 2)
        between = guest.frames[count : guest.frames.index(second)]
        assert [frame for frame in between if isinstance(frame, bytes)] == []
        assert second["stream"] == 2
        assert (await guest.wait("response_complete", len(guest.seen("response_complete"))))["turn"] == 2


async def test_clear_history_forgets() -> None:
    async with house() as place, client(place) as guest:
        await guest.send("text", text="¿Qué tienen?")
        await guest.wait("response_complete")
        await guest.ask("clear_history", "history_cleared")
        assert (await guest.ask("get_history", "history"))["items"] == []


async def test_set_language_switches_what_follows() -> None:
    voice = ScriptedVoice()
    async with house(scripted_engines(voice=voice)) as place, client(place) as guest:
        assert (await guest.ask("set_language", "language", language="en-US"))["language"] == "en"
        await guest.send("text", text="What do you have?")
        await guest.wait("audio_end")
        assert [language for _, _, language in voice.clauses] == ["en"]
        error = await guest.ask("set_language", "error", language="fr")
        assert error["code"] == "unsupported_language"
        assert "es, en" in error["message"]
        assert (await guest.ask("start", "started"))["language"] == "en"


async def test_status_says_what_is_going_on() -> None:
    async with house(scripted_engines(brain=ScriptedBrain(Reply((LONG,))))) as place, client(place) as guest:
        assert (await guest.ask("get_status", "status"))["state"] == "listening"
        await guest.send("text", text="¿Qué tienen?")
        await guest.wait("audio_start")
        assert (await guest.ask("get_status", "status"))["state"] == "speaking"


@pytest.mark.parametrize(
    "frame",
    [
        "", "hola", "{", "[]", "null", "17", '"text"', "{}", '{"type": 5}', '{"type": "sing"}', '{"type": "text"}',
        '{"type": "text", "text": ""}', '{"type": "text", "text": 5}', '{"type": "playback", "turn": 0}',
        '{"type": "playback", "turn": 1, "played_ms": -1}', '{"type": "set_language"}', '{"type": "start", "turn": 3}',
        '{"type":"test","id":' + "[" * 3_000 + "]" * 3_000 + "}", '{"type": "text", "text": "\\ud800"}',
    ],
)  # fmt: skip
async def test_a_message_that_cannot_be_used_changes_nothing_and_says_so(frame: str) -> None:
    async with house() as place, client(place) as guest:
        await guest.refused(frame, "bad_message")


async def test_bytes_that_are_no_utf8_close_the_connection() -> None:
    async with house() as place, client(place) as guest:
        guest.connection.transport.write(bytes([0x81, 0x82, 0, 0, 0, 0, 0xFF, 0xFE]))
        assert await guest.wait_closed() in {1007, 1006}


async def test_a_recogniser_that_fails_is_explained_in_the_guests_language() -> None:
    recogniser = ScriptedRecogniser(Heard(failure=failed()), QUESTION)
    async with house(scripted_engines(recogniser=recogniser)) as place, client(place, "?lang=en") as guest:
        await guest.sound(speech(700))
        await guest.sound(quiet(600))
        error = await guest.wait("error")
        assert error | {"seq": 0} == {
            "type": "error", "seq": 0, "code": "engine_failed", "message": explain("engine_failed", "en"),
            "retryable": True, "turn": 1,
        }  # fmt: skip
        await guest.send("text", text="Still there?")
        await guest.wait("response_complete")


async def test_a_voice_that_fails_leaves_the_rest_to_the_client() -> None:
    engines = scripted_engines(
        brain=ScriptedBrain(Reply(("Sí, claro. ", "Cuesta cien euros."), response_type="luxury")),
        voice=ScriptedVoice(fail_at=1),
    )
    async with house(engines) as place, client(place) as guest:
        await guest.send("text", text="¿Cuánto?")
        missing = await guest.wait("play_voice")
        assert (missing["text"], missing["responseType"]) == ("Cuesta cien euros.", "luxury")
        kinds = [m["type"] for m in guest.messages]
        assert kinds.index("audio_end") < kinds.index("play_voice")


async def test_twelve_guests_at_once_get_their_own_answers() -> None:
    brain = ScriptedBrain(by=lambda question: Reply((f"Hola, {question.text}.",)))
    async with house(scripted_engines(brain=brain)) as place:

        async def visit(number: int) -> str:
            async with client(place) as guest:
                await guest.send("text", text=f"soy {number}")
                answer: str = (await guest.wait("response_complete"))["text"]
                await guest.wait("audio_end")
                return answer

        answers = await asyncio.gather(*(visit(number) for number in range(12)))
        assert answers == [f"Hola, soy {number}." for number in range(12)]
        assert len({question.owner for question in brain.questions}) == 12
        assert place.service.admission.inside == 0
