"""Who has the floor: barge-in, interrupt, stop with nothing to do, typing while she speaks, what was heard."""

import asyncio

import pytest

from .client import Guest, guest
from .facts import LONG_QUESTION, QUESTIONS, holds, plain
from .microphone import microphone
from .scenes import Running, Scenes
from .shapes import JsonObject
from .sounds import clicks, cough, joined, silence, spoken

pytestmark = [pytest.mark.models, pytest.mark.asyncio(loop_scope="session")]
SCENES = Scenes()
OF_AN_ANSWER = ("binary", "response_chunk", "response_complete", "audio_start", "audio_end", "caption", "play_voice")


async def _speaking(sandra: Guest, heard_ms: float = 1500.0) -> int:
    """Asks for a long answer and waits until that much of it was heard; returns its turn."""
    since = sandra.mark()
    await sandra.send("text", text=LONG_QUESTION)
    start = await sandra.wait("audio_start", since=since, within=20)
    await sandra.wait_played(start["turn"], heard_ms)
    return int(start["turn"])


async def _item(sandra: Guest, turn: int) -> JsonObject:
    """The answer of a turn as the history has it."""
    since = sandra.mark()
    await sandra.send("get_history")
    items = (await sandra.wait("history", since=since))["items"]
    item: JsonObject = [item for item in items if item["turn"] == turn][-1]
    return item


def _plausible_cut(sandra: Guest, turn: int, cut: JsonObject) -> None:
    """What was heard is a part of the answer and fits what the loudspeaker played."""
    assert cut["heard_text"].strip(), "something had been heard"
    played = sandra.player.played_ms(turn, sandra.now)
    assert abs(cut["played_ms"] - played) < 700, (
        f"played_ms {cut['played_ms']}, the loudspeaker had played {played:.0f}"
    )


@SCENES.add
async def speech_stops_her(url: str) -> None:
    async with guest(url) as sandra, microphone(sandra) as mic:
        turn = await _speaking(sandra)
        speaking = asyncio.create_task(mic.say(spoken("cutting_in")))
        cut = await sandra.wait("interrupted", turn=turn, within=6)
        since = sandra.mark()
        assert cut["reason"] == "barge_in"
        _plausible_cut(sandra, turn, cut)
        await speaking
        answer = await sandra.answered(since)
        assert answer.turn > turn
        assert holds(answer.text, "villa"), (answer.question, answer.text)
        item = await _item(sandra, turn)
        assert item["text"].strip() == cut["heard_text"].strip(), "only heard_text stays in the history"
        assert item["interrupted"] is True


@SCENES.add
async def the_stop_is_prompt(url: str) -> None:
    async with guest(url) as sandra, microphone(sandra) as mic:
        turn = await _speaking(sandra, 800)
        began = sandra.now
        speaking = asyncio.create_task(mic.say(spoken("protest")))
        await sandra.wait("interrupted", turn=turn, within=6)
        assert sandra.now - began < 2.5, "she went on speaking over the guest"
        await speaking


@SCENES.add
async def noises_do_not_stop_her(url: str) -> None:
    async with guest(url) as sandra, microphone(sandra) as mic:
        turn = await _speaking(sandra, 300)
        await mic.say(joined(cough(2.0), clicks(1.0)), silence(0.5))
        await sandra.wait("audio_end", turn=turn, within=40)
        assert not sandra.seen("interrupted")
        assert len(sandra.seen("transcription", final=True)) == 1


@SCENES.add
async def interrupt_makes_her_quiet(url: str) -> None:
    async with guest(url) as sandra:
        turn = await _speaking(sandra)
        asked = sandra.now
        await sandra.send("interrupt")
        cut = await sandra.wait("interrupted", turn=turn, within=2)
        assert sandra.now - asked < 1.0
        assert cut["reason"] == "client"
        _plausible_cut(sandra, turn, cut)
        await sandra.nothing(*OF_AN_ANSWER, for_s=2.0, since=_after(sandra, cut))
        item = await _item(sandra, turn)
        assert item["text"].strip() == cut["heard_text"].strip()
        assert item["interrupted"] is True
        answer = await sandra.ask(QUESTIONS["wifi"][1])
        assert holds(answer.text, "wifi"), answer.text


