"""A session whose process is gone: another one reads it back from its file and goes on, honestly."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from websockets.exceptions import InvalidStatus

from enterprise_stream.cost.governor import Amounts
from enterprise_stream.cost.meter import Meter
from enterprise_stream.log.sqlite import SqliteLog
from enterprise_stream.server import call_watch
from enterprise_stream.server.access import AccessSettings
from enterprise_stream.server.access.used import UsedInMemory
from enterprise_stream.server.call_watch import CallLimits
from enterprise_stream.speaking.ports import TextToSpeech
from enterprise_stream.testing import (
    Heard,
    LoopClock,
    Reply,
    ScriptedBrain,
    ScriptedRecogniser,
    ScriptedVoice,
    quiet,
    scripted_engines,
    speech,
)
from enterprise_stream.testing.scripted_server import CountingBrain, CountingVoice, answer_to

from ..cost.test_meter import PRICES, thought
from .house import House, client, house
from .returning import PER_MS, Account, Comeback, RampVoice, back, comeback, cut, last_seq

LONG = Reply(tuple(f"Esta es la frase {n} de las seis. " for n in range(6)), piece_ms=50)


@asynccontextmanager
async def process(
    folder: Path,
    brain: ScriptedBrain | None = None,
    voices: Sequence[TextToSpeech] = (),
    recogniser: ScriptedRecogniser | None = None,
    **options: Any,
) -> AsyncIterator[House]:
    """A server with a session log of its own on the same file; new sessions have the first of its voices."""
    answers, ears = brain or ScriptedBrain(LONG), recogniser or ScriptedRecogniser()
    engines, *more = (
        scripted_engines(brain=answers, voice=voice, recogniser=ears) for voice in voices or [RampVoice()]
    )
    async with (
        SqliteLog(folder / "sessions.db", LoopClock(), 400) as log,
        house(engines, session_log=log, more=more, **options) as place,
    ):
        yield place


@pytest.mark.parametrize("has_ms", [None, 0, 730, 2_010, 3_111])
async def test_an_answer_goes_on_in_the_next_process_from_where_the_guest_has_it(
    tmp_path: Path, has_ms: int | None
) -> None:
    brain, voices, account = CountingBrain(), [CountingVoice()], Account()
    async with process(tmp_path, brain, voices) as former:
        async with client(former) as guest:
            how = comeback(guest)
            await guest.send("text", text="pregunta 7")
            await guest.wait("audio_end")
            await asyncio.sleep(0.5)
            await guest.send("playback", turn=1, played_ms=500)
            await asyncio.sleep(2)  # notes are a second old at most
            cut(guest)
            account.take(guest, resumed=False)
        await asyncio.sleep(0.1)
    sound = account.sound[1]
    from_ms = 500 if has_ms is None else has_ms
    account.sound[1] = sound[: from_ms * PER_MS]  # what it drops, or never got
    played = None if has_ms is None else {"turn": 1, "played_ms": has_ms}
    async with (
        process(tmp_path, brain, voices) as latter,
        back(latter, how, account.last_seq, played=played) as again,
    ):
        end = await again.wait("audio_end")
        assert again.seen("audio_start")[-1]["start_ms"] == from_ms
        assert end["duration_ms"] * PER_MS == sound.size
        account.take(again, resumed=True)
        assert np.array_equal(account.sound[1], sound)
        captions = [message["text"] for message in account.seen("caption")]
        whole = account.seen("response_complete")[0]["text"]
        assert captions == whole.split(), "each word is told once"
        await again.send("playback", turn=1, played_ms=end["duration_ms"])
        history = await again.ask("get_history", "history")
        assert [(item["text"], item["interrupted"]) for item in history["items"]] == [
            ("pregunta 7", False), (whole.strip(), False),
        ]  # fmt: skip
        await again.send("text", text="pregunta 8")
        await again.wait("audio_end", 2)
        assert [message["turn"] for message in again.seen("response_complete")] == [2]
    assert not account.seen("interrupted")


@pytest.mark.requirement("S27")
async def test_who_has_erased_his_data_goes_on_in_the_next_process_without_it(tmp_path: Path) -> None:
    async with process(tmp_path, ScriptedBrain("Hola, Ana.", "Cien euros.", "Yes.")) as former:
        async with client(former) as guest:
            how = comeback(guest)
            await guest.ask("start", "started", language="en", audio={"output": {"encoding": "mulaw"}})
            await guest.send("text", text="Me llamo Ana.")
            await guest.wait("audio_end")
            await guest.ask("erase_data", "data_erased")
            await guest.send("text", text="¿Y ahora?")
            await guest.wait("audio_end", 2)
            await guest.send("playback", turn=2, played_ms=60_000)
            await asyncio.sleep(2)
            had = last_seq(guest)
            cut(guest)
        await asyncio.sleep(0.1)
    for turn in (3, 4):  # and once more, in a process that has never seen what was erased
        async with process(tmp_path, ScriptedBrain("Yes.")) as latter:
            async with back(latter, how, had) as again:
                started = again.seen("started")[-1]
                assert (started["language"], started["audio"]["output"]["encoding"]) == ("en", "mulaw")
                items = (await again.ask("get_history", "history"))["items"]
                assert [item["text"] for item in items[:2]] == ["¿Y ahora?", "Cien euros."]
                assert "Ana" not in str(again.messages)
                await again.send("text", text="And now?")
                assert (await again.wait("audio_start"))["turn"] == turn
                await again.wait("audio_end")
                assert [start["stream"] for start in again.seen("audio_start")] == [turn]
                await again.send("playback", turn=turn, played_ms=60_000)
                await asyncio.sleep(2)
                had = last_seq(again)
                cut(again)
            await asyncio.sleep(0.1)


async def test_a_session_longer_than_its_log_is_told_to_be_lost_by_another_process_and_goes_on_in_its_own(
    tmp_path: Path,
) -> None:
    """What a session was is read from all that it has told; with its beginning gone nobody else can go on with it."""
    async with SqliteLog(tmp_path / "sessions.db", LoopClock(), 400, max_entries=30) as log:
        async with house(scripted_engines(brain=ScriptedBrain(LONG)), session_log=log) as former:
            async with client(former) as guest:
                how = comeback(guest)
                await guest.send("text", text="¿Y bien?")
                await guest.wait("response_complete")
                had = last_seq(guest)
                assert had > 30
                cut(guest)
            async with back(former, how, had) as again:
                assert again.seen("started")
                had = last_seq(again)
                cut(again)
            await asyncio.sleep(0.1)
        async with (
            house(scripted_engines(brain=ScriptedBrain("Hola.")), session_log=log) as latter,
            client(latter) as new,
        ):
            error = await new.ask("start", "error", resume=how.fields(had))
            assert (error["code"], error["retryable"]) == ("resume_lost", False)
            assert "a new session has begun" in error["message"]
            await new.send("text", text="¿Y ahora?")
            await new.wait("response_complete")


async def test_who_erases_his_data_has_what_he_has_spent_in_the_next_process(tmp_path: Path) -> None:
    def meter() -> Meter:
        return Meter(PRICES, LoopClock(), Amounts(call=1_000))

    async with process(tmp_path, meter=(former := meter())) as place:
        async with client(place) as guest:
            how = comeback(guest)
            former(thought(how.session_id, 600, 60))
            await guest.ask("erase_data", "data_erased")
            had = last_seq(guest)
            cut(guest)
        await asyncio.sleep(0.1)
    async with process(tmp_path, meter=(latter := meter())) as place, back(place, how, had) as again:
        assert latter.spent(how.session_id).call == 126
        assert again.closed is None


async def test_an_answer_that_was_being_given_while_all_was_erased_is_told_to_be_cut(tmp_path: Path) -> None:
    slow = ScriptedBrain(Reply(LONG.pieces, piece_ms=2_000))
    async with process(tmp_path, slow) as former:
        async with client(former) as guest:
            how = comeback(guest)
            await guest.send("text", text="pregunta 7")
            await guest.wait("caption")
            await guest.ask("erase_data", "data_erased")
            await guest.wait("response_chunk", len(guest.seen("response_chunk")) + 1)
            had = last_seq(guest)
            over = guest.seen("audio_end")
            cut(guest)
        await asyncio.sleep(0.1)
    assert not over
    async with process(tmp_path) as latter, back(latter, how, had) as again:
        (told,) = again.seen("interrupted")
        assert (told["turn"], told["heard_text"], told["reason"]) == (1, "", "error")
        assert (await again.ask("get_history", "history"))["items"] == []


async def test_it_is_gone_on_with_once_more_when_the_next_process_ends_too(tmp_path: Path) -> None:
    brain, voices, account = CountingBrain(), [CountingVoice()], Account()
    async with process(tmp_path, brain, voices) as former:
        async with client(former) as guest:
            how = comeback(guest)
            await guest.send("text", text="pregunta 7")
            await guest.wait("audio_end")
            await asyncio.sleep(0.5)
            cut(guest)
            account.take(guest, resumed=False)
        await asyncio.sleep(0.1)
    sound = account.sound[1]
    for has_ms in (800, 1_900, 2_900):
        account.sound[1] = account.sound[1][: has_ms * PER_MS]
        played = {"turn": 1, "played_ms": has_ms}
        async with process(tmp_path, brain, voices) as latter:
            async with back(latter, how, account.last_seq, played=played) as again:
                await again.wait("audio_end")
                account.take(again, resumed=True)
                cut(again)
            await asyncio.sleep(0.1)
        assert np.array_equal(account.sound[1], sound)
    words = account.seen("response_complete")[0]["text"].split()
    assert [message["text"] for message in account.seen("caption")] == words


async def test_a_guest_interrupts_what_the_next_process_says(tmp_path: Path) -> None:
    brain, voices = CountingBrain(), [CountingVoice()]
    async with process(tmp_path, brain, voices) as former:
        async with client(former) as guest:
            how = comeback(guest)
            await guest.send("text", text="pregunta 7")
            await guest.wait("audio_end")
            await asyncio.sleep(0.5)
            had = last_seq(guest)
            cut(guest)
        await asyncio.sleep(0.1)
    async with (
        process(tmp_path, brain, voices) as latter,
        back(latter, how, had, played={"turn": 1, "played_ms": 1_000}) as again,
    ):
        await again.wait_audio()
        await again.send("playback", turn=1, played_ms=1_700)
        told = await again.ask("interrupt", "interrupted")
        assert (told["turn"], told["played_ms"]) == (1, 1_700)
        said = "".join(answer_to("pregunta 7"))
        assert told["heard_text"]
        assert said.startswith(told["heard_text"])


# --- what the guest was saying ----------------------------------------------------------------------------------------


def spoken(messages: Sequence[dict[str, Any]]) -> list[tuple[str, int, bool | None]]:
    """What was told of the guest's speech: which message, of which turn, and whether it is to be said again."""
    kinds = ("speech_started", "speech_stopped")
    return [(each["type"], each["turn"], each.get("unheard")) for each in messages if each["type"] in kinds]


