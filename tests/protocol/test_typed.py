"""Typed questions: answers, languages, history, status, and what each answer carries."""

import asyncio

import pytest

from .client import Guest, guest
from .facts import QUESTIONS, holds, language_of, plain

pytestmark = [pytest.mark.models, pytest.mark.asyncio(loop_scope="session")]
SILENT = {"output": {"encoding": "none", "sample_rate": 24_000}}


async def quiet(sandra: Guest) -> None:
    """Asks for no audio, where a test is about words."""
    await sandra.start(audio=SILENT)


async def test_ready_is_first_and_says_who_answers(url: str) -> None:
    async with guest(url) as sandra:
        ready = sandra.seen("ready")[0]
        assert sandra.frames[0].message == ready
        assert ready["persona"]["name"] == "Sandra"
        assert ready["language"] == "es"
        assert ready["session_id"]
        assert ready["resume_token"]
        assert ready["disclosure"].strip()


async def test_sessions_are_told_apart(url: str) -> None:
    async with guest(url) as one, guest(url) as two:
        first, second = one.seen("ready")[0], two.seen("ready")[0]
        assert first["session_id"] != second["session_id"]
        assert first["resume_token"] != second["resume_token"]


async def test_a_typed_question_is_answered_aloud(url: str) -> None:
    async with guest(url) as sandra:
        answer = await sandra.ask(QUESTIONS["atico"][1])
        await sandra.wait_finished(answer.turn)
        assert answer.question == QUESTIONS["atico"][1]
        assert holds(answer.text, "atico"), answer.text
        assert answer.kind == "general"
        kinds = [frame.kind for frame in sandra.frames]
        assert kinds.count("audio_start") == kinds.count("audio_end") == 1
        assert sandra.player.sent_ms(answer.turn) > 800
        assert not sandra.seen("play_voice", "error", "interrupted", "speech_started")
        captions = sandra.seen("caption", turn=answer.turn)
        assert captions
        assert max(caption["end_ms"] for caption in captions) > 0.5 * sandra.player.sent_ms(answer.turn)


async def test_latency_usage_and_cost_are_plausible(url: str) -> None:
    async with guest(url) as sandra:
        answer = await sandra.ask(QUESTIONS["check_in"][1])
        latency, usage = answer.complete["latency"], answer.complete["usage"]
        assert 0 <= latency["first_text"] < 10_000
        assert usage["stt_ms"] in (0, None)
        await sandra.wait("audio_end", turn=answer.turn, within=30)


@pytest.mark.parametrize("name", ["atico_en", "check_in_en", "pets_en"])
async def test_an_english_guest_is_answered_in_english(url: str, name: str) -> None:
    async with guest(url, lang="en") as sandra:
        assert sandra.seen("ready")[0]["language"] == "en"
        await quiet(sandra)
        answer = await sandra.ask(QUESTIONS[name][1])
        assert holds(answer.text, name), answer.text
        assert language_of(answer.text) == "en", answer.text


@pytest.mark.parametrize("name", [name for name, (language, *_) in QUESTIONS.items() if language == "es"])
async def test_the_facts_in_spanish(url: str, name: str) -> None:
    async with guest(url) as sandra:
        await quiet(sandra)
        answer = await sandra.ask(QUESTIONS[name][1])
        assert holds(answer.text, name), answer.text
        assert language_of(answer.text) == "es", answer.text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Hola, buenos días", "welcome"),
        ("¿Cómo es la Villa Malvarrosa?", "luxury"),
        ("La calefacción no funciona, está rota", "support"),
        ("Quiero hablar con una persona", "support"),
        ("¿Quién ganó la liga de fútbol en 1987?", "general"),
    ],
)
async def test_response_types(url: str, text: str, kind: str) -> None:
    async with guest(url) as sandra:
        await quiet(sandra)
        answer = await sandra.ask(text)
        assert answer.kind == kind, answer.text


async def test_set_language_changes_the_next_answer(url: str) -> None:
    async with guest(url) as sandra:
        await quiet(sandra)
        await sandra.send("set_language", language="en")
        assert (await sandra.wait("language"))["language"] == "en"
        answer = await sandra.ask(QUESTIONS["check_in_en"][1])
        assert holds(answer.text, "check_in_en"), answer.text
        assert language_of(answer.text) == "en", answer.text


async def test_start_sets_the_language(url: str) -> None:
    async with guest(url) as sandra:
        started = await sandra.start(language="en", audio=SILENT)
        assert started["language"] == "en"
        answer = await sandra.ask(QUESTIONS["atico_en"][1])
        assert language_of(answer.text) == "en", answer.text


