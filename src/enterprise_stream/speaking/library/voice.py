"""A voice that says at once what was ever said before, and keeps what it says for the first time."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import count
from typing import Literal, Self, TypeVar

import structlog

from enterprise_stream.clock import Clock
from enterprise_stream.speaking.library.clip import Category, Clip, clip_of, speech_of
from enterprise_stream.speaking.library.flight import Flight
from enterprise_stream.speaking.library.key import ClipKey
from enterprise_stream.speaking.library.memory import ClipMemory, Held
from enterprise_stream.speaking.library.store import ClipStore
from enterprise_stream.speaking.library.tally import Source, Spoken, Tally
from enterprise_stream.speaking.ports import SAMPLE_RATE, PreparedTextToSpeech, Speech, TextToSpeech
from enterprise_stream.speaking.speech_text import Segment, segments

log = structlog.get_logger(__name__)

MEMORY_BYTES = 32 << 20
"""Samples held in memory: eleven minutes."""

MAX_UNWRITTEN = 64
"""Clips that wait for the disk; one more is not kept, and is synthesised again when it is next needed."""

TALLY_EVERY_S = 10.0
"""How often counts are written."""

LOOK_EVERY = 30
"""Rounds of counts between two looks at the clips on disk, for `covers`: five minutes."""

Outcome = Literal["there", "kept", "made"]
"""What building a clause did: nothing, keep what was said live, synthesise."""


@dataclass(frozen=True, slots=True)
class Built:
    """A clause that was built: its length, and the bytes that were written."""

    outcome: Outcome
    ms: float = 0.0
    size: int = 0


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause and what it is filed under."""

    text: str
    segments: tuple[Segment, ...]
    key: ClipKey
    digest: str
    own_digest: str


