"""What answers that were begun ahead came to is in /metrics, by whether they were used or dropped."""

import asyncio

import httpx
import pytest

from enterprise_stream.conversation.policy import SpeculationPolicy
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
from enterprise_stream.thinking.ports import Usage

from .house import client, house

FRAME = 320
BEFORE, AFTER = "Buenas tardes a todos.", "Quería una suite."
ANSWERS = (
    Reply(("Buenas tardes.",), usage=Usage(output_tokens=7)),
    Reply(("Cien euros.",), usage=Usage(output_tokens=5)),
)


async def test_drafts_used_and_dropped_are_counted_with_their_tokens_and_sound() -> None:
    engines = scripted_engines(
        recogniser=ScriptedRecogniser(Heard((BEFORE, AFTER))),
        brain=ScriptedBrain(*ANSWERS),
        voice=ScriptedVoice(delay_ms=0),
        turn_detector=ScriptedTurnDetector((0.1,)),
    )
    async with (
        house(engines, speculation=SpeculationPolicy("pause")) as place,
        client(place) as guest,
        httpx.AsyncClient(base_url=place.http) as http,
    ):
        before = await _drafts(http)
        for sound in (quiet(200), speech(1_000), quiet(500), speech(1_000), quiet(2_000)):
            for start in range(0, sound.size, FRAME):
                await guest.sound(sound[start : start + FRAME])
                await asyncio.sleep(0.02)
        complete = await guest.wait("response_complete")
        assert complete["text"] == "Cien euros."
        assert complete["latency"]["speculated"]
        assert before == {}
        assert await _drafts(http) == pytest.approx(
            {
                'drafts_total{ended="dropped"}': 1.0,
                'drafts_total{ended="used"}': 1.0,
                'draft_tokens_total{ended="dropped"}': 7.0,
                'draft_tokens_total{ended="used"}': 5.0,
                'draft_sound_seconds_total{ended="dropped"}': len("Buenas tardes.") * 0.06,
                'draft_sound_seconds_total{ended="used"}': len("Cien euros.") * 0.06,
            }
        )


async def _drafts(http: httpx.AsyncClient) -> dict[str, float]:
    """The draft counters as an operator's Prometheus reads them, without what all names begin with."""
    told = (await http.get("/metrics")).text.splitlines()
    lines = [line.removeprefix("enterprise_stream_") for line in told if line.startswith("enterprise_stream_draft")]
    return {name: float(value) for name, value in (line.split() for line in lines) if "_created{" not in name}
