"""Coming back to a session: what was missed, the answer where it was, one guest at a time, and never a silent hole."""

import asyncio
import contextlib
import gc
import json
import weakref
from collections.abc import AsyncIterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect

from enterprise_stream.log.memory import MemoryLog
from enterprise_stream.server.attachment import Attachment
from enterprise_stream.server.connection import Connection
from enterprise_stream.server.line import Line
from enterprise_stream.server.microphone import Microphone
from enterprise_stream.server.waiting import AWAY_A_PLACE
from enterprise_stream.server.websocket import LaneProtocol
from enterprise_stream.testing import (
    LoopClock,
    Reply,
    ScriptedBrain,
    ScriptedRecogniser,
    run_virtual,
    scripted_engines,
    speech,
)
from enterprise_stream.testing.fault_proxy import FaultProxy, HalfOpen

from .failing_log import StubbornLog
from .house import Client, House, client, house
from .returning import PER_MS, RAMP, Account, Comeback, RampVoice, back, comeback, cut, last_seq, next_token

LONG = Reply(tuple(f"Esta es la frase {n} de las seis. " for n in range(6)), piece_ms=50)
TEXT = "".join(LONG.pieces)


def talkative() -> ScriptedBrain:
    """Answers at length."""
    return ScriptedBrain(LONG)


async def test_what_was_missed_is_told_again_then_started_then_what_is_new() -> None:
    async with house(scripted_engines(brain=talkative(), voice=RampVoice())) as place:
        async with client(place) as guest:
            how = comeback(guest)
            await guest.send("text", text="¿Y bien?")
            await guest.wait_audio()
            had = last_seq(guest)
            cut(guest)
        await asyncio.sleep(5)
        async with back(place, how, had) as again:
            numbers = [m["seq"] for m in again.messages[1:]]
            assert numbers == [*range(had + 1, had + 1 + len(numbers))]
            kinds = [m["type"] for m in again.messages[1:]]
            assert kinds.index("response_complete") < kinds.index("started")
            assert again.messages[0]["session_id"] != how.session_id
            await again.wait("audio_end")
            resumed = again.seen("audio_start")[-1]
            assert (resumed["turn"], resumed["stream"]) == (1, 2)


cuts = st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 1_000), st.booleans()), min_size=1, max_size=4)


@settings(max_examples=20, deadline=None)
@given(cuts, st.booleans())
def test_a_cut_anywhere_loses_nothing_and_repeats_nothing(cuts: list[tuple[int, int, bool]], reports: bool) -> None:
    run_virtual(_cut_and_come_back(cuts, reports=reports))


async def _cut_and_come_back(cuts: list[tuple[int, int, bool]], *, reports: bool) -> None:
    voice = RampVoice()
    account = Account()
    async with house(scripted_engines(brain=talkative(), voice=voice)) as place:
        how: Comeback | None = None
        for number, (after_ms, away_ms, keeps) in enumerate(cuts):
            async with _connection(place, how, account, keeps or not reports) as guest:
                how = how or comeback(guest)
                if number == 0:
                    await guest.send("text", text="¿Y bien?")
                await asyncio.sleep(after_ms / 1000)
                if reports and guest.seen("audio_start"):
                    await guest.send("playback", turn=1, played_ms=min(received_ms(guest), after_ms))
                cut(guest)
                await guest.wait_closed()
            if next_token(guest) or number == 0:
                account.take(guest, resumed=number > 0)
            await asyncio.sleep(away_ms / 1000)
        assert how is not None
        async with _connection(place, how, account, True) as guest:
            await asyncio.sleep(10)
            history = await guest.ask("get_history", "history")
        account.take(guest, resumed=True)
    said = voice.said
    assert np.array_equal(account.sound[1], np.arange(said) % RAMP)
    assert "".join(m["text"] for m in account.seen("response_chunk")) == TEXT
    assert len(account.seen("response_complete")) == 1
    assert " ".join(m["text"] for m in account.seen("caption")) == TEXT.strip()
    assert [item["text"] for item in history["items"]] == ["¿Y bien?", TEXT.strip()]
    assert not account.seen("interrupted")
    assert not account.seen("error")