async def test_what_a_guest_was_saying_when_the_process_ended_is_told_to_be_unheard(tmp_path: Path) -> None:
    ears = ScriptedRecogniser("¿Hay", "¿Hay sitio mañana?")
    async with (
        process(tmp_path, recogniser=ears) as former,
        process(tmp_path, recogniser=ears) as latter,
        client(former) as guest,
    ):
        how = comeback(guest)
        await guest.sound(speech(800))
        await guest.wait("speech_started")
        async with back(latter, how, last_seq(guest)) as again:
            assert [message["type"] for message in again.messages] == ["ready", "speech_stopped", "started"]
            assert spoken(again.messages) == [("speech_stopped", 1, True)]
            await again.sound(speech(800))
            await again.sound(quiet(1000))
            await again.wait("response_complete")
            finals = [message for message in again.seen("transcription") if message["final"]]
            assert [(message["turn"], message["text"]) for message in finals] == [(2, "¿Hay sitio mañana?")]


async def test_a_pause_whose_words_were_awaited_when_the_process_ended_is_told_to_be_unheard(tmp_path: Path) -> None:
    slow = ScriptedRecogniser(Heard(("¿Hay sitio?",), delay_ms=60_000))
    async with process(tmp_path, recogniser=slow) as former, process(tmp_path) as latter, client(former) as guest:
        how = comeback(guest)
        await guest.ask("start", "started", turn={"mode": "manual"})
        await guest.sound(speech(800))
        await guest.send("stop")
        await guest.wait("speech_stopped")
        await guest.sound(speech(800))
        await guest.wait("speech_started", 2)
        async with back(latter, how, last_seq(guest)) as again:
            assert spoken(again.messages) == [
                ("speech_started", 1, None), ("speech_stopped", 1, True), ("speech_stopped", 2, True),
            ]  # fmt: skip


