"""Recordings that a client plays by itself: only what is there, in the right voice, within bounds."""

import io
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import httpx
import numpy as np
import pytest
from starlette.applications import Starlette

from enterprise_stream.composition.clips import LibraryClips
from enterprise_stream.composition.ladders import Voice
from enterprise_stream.server.api import clips as endpoint
from enterprise_stream.server.clips import MAX_CLIP_MS
from enterprise_stream.speaking.library import Clip, ClipKey, ClipStore, LibraryVoice, Rendering, Tally
from enterprise_stream.speaking.speech_text import segments
from enterprise_stream.testing import LoopClock, ScriptedBrain, ScriptedVoice, scripted_engines

from .house import client, house

WELCOME = "Hola, soy Sandra."
TWO = "Sí, por supuesto. El ático cuesta 120 € la noche."
LONG = "Tenemos todo el tiempo del mundo."


def put(store: ClipStore, text: str, ms: int, category: str = "general") -> None:
    key = ClipKey.of(segments(text, "es"), "es")
    samples = np.full(ms * 24, ms % 1000, np.int16)
    store.put(key, Clip(samples, (), "es", key.spoken, cast("Any", category)), "kept")


@asynccontextmanager
async def library_clips(root: Path) -> AsyncIterator[LibraryClips]:
    voice = ScriptedVoice()
    store = ClipStore(root, Rendering(voice.voice, "test-1"), 1 << 30)
    put(store, WELCOME, 700, "welcome")
    put(store, "Sí, por supuesto.", 300)
    put(store, "El ático cuesta 120 € la noche.", 500)
    put(store, LONG, MAX_CLIP_MS + 1)
    clock = LoopClock()
    async with LibraryVoice(voice, store, Tally(root / "tally", clock.today), clock) as library:
        yield LibraryClips([Voice("kokoro", cast("Any", None), library)])
        assert voice.clauses == [], "nothing is synthesised"


@asynccontextmanager
async def asking(root: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with library_clips(root) as clips, house() as place:
        app = Starlette(routes=endpoint.routes)
        app.state.service = replace(place.service, clips=clips)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://sandra") as guest:
            yield guest


async def test_a_recording_is_found_by_its_text_however_written_and_is_the_clip(tmp_path: Path) -> None:
    async with asking(tmp_path) as guest:
        asked = {"category": "welcome", "text": f"  {WELCOME} ", "language": "es"}
        found = await guest.get("/api/clips", params=asked)
        assert found.status_code == 200
        sound = await guest.get(found.json()["url"])
        with wave.open(io.BytesIO(sound.content)) as recording:
            assert (recording.getframerate(), recording.getnchannels(), recording.getsampwidth()) == (24_000, 1, 2)
            assert recording.getnframes() == 700 * 24
        assert "max-age" in sound.headers["cache-control"]
        again = await guest.get(found.json()["url"], headers={"If-None-Match": sound.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_a_text_of_several_clauses_is_their_clips_in_order(tmp_path: Path) -> None:
    async with asking(tmp_path) as guest:
        found = await guest.get("/api/clips", params={"text": TWO, "language": "es"})
        sound = await guest.get(found.json()["url"])
        samples = np.frombuffer(sound.content[44:], "<i2")
        assert samples.tolist() == [300] * 300 * 24 + [500] * 500 * 24


@pytest.mark.parametrize(
    "params",
    [
        {"text": "Nunca dicho."},
        {"text": TWO + " Y algo más."},
        {"text": WELCOME, "language": "en"},
        {"text": WELCOME, "category": "support"},
        {"text": WELCOME, "voice": "another"},
        {"text": LONG},
    ],
)
async def test_that_there_is_no_recording_is_an_answer(params: dict[str, str], tmp_path: Path) -> None:
    async with asking(tmp_path) as guest:
        answer = await guest.get("/api/clips", params=params)
        assert (answer.status_code, answer.json()) == (200, {"url": None})


@pytest.mark.parametrize(
    "params", [{}, {"text": "a" * 601}, {"text": WELCOME, "language": "fr"}, {"text": WELCOME, "category": "x"}]
)
async def test_what_cannot_be_asked_is_said(params: dict[str, str], tmp_path: Path) -> None:
    async with asking(tmp_path) as guest:
        answer = await guest.get("/api/clips", params=params)
        assert answer.status_code == 422
        assert set(answer.json()) == {"code", "message"}


@pytest.mark.parametrize("name", ["0" * 64, "..", "%2e%2e%2fsessions.db", "x" * 500, ".".join(["a" * 64] * 9)])
async def test_no_other_name_gives_a_file(name: str, tmp_path: Path) -> None:
    async with asking(tmp_path) as guest:
        assert (await guest.get(f"/api/clips/{name}.wav")).status_code == 404


async def test_an_answer_without_sound_comes_with_its_recording(tmp_path: Path) -> None:
    async with library_clips(tmp_path) as clips:
        engines = scripted_engines(brain=ScriptedBrain(TWO, "Nunca dicho."))
        async with house(engines, clips=clips) as place, client(place) as guest:
            await guest.ask("start", "started", audio={"output": {"encoding": "none"}})
            await guest.send("text", text="Hola")
            told = await guest.wait("play_voice")
            assert told["clip"] == f"/api/clips/{await clips.find(TWO, 'es')}.wav"
            await guest.send("text", text="¿Y bien?")
            assert (await guest.wait("play_voice", 2))["clip"] is None