@contextlib.asynccontextmanager
async def _connection(place: House, how: Comeback | None, account: Account, keeps: bool) -> AsyncIterator[Client]:
    """The first connection, or one that asks for the session and waits for nothing."""
    async with client(place) as guest:
        if how is not None:
            played = {"played": account.played(1)} if keeps and account.sound else {}
            await guest.send("start", resume=how.fields(account.last_seq, **played))
        yield guest
        if how is not None and (token := next_token(guest)):
            how.token = token


def received_ms(guest: Client) -> int:
    """Where a connection has its turn's sound."""
    return int(guest.seen("audio_start")[-1]["start_ms"]) + len(guest.audio()) // (2 * PER_MS)


@pytest.mark.requirement("S5")
async def test_a_token_is_good_once_and_the_next_one_comes_with_started() -> None:
    async with house() as place:
        async with client(place) as guest:
            how = comeback(guest)
            first = how.token
        async with back(place, how, 1):
            assert how.token not in ("", first)
            async with client(place) as thief:
                resume = Comeback(how.session_id, first).fields(1)
                assert (await thief.ask("start", "error", resume=resume))["code"] == "resume_refused"
        async with client(place) as thief:
            resume = Comeback(how.session_id, first).fields(1)
            assert (await thief.ask("start", "error", resume=resume))["code"] == "resume_refused"
        async with back(place, how, 2) as again:
            assert (await again.ask("get_status", "status"))["state"] == "listening"


async def test_a_connection_lost_before_its_client_has_the_next_token_locks_nobody_out() -> None:
    async with house() as place:
        async with client(place) as guest:
            how = comeback(guest)
        async with client(place) as unlucky:
            await unlucky.send("start", resume=how.fields(1))
            await unlucky.wait("started")
            cut(unlucky)  # as if `started` had not come
        await asyncio.sleep(0.1)
        async with back(place, how, 1) as again:
            assert [m["type"] for m in again.messages] == ["ready", "started", "started"]


async def test_a_connection_that_is_dead_unnoticed_locks_nobody_out_with_the_token_before() -> None:
    async with house() as place, FaultProxy("127.0.0.1", place.port) as proxy:
        async with client(place) as guest:
            how = comeback(guest)
        async with client(replace(place, port=proxy.port)) as unlucky:
            await unlucky.send("start", resume=how.fields(1))
            await unlucky.wait("started")  # as if it had not come
            for direction in ("upstream", "downstream"):
                proxy.add(HalfOpen(), direction)
            async with back(place, how, 1) as again:
                assert (await again.ask("get_status", "status"))["state"] == "listening"


@pytest.mark.requirement("S5")
async def test_whoever_is_there_keeps_the_session_from_the_token_before_though_he_says_nothing() -> None:
    async with house() as place:
        async with client(place) as guest:
            how = comeback(guest)
        async with client(place) as silent:
            await silent.send("start", resume=how.fields(1))
            await silent.wait("started")
            for _ in range(3):
                async with client(place) as thief:
                    error = await thief.ask("start", "error", resume=how.fields(1))
                    assert error["code"] == "resume_refused"
            assert (await silent.ask("get_status", "status"))["state"] == "listening"


@pytest.mark.requirement("S5")
@pytest.mark.parametrize(
    ("session", "token"), [("mine", "wrong"), ("other", "mine"), ("unknown", "mine"), ("mine", ""), ("mine", "ñ\ud800")]
)
async def test_a_wrong_token_or_session_is_refused_and_the_new_session_goes_on(session: str, token: str) -> None:
    async with house() as place, client(place) as other:
        async with client(place) as guest:
            how = comeback(guest)
        ids = {"mine": how.session_id, "other": comeback(other).session_id, "unknown": "x"}
        given = how.token if token == "mine" else token
        async with client(place) as stranger:
            resume = Comeback(ids[session], given).fields(1)
            error = await stranger.ask("start", "error", resume=resume)
            assert error["code"] in ("resume_refused", "bad_message")
            assert (await stranger.ask("get_status", "status"))["state"] == "listening"
            assert stranger.messages[0]["session_id"] not in ids.values()
        async with back(place, how, 1):
            pass


