"""A server that stops lets its guests finish, and they go on with the next one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from enterprise_stream.log.sqlite import SqliteLog
from enterprise_stream.server.drain import leave
from enterprise_stream.testing import (
    LoopClock,
    Reply,
    ScriptedBrain,
    ScriptedRecogniser,
    quiet,
    scripted_engines,
    speech,
)

from .house import Client, House, client, house
from .returning import RampVoice, back, comeback, last_seq

SLOW = Reply(
    ("Una frase corta. ", "Otra frase. ", "Y la tercera, que es mucho más larga que las otras. ") * 3, piece_ms=2_500
)
"""Takes longer to be made than to be heard."""


@asynccontextmanager
async def leaving(place: House) -> AsyncIterator[None]:
    """The server is asked to stop, and has let everybody go at the end."""
    async with asyncio.TaskGroup() as group:
        group.create_task(leave(place.app))
        await asyncio.sleep(0.01)
        yield


async def timed(guest: Client) -> float:
    """Seconds from now until the connection is closed with 1012."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert await guest.wait_closed() == 1012
    return loop.time() - began


async def test_a_guest_who_is_at_rest_is_told_and_let_go_at_once() -> None:
    async with house() as place, client(place) as guest, leaving(place):
        assert await timed(guest) < 0.5
        told = guest.seen("going_away")[0]
        assert (told["grace_ms"], guest.messages[-1]) == (10_000, told)
        assert "resume" in told["reason"]


async def test_nobody_else_is_let_in_and_readiness_says_so(caplog: pytest.LogCaptureFixture) -> None:
    slow = scripted_engines(brain=ScriptedBrain(SLOW))
    async with house(slow) as place, client(place) as guest, httpx.AsyncClient(base_url=place.http) as http:
        await guest.send("text", text="¿Y bien?")
        await guest.wait_audio()
        async with leaving(place):
            answer = await http.get("/readyz")
            assert (answer.status_code, answer.json()["status"], answer.json()["sessions"]) == (503, "draining", 1)
            assert (await http.get("/livez")).status_code == 200
            with pytest.raises(InvalidStatus) as refused:
                async with client(place):
                    pass
            response = refused.value.response
            assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
            assert b'"restarting"' in response.body
    assert not [record for record in caplog.records if record.levelname == "ERROR"], "a refusal is no fault"


async def test_an_answer_whose_sound_is_all_out_is_not_waited_for() -> None:
    async with house() as place, client(place) as guest:
        await guest.send("text", text="¿Y bien?")
        await guest.wait_audio()
        async with leaving(place):
            assert await timed(guest) < 2
        assert guest.seen("audio_end")
        assert not guest.seen("interrupted")


async def test_what_takes_longer_than_the_grace_ends_with_a_sentence() -> None:
    async with house(scripted_engines(brain=ScriptedBrain(SLOW))) as place, client(place) as guest:
        await guest.send("text", text="¿Y bien?")
        await guest.wait_audio()
        began = asyncio.get_running_loop().time()
        async with leaving(place):
            assert 7.5 < await timed(guest) < 10.2
        heard_ms = (asyncio.get_running_loop().time() - began) * 1000
        ends = [caption["end_ms"] for caption in guest.seen("caption") if caption["text"].endswith(".")]
        sent_ms = len(guest.audio()) / 48
        assert any(abs(end - min(heard_ms, sent_ms)) < 250 for end in ends)


async def test_a_guest_who_is_speaking_may_finish() -> None:
    engines = scripted_engines(recogniser=ScriptedRecogniser("¿Cuánto cuesta?"))
    async with house(engines) as place, client(place) as guest:
        await guest.sound(speech(700))
        await guest.wait("speech_started")
        async with leaving(place):
            for _ in range(4):
                await asyncio.sleep(0.5)
                await guest.sound(speech(500))
            assert guest.closed is None
            await guest.sound(quiet(2_500))
            assert await timed(guest) < 5
        assert [m["text"] for m in guest.seen("transcription") if m["final"]] == ["¿Cuánto cuesta?"]
        assert guest.seen("audio_end")


async def test_a_guest_who_takes_nothing_holds_nobody_up() -> None:
    async with house(drain_s=3) as place, client(place) as guest:
        live = place.app.state.sessions.connected()[0]
        live.detach = lambda _: None  # as if it were never gone
        began = asyncio.get_running_loop().time()
        async with leaving(place):
            pass
        assert 3 < asyncio.get_running_loop().time() - began < 5
        del live.detach
        assert await guest.wait_closed() == 1012


@pytest.mark.parametrize("grace_s", [0, 1])
async def test_a_short_grace_is_kept(grace_s: float) -> None:
    slow = scripted_engines(brain=ScriptedBrain(SLOW))
    async with house(slow, drain_s=grace_s) as place, client(place) as guest:
        await guest.send("text", text="¿Y bien?")
        await guest.wait_audio()
        async with leaving(place):
            assert await timed(guest) < grace_s + 1.5


@asynccontextmanager
async def process(folder: Path) -> AsyncIterator[House]:
    """A server with a session log of its own on the same file."""
    answer = Reply(tuple(f"Esta es la frase {n} de las seis. " for n in range(6)), piece_ms=50)
    engines = scripted_engines(brain=ScriptedBrain(answer), voice=RampVoice())
    async with SqliteLog(folder / "sessions.db", LoopClock(), 400) as log, house(engines, session_log=log) as place:
        yield place


def all_of_it(guest: Client) -> dict[str, Any]:
    return {"turn": 1, "played_ms": len(guest.audio()) // 48}


@pytest.mark.parametrize(("played", "has_all"), [(all_of_it, True), (lambda _: None, False)])
async def test_the_next_process_goes_on(tmp_path: Path, played: Callable[[Client], Any], has_all: bool) -> None:
    """A client that has all of an answer's sound plays on; for one that has not it is said from where it was heard."""
    async with process(tmp_path) as former, client(former) as guest:
        how = comeback(guest)
        await guest.send("text", text="¿Y bien?")
        await guest.wait_audio()
        await asyncio.sleep(1)
        await guest.send("playback", turn=1, played_ms=900)
        async with leaving(former):
            assert await timed(guest) < 2
    whole = guest.seen("response_complete")[0]["text"]
    async with process(tmp_path) as latter, back(latter, how, last_seq(guest), played=played(guest)) as again:
        if not has_all:
            end = await again.wait("audio_end")
            assert [(start["turn"], start["start_ms"]) for start in again.seen("audio_start")] == [(1, 900)]
            await again.send("playback", turn=1, played_ms=end["duration_ms"])
        history = await again.ask("get_history", "history")
        assert [item["interrupted"] for item in history["items"]] == [False, False]
        assert history["items"][1]["text"] == whole.strip()
        assert not again.seen("interrupted")
        await again.send("text", text="¿Y entonces?")
        assert (await again.wait("audio_start", 1 if has_all else 2))["turn"] == 2
