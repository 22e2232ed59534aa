"""What every session log keeps to: one suite, each log against a plain model of it, on a clock that tests move."""

import asyncio
import sqlite3
import stat
from collections.abc import AsyncIterator, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from enterprise_stream.log.erasing import erase_from_file
from enterprise_stream.log.memory import MemoryLog
from enterprise_stream.log.ports import Entry, FencedError, GapError, LogError, LostError, SessionLog
from enterprise_stream.log.sqlite import SqliteLog
from enterprise_stream.testing import FakeClock

TTL_S = 60.0
SESSIONS = st.sampled_from(("one", "two"))


class Opening(Protocol):
    """Opens a log in a folder, with bounds of its own."""

    def __call__(self, clock: FakeClock, folder: Path, /, **bounds: int) -> AbstractAsyncContextManager[SessionLog]: ...


@asynccontextmanager
async def memory(clock: FakeClock, _: Path, /, **bounds: int) -> AsyncIterator[SessionLog]:
    yield MemoryLog(clock, TTL_S, **bounds)


@asynccontextmanager
async def sqlite(clock: FakeClock, folder: Path, /, **bounds: int) -> AsyncIterator[SessionLog]:
    async with SqliteLog(folder / "log.db", clock, TTL_S, **bounds) as log:
        yield log


LOGS: dict[str, Opening] = {"memory": memory, "sqlite": sqlite}


@pytest.fixture(params=LOGS)
async def opened(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[SessionLog, FakeClock]]:
    clock = FakeClock()
    async with LOGS[request.param](clock, tmp_path) as log:
        yield log, clock


@dataclass
class Model:
    """A session as it should be kept."""

    epoch: int = 0
    entries: list[Entry] = field(default_factory=list)
    notes: str | None = None
    until: float = 0.0
    erased: int = 0