async def test_an_interruption_that_the_end_of_the_process_cuts_off_quiets_nobody_any_more(tmp_path: Path) -> None:
    brain, voices = CountingBrain(), [CountingVoice()]
    silent = ScriptedRecogniser(Heard((), delay_ms=60_000))
    async with process(tmp_path, brain, voices, silent) as former, client(former) as guest:
        how = comeback(guest)
        await guest.send("text", text="pregunta 7")
        await guest.wait("audio_end")
        await guest.sound(speech(400))
        await guest.wait("speech_started")
        assert [duck["on"] for duck in guest.seen("duck")] == [True]
        async with process(tmp_path, brain, voices) as latter, back(latter, how, last_seq(guest)) as again:
            assert spoken(again.messages) == [("speech_stopped", 2, True)]
            assert [(duck["turn"], duck["on"]) for duck in again.seen("duck")] == [(1, False)]


async def test_what_is_answered_or_was_told_to_be_nothing_is_not_said_again(tmp_path: Path) -> None:
    ears = ScriptedRecogniser("¿Hay sitio mañana?", "")
    brain, voices = CountingBrain(), [CountingVoice()]
    async with process(tmp_path, brain, voices, ears) as former, client(former) as guest:
        how = comeback(guest)
        await guest.sound(speech(800))
        await guest.sound(quiet(1000))
        await guest.wait("audio_start")
        await guest.sound(speech(200))  # "ajá"
        await guest.sound(quiet(2000))
        await guest.wait("speech_stopped", 2)
        await guest.wait("audio_end")
        async with process(tmp_path, brain, voices) as latter, back(latter, how, last_seq(guest)) as again:
            assert spoken(again.messages) == []


