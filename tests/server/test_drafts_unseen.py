"""What was begun ahead and dropped has no effect outside: no message, no sound, no log entry, no history."""

import asyncio
import json

from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.log.memory import MemoryLog
from enterprise_stream.testing import (
    Heard,
    LoopClock,
    Reply,
    ScriptedBrain,
    ScriptedRecogniser,
    ScriptedTurnDetector,
    ScriptedVoice,
    quiet,
    scripted_engines,
    speech,
)

from .house import Client, client, house

FRAME = 320
BEFORE, AFTER = "Hay piscina.", "Y garaje."
DROPPED, RELEASED = "Climatizada.", "Las dos cosas."


async def _say(guest: Client, *spoken: object) -> None:
    for sound in spoken:
        for start in range(0, sound.size, FRAME):  # type: ignore[attr-defined]
            await guest.sound(sound[start : start + FRAME])  # type: ignore[index]
            await asyncio.sleep(0.02)


async def test_nothing_of_a_dropped_answer_is_told_kept_or_remembered() -> None:
    voice = ScriptedVoice(delay_ms=0)
    by = {BEFORE: Reply((DROPPED,)), f"{BEFORE} {AFTER}": Reply((RELEASED,))}
    engines = scripted_engines(
        recogniser=ScriptedRecogniser(Heard((BEFORE, AFTER))),
        brain=ScriptedBrain(by=lambda question: by[question.text]),
        voice=voice,
        turn_detector=ScriptedTurnDetector((0.1,)),
    )
    kept = MemoryLog(LoopClock(), 300.0)
    async with (
        house(engines, speculation=SpeculationPolicy("pause"), session_log=kept) as place,
        client(place) as guest,
    ):
        await _say(guest, quiet(200), speech(1_000), quiet(500))
        assert [text for _, text, _ in voice.clauses] == [DROPPED]  # it is made by now, sound and all
        assert not guest.seen("response_chunk")
        assert not guest.audio()
        await _say(guest, speech(1_000), quiet(2_000))
        assert (await guest.wait("response_complete"))["text"] == RELEASED
        await guest.wait("audio_end")
        await asyncio.sleep(2)  # and has been heard
        history = await guest.ask("get_history", "history")
        entries = await kept.read(guest.messages[0]["session_id"], 0)
        notes = await kept.notes(guest.messages[0]["session_id"])
    told = json.dumps(guest.messages, ensure_ascii=False)
    assert RELEASED in told
    assert DROPPED not in told
    assert [item["text"] for item in history["items"]] == [f"{BEFORE} {AFTER}", RELEASED]
    assert any(RELEASED in str(entry) for entry in entries)
    assert not any(DROPPED in str(entry) for entry in (*entries, notes))
    assert len(guest.seen("audio_start")) == 1
