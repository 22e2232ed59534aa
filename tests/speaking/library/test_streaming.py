"""The library in front of a voice that begins before its clause is whole."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from enterprise_stream.clock import MonotonicClock
from enterprise_stream.errors import EngineError
from enterprise_stream.speaking.library import ClipStore, StreamingLibraryVoice, Tally
from enterprise_stream.speaking.ports import SAMPLE_RATE, Speech, StreamingTextToSpeech, Word

from .clips import HOW

PIECES = ("Claro que ", "sí, son ", "120 € la noche.")
CLAUSE = "".join(PIECES)


class Along:
    """Says each piece as it comes; `clauses` are those begun, `prepared` who is expected."""

    voice = "sandra"

    def __init__(self, failure: Exception | None = None) -> None:
        self.clauses: list[list[str]] = []
        self.prepared: list[str] = []
        self.failure = failure

    def prepare(self, owner: str, language: str) -> None:
        self.prepared.append(owner)

    def leave(self, owner: str) -> None:
        self.prepared.remove(owner)

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        self.clauses.append([text])
        yield _said(text, 0.0)

    async def speak_along(self, owner: str, words: AsyncIterator[str], language: str) -> AsyncGenerator[Speech]:
        heard: list[str] = []
        self.clauses.append(heard)
        at_ms = 0.0
        async for piece in words:
            heard.append(piece)
            if self.failure is not None:
                raise self.failure
            yield _said(piece, at_ms)
            at_ms += 100.0 * len(piece.split())


def _said(text: str, at_ms: float) -> Speech:
    words = tuple(Word(word, at_ms + n * 100, at_ms + n * 100 + 90) for n, word in enumerate(text.split()))
    return Speech(np.ones(len(words) * SAMPLE_RATE // 10, np.int16), words)


class Written:
    """A clause that is written a piece at a time; None ends it."""

    def __init__(self, *pieces: str | None) -> None:
        self._pieces: asyncio.Queue[str | None] = asyncio.Queue()
        self.write(*pieces)

    def write(self, *pieces: str | None) -> None:
        for piece in pieces:
            self._pieces.put_nowait(piece)

    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        piece = await self._pieces.get()
        if piece is None:
            raise StopAsyncIteration
        return piece


@asynccontextmanager
async def library(inner: Along, root: Path) -> AsyncGenerator[StreamingLibraryVoice]:
    clock = MonotonicClock()
    tally = Tally(root / "tally", clock.today)
    async with StreamingLibraryVoice(inner, ClipStore(root, HOW, 1 << 30), tally, clock) as voice:
        yield voice


async def along(voice: StreamingLibraryVoice, *pieces: str) -> list[Speech]:
    written = Written(*pieces, None)
    async with aclosing(voice.speak_along("ana", written, "es")) as speeches:
        return [speech async for speech in speeches]


def text(pieces: list[Speech]) -> str:
    return " ".join(word.text for piece in pieces for word in piece.words)


async def test_a_clause_that_is_not_held_streams_through_and_is_kept(tmp_path: Path) -> None:
    inner = Along()
    async with library(inner, tmp_path) as voice:
        assert isinstance(voice, StreamingTextToSpeech)
        assert not voice.covers(CLAUSE, "es")
        written = Written(PIECES[0])
        async with aclosing(voice.speak_along("ana", written, "es")) as speeches:
            first = await anext(speeches)
            assert text([first]) == "Claro que"
            written.write(*PIECES[1:], None)
            rest = [speech async for speech in speeches]
        assert text([first, *rest]) == CLAUSE
        assert voice.covers(CLAUSE, "es")
    async with library(inner, tmp_path) as voice, aclosing(voice.speak("ana", CLAUSE, "es")) as speeches:
        assert text([speech async for speech in speeches]) == CLAUSE
    assert inner.clauses == [list(PIECES)]


async def test_a_clause_that_is_held_costs_nothing(tmp_path: Path) -> None:
    inner = Along()
    async with library(inner, tmp_path) as voice:
        for _ in range(3):
            assert text(await along(voice, *PIECES)) == CLAUSE
    assert inner.clauses == [list(PIECES)]


async def test_a_clause_that_only_begins_like_one_streams_once_that_is_known(tmp_path: Path) -> None:
    inner = Along()
    async with library(inner, tmp_path) as voice:
        await along(voice, *PIECES)
        assert text(await along(voice, "Claro que ", "no, ", "perdone.")) == "Claro que no, perdone."
    assert inner.clauses[1] == ["Claro que no, ", "perdone."]


async def test_a_clause_that_breaks_off_is_not_kept(tmp_path: Path) -> None:
    inner = Along(EngineError("cut"))
    async with library(inner, tmp_path) as voice:
        with pytest.raises(EngineError):
            await along(voice, *PIECES)
        assert not voice.covers(CLAUSE, "es")


async def test_the_voice_behind_it_is_made_ready(tmp_path: Path) -> None:
    inner = Along()
    async with library(inner, tmp_path) as voice:
        voice.prepare("ana", "es")
        assert inner.prepared == ["ana"]
        voice.leave("ana")
        assert inner.prepared == []
