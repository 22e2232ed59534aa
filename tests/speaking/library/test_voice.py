"""The library in front of a voice: hits, misses, who shares what, and what is kept."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from enterprise_stream.clock import MonotonicClock
from enterprise_stream.errors import EngineError
from enterprise_stream.speaking.library import ClipStore, Discretion, LibraryVoice, Tally
from enterprise_stream.speaking.library.voice import Built
from enterprise_stream.speaking.ports import Speech, Word
from enterprise_stream.testing import ScriptedVoice

from .clips import HOW, clip_for, key_of

CLAUSE = "El ático cuesta 120 € la noche."


class GatedVoice:
    """Says a clause in two pieces; the second waits for `go`. `said` counts clauses, `running` those under way."""

    voice = "sandra"

    def __init__(self, failure: Exception | None = None) -> None:
        self.go = asyncio.Event()
        self.failure = failure
        self.said = self.running = 0

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        self.said += 1
        self.running += 1
        try:
            words = text.split()
            yield Speech(np.ones(2_400, np.int16), (Word(words[0], 0.0, 90.0),))
            await self.go.wait()
            if self.failure is not None:
                raise self.failure
            rest = tuple(Word(word, 100.0 + n, 101.0 + n) for n, word in enumerate(words[1:]))
            yield Speech(np.full(2_400, 2, np.int16), rest)
        finally:
            self.running -= 1


@asynccontextmanager
async def library(
    inner: GatedVoice | ScriptedVoice,
    root: Path,
    *,
    private: Callable[[str], bool] = lambda _: False,
    keeps: bool = True,
) -> AsyncGenerator[LibraryVoice]:
    clock = MonotonicClock()
    tally = Tally(root / "tally", clock.today)
    async with LibraryVoice(inner, ClipStore(root, HOW, 1 << 30), tally, clock, private=private, keeps=keeps) as voice:
        yield voice


async def say(voice: LibraryVoice, text: str = CLAUSE, owner: str = "ana") -> list[Speech]:
    async with aclosing(voice.speak(owner, text, "es")) as pieces:
        return [piece async for piece in pieces]


def files(folder: Path, pattern: str = "*.flac") -> list[Path]:
    return [path for path in folder.rglob(pattern) if path.is_file()]


async def under_way(inner: GatedVoice) -> None:
    while inner.running == 0:  # noqa: ASYNC110
        await asyncio.sleep(0)


def sound(pieces: list[Speech]) -> list[int]:
    return [int(sample) for piece in pieces for sample in piece.samples]


def written(pieces: list[Speech]) -> str:
    return " ".join(word.text for piece in pieces for word in piece.words)


async def test_what_was_said_is_said_again_without_the_voice_and_after_a_restart(tmp_path: Path) -> None:
    inner = ScriptedVoice(delay_ms=0)
    async with library(inner, tmp_path) as voice:
        first = await say(voice)
        again = await say(voice)
    async with library(inner, tmp_path) as voice:
        later = await say(voice)
    assert len(inner.clauses) == 1
    assert sound(first) == sound(again) == sound(later)
    assert written(first) == written(again) == written(later) == CLAUSE
    assert len(later) == 1


async def test_it_knows_what_it_holds(tmp_path: Path) -> None:
    inner = ScriptedVoice(delay_ms=0)
    async with library(inner, tmp_path) as voice:
        assert not voice.covers(CLAUSE, "es")
        await say(voice)
        assert voice.covers(CLAUSE, "es")
        assert voice.covers("El ático cuesta ciento veinte euros la noche.", "es")
        assert not voice.covers(CLAUSE, "en")
    async with library(inner, tmp_path) as voice:
        await say(voice, "Hola.")  # by now the names on the disk have been read
        assert voice.covers(CLAUSE, "es")
        for path in files(tmp_path):
            path.write_bytes(b"not a clip")
        await say(voice)
        assert len(inner.clauses) == 3


async def test_two_who_ask_at_once_share_one_synthesis(tmp_path: Path) -> None:
    inner = GatedVoice()
    async with library(inner, tmp_path) as voice, asyncio.TaskGroup() as group:
        tasks = [group.create_task(say(voice, owner=owner)) for owner in ("ana", "luis", "eva")]
        await under_way(inner)
        inner.go.set()
    assert inner.said == 1
    assert sound(tasks[0].result()) == sound(tasks[1].result()) == sound(tasks[2].result())


async def test_they_share_only_what_is_written_alike_while_it_is_made(tmp_path: Path) -> None:
    inner = GatedVoice()
    inner.go.set()
    ways = ("Abrimos a las 8:00.", "Abrimos a las ocho de la mañana.")
    async with library(inner, tmp_path) as voice:
        said = await asyncio.gather(*(say(voice, way) for way in ways))
    assert [written(pieces) for pieces in said] == list(ways)


async def test_who_leaves_does_not_take_it_from_the_others(tmp_path: Path) -> None:
    inner = GatedVoice()
    async with library(inner, tmp_path) as voice:
        leaves, stays = voice.speak("ana", CLAUSE, "es"), voice.speak("luis", CLAUSE, "es")
        await anext(leaves)
        await anext(stays)
        await leaves.aclose()
        assert inner.running == 1
        inner.go.set()
        assert written([Speech(np.ones(0, np.int16), (Word("El", 0, 1),)), *[piece async for piece in stays]]) == CLAUSE
        assert inner.said == 1


async def test_when_the_last_one_leaves_the_work_ends_and_nothing_is_kept(tmp_path: Path) -> None:
    inner = GatedVoice()
    async with library(inner, tmp_path) as voice:
        streams = [voice.speak(owner, CLAUSE, "es") for owner in ("ana", "luis")]
        for stream in streams:
            await anext(stream)
        for stream in streams:
            await stream.aclose()
        assert inner.running == 0
        assert not voice.covers(CLAUSE, "es")
        inner.go.set()
        await say(voice)
        assert inner.said == 2
    assert len(files(tmp_path)) == 1


async def test_a_cancelled_guest_ends_his_own_work(tmp_path: Path) -> None:
    inner = GatedVoice()
    async with library(inner, tmp_path) as voice, asyncio.TaskGroup() as group:
        task = group.create_task(say(voice))
        await under_way(inner)
        task.cancel()
        await asyncio.wait({task})
        assert inner.running == 0
    assert not files(tmp_path)


async def test_a_failure_reaches_everybody_and_nothing_is_kept(tmp_path: Path) -> None:
    inner = GatedVoice(EngineError("no voice"))
    async with library(inner, tmp_path) as voice:
        streams = [voice.speak(owner, CLAUSE, "es") for owner in ("ana", "luis")]
        for stream in streams:
            await anext(stream)
        inner.go.set()
        for stream in streams:
            with pytest.raises(EngineError):
                await anext(stream)
        assert inner.said == 1
    assert not files(tmp_path)


async def test_putting_it_away_breaks_off_what_is_being_said(tmp_path: Path) -> None:
    inner = GatedVoice()
    async with library(inner, tmp_path) as voice:
        stream = voice.speak("ana", CLAUSE, "es")
        await anext(stream)
        rest = asyncio.create_task(anext(stream))
        await asyncio.sleep(0)
    with pytest.raises(EngineError):
        await rest
    assert inner.running == 0


async def test_what_may_be_about_one_guest_is_not_kept(tmp_path: Path) -> None:
    inner = ScriptedVoice(delay_ms=0)
    async with library(inner, tmp_path, private=Discretion([CLAUSE])) as voice:
        await say(voice, "Queda anotada, Marta.")
        await say(voice, "Queda anotada, Marta.")
        await say(voice)
    assert len(inner.clauses) == 3
    assert len(files(tmp_path)) == 1
    assert b"Marta" not in b"".join(path.read_bytes() for path in files(tmp_path, "*"))


async def test_without_keeping_only_memory_has_what_was_said(tmp_path: Path) -> None:
    inner = ScriptedVoice(delay_ms=0)
    async with library(inner, tmp_path, keeps=False) as voice:
        await say(voice)
        await say(voice)
    assert len(inner.clauses) == 1
    assert not files(tmp_path)


async def test_a_disk_that_takes_nothing_is_no_trouble_to_the_guest(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    inner = ScriptedVoice(delay_ms=0)
    with capture_logs() as told:
        async with library(inner, tmp_path / "file") as voice:
            for text in (CLAUSE, "Hola.", CLAUSE, "Hola."):
                assert written(await say(voice, text)) == text
    assert len(inner.clauses) == 2
    assert sorted(line["event"] for line in told) == ["voice_library_not_counting", "voice_library_not_writing"]


async def test_an_owners_recording_wins(tmp_path: Path) -> None:
    inner = ScriptedVoice(delay_ms=0)
    store = ClipStore(tmp_path, HOW, 1 << 30)
    own = clip_for(key_of("Hola."), seed=9)
    store.put(key_of("Hola."), clip_for(key_of("Hola."), seed=1), "kept")
    store.put(key_of("Hola."), own, "own")
    async with library(inner, tmp_path) as voice:
        assert sound(await say(voice, "Hola.")) == own.samples.tolist()
        assert inner.clauses == []


async def test_building_makes_keeps_or_leaves(tmp_path: Path) -> None:
    inner = ScriptedVoice(delay_ms=0)
    async with library(inner, tmp_path) as voice:
        await say(voice)
    async with library(inner, tmp_path) as voice:
        outcomes = [
            (await voice.build("builder", text, "es", "welcome")).outcome
            for text in (CLAUSE, CLAUSE, "Hola.", "Hola.", "😀")
        ]
        assert await voice.build("builder", "", "es", "general") == Built("there")
    assert outcomes == ["kept", "there", "made", "there", "there"]
    entries = list(ClipStore(tmp_path, HOW, 1).entries())
    assert [entry.tier for entry in entries] == ["kept", "kept"]
    held = ClipStore(tmp_path, HOW, 1).get(key_of(CLAUSE))
    assert held is not None
    assert held[1].category == "welcome"


async def test_every_clause_is_counted_by_where_it_came_from(tmp_path: Path) -> None:
    async with library(ScriptedVoice(delay_ms=0), tmp_path) as voice:
        await voice.build("builder", "Hola.", "es", "welcome")
        for text in (CLAUSE, CLAUSE, "Hola."):
            await say(voice, text)
    sums = Tally(tmp_path / "tally", lambda: "").sums()
    assert {source: (s.clauses, s.chars) for (_, source), s in sums.items()} == {
        "fresh": (1, len(CLAUSE)), "live": (1, len(CLAUSE)), "kept": (1, 5),
    }  # fmt: skip