async def test_the_window_closes() -> None:
    async with house(resume_window_s=10) as place:
        async with client(place) as early, client(place) as late:
            soon, never = comeback(early), comeback(late)
        await asyncio.sleep(9)
        async with back(place, soon, 1):
            await asyncio.sleep(2)
            async with client(place) as guest:
                error = await guest.ask("start", "error", resume=never.fields(1))
                assert error["code"] == "resume_refused"
            await asyncio.sleep(12)
        async with back(place, soon, 2):  # the window counts from the last loss
            pass


async def test_of_those_who_wait_there_are_only_so_many() -> None:
    async with house(max_sessions=1) as place:
        gone = []
        for _ in range(AWAY_A_PLACE + 1):
            async with client(place) as guest:
                gone.append(comeback(guest))
            await asyncio.sleep(0.1)
        async with client(place) as guest:
            error = await guest.ask("start", "error", resume=gone[0].fields(1))
            assert error["code"] == "resume_refused"
        await asyncio.sleep(0.1)
        async with back(place, gone[-1], 1):
            pass


@pytest.mark.parametrize("replaced", [False, True])
async def test_nothing_of_a_connection_lives_while_its_session_waits(*, replaced: bool) -> None:
    parts = (LaneProtocol, Connection, Line, Attachment, Microphone, WebSocket)
    before = {id(each) for each in gc.get_objects() if type(each) in parts}
    async with house() as place:
        async with client(place) as guest:
            how = comeback(guest)
            await guest.ask("test", "test")
            if replaced:
                async with back(place, how, 1):
                    pass
            else:
                guest.connection.transport.write(b"\x82\xff" + (900_000).to_bytes(8, "big") + bytes(500_000))
                await asyncio.sleep(1)
            gone = [weakref.ref(each) for each in gc.get_objects() if type(each) in parts and id(each) not in before]
            assert len({type(each()) for each in gone}) == len(parts)
            cut(guest)
        await asyncio.sleep(5)
        gc.collect()
        assert [live.id for live in place.app.state.sessions.all()] == [how.session_id]
        assert [each() for each in gone if each() is not None] == []


async def test_a_connection_that_is_still_open_is_replaced() -> None:
    async with house(scripted_engines(brain=talkative(), voice=RampVoice())) as place, client(place) as former:
        how = comeback(former)
        await former.send("text", text="¿Y bien?")
        await former.wait_audio()
        had = last_seq(former)
        async with back(place, how, had) as latter:
            assert await former.wait_closed() == 4003
            await latter.wait("audio_start")
            await latter.wait("audio_end")


@pytest.mark.requirement("S5")
async def test_of_two_who_race_one_has_the_session() -> None:
    async with house() as place:
        async with client(place) as guest:
            how = comeback(guest)
        async with client(place) as one, client(place) as two:
            for racer in (one, two):
                await racer.send("start", resume=how.fields(1))
            for racer in (one, two):
                await racer.wait("started")
            refused = [[m["code"] for m in racer.seen("error")] for racer in (one, two)]
            assert sorted(refused) == [[], ["resume_refused"]]
            await asyncio.sleep(1)
            assert (one.closed, two.closed) == (None, None)


