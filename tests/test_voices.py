"""Building ahead while nobody is there, on virtual time; and that the parts are joined."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from enterprise_stream import voices
from enterprise_stream.config import Settings, load_settings
from enterprise_stream.engines.kokoro import RENDERING
from enterprise_stream.errors import EngineError
from enterprise_stream.speaking.library.voice import Built
from enterprise_stream.testing import ScriptedVoice, VirtualTimeLoop
from enterprise_stream.thinking.ahead import Phrase

PHRASES = [Phrase(text, "es") for text in ("Hola.", "Adiós.", "Gracias.")]


class SlowLibrary:
    """Takes ten seconds for a clause that is not there."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.there: list[str] = []
        self.broken_off = 0
        self.failure = failure

    async def build(self, owner: str, text: str, language: str, category: str) -> Built:
        if text in self.there:
            return Built("there")
        try:
            await asyncio.sleep(10.0)
        except asyncio.CancelledError:
            self.broken_off += 1
            raise
        if self.failure is not None:
            raise self.failure
        self.there.append(text)
        return Built("made", 800.0, 100)


def run(library: Any, guest_from: float, guest_until: float, until: float) -> None:
    """Build in the background; a guest is there from one moment to another."""
    loop = VirtualTimeLoop()

    async def play() -> None:
        def idle() -> bool:
            return not guest_from <= loop.time() - began < guest_until

        began = loop.time()
        async with asyncio.TaskGroup() as group:
            task = group.create_task(voices.build_when_idle(library, PHRASES, idle))
            await asyncio.sleep(until)
            task.cancel()

    try:
        loop.run_until_complete(play())
    finally:
        loop.close()


def test_nothing_is_built_before_the_house_was_empty_for_a_minute() -> None:
    library = SlowLibrary()
    run(library, 0, 0, voices.IDLE_S + 9)
    assert library.there == []
    run(library, 0, 0, voices.IDLE_S + 35)
    assert library.there == ["Hola.", "Adiós.", "Gracias."]


def test_a_guest_breaks_it_off_and_it_goes_on_a_minute_after_he_left() -> None:
    library = SlowLibrary()
    run(library, voices.IDLE_S + 15, voices.IDLE_S + 100, voices.IDLE_S * 2 + 99)
    assert (library.there, library.broken_off) == (["Hola."], 1)
    run(library, 0, 0, voices.IDLE_S + 25)
    assert library.there == ["Hola.", "Adiós.", "Gracias."]


def test_a_failure_ends_building_and_not_the_server() -> None:
    with capture_logs() as told:
        run(SlowLibrary(EngineError("no voice")), 0, 0, 600.0)
    assert [line["event"] for line in told] == ["voice_library_not_built"]


def test_clips_are_filed_under_the_files_of_the_voice() -> None:
    how = voices.rendering(load_settings(None, {"region": "MX"}))
    assert how.engine.startswith(f"kokoro-{RENDERING}-")
    assert len(how.engine.split("-")) == 4
    assert how.folder.startswith("sandra-kokoro")


def test_the_settings_decide_whether_there_is_a_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert voices.build_library(load_settings(None), ScriptedVoice(), PHRASES) is not None
    assert voices.clip_store(load_settings(None)).root == tmp_path / "enterprise-stream" / "voices"
    monkeypatch.setenv("VOICE_LIBRARY", "off")
    assert voices.build_library(load_settings(None), ScriptedVoice(), PHRASES) is None


def test_recordings_that_cannot_be_taken_do_not_keep_a_server_from_starting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("VOICE_RECORDINGS", str(tmp_path))
    with capture_logs() as told:
        voices.take_in_and_tell(load_settings(None))
    assert "recordings.yaml" in told[0]["message"]
