"""Many guests at once, each on their own; what happens to one does not touch another; resuming with a bad token."""

import asyncio

import pytest

from .client import Answer, Guest, guest
from .facts import LONG_QUESTION, QUESTIONS, holds
from .sounds import joined, recording, silence, spoken

pytestmark = [pytest.mark.models, pytest.mark.asyncio(loop_scope="session")]
SAID = ("atico", "check_in", "pets", "check_in_en", "pets_en", "parking_en")
TYPED = ("loft", "villa", "check_out", "wifi", "breakfast", "atico_en")


async def _say(sandra: Guest, name: str) -> Answer:
    await sandra.send_raw(recording(joined(silence(0.2), spoken(name)), "wav"))
    await sandra.send("stop")
    return await sandra.answered(0, within=60)


async def test_twelve_guests_at_once(url: str, material: None) -> None:
    async def one(name: str) -> None:
        language = QUESTIONS[name][0]
        async with guest(url, lang=language) as sandra:
            everyone.append(sandra)
            async with asyncio.timeout(20):
                await together.wait()
            answer = await (_say(sandra, name) if name in SAID else sandra.ask(QUESTIONS[name][1], within=60))
            assert holds(answer.text, name), (name, answer.question, answer.text)
            await sandra.wait("audio_end", turn=answer.turn, within=90)

    everyone: list[Guest] = []
    together = asyncio.Barrier(12)
    async with asyncio.TaskGroup() as tasks:
        for name in (*SAID, *TYPED):
            tasks.create_task(one(name))
    assert len({sandra.seen("ready")[0]["session_id"] for sandra in everyone}) == 12


async def test_one_failure_does_not_touch_another(url: str) -> None:
    async with guest(url) as sandra:
        await sandra.send("text", text=LONG_QUESTION)
        start = await sandra.wait("audio_start", within=20)
        async with guest(url, check=False) as vanishing:
            await vanishing.send("text", text=LONG_QUESTION)
            await vanishing.wait("audio_start", within=20)
            vanishing.socket.transport.abort()
            await vanishing.wait_closed()
        async with guest(url, check=False) as broken:
            await broken.send_raw(b"\x1a\x45\xdf\xa3" + bytes(range(256)) * 100)
            await broken.send_raw("]")
            await broken.send("test", pad="x" * 70_000)
            assert await broken.wait_closed() == 1009
        await sandra.wait("audio_end", turn=start["turn"], within=60)
        assert not sandra.seen("error", "interrupted")
        await sandra.wait_finished(start["turn"])


async def test_guests_who_come_and_go_leave_the_server_well(url: str) -> None:
    async def visit(index: int) -> None:
        async with guest(url, check=False) as sandra:
            if index % 2:
                await sandra.send("text", text=QUESTIONS["wifi"][1])
            if index % 3 == 0:
                sandra.socket.transport.abort()

    for _ in range(5):
        await asyncio.gather(*(visit(index) for index in range(6)))
    async with guest(url) as sandra:
        answer = await sandra.ask(QUESTIONS["wifi"][1])
        assert holds(answer.text, "wifi"), answer.text


async def test_a_bad_resume_is_refused_and_the_new_session_goes_on(url: str) -> None:
    async with guest(url) as old:
        session_id = old.seen("ready")[0]["session_id"]
        async with guest(url) as sandra:
            for forged in (session_id, "no-such-session"):
                since = sandra.mark()
                await sandra.send("start", resume={"session_id": forged, "resume_token": "forged", "last_seq": 0})
                error = await sandra.wait("error", since=since)
                assert error["code"] == "resume_refused"
                await sandra.alive()
            answer = await sandra.ask(QUESTIONS["pets"][1])
            assert holds(answer.text, "pets"), answer.text
        await old.alive()


async def test_a_resume_with_wrong_fields_is_a_bad_message(url: str) -> None:
    async with guest(url) as sandra:
        await sandra.refused('{"type": "start", "resume": {"session_id": 5, "resume_token": [], "last_seq": "x"}}')
