"""A session whose process is gone: another one reads it back from its file and goes on, honestly."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from enterprise_stream.log.sqlite import SqliteLog
from enterprise_stream.testing import LoopClock, Reply, ScriptedBrain, ScriptedVoice, scripted_engines

from .house import House, client, house
from .returning import RampVoice, back, comeback, cut, last_seq

LONG = Reply(tuple(f"Esta es la frase {n} de las seis. " for n in range(6)), piece_ms=50)


@asynccontextmanager
async def process(
    folder: Path, brain: ScriptedBrain | None = None, voices: Sequence[ScriptedVoice] = ()
) -> AsyncIterator[House]:
    """A server with a session log of its own on the same file; new sessions have the first of its voices."""
    answers = brain or ScriptedBrain(LONG)
    engines, *more = (scripted_engines(brain=answers, voice=voice) for voice in voices or [RampVoice()])
    async with (
        SqliteLog(folder / "sessions.db", LoopClock(), 400) as log,
        house(engines, session_log=log, more=more) as place,
    ):
        yield place


async def test_an_answer_that_the_end_of_a_process_has_cut_is_told_so(tmp_path: Path) -> None:
    async with process(tmp_path) as former, process(tmp_path) as latter, client(former) as guest:
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