class LibraryVoice:
    """A `PreparedTextToSpeech` in front of any voice; use it as an async context manager, which owns all it begins.

    Args:
        inner: says what the library does not hold.
        store: the clips on disk.
        tally: counts what was said.
        clock: times the voice.
        private: whether a clause may be about one guest; then it is not kept, not even in memory.
        keeps: whether what is said live is written, not only held in memory.
        memory_bytes: bound on the samples held in memory.
    """

    def __init__(
        self,
        inner: TextToSpeech,
        store: ClipStore,
        tally: Tally,
        clock: Clock,
        *,
        private: Callable[[str], bool] = lambda _: False,
        keeps: bool = True,
        memory_bytes: int = MEMORY_BYTES,
    ) -> None:
        self._inner = inner
        self._store = store
        self._tally = tally
        self._clock = clock
        self._private = private
        self._keeps = keeps
        self._memory = ClipMemory(memory_bytes)
        self._on_disk: set[str] = set()
        self._flights: dict[tuple[ClipKey, tuple[str, ...]], Flight] = {}
        self._unwritten: asyncio.Queue[tuple[_Clause, Clip] | None] = asyncio.Queue()
        self._write_failed = False
        self._clause = lru_cache(maxsize=512)(self._clause_of)

    # --- its life -----------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="library")
        self._on_disk.update(await self._run(self._names))
        self._group = await asyncio.TaskGroup().__aenter__()
        self._writing = self._group.create_task(self._write())
        self._counting = self._group.create_task(self._keep_counts())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._counting.cancel()
        for flight in self._flights.values():
            flight.cancel()
        self._unwritten.put_nowait(None)
        try:
            await self._group.__aexit__(None, None, None)
        finally:
            if self._tally.waiting:
                await self._run(self._tally.take())
            self._threads.shutdown(wait=True)

    # --- the port -----------------------------------------------------------------------------------------------

    @property
    def voice(self) -> str:
        """Name of the voice, as `persona.voice` carries it."""
        return self._inner.voice

    def covers(self, text: str, language: str) -> bool:
        """Whether a clause would be said from the library, as far as is known without looking at the disk."""
        clause = self._clause(text.strip(), language)
        return clause.digest in self._memory or not self._on_disk.isdisjoint((clause.digest, clause.own_digest))

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        """Say one clause, from the library when it is there; see `TextToSpeech.speak`.

        A clip comes as one piece. The first to ask for a clause that is not there has it synthesised; who asks
        meanwhile listens too.

        Raises:
            EngineError: the voice failed.
        """
        clause = self._clause(text, language)
        if not clause.key.spoken:  # nothing to keep
            async with aclosing(self._inner.speak(owner, text, language)) as pieces:
                async for piece in pieces:
                    yield piece
            return
        began = self._clock.now_ms()
        held = self._memory.get(clause.digest) or await self._from_disk(clause)
        speech = self._said(clause, held[1]) if held is not None else None
        if held is not None and speech is not None:
            self._count(clause, held[0], Spoken(sound_ms=held[1].ms, wait_ms=self._clock.now_ms() - began))
            yield speech
            return
        async with aclosing(self._say(owner, clause, language, began)) as pieces:
            async for piece in pieces:
                yield piece

    def prepare(self, owner: str, language: str) -> None:
        """Have the voice behind the library ready."""
        if isinstance(self._inner, PreparedTextToSpeech):
            self._inner.prepare(owner, language)

    def leave(self, owner: str) -> None:
        """Give back what it holds."""
        if isinstance(self._inner, PreparedTextToSpeech):
            self._inner.leave(owner)

    async def build(self, owner: str, text: str, language: str, category: Category) -> Built:
        """Have a clause in the library for good.

        Raises:
            EngineError: the voice failed.
            OSError: the disk does not take the clip.
        """
        clause = self._clause(text, language)
        if not clause.key.spoken:
            return Built("there")
        held = await self._run(partial(self._store.get, clause.key))
        if held is not None and held[0] != "live":
            return Built("there", held[1].ms)
        if held is None:
            outcome: Outcome = "made"
            pieces = [piece async for piece in self._inner.speak(owner, text, language)]
            clip = clip_of(pieces, clause.segments, language, clause.key.spoken, category)
        else:
            outcome, clip = "kept", replace(held[1], category=category)
        if clip.samples.size == 0:
            return Built("there")
        size = await self._run(partial(self._store.put, clause.key, clip, "kept"))
        if outcome == "kept":
            await self._run(partial(self._store.drop, clause.key, "live"))
        self._on_disk.add(clause.digest)
        return Built(outcome, clip.ms, size)

    async def find(self, text: str, language: str) -> tuple[str, Clip] | None:
        """The clip that says a clause, with the digest of its file; nothing is synthesised, and nothing is counted."""
        clause = self._clause(text.strip(), language)
        held = await self._run(partial(self._store.get, clause.key))
        if held is None:
            return None
        return clause.own_digest if held[0] == "own" else clause.digest, held[1]

    async def named(self, digest: str) -> Clip | None:
        """The clip of that digest."""
        return await self._run(partial(self._store.named, digest))

    # --- saying -------------------------------------------------------------------------------------------------

    async def _say(self, owner: str, clause: _Clause, language: str, began: float) -> AsyncGenerator[Speech]:
        """Synthesise a clause, or listen to whoever has it synthesised now."""
        place = (clause.key, tuple(segment.written for segment in clause.segments))
        flight = self._flights.get(place)
        first = flight is None or not flight.joinable
        if flight is None or first:
            flight = self._flights[place] = Flight(self._clock.now_ms)
            flight.begin(
                self._group, self._inner.speak(owner, clause.text, language), partial(self._landed, place, clause)
            )
        wait_ms, samples = 0.0, 0
        async with aclosing(flight.listen()) as pieces:
            async for piece in pieces:
                wait_ms = wait_ms or self._clock.now_ms() - began
                samples += piece.samples.size
                yield piece
        work_ms = flight.work_ms if first else 0.0
        spoken = Spoken(sound_ms=samples * 1000 / SAMPLE_RATE, work_ms=work_ms, wait_ms=wait_ms)
        self._count(clause, "fresh" if first else "live", spoken)

    def _landed(self, place: tuple[ClipKey, tuple[str, ...]], clause: _Clause, flight: Flight) -> None:
        """Keep what was said to its end."""
        if self._flights.get(place) is flight:
            del self._flights[place]
        if flight.whole:
            self._keep(clause, flight.pieces)

    def _keep(self, clause: _Clause, pieces: Sequence[Speech]) -> None:
        try:
            clip = clip_of(pieces, clause.segments, clause.key.language, clause.key.spoken)
        except ValueError as error:  # a voice that breaks the port; what it said is played, not kept
            log.warning("voice_clip_not_kept", reason=str(error))
            return
        if clip.samples.size == 0 or self._private(clause.text):
            return
        self._memory.put(clause.digest, "live", clip)
        if self._keeps and self._unwritten.qsize() < MAX_UNWRITTEN:
            self._unwritten.put_nowait((clause, clip))

    @staticmethod
    def _said(clause: _Clause, clip: Clip) -> Speech | None:
        try:
            return speech_of(clip, clause.segments)
        except ValueError as error:  # another way of cutting words than the clip was made with: say it anew
            log.info("voice_clip_does_not_fit", reason=str(error))
            return None

    async def _from_disk(self, clause: _Clause) -> Held | None:
        held = await self._run(partial(self._store.get, clause.key))
        if held is None:
            self._on_disk -= {clause.digest, clause.own_digest}
            return self._memory.get(clause.digest)  # said by somebody else while the disk was read
        self._on_disk.add(clause.own_digest if held[0] == "own" else clause.digest)
        self._memory.put(clause.digest, *held)
        return held

    def _count(self, clause: _Clause, source: Source, spoken: Spoken) -> None:
        counted = replace(spoken, clauses=1, chars=len(clause.text))
        self._tally.count(clause.key, source, counted, private=self._private(clause.text))

    def _clause_of(self, text: str, language: str) -> _Clause:
        rendering = self._store.rendering
        parts = segments(text, language, rendering.region)
        key = ClipKey.of(parts, language)
        return _Clause(text, parts, key, key.digest(rendering), key.own_digest(rendering.voice))

    # --- in the background --------------------------------------------------------------------------------------

    async def _write(self) -> None:
        """Write clips one after the other, until there is a None."""
        while (item := await self._unwritten.get()) is not None:
            clause, clip = item
            try:
                await self._run(partial(self._store.put, clause.key, clip, "live"))
            except OSError as error:
                if not self._write_failed:
                    log.warning(
                        "voice_library_not_writing",
                        error=error.strerror,
                        message="what she says is not kept until the disk takes it again",
                    )
                self._write_failed = True
            else:
                self._write_failed = False
                self._on_disk.add(clause.digest)

    def _names(self) -> set[str]:
        try:
            return self._store.names()
        except OSError as error:
            log.warning("voice_library_unreadable", error=error.strerror)
            return set()

    async def _keep_counts(self) -> None:
        """Write counts, and now and then look at what other processes wrote."""
        for rounds in count(1):
            await asyncio.sleep(TALLY_EVERY_S)
            if self._tally.waiting:
                await self._run(self._tally.take())
            if rounds % LOOK_EVERY == 0:
                self._on_disk.update(await self._run(self._names))

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
