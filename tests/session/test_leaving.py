"""A session leaves nothing behind, however it ends, and its end is its own."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import numpy as np
import pytest

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.events import Left, StopRequested, TextReceived, Words
from enterprise_stream.session.engines import Engines
from enterprise_stream.session.outbox import ITEM_BYTES, MAX_BYTES, MAX_SOUND_MS, Outbox, SlowReaderError, Sound
from enterprise_stream.speaking.ports import Pcm
from enterprise_stream.testing import (
    Heard,
    Reply,
    ScriptedBrain,
    ScriptedRecogniser,
    ScriptedTurnDetector,
    ScriptedVoice,
    quiet,
    scripted_engines,
    speech,
)

from .stage import Guest, guest, leaves_nothing, make_session

QUESTION = "¿Cuánto cuesta la suite?"
LONG = Reply(tuple(f"Y también le cuento la frase número {n}. " for n in range(60)), piece_ms=300)


async def _listening(visitor: Guest) -> None:
    await visitor.hush(300)


async def _user_speaking(visitor: Guest) -> None:
    await visitor.speak(1_500)


async def _deciding(visitor: Guest) -> None:
    await visitor.speak(1_500)
    await visitor.hush(220)


async def _finalizing(visitor: Guest) -> None:
    await visitor.speak(1_500)
    await visitor.session.tell(StopRequested(0))
    await asyncio.sleep(0.01)


async def _thinking(visitor: Guest) -> None:
    await visitor.write("¿Tienen suite?")
    await asyncio.sleep(0.01)


async def _speaking(visitor: Guest) -> None:
    await visitor.write("¿Tienen suite?")
    await visitor.wait(act.VoiceBegan)
    await asyncio.sleep(2)


async def _ended_but_not_heard(visitor: Guest) -> None:
    await visitor.write("¿Tienen suite?")
    await visitor.wait(act.VoiceEnded)


async def _yielding(visitor: Guest) -> None:
    await _speaking(visitor)
    await visitor.speak(300)


PHASES: dict[str, Callable[[Guest], Awaitable[None]]] = {
    "listening": _listening,
    "user_speaking": _user_speaking,
    "deciding": _deciding,
    "finalizing": _finalizing,
    "thinking": _thinking,
    "speaking": _speaking,
    "ended_but_not_heard": _ended_but_not_heard,
    "yielding": _yielding,
}
HOW = ("told", "cancelled")


def _engines(phase: str) -> tuple[Engines, ScriptedRecogniser, ScriptedBrain, ScriptedVoice]:
    recogniser = ScriptedRecogniser(Heard((QUESTION,), delay_ms=300))
    brain = ScriptedBrain(Reply(("Sí, claro que sí. ",)) if phase == "ended_but_not_heard" else LONG)
    voice = ScriptedVoice()
    detector = ScriptedTurnDetector((0.1,), delay_ms=300)
    return (
        scripted_engines(recogniser=recogniser, turn_detector=detector, brain=brain, voice=voice),
        recogniser,
        brain,
        voice,
    )


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("phase", PHASES)
async def test_leaving_in_any_phase_leaves_nothing(phase: str, how: str) -> None:
    engines, recogniser, brain, voice = _engines(phase)
    with leaves_nothing():
        session = make_session(engines)
        visitor = Guest(session)
        running = asyncio.create_task(session.run())
        gathering = asyncio.create_task(visitor.gather())
        await PHASES[phase](visitor)
        if how == "told":
            await session.tell(Left(0))
            await running
        else:
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
        gathering.cancel()
        await asyncio.gather(gathering, return_exceptions=True)
    assert all(utterance.closed for utterance in recogniser.utterances)
    assert (brain.running, voice.running) == (0, 0)


BUGS: dict[str, tuple[Callable[[Exception], Engines], Callable[[Guest], Awaitable[None]]]] = {
    "recogniser": (lambda e: scripted_engines(recogniser=ScriptedRecogniser(Heard(failure=e))), _user_speaking),
    "turn detector": (lambda e: scripted_engines(turn_detector=ScriptedTurnDetector(failure=e)), _deciding),
    "brain": (lambda e: scripted_engines(brain=ScriptedBrain(Reply(fail_after=1, failure=e))), _thinking),
    "voice": (
        lambda e: scripted_engines(brain=ScriptedBrain(LONG), voice=ScriptedVoice(fail_at=2, failure=e)),
        _thinking,
    ),
}


@pytest.mark.parametrize("engine", BUGS)
async def test_a_bug_in_an_engine_ends_that_session_and_leaves_nothing(engine: str) -> None:
    make, act_out = BUGS[engine]
    async with guest(scripted_engines(brain=ScriptedBrain("Todo bien.")), name="other") as other:
        with leaves_nothing():
            session = make_session(make(ZeroDivisionError("a bug")))
            visitor = Guest(session)
            running = asyncio.create_task(session.run())
            gathering = asyncio.create_task(visitor.gather())
            await act_out(visitor)
            with pytest.raises(ExceptionGroup) as raised:
                async with asyncio.timeout(30):
                    await running
            assert raised.group_contains(ZeroDivisionError, match="a bug")
            gathering.cancel()
            await asyncio.gather(gathering, return_exceptions=True)
        await other.write("¿Todo bien?")
        assert (await other.wait(act.AnswerComplete)).text == "Todo bien."


async def test_a_bug_in_voice_activity_ends_the_session() -> None:
    class Broken:
        def probability(self, frame: object) -> float:
            raise ZeroDivisionError("a bug")

        def reset(self) -> None: ...

    engines = scripted_engines()
    broken = replace(engines, activity=Broken)
    with leaves_nothing():
        session = make_session(broken)
        running = asyncio.create_task(session.run())
        await session.hear(speech(100))
        with pytest.raises(ExceptionGroup) as raised:
            await running
        assert raised.group_contains(ZeroDivisionError)


async def test_a_guest_who_does_not_read_ends_alone() -> None:
    chatty = ScriptedBrain(Reply(tuple("a" for _ in range(MAX_BYTES // ITEM_BYTES + 100)), piece_ms=1))
    async with guest(scripted_engines(), name="other") as other:
        with leaves_nothing():
            session = make_session(scripted_engines(brain=chatty))
            running = asyncio.create_task(session.run())
            await session.tell(TextReceived(0, "¿Tienen suite?"))
            with pytest.raises(ExceptionGroup) as raised:
                async with asyncio.timeout(60):
                    await running
            assert raised.group_contains(SlowReaderError)
            assert chatty.running == 0
        await other.write("¿Todo bien?")
        await other.wait(act.AnswerComplete)


async def test_sessions_do_not_hear_each_other() -> None:
    names = [f"s{n}" for n in range(12)]

    async def talk(name: str) -> None:
        recogniser = ScriptedRecogniser(f"Soy {name}.")
        brain = ScriptedBrain(by=lambda question: Reply((f"Hola, {question.owner}: {question.text}",)))
        async with guest(scripted_engines(recogniser=recogniser, brain=brain), name=name) as visitor:
            await visitor.speak(900)
            await visitor.hush(1_000)
            assert (await visitor.wait(act.AnswerComplete)).text == f"Hola, {name}: Soy {name}."

    with leaves_nothing():
        # The visitors' own checks look at all tasks, so they come one after another here; side by side on the server.
        for name in names:
            await talk(name)


# --- the outbox -------------------------------------------------------------------------------------------------------


def _sound(reply: int) -> Sound:
    samples: Pcm = (quiet(10) * 0).astype("int16")
    return Sound(reply, samples)


async def test_a_revoked_reply_is_dropped_waiting_or_coming() -> None:
    outbox: Outbox[str] = Outbox()
    outbox.put(_sound(1))
    outbox.put("kept")
    outbox.put(_sound(2))
    outbox.revoke(1)
    outbox.put(_sound(1))
    outbox.put("last")
    came = [await outbox.get() for _ in range(3)]
    assert [item if isinstance(item, str) else getattr(item, "reply", None) for item in came] == ["kept", 2, "last"]


async def test_revoking_an_older_reply_does_not_bring_back_a_newer() -> None:
    outbox: Outbox[str] = Outbox()
    outbox.revoke(3)
    outbox.revoke(1)
    outbox.put(_sound(3))
    outbox.put("last")
    assert await outbox.get() == "last"


async def test_a_full_outbox_says_so() -> None:
    outbox: Outbox[str] = Outbox()
    for _ in range(MAX_BYTES // ITEM_BYTES):
        outbox.put("x")
    with pytest.raises(SlowReaderError):
        outbox.put("one too many")


async def test_the_outbox_is_bounded_by_what_its_words_and_its_sound_take() -> None:
    outbox: Outbox[str] = Outbox()
    long = "ñ" * 2_000
    room = MAX_BYTES // (ITEM_BYTES + 4_000)
    for _ in range(room):
        outbox.put(act.WordsShown(1, Words(long), final=False))
    with pytest.raises(SlowReaderError):
        outbox.put(act.AnswerGrew(1, long))
    for _ in range(room):
        await outbox.get()
    outbox.put(Sound(1, np.zeros(MAX_BYTES // 4, np.int16)))
    assert outbox.waiting_bytes <= MAX_BYTES
    with pytest.raises(SlowReaderError):
        outbox.put(Sound(1, np.zeros(MAX_BYTES // 4, np.int16)))
    outbox.revoke(1)
    assert (outbox.waiting_bytes, outbox.sound_ms) == (0, 0.0)


async def test_no_more_sound_is_made_than_may_wait_until_some_is_taken() -> None:
    long = "Tenemos una suite con vistas al río y un loft en el centro. "
    async with guest(scripted_engines(brain=ScriptedBrain(Reply((long,) * 20)))) as visitor:
        visitor.pause()
        await visitor.write("¿Qué tienen?")
        await asyncio.sleep(8)
        waits_ms = visitor.session.outbox.sound_ms
        assert MAX_SOUND_MS < waits_ms < MAX_SOUND_MS + 500
        visitor.go_on()
        await asyncio.sleep(1)
        assert visitor.sound_ms(1) > waits_ms + 5_000