class Keeping(RuleBasedStateMachine):
    """Any calls in any order, on two sessions."""

    opening: Opening

    @initialize()
    def open(self) -> None:
        self.clock = FakeClock()
        self.folder = TemporaryDirectory()
        self.runner = asyncio.Runner()
        self.context = type(self).opening(self.clock, Path(self.folder.name))
        self.log = self.do(self.context.__aenter__())
        self.model: dict[str, Model] = {}

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            self.do(self.context.__aexit__(None, None, None))
            self.runner.close()
            self.folder.cleanup()

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    def known(self, session: str) -> Model | None:
        kept = self.model.get(session)
        return kept if kept is not None and self.clock.now_ms() < kept.until else None

    def owned(self, session: str, epoch: int) -> Model | None:
        kept = self.known(session)
        if kept is None or kept.epoch != epoch:
            return None
        kept.until = self.clock.now_ms() + TTL_S * 1000
        return kept

    def epoch(self, session: str, behind: int) -> int:
        return (self.model[session].epoch if session in self.model else 1) - behind

    @rule(session=SESSIONS)
    def claim(self, session: str) -> None:
        claim = self.do(self.log.claim(session))
        kept = self.known(session)
        if kept is None:
            kept = self.model[session] = Model()
        kept.epoch += 1
        kept.until = self.clock.now_ms() + TTL_S * 1000
        assert (claim.epoch, claim.last_seq, claim.notes) == (kept.epoch, len(kept.entries), kept.notes)

    @rule(
        session=SESSIONS,
        behind=st.sampled_from((0, 0, 0, 1)),
        shift=st.sampled_from((0, 0, 0, 1, -1)),
        count=st.integers(1, 3),
    )
    def append(self, session: str, behind: int, shift: int, count: int) -> None:
        epoch = self.epoch(session, behind)
        kept = self.owned(session, epoch)
        first = (0 if kept is None else len(kept.entries)) + 1 + shift
        entries = [Entry(seq, f"{session} {epoch} {seq} ñ") for seq in range(first, first + count)]
        work = self.log.append(session, epoch, entries)
        if kept is None:
            with pytest.raises(FencedError):
                self.do(work)
        elif shift:
            with pytest.raises(GapError):
                self.do(work)
        else:
            self.do(work)
            kept.entries += entries

    @rule(session=SESSIONS, behind=st.sampled_from((0, 0, 1)), notes=st.text(max_size=5))
    def note(self, session: str, behind: int, notes: str) -> None:
        epoch = self.epoch(session, behind)
        kept = self.owned(session, epoch)
        if kept is None:
            with pytest.raises(FencedError):
                self.do(self.log.note(session, epoch, notes))
        else:
            self.do(self.log.note(session, epoch, notes))
            kept.notes = notes

    @rule(session=SESSIONS, behind=st.sampled_from((0, 1)), call=st.sampled_from(("renew", "end")))
    def renew_or_end(self, session: str, behind: int, call: str) -> None:
        epoch = self.epoch(session, behind)
        kept = self.owned(session, epoch)
        work = getattr(self.log, call)(session, epoch)
        if kept is None:
            with pytest.raises(FencedError):
                self.do(work)
        else:
            self.do(work)
            if call == "end":
                del self.model[session]

    @rule(session=SESSIONS, behind=st.sampled_from((0, 1)), ahead=st.sampled_from((-1, 0, 0, 2)))
    def erase(self, session: str, behind: int, ahead: int) -> None:
        epoch = self.epoch(session, behind)
        kept = self.owned(session, epoch)
        last = 0 if kept is None else len(kept.entries)
        work = self.log.erase(session, epoch, last + ahead)
        if kept is None:
            with pytest.raises(FencedError):
                self.do(work)
        else:
            self.do(work)
            kept.entries += [Entry(seq, "never written") for seq in range(last + 1, last + ahead + 1)]
            kept.erased = len(kept.entries)

    @rule(ms=st.sampled_from((1.0, 20_000.0, TTL_S * 1000)))
    def wait(self, ms: float) -> None:
        self.clock.advance(ms)

    @rule(session=SESSIONS, after=st.integers(-1, 8))
    def read(self, session: str, after: int) -> None:
        kept = self.known(session)
        if kept is None or not kept.erased <= after <= len(kept.entries):
            with pytest.raises(LostError):
                self.do(self.log.read(session, after))
        else:
            assert self.do(self.log.read(session, after)) == kept.entries[after:]

    @invariant()
    def notes_are_the_last(self) -> None:
        for session in getattr(self, "model", ()):
            kept = self.known(session)
            assert self.do(self.log.notes(session)) == (None if kept is None else kept.notes)


@pytest.mark.parametrize("name", LOGS)
def test_a_log_keeps_to_its_port(name: str) -> None:
    machine = type(name, (Keeping,), {"opening": staticmethod(LOGS[name])})
    examples = 60 if name == "memory" else 15
    run_state_machine_as_test(machine, settings=settings(max_examples=examples, stateful_step_count=25, deadline=None))


async def test_a_fenced_owner_writes_nothing(opened: tuple[SessionLog, FakeClock]) -> None:
    log, _ = opened
    former = await log.claim("s")
    await log.append("s", former.epoch, [Entry(1, "a")])
    latter = await log.claim("s")
    for work in (log.append("s", former.epoch, [Entry(2, "b")]), log.end("s", former.epoch)):
        with pytest.raises(FencedError):
            await work
    await log.append("s", latter.epoch, [Entry(2, "c")])
    assert [entry.text for entry in await log.read("s", 0)] == ["a", "c"]


async def test_many_at_once_keep_their_order(opened: tuple[SessionLog, FakeClock]) -> None:
    log, _ = opened
    epochs = {name: (await log.claim(name)).epoch for name in map(str, range(20))}

    async def owner(name: str) -> None:
        for seq in range(1, 31):
            await log.append(name, epochs[name], [Entry(seq, f"{name}:{seq}")])

    async with asyncio.TaskGroup() as group:
        for name in epochs:
            group.create_task(owner(name))
    for name in epochs:
        assert [entry.text for entry in await log.read(name, 0)] == [f"{name}:{seq}" for seq in range(1, 31)]