async def test_a_language_that_is_not_spoken_changes_nothing(url: str) -> None:
    async with guest(url) as sandra:
        await sandra.refused('{"type": "set_language", "language": "zz"}', code=None)
        assert (await sandra.start())["language"] == "es"


async def test_two_clear_turns_switch_the_language(url: str) -> None:
    async with guest(url) as sandra:
        await quiet(sandra)
        assert language_of((await sandra.ask(QUESTIONS["wifi"][1])).text) == "es"
        await sandra.ask("What time is check-in, please?")
        await sandra.ask("And how much is the breakfast for two people?")
        answer = await sandra.ask("Is there parking for my car?")
        assert language_of(answer.text) == "en", answer.text
        assert holds(answer.text, "parking_en"), answer.text


async def test_one_odd_word_does_not_switch_the_language(url: str) -> None:
    async with guest(url) as sandra:
        await quiet(sandra)
        for text in ("¿Hay parking, please?", "¿Y el check-in a qué hora es?", "Ok, thanks"):
            await sandra.ask(text)
        answer = await sandra.ask(QUESTIONS["pets"][1])
        assert language_of(answer.text) == "es", answer.text


async def test_history_holds_what_was_said(url: str) -> None:
    async with guest(url) as sandra:
        await quiet(sandra)
        first = await sandra.ask(QUESTIONS["wifi"][1])
        second = await sandra.ask(QUESTIONS["pets"][1])
        await sandra.send("get_history")
        items = (await sandra.wait("history"))["items"]
        said = [(item["text"], item["turn"]) for item in items if item["turn"] is not None]
        expected = [(a.question, a.turn) for a in (first, second)] + [(a.text, a.turn) for a in (first, second)]
        assert sorted(said) == sorted(expected)
        assert [turn for _, turn in said] == [first.turn, first.turn, second.turn, second.turn]
        assert len({item["role"] for item in items}) == 2
        assert not any(item["interrupted"] for item in items)


async def test_clear_history_forgets(url: str) -> None:
    async with guest(url) as sandra:
        await quiet(sandra)
        await sandra.ask(QUESTIONS["wifi"][1])
        await sandra.send("clear_history")
        await sandra.wait("history_cleared")
        await sandra.send("get_history")
        assert (await sandra.wait("history"))["items"] == []
        answer = await sandra.ask(QUESTIONS["pets"][1])
        assert holds(answer.text, "pets"), answer.text
        assert answer.turn > 1


async def test_a_follow_up_is_understood(url: str) -> None:
    async with guest(url) as sandra:
        await quiet(sandra)
        await sandra.ask(QUESTIONS["atico"][1])
        answer = await sandra.ask("¿Y en agosto?")
        assert "144" in answer.text or "20 %" in answer.text or "20%" in answer.text, answer.text


async def test_what_is_not_known_is_not_invented(url: str) -> None:
    async with guest(url) as sandra:
        await quiet(sandra)
        answer = await sandra.ask("¿Cuánto cuesta alquilar un barco de vela?")
        assert "€" not in answer.text
        assert "euro" not in plain(answer.text), answer.text


async def test_status_test_and_ping(url: str) -> None:
    async with guest(url) as sandra:
        await sandra.send("get_status")
        assert (await sandra.wait("status"))["state"]
        await sandra.send("test", id="a-1", anything={"goes": [1, 2]})
        test = await sandra.wait("test")
        assert (test["ok"], test["id"]) == (True, "a-1")
        since = sandra.mark()
        await sandra.send("test")
        test = await sandra.wait("test", since=since)
        assert test["ok"] is True
        assert test.get("id") is None
        for t in (1, 1732190000123.5):
            await sandra.send("ping", t=t)
            await sandra.wait("pong", t=t)
        since = sandra.mark()
        await sandra.send("ping")
        assert (await sandra.wait("pong", since=since)).get("t") is None


async def test_two_questions_at_once_are_both_turns(url: str) -> None:
    async with guest(url) as sandra:
        await quiet(sandra)
        await asyncio.gather(sandra.send("text", text="Hola"), sandra.send("text", text=QUESTIONS["loft"][1]))
        asked = await sandra.until(
            lambda: len(sandra.seen("transcription", final=True)) >= 2 and sandra.frames, "two", 20
        )
        assert asked
        turns = [message["turn"] for message in sandra.seen("transcription", final=True)]
        done = await sandra.wait("response_complete", turn=turns[1], within=20)
        assert holds(done["text"], "loft"), done["text"]
        await sandra.wait("response_complete", "interrupted", turn=turns[0])