SLOW = Reply(LONG.pieces, piece_ms=600_000)
"""Is not known to its end when the process ends."""


async def test_an_answer_whose_words_are_not_all_known_is_cut_and_told_so(tmp_path: Path) -> None:
    slow = ScriptedBrain(SLOW)
    async with process(tmp_path, slow) as former, process(tmp_path) as latter, client(former) as guest:
        how = comeback(guest)
        await guest.send("text", text="¿Y bien?")
        await guest.wait_audio()
        await asyncio.sleep(2)
        await guest.send("playback", turn=1, played_ms=1_500)
        await asyncio.sleep(2)  # notes are a second old at most
        had = last_seq(guest)
        async with back(latter, how, had) as again:
            told = await again.wait("interrupted")
            assert told["seq"] < again.seen("started")[0]["seq"]
            assert (told["turn"], told["reason"], told["played_ms"]) == (1, "error", 1_500)
            captions = [m for m in guest.seen("caption") if m["end_ms"] <= 1_500]
            assert told["heard_text"] == " ".join(m["text"] for m in captions)
            assert [m["seq"] for m in again.messages[1:]] == [*range(had + 1, had + len(again.messages))]
            history = await again.ask("get_history", "history")
            assert [(i["text"], i["interrupted"]) for i in history["items"]] == [
                ("¿Y bien?", False), (told["heard_text"], True),
            ]  # fmt: skip
            await again.send("text", text="¿Y entonces?")
            await again.wait("audio_end")
            voice = again.seen("audio_start")[-1]
            assert (voice["turn"], voice["stream"]) == (2, 2)
        await guest.send("test")
        assert await guest.wait_closed() == 4003
        assert not guest.seen("test")


async def test_settings_and_what_was_heard_to_its_end_are_kept(tmp_path: Path) -> None:
    brain = ScriptedBrain("Cien euros.", "Sí, claro.")
    async with process(tmp_path, brain) as former:
        async with client(former) as guest:
            how = comeback(guest)
            await guest.ask("start", "started", audio={"framing": "stamped"}, turn={"mode": "manual"}, language="en")
            await guest.send("text", text="¿Cuánto?")
            end = await guest.wait("audio_end")
            await guest.send("playback", turn=1, played_ms=end["duration_ms"])
            await guest.send("text", text="¿Seguro?")
            end = await guest.wait("audio_end", 2)
            await guest.send("playback", turn=2, played_ms=end["duration_ms"])
            await asyncio.sleep(2)
            had = last_seq(guest)
            cut(guest)
        await asyncio.sleep(0.1)
    async with process(tmp_path) as latter, back(latter, how, had) as again:
        started = again.seen("started")[0]
        assert (started["audio"]["framing"], started["turn"], started["language"]) == (
            "stamped", {"mode": "manual"}, "en",
        )  # fmt: skip
        assert not again.seen("interrupted")
        history = await again.ask("get_history", "history")
        assert [item["text"] for item in history["items"]] == ["¿Cuánto?", "Cien euros.", "¿Seguro?", "Sí, claro."]


