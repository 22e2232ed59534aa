"""Over a real socket: the `timeline` adds up to what the client measures with a clock of its own, and is logged."""

import asyncio
import json
from typing import Any

import numpy as np
import pytest
from structlog.testing import capture_logs

from enterprise_stream.listening.ports import SAMPLE_RATE
from enterprise_stream.listening.speech_end import AUDIBLE
from enterprise_stream.testing import Reply, ScriptedBrain, ScriptedRecogniser, quiet, scripted_engines, speech
from enterprise_stream.testing.server_clock import ServerClock
from enterprise_stream.wire.messages import StageName

from .house import Client, client, house

SKEW_MS = -5_400_000.0
"""The client's clock is an hour and a half behind."""

WITHIN_MS = 20.0
PLAYER_MS = 60.0
STAGES = tuple(StageName.__args__)  # type: ignore[attr-defined]


class Caller:
    """A client that measures: speaks in real time, plays what comes after 60 ms, pings, tells what it heard."""

    def __init__(self, guest: Client) -> None:
        self._guest = guest
        self._server = ServerClock()
        self._loop = asyncio.get_running_loop()

    @property
    def now(self) -> float:
        """The client's own clock, in ms."""
        return self._loop.time() * 1000 + SKEW_MS

    async def align(self, pings: int = 4) -> None:
        """Find out what the server's clock says."""
        for _ in range(pings):
            sent = self.now
            pong = await self._guest.ask("ping", "pong", t=sent)
            self._server.pong(sent, pong["at"], self.now)

    async def ask(self) -> float:
        """Speak, hear the answer's first sound, tell the server; returns voice-to-voice in ms by the client's clock."""
        sound = np.concatenate((speech(1230), quiet(3000)))
        last = int(np.flatnonzero(np.abs(sound) > AUDIBLE)[-1])
        async with asyncio.TaskGroup() as group:
            began = self.now
            speaking = group.create_task(self._speak(sound, began))
            await self._guest.wait_audio()
            arrived = self.now
            await asyncio.sleep(PLAYER_MS / 1000)
            heard = self.now
            speaking.cancel()
        await self._guest.send(
            "playback",
            turn=1,
            played_ms=1,
            first={
                "heard_at": self._server.to_server(heard),
                "arrived_at": self._server.to_server(arrived),
                "round_trip_ms": self._server.round_trip_ms(heard),
            },
        )
        return heard - (began + last * 1000 / SAMPLE_RATE)

    async def _speak(self, sound: Any, began: float) -> None:
        size = SAMPLE_RATE // 50
        for start in range(0, sound.size, size):
            due = began + (start + size) * 1000 / SAMPLE_RATE
            await asyncio.sleep((due - self.now) / 1000)
            await self._guest.sound(sound[start : start + size])


def engines(*, thinking_ms: float = 50) -> Any:
    brain = ScriptedBrain(Reply(("Sí, ", "lo hay."), delay_ms=thinking_ms))
    return scripted_engines(recogniser=ScriptedRecogniser("¿Hay aparcamiento?"), brain=brain)


async def test_the_stages_add_up_to_the_clients_own_measure() -> None:
    async with house(engines()) as place, client(place) as guest:
        caller = Caller(guest)
        await caller.align()
        measured = await caller.ask()
        timeline = await guest.wait("timeline")
        assert timeline["turn"] == 1
        assert timeline["heard"] is True
        assert [stage["name"] for stage in timeline["stages"]] == list(STAGES)
        assert sum(stage["ms"] for stage in timeline["stages"]) == timeline["total_ms"]
        assert timeline["total_ms"] == pytest.approx(measured, abs=WITHIN_MS)
        (complete,) = guest.seen("response_complete")
        until_audio = sum(stage["ms"] for stage in timeline["stages"][1:6])
        assert complete["latency"]["first_audio"] == pytest.approx(until_audio, abs=1)
        assert complete["latency"]["first_clause"] is not None
        counted = place.service.metrics.render().decode()
        assert 'enterprise_stream_turn_stage_seconds_count{stage="heard"} 1.0' in counted


async def test_the_log_has_one_line_for_the_turn_and_names_what_was_slow() -> None:
    with capture_logs() as logged:
        async with house(engines(thinking_ms=2000)) as place, client(place) as guest:
            caller = Caller(guest)
            await caller.align()
            await caller.ask()
            timeline = await guest.wait("timeline")
    (line,) = [entry for entry in logged if entry["event"] == "turn"]
    assert line["log_level"] == "info"
    assert line["slowest"] == timeline["slowest"] == "first_text"
    assert line["over_ms"] == timeline["over_ms"] > 1500
    assert line["why"].startswith("the brain took 2000 of ")
    assert {stage["name"]: stage["ms"] for stage in timeline["stages"]} == {name: line[name] for name in STAGES}
    assert json.dumps(line)


async def test_a_client_that_tells_nothing_gets_it_when_the_answer_is_over() -> None:
    async with house(engines()) as place, client(place) as guest:
        await guest.send("text", text="¿Hay aparcamiento?")
        timeline = await guest.wait("timeline")
        assert timeline["heard"] is False
        unknown = [stage["name"] for stage in timeline["stages"] if stage["ms"] is None]
        assert unknown == ["way_in", "arrived", "heard"]
        assert len(guest.seen("timeline")) == 1


async def test_a_word_about_the_first_sound_that_is_no_word_is_refused() -> None:
    async with house() as place, client(place) as guest:
        bad = '{"type": "playback", "turn": 1, "played_ms": 0, "first": {"heard_at": "soon"}}'
        error = await guest.refused(bad, "bad_message")
        assert "first" in error["message"]