@pytest.mark.parametrize("name", LOGS)
async def test_a_session_is_bounded_and_says_what_is_gone(tmp_path: Path, name: str) -> None:
    async with LOGS[name](FakeClock(), tmp_path, max_entries=3, max_chars=10) as log:
        epoch = (await log.claim("s")).epoch
        other = (await log.claim("other")).epoch
        await log.append("other", other, [Entry(1, "kept")])
        for seq in range(1, 6):
            await log.append("s", epoch, [Entry(seq, "x")])
        assert [entry.seq for entry in await log.read("s", 2)] == [3, 4, 5]
        with pytest.raises(LostError):
            await log.read("s", 1)
        await log.append("s", epoch, [Entry(6, "ñ" * 9)])
        assert [entry.seq for entry in await log.read("s", 4)] == [5, 6]
        with pytest.raises(LostError):
            await log.read("s", 3)
        await log.erase("s", epoch, 6)
        await log.append("s", epoch, [Entry(7, "y" * 5), Entry(8, "z" * 5)])
        assert [entry.seq for entry in await log.read("s", 6)] == [7, 8]
        await log.append("s", epoch, [Entry(9, "w" * 11)])
        assert await log.read("s", 9) == []
        with pytest.raises(LostError):
            await log.read("s", 8)
        assert [entry.text for entry in await log.read("other", 0)] == ["kept"]


async def test_what_an_earlier_version_has_logged_counts_and_what_was_erased_does_not(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    async with SqliteLog(path, FakeClock(), TTL_S) as log:
        for session in ("old", "erased"):
            epoch = (await log.claim(session)).epoch
            await log.append(session, epoch, [Entry(1, "a" * 6), Entry(2, "b" * 2)])
    with closing(sqlite3.connect(path)) as file:
        file.executescript(
            "DROP TRIGGER entry_written; DROP TRIGGER entry_gone; DROP TRIGGER session_gone; DROP TABLE size"
        )
    async with SqliteLog(path, FakeClock(), TTL_S, max_chars=10) as log:
        assert erase_from_file(path, ["erased"]) == 2
        for session in ("old", "erased"):
            await log.append(session, 1, [Entry(3, "c" * 6), Entry(4, "d" * 2)])
        assert [entry.seq for entry in await log.read("old", 1)] == [2, 3, 4]
        assert [entry.seq for entry in await log.read("erased", 2)] == [3, 4]


async def test_what_was_said_is_for_the_servers_user_only(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "data"
    async with SqliteLog(folder / "sessions.db", FakeClock(), TTL_S) as log:
        claim = await log.claim("one")
        await log.append("one", claim.epoch, [Entry(1, "{}")])
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.iterdir()]}
    assert modes.pop("data") == 0o700
    assert "sessions.db" in modes
    assert set(modes.values()) == {0o600}


async def test_a_closed_log_says_so(tmp_path: Path) -> None:
    async with SqliteLog(tmp_path / "log.db", FakeClock(), TTL_S) as log:
        pass
    with pytest.raises(LogError):
        await log.claim("one")


@pytest.mark.parametrize("hours", [-5, 5])
async def test_a_clock_that_is_set_ends_no_session(tmp_path: Path, hours: float) -> None:
    clock = FakeClock()
    async with SqliteLog(tmp_path / "log.db", clock, TTL_S) as log:
        epoch = (await log.claim("one")).epoch
        await log.append("one", epoch, [Entry(1, "before")])
        clock.set_wall(hours * 3_600_000)
        await log.claim("two")  # forgets what has expired
        await log.sweep()
        assert sorted(known.session for known in await log.sessions()) == ["one", "two"]
        await log.append("one", epoch, [Entry(2, "after")])
        assert [entry.text for entry in await log.read("one", 0)] == ["before", "after"]