def _after(sandra: Guest, message: JsonObject) -> int:
    """The place in the record right after this message."""
    return next(i for i, frame in enumerate(sandra.frames) if frame.message is message) + 1


@SCENES.add
async def interrupt_without_playback_reports(url: str) -> None:
    async with guest(url, reports=False) as sandra:
        turn = await _speaking(sandra, 1200)
        await sandra.send("interrupt")
        cut = await sandra.wait("interrupted", turn=turn, within=2)
        _plausible_cut(sandra, turn, cut)


@SCENES.add
async def a_report_of_little_playback_is_believed(url: str) -> None:
    async with guest(url, reports=False) as sandra:
        since = sandra.mark()
        await sandra.send("text", text=LONG_QUESTION)
        turn = (await sandra.wait("audio_start", since=since, within=20))["turn"]
        await sandra.wait_audio(turn, 2000)
        await sandra.send("playback", turn=turn, played_ms=120)
        await sandra.send("interrupt")
        cut = await sandra.wait("interrupted", turn=turn, within=2)
        assert cut["played_ms"] <= 400, "the client said that it had played 120 ms"
        assert len(cut["heard_text"].split()) <= 3, cut["heard_text"]


@SCENES.add
async def nothing_to_stop_is_no_error(url: str) -> None:
    async with guest(url) as sandra:
        for kind in ("interrupt", "stop", "interrupt", "stop"):
            await sandra.send(kind)
        await sandra.nothing("error", "interrupted", "transcription", *OF_AN_ANSWER, for_s=0.7, since=0)
        answer = await sandra.ask(QUESTIONS["pets"][1])
        assert holds(answer.text, "pets"), answer.text
        await sandra.wait_finished(answer.turn)
        await asyncio.sleep(0.5)  # the last `playback` report arrives
        since = sandra.mark()
        for kind in ("interrupt", "stop"):
            await sandra.send(kind)
        await sandra.nothing("error", "interrupted", "transcription", *OF_AN_ANSWER, for_s=0.7, since=since)


@SCENES.add
async def typing_while_she_speaks(url: str) -> None:
    async with guest(url) as sandra:
        turn = await _speaking(sandra, 800)
        answer = await sandra.ask(QUESTIONS["check_in"][1])
        assert answer.turn > turn
        assert holds(answer.text, "check_in"), answer.text
        await sandra.wait("audio_end", turn=answer.turn, within=40)
        kinds = [
            (message["type"], message["turn"]) for message in sandra.seen("interrupted", "audio_start", "audio_end")
        ]
        second = kinds.index(("audio_start", answer.turn))
        assert ("interrupted", turn) in kinds[:second] or ("audio_end", turn) in kinds[:second]


@SCENES.add
async def clearing_the_history_while_she_speaks(url: str) -> None:
    async with guest(url) as sandra:
        await _speaking(sandra, 500)
        await sandra.send("clear_history")
        await sandra.wait("history_cleared")
        answer = await sandra.ask(QUESTIONS["wifi"][1])
        assert holds(answer.text, "wifi"), answer.text
        await sandra.send("get_history")
        items = (await sandra.wait("history"))["items"]
        assert plain(LONG_QUESTION) not in [plain(item["text"]) for item in items]


@SCENES.add
async def interrupting_twice_says_it_once(url: str) -> None:
    async with guest(url) as sandra:
        turn = await _speaking(sandra, 400)
        await asyncio.gather(*(sandra.send("interrupt") for _ in range(5)))
        await sandra.wait("interrupted", turn=turn, within=2)
        await sandra.nothing("error", *OF_AN_ANSWER, for_s=0.7)
        assert len(sandra.seen("interrupted")) == 1


@pytest.mark.parametrize("scene", SCENES.names)
async def test_interrupting(scene: str, running: Running) -> None:
    await running(scene)