async def test_settings_outlive_the_connection_and_new_ones_count() -> None:
    async with house() as place:
        async with client(place) as guest:
            how = comeback(guest)
            audio = {"output": {"encoding": "mulaw", "sample_rate": 8000}, "framing": "stamped"}
            await guest.ask("start", "started", audio=audio, turn={"mode": "manual"}, language="en")
            await guest.wait("language")
            had = last_seq(guest)
        async with client(place) as again:
            await again.send("start", resume=how.fields(had), audio={"framing": "bare"})
            started = await again.wait("started")
            assert started["audio"]["output"] == {"encoding": "mulaw", "sample_rate": 8000}
            assert (started["audio"]["framing"], started["language"]) == ("bare", "en")
            assert started["turn"] == {"mode": "manual"}
            assert (await again.ask("start", "started"))["resume_token"] is None


async def test_half_an_utterance_is_dropped_and_said_again() -> None:
    recogniser = ScriptedRecogniser("¿Hay", "¿Hay sitio mañana?")
    async with house(scripted_engines(recogniser=recogniser)) as place:
        async with client(place) as guest:
            how = comeback(guest)
            await guest.sound(speech(800))
            await guest.wait("speech_started")
            had = last_seq(guest)
            cut(guest)
        await asyncio.sleep(3)
        async with back(place, how, had) as again:
            assert [m["type"] for m in again.messages] == ["ready", "speech_stopped", "started"]
            assert again.seen("speech_stopped")[0]["unheard"] is True
            await again.sound(speech(800))
            await again.wait("response_complete")
            assert [m["turn"] for m in again.seen("transcription") if m["final"]] == [2]


async def test_a_turn_that_was_over_is_answered_though_nobody_is_there() -> None:
    recogniser = ScriptedRecogniser("¿Hay sitio mañana?")
    async with house(scripted_engines(recogniser=recogniser, brain=talkative())) as place:
        async with client(place) as guest:
            how = comeback(guest)
            await guest.ask("start", "started", turn={"mode": "manual"})
            await guest.sound(speech(800))
            await guest.send("stop")
            await guest.wait("speech_stopped")
            had = last_seq(guest)
            cut(guest)
        await asyncio.sleep(20)
        async with back(place, how, had) as again:
            assert again.seen("response_complete")
            voice = await again.wait("audio_start")
            assert voice["start_ms"] == 0
            assert voice["seq"] > again.seen("started")[0]["seq"]
            await again.send("interrupt")
            assert (await again.wait("interrupted"))["heard_text"] == ""


async def test_an_answer_stands_still_while_nobody_hears_it() -> None:
    async with house(scripted_engines(brain=talkative(), voice=RampVoice())) as place:
        async with client(place) as guest:
            how = comeback(guest)
            await guest.send("text", text="¿Y bien?")
            await guest.wait_audio()
            await asyncio.sleep(2)
            await guest.send("playback", turn=1, played_ms=1200)
            await guest.ask("test", "test")
            had = last_seq(guest)
            cut(guest)
        await asyncio.sleep(30)
        async with back(place, how, had) as again:
            assert (await again.wait("audio_start"))["start_ms"] == 1200
            await again.send("interrupt")
            told = await again.wait("interrupted")
            assert told["played_ms"] in range(1200, 1300)
            assert TEXT.startswith(told["heard_text"])


async def test_what_a_client_that_plays_on_has_is_not_sent_again() -> None:
    async with house(scripted_engines(brain=talkative(), voice=RampVoice())) as place:
        account = Account()
        async with client(place) as guest:
            how = comeback(guest)
            await guest.send("text", text="¿Y bien?")
            await guest.wait("audio_end")
            cut(guest)
            await guest.wait_closed()
        account.take(guest, resumed=False)
        async with back(place, how, account.last_seq, played=account.played(1)) as again:
            await asyncio.sleep(30)
            assert [m["type"] for m in again.messages if m["type"] != "timeline"] == ["ready", "started"]
            history = await again.ask("get_history", "history")
            assert history["items"][1]["text"] == TEXT.strip()


