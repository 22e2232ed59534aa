"""Coming back after a lost connection: what was missed, the answer from where it was, the token, who is let in."""

from typing import Any

import pytest

from .client import Guest, guest
from .contract import DURATION_SLACK_MS
from .facts import QUESTIONS, holds
from .shapes import JsonObject

pytestmark = [pytest.mark.models, pytest.mark.asyncio(loop_scope="session")]


def last_seq(sandra: Guest) -> int:
    """`seq` of the last message that arrived."""
    return int(sandra.seen()[-1]["seq"])


def resume_of(ready: JsonObject, after: int, **more: Any) -> JsonObject:
    """`start.resume` for the session of a `ready`."""
    return {"session_id": ready["session_id"], "resume_token": ready["resume_token"], "last_seq": after, **more}


async def refused(sandra: Guest, resume: JsonObject) -> None:
    """A resume that cannot be had is told, and the new session goes on."""
    since = sandra.mark()
    await sandra.send("start", resume=resume)
    error = await sandra.wait("error", since=since)
    assert error["code"] in ("resume_refused", "resume_lost")
    await sandra.wait("started", since=since)
    await sandra.alive()


@pytest.mark.parametrize("keeps", [True, False], ids=["plays on", "discards"])
async def test_an_answer_that_was_cut_goes_on(url: str, keeps: bool) -> None:
    async with guest(url, check=False) as sandra:
        ready = sandra.seen("ready")[0]
        await sandra.send("text", text=QUESTIONS["atico"][1])
        turn = (await sandra.wait("audio_start", within=30))["turn"]
        await sandra.wait_played(turn, 500)
        had, got = last_seq(sandra), sandra.player.sent_ms(turn)
        reported = [ms for at, ms in sandra.reports if at == turn][-1]
        told = sandra.seen()
        sandra.socket.transport.abort()
    played = {"played": {"turn": turn, "played_ms": int(got)}} if keeps else {}
    whole_came = any(message["type"] == "audio_end" for message in told)
    async with guest(url, check=False) as again:
        started = await again.start(resume=resume_of(ready, had, **played))
        assert started["resume_token"] not in (None, "", ready["resume_token"])
        if not (keeps and whole_came):
            await again.wait("audio_end", turn=turn, within=30)
        history = await _history(again)
        since_ready = again.seen()[1:]
    assert [message["seq"] for message in since_ready] == [*range(had + 1, had + 1 + len(since_ready))]
    begins = [m for m in since_ready if m["type"] == "audio_start" and m["seq"] > started["seq"]]
    if keeps and whole_came:  # a server that has all of it in its library had sent it: nothing is left to say
        assert begins == []
        assert again.player.sent_ms(turn) == 0
    else:
        first = begins[0]
        assert (first["turn"], first["voice"]) == (turn, ready["persona"]["voice"])
        assert first["stream"] not in [m["stream"] for m in told if m["type"] == "audio_start"]
        from_ms = int(got) if keeps else reported
        end = [m for m in since_ready if m["type"] == "audio_end"][-1]
        assert abs(from_ms + again.player.sent_ms(turn) - end["duration_ms"]) < DURATION_SLACK_MS
    whole = [*told, *since_ready]
    (complete,) = [m for m in whole if m["type"] == "response_complete"]
    assert "".join(m["text"] for m in whole if m["type"] == "response_chunk") == complete["text"]
    assert holds(complete["text"], "atico")
    assert [item["text"] for item in history if item["role"] == "user"] == [QUESTIONS["atico"][1]]


async def _history(sandra: Guest) -> list[JsonObject]:
    since = sandra.mark()
    await sandra.send("get_history")
    items: list[JsonObject] = (await sandra.wait("history", since=since))["items"]
    return items


async def test_a_session_at_rest_goes_on_with_its_settings_and_its_history(url: str) -> None:
    async with guest(url) as sandra:
        ready = sandra.seen("ready")[0]
        await sandra.start(language="en", audio={"output": {"encoding": "none", "sample_rate": 24_000}})
        await sandra.ask(QUESTIONS["check_in_en"][1])
        had = last_seq(sandra)
    async with guest(url, check=False) as again:
        started = await again.start(resume=resume_of(ready, had))
        assert (started["language"], started["audio"]["output"]["encoding"]) == ("en", "none")
        assert [item["role"] for item in await _history(again)] == ["user", "assistant"]
        answer = await again.ask(QUESTIONS["pets_en"][1])
        assert answer.turn == 2


async def test_a_token_is_good_once(url: str) -> None:
    async with guest(url) as sandra:
        ready = sandra.seen("ready")[0]
    async with guest(url, check=False) as again:
        started = await again.start(resume=resume_of(ready, 1))
        async with guest(url) as thief:
            await refused(thief, resume_of(ready, 1))
        await again.alive()
        had = last_seq(again)
    async with guest(url) as thief:
        await refused(thief, resume_of(ready, 1))
    async with guest(url, check=False) as third:
        assert await third.start(resume=resume_of(ready | {"resume_token": started["resume_token"]}, had))


async def test_a_token_of_another_session_is_refused(url: str) -> None:
    async with guest(url) as one, guest(url) as two, guest(url) as thief:
        mine, other = one.seen("ready")[0], two.seen("ready")[0]
        await refused(thief, resume_of(mine | {"resume_token": other["resume_token"]}, 1))
        await one.alive()
        await two.alive()


async def test_a_connection_that_is_still_open_is_replaced(url: str) -> None:
    async with guest(url, check=False) as former:
        ready = former.seen("ready")[0]
        async with guest(url, check=False) as latter:
            await latter.start(resume=resume_of(ready, last_seq(former)))
            assert await former.wait_closed() == 4003
            answer = await latter.ask(QUESTIONS["wifi"][1])
            assert holds(answer.text, "wifi"), answer.text