@pytest.mark.parametrize("wrong", ["token", "session"])
async def test_a_wrong_token_ends_nobody_elses_session(tmp_path: Path, wrong: str) -> None:
    async with process(tmp_path) as former, process(tmp_path) as latter, client(former) as guest:
        how = comeback(guest)
        fields = how.fields(1) | ({"resume_token": "x"} if wrong == "token" else {"session_id": "x"})
        async with client(latter) as thief:
            assert (await thief.ask("start", "error", resume=fields))["code"] == "resume_refused"
        assert (await guest.ask("test", "test"))["ok"] is True


@pytest.mark.requirement("S5")
async def test_a_token_that_was_used_is_refused_by_the_next_process_too(tmp_path: Path) -> None:
    async with process(tmp_path) as former:
        async with client(former) as guest:
            how = comeback(guest)
            first = how.token
        async with back(former, how, 1) as again:
            await again.ask("test", "test")
            await asyncio.sleep(2)
        async with process(tmp_path) as latter, client(latter) as thief:
            fields = how.fields(1) | {"resume_token": first}
            assert (await thief.ask("start", "error", resume=fields))["code"] == "resume_refused"


class Other(ScriptedVoice):
    """A voice of another name."""

    @property
    def voice(self) -> str:
        return "other"


async def test_a_session_goes_on_in_its_own_voice_though_new_ones_get_another(tmp_path: Path) -> None:
    mine, best = ScriptedVoice(), Other()
    async with process(tmp_path, voices=[mine]) as former:
        async with client(former) as guest:
            how = comeback(guest)
            await asyncio.sleep(2)
            had = last_seq(guest)
            cut(guest)
        await asyncio.sleep(0.1)
    async with process(tmp_path, voices=[best, mine]) as latter, back(latter, how, had) as again:
        assert again.seen("ready")[0]["persona"]["voice"] == "other"
        await again.send("text", text="¿Y bien?")
        await again.wait("audio_end")
        assert mine.clauses
        assert not best.clauses


async def test_a_session_whose_voice_is_not_to_be_had_is_refused(tmp_path: Path) -> None:
    async with process(tmp_path, voices=[ScriptedVoice()]) as former:
        async with client(former) as guest:
            how = comeback(guest)
            await asyncio.sleep(2)
            cut(guest)
        await asyncio.sleep(0.1)
    async with process(tmp_path, voices=[Other()]) as latter, client(latter) as again:
        assert (await again.ask("start", "error", resume=how.fields(1)))["code"] == "resume_refused"


@pytest.mark.parametrize("set_by_ms", [3_600_000, -3_600_000])
async def test_a_clock_that_is_set_makes_no_call_longer_that_another_process_goes_on_with(
    tmp_path: Path, set_by_ms: float
) -> None:
    limits = CallLimits(call_s=600)
    async with process(tmp_path, call_limits=limits) as former, process(tmp_path, call_limits=limits) as latter:
        for place, by_ms in ((former, min(0.0, set_by_ms)), (latter, max(0.0, set_by_ms))):
            assert isinstance(place.service.clock, LoopClock)
            place.service.clock.set_wall(by_ms)
        async with client(former) as guest:
            how = comeback(guest)
            await asyncio.sleep(2)
            had = last_seq(guest)
            cut(guest)
        async with back(latter, how, had) as again:
            await asyncio.sleep(60)
            assert again.closed is None


@pytest.mark.requirement("S16")
@pytest.mark.parametrize(("cut_after_s", "warned_before"), [(6, False), (17, True)])
async def test_the_end_of_a_call_is_told_by_one_process_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut_after_s: float, warned_before: bool
) -> None:
    monkeypatch.setattr(call_watch, "CALL_SHARE", 0.5)
    monkeypatch.setattr(call_watch, "LEAST_LEFT_S", 1.0)
    limits = CallLimits(call_s=24, call_warning_s=60)
    async with process(tmp_path, call_limits=limits) as former:
        async with client(former) as guest:
            how = comeback(guest)
            await asyncio.sleep(cut_after_s)
            warning = former.service.persona.warning("es", "time")
            assert [message["text"] for message in guest.seen("response_complete")] == [warning] * warned_before
            had = last_seq(guest)
            cut(guest)
        await asyncio.sleep(0.1)
    async with process(tmp_path, call_limits=limits) as latter, back(latter, how, had) as again:
        assert await again.wait_closed() == 4001
        goodbye = latter.service.persona.farewell("es", "time")
        told = [message["text"] for message in again.seen("response_complete")]
        assert told == [*([] if warned_before else [warning]), goodbye]