async def test_who_has_the_sound_of_an_earlier_turn_has_none_of_this_one() -> None:
    async with house(scripted_engines(voice=RampVoice())) as place, client(place) as guest:
        how = comeback(guest)
        await guest.send("text", text="¿Y bien?")
        end = await guest.wait("audio_end")
        had = last_seq(guest)
        await guest.send("text", text="¿Y entonces?")
        await guest.wait("audio_end", 2)
        await asyncio.sleep(3)  # it is taken to be heard at real time, and never arrived
        cut(guest)
        await asyncio.sleep(1)
        async with back(place, how, had, played={"turn": 1, "played_ms": end["duration_ms"]}) as again:
            await again.wait("audio_end", 2)
            starts = [(start["turn"], start["start_ms"]) for start in again.seen("audio_start")]
            assert starts == [(2, 0), (2, 0)], "told again, then said again"
            assert len(again.audio()) == again.seen("audio_end")[-1]["duration_ms"] * 48


async def test_a_log_that_has_lost_what_was_missed_says_so() -> None:
    log = MemoryLog(LoopClock(), 400, max_entries=3)
    async with house(session_log=log) as place:
        async with client(place) as guest:
            how = comeback(guest)
            for _ in range(6):
                await guest.ask("test", "test")
        async with client(place) as late:
            assert (await late.ask("start", "error", resume=how.fields(2)))["code"] == "resume_lost"
            assert (await late.ask("start", "error", resume=how.fields(99)))["code"] == "resume_lost"
            assert (await late.ask("get_status", "status"))["state"] == "listening"
        async with back(place, how, 5) as again:
            assert [m["seq"] for m in again.messages[1:]] == [6, 7, 8]


async def test_ready_comes_first_however_slow_the_log_and_quick_the_client() -> None:
    async with house(session_log=StubbornLog(0.05)) as place:
        async with client(place) as guest:
            how = comeback(guest)
        connection = await connect(place.ws, compression=None, proxy=None)
        await connection.send(json.dumps({"type": "start", "resume": how.fields(1)}))
        kinds = [json.loads(await connection.recv())["type"] for _ in range(2)]
        assert kinds == ["ready", "started"]
        await connection.close()


async def test_a_slow_log_delays_but_reorders_nothing() -> None:
    async with house(scripted_engines(brain=talkative(), voice=RampVoice()), session_log=StubbornLog(0.05)) as place:
        account = Account()
        async with client(place) as guest:
            how = comeback(guest)
            await guest.send("text", text="¿Y bien?")
            await guest.wait_audio()
            cut(guest)
            await guest.wait_closed()
        account.take(guest, resumed=False)
        async with _connection(place, how, account, True) as again:
            await again.wait("audio_end")
            await asyncio.sleep(1)
        account.take(again, resumed=True)
        assert "".join(m["text"] for m in account.seen("response_chunk")) == TEXT


async def test_an_owner_that_is_fenced_is_silent() -> None:
    log = MemoryLog(LoopClock(), 400)
    async with house(session_log=log) as place, client(place) as guest:
        await log.claim(comeback(guest).session_id)
        await guest.send("test")
        assert await guest.wait_closed() == 4003
        assert not guest.seen("test")


async def test_a_session_that_has_ended_is_not_resumed() -> None:
    async with house(idle_s=5) as place:
        async with client(place) as guest:
            how = comeback(guest)
            assert await guest.wait_closed() == 4000
        async with client(place) as late:
            assert (await late.ask("start", "error", resume=how.fields(1)))["code"] == "resume_refused"


@pytest.mark.requirement("S19")
async def test_the_log_holds_no_token() -> None:
    log = MemoryLog(LoopClock(), 400)
    async with house(session_log=log) as place:
        async with client(place) as guest:
            how = comeback(guest)
        async with back(place, how, 1):
            kept = "".join(entry.text for entry in await log.read(how.session_id, 0))
            assert "session_id" in kept
            assert how.token not in kept
            assert guest.seen("ready")[0]["resume_token"] not in kept
