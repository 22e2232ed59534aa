"""How long a call may last, and that a guest who is there hears a goodbye first."""

import asyncio

import pytest

from enterprise_stream.server.call_watch import CallLimits
from enterprise_stream.testing import Reply, ScriptedBrain, ScriptedRecogniser, quiet, scripted_engines, speech
from enterprise_stream.thinking.persona import Persona

from .house import Client, client, house
from .returning import comeback, cut
from .test_limits import counted, rejected

SANDRA = Persona("Sandra", "scripted")
LONG = Reply(("Una frase. ", "Y otra frase más. ") * 4, piece_ms=1_500)


def now() -> float:
    return asyncio.get_running_loop().time()


async def stream_silence(guest: Client, seconds: float) -> None:
    """An open microphone in a room where nobody speaks."""
    for _ in range(round(seconds / 0.5)):
        if guest.closed is not None:
            return
        await guest.sound(quiet(500))
        await asyncio.sleep(0.5)


@pytest.mark.requirement("S16")
async def test_a_guest_who_says_nothing_hears_goodbye_and_is_closed_with_4000() -> None:
    async with house(call_limits=CallLimits(quiet_s=8)) as place, client(place) as guest:
        began = now()
        async with asyncio.TaskGroup() as group:
            group.create_task(stream_silence(guest, 40))
            assert await guest.wait_closed() == 4000
        assert 8 < now() - began < 30
        assert guest.seen("response_complete")[-1]["text"] == SANDRA.farewell("es", "quiet")
        assert guest.seen("audio_end"), "the goodbye was spoken"
        assert "connect again" in (guest.connection.close_reason or "")
        assert rejected(place, "quiet") == 1


async def test_whoever_speaks_or_types_now_and_then_stays() -> None:
    engines = scripted_engines(recogniser=ScriptedRecogniser("¿Y bien?", "¿Y ahora?"))
    async with house(engines, call_limits=CallLimits(quiet_s=8)) as place, client(place) as guest:
        for _ in range(3):
            await asyncio.sleep(6)
            await guest.send("text", text="Un momento.")
        for _ in range(2):
            await asyncio.sleep(6)
            await guest.sound(speech(600))
            await guest.sound(quiet(1_500))
        await asyncio.sleep(5)
        assert guest.closed is None
        assert len(guest.seen("response_complete")) == 5


async def test_an_answer_is_no_silence() -> None:
    engines = scripted_engines(brain=ScriptedBrain(LONG))
    async with house(engines, call_limits=CallLimits(quiet_s=5)) as place, client(place) as guest:
        await guest.send("text", text="¿Y bien?")
        await guest.wait("audio_end")
        assert guest.closed is None
        assert len(guest.seen("response_complete")) == 1


@pytest.mark.requirement("S16")
async def test_a_call_whose_time_is_over_ends_with_a_sentence_a_goodbye_and_4001() -> None:
    engines = scripted_engines(brain=ScriptedBrain(LONG))
    async with house(engines, call_limits=CallLimits(call_s=9)) as place, client(place) as guest:
        began = now()
        await asyncio.sleep(5)
        await guest.send("text", text="¿Y bien?")
        assert await guest.wait_closed() == 4001
        assert 9 < now() - began < 60
        answer, goodbye = guest.seen("response_complete")
        assert answer["text"] == "".join(LONG.pieces)
        assert goodbye["text"] == SANDRA.farewell("es", "time")
        assert rejected(place, "call") == 1


async def test_the_time_of_a_call_goes_on_while_nobody_is_connected() -> None:
    async with house(call_limits=CallLimits(call_s=10)) as place:
        async with client(place) as guest:
            how = comeback(guest)
            await asyncio.sleep(1)
            cut(guest)
        await asyncio.sleep(12)
        async with client(place) as again:
            assert (await again.ask("start", "error", resume=how.fields(1)))["code"] == "resume_refused"


async def test_a_goodbye_that_nobody_takes_in_does_not_keep_the_call() -> None:
    stuck = scripted_engines(brain=ScriptedBrain("Hola."))
    async with house(stuck, call_limits=CallLimits(call_s=3)) as place, client(place) as guest:
        await guest.wait("audio_start")
        for _ in range(40):  # a client that says again and again that it has heard nothing yet
            if guest.closed is not None:
                break
            await guest.send("playback", turn=1, played_ms=0)
            await asyncio.sleep(1)
        assert await guest.wait_closed() == 4001


@pytest.mark.parametrize("language", ["es", "en"])
async def test_who_talks_on_and_on_is_answered_what_was_heard(language: str) -> None:
    engines = scripted_engines(recogniser=ScriptedRecogniser("Pues verá usted"))
    async with house(engines, call_limits=CallLimits(turn_s=5)) as place, client(place, f"?lang={language}") as guest:
        for _ in range(16):
            await guest.sound(speech(500))
            await asyncio.sleep(0.5)
        error = await guest.wait("error")
        assert (error["code"], error["turn"]) == ("audio_too_long", 1)
        assert error["message"].startswith({"es": "Llevas mucho", "en": "You have been"}[language])
        await guest.wait("response_complete")
        assert guest.seen("transcription")[-1]["text"]
        assert len(guest.seen("error")) == 1
        assert counted(place, "errors", code="audio_too_long") == 1


async def test_without_limits_nothing_ends() -> None:
    async with house(idle_s=10_000) as place, client(place) as guest:
        await asyncio.sleep(50)
        assert guest.closed is None