async def test_what_a_call_has_cost_before_counts_towards_its_cap(tmp_path: Path) -> None:
    async def paid(session: str) -> int:
        return 500_000 if session == how.session_id else 0

    async with process(tmp_path) as former:
        async with client(former) as guest:
            how = comeback(guest)
            await asyncio.sleep(2)
            cut(guest)
        await asyncio.sleep(0.1)
    meter = Meter(PRICES, LoopClock(), Amounts(call=500_000))
    async with process(tmp_path, meter=meter, paid_for=paid) as latter, back(latter, how, 1) as again:
        assert await again.wait_closed() == 4002


# --- with session tokens ----------------------------------------------------------------------------------------------


async def _token(place: House, key: str, **body: object) -> list[str]:
    async with httpx.AsyncClient(base_url=place.http) as http:
        answer = await http.post("/api/sessions", json=body, headers={"authorization": f"Bearer {key}"})
    return ["enterprise-stream.v1", f"token.{answer.json()['token']}"]


CASAS, HOTEL = "key-of-casas-0123456789", "key-of-hotel-0123456789"
ACCESS = AccessSettings(frozenset(), "a secret of tests, 32 characters or more", (f"casas:{CASAS}", f"hotel:{HOTEL}"))


@pytest.mark.requirement("S4")
async def test_a_session_keeps_its_tenant_and_its_time_in_the_next_process(tmp_path: Path) -> None:
    began = asyncio.get_running_loop().time()
    async with process(tmp_path, access=ACCESS) as former:
        async with client(former, subprotocols=await _token(former, CASAS, max_seconds=60)) as guest:
            how, had = comeback(guest), last_seq(guest)
            await asyncio.sleep(10)
            cut(guest)
        await asyncio.sleep(0.1)
    async with process(tmp_path, access=ACCESS) as latter:
        async with client(latter, subprotocols=await _token(latter, HOTEL)) as thief:
            assert (await thief.ask("start", "error", resume=how.fields(had)))["code"] == "resume_refused"
        async with back(latter, how, had, subprotocols=await _token(latter, CASAS)) as again:
            assert await again.wait_closed() == 4001
    assert 60 <= asyncio.get_running_loop().time() - began <= 85


@pytest.mark.requirement("S3")
async def test_a_token_opens_one_connection_on_all_nodes_that_share_what_was_used(tmp_path: Path) -> None:
    used = UsedInMemory(LoopClock())
    async with process(tmp_path, access=ACCESS, used=used) as one, process(tmp_path, access=ACCESS, used=used) as other:
        shown = await _token(one, CASAS)
        async with client(other, subprotocols=shown):
            pass
        for place in (one, other):
            with pytest.raises(InvalidStatus) as refused:
                async with client(place, subprotocols=shown):
                    pass
            assert refused.value.response.status_code == 401


async def test_a_database_that_is_down_keeps_one_who_comes_back_and_nobody_else(tmp_path: Path) -> None:
    hows = []
    async with process(tmp_path) as former:
        for _ in range(3):
            async with client(former) as guest:
                hows.append(comeback(guest))
        await asyncio.sleep(2)

    async def timing_out(session: str) -> int:
        await asyncio.sleep(0 if session == hows[0].session_id else 20)
        return 0

    async with process(tmp_path, paid_for=timing_out) as latter:
        async with back(latter, hows[0], 1):
            pass
        began = asyncio.get_running_loop().time()

        async def come_back(how: Comeback) -> float:
            async with back(latter, how, last.pop(how.session_id, 1)):
                return asyncio.get_running_loop().time() - began

        last = {hows[0].session_id: 2}
        async with asyncio.TaskGroup() as group:
            coming = [group.create_task(come_back(how)) for how in (*hows[1:], hows[0])]
        waited = [round(task.result()) for task in coming]
        assert waited == [20, 20, 0], "each waits for itself, and who lives here for nobody"


async def test_of_two_who_want_the_same_session_of_another_process_one_has_it(tmp_path: Path) -> None:
    async with process(tmp_path) as former:
        async with client(former) as guest:
            how = comeback(guest)
        await asyncio.sleep(2)
    async with process(tmp_path) as latter, client(latter) as one, client(latter) as two:
        for racer in (one, two):
            await racer.send("start", resume=how.fields(1))
        for racer in (one, two):
            await racer.wait("started")
        assert sorted([m["code"] for m in racer.seen("error")] for racer in (one, two)) == [[], ["resume_refused"]]
        assert not latter.app.state.sessions._searches
