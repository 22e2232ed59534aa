"""A session log in a SQLite file: it outlives the process, however that ends.

One thread owns the connection. Calls that come while it commits share the next commit, so that many sessions cost one
write. The file is in WAL mode with `synchronous=NORMAL`: what was committed survives the process being killed at any
moment; a power cut may take the last commits with it, and the log then says `LostError` rather than leave a hole.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import structlog

from enterprise_stream.clock import Clock
from enterprise_stream.log.ports import Claim, Entry, FencedError, GapError, Known, LogError, LostError, TracesError
from enterprise_stream.private_file import make_private

log = structlog.get_logger(__name__)

MAX_WAITING: Final = 10_000
"""Calls that may wait for a commit; who comes after them waits to be let in."""

MAX_AT_ONCE: Final = 500
"""Calls that share a commit; those after them wait for the next, so that no commit takes long."""

MAX_ENTRIES: Final = 40_000
"""Entries kept of one session; the oldest go first. A talkative hour has about 32,000, and another process that goes on
with a session reads it from its first."""

MAX_CHARS: Final = 8_000_000
"""Characters kept of one session, likewise: twice such an hour's."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS session (
  id TEXT PRIMARY KEY, epoch INTEGER NOT NULL, last_seq INTEGER NOT NULL, expires_ms REAL NOT NULL, notes TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS session_expires ON session (expires_ms);
CREATE TABLE IF NOT EXISTS entry (
  session TEXT NOT NULL, seq INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (session, seq)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS size (
  session TEXT PRIMARY KEY, entries INTEGER NOT NULL, chars INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS entry_written AFTER INSERT ON entry BEGIN
  INSERT INTO size VALUES (NEW.session, 1, length(NEW.text)) ON CONFLICT (session)
  DO UPDATE SET entries = entries + 1, chars = chars + excluded.chars;
END;
CREATE TRIGGER IF NOT EXISTS entry_gone AFTER DELETE ON entry BEGIN
  UPDATE size SET entries = entries - 1, chars = chars - length(OLD.text) WHERE session = OLD.session;
END;
CREATE TRIGGER IF NOT EXISTS session_gone AFTER DELETE ON session BEGIN
  DELETE FROM size WHERE session = OLD.id;
END;
INSERT OR IGNORE INTO size SELECT session, count(*), sum(length(text)) FROM entry GROUP BY session;
"""
"""The file itself counts what it holds of each session, whoever writes or deletes; what a version wrote that did not
count is counted when the file is opened."""

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]


@dataclass(frozen=True, slots=True)
class _Call:
    work: Work[Any]
    done: asyncio.Future[Any]


class SqliteLog:
    """A `SessionLog` in a file; usable while entered.

    Args:
        path: the file; its folder is made if need be.
        clock: its wall clock is for the time to live, since that outlives the process.
        ttl_s: how long a session is kept after its owner's last word, in seconds.
        max_entries: entries kept of one session.
        max_chars: characters kept of one session.
    """

    outlives_process = True

    def __init__(
        self,
        path: Path,
        clock: Clock,
        ttl_s: float,
        *,
        max_entries: int = MAX_ENTRIES,
        max_chars: int = MAX_CHARS,
    ) -> None:
        self._path = path
        self._clock = clock
        self._offset = clock.wall_ms() - clock.now_ms()
        self._ttl_ms = ttl_s * 1000
        self._most = (max_entries, max_chars)
        self._calls: asyncio.Queue[_Call | None] = asyncio.Queue(MAX_WAITING)
        self._closed = False

    async def __aenter__(self) -> Self:
        """Open the file.

        Raises:
            LogError: it cannot be opened.
        """
        self._thread = ThreadPoolExecutor(1, "session-log")
        try:
            self._file = await asyncio.get_running_loop().run_in_executor(self._thread, self._open)
        except (sqlite3.Error, OSError) as error:
            self._thread.shutdown()
            raise LogError(f"The session log cannot be opened ({type(error).__name__}): {self._path}.") from None
        self._group = asyncio.TaskGroup()
        await self._group.__aenter__()
        self._group.create_task(self._write())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file, after what waits; what comes later is refused."""
        self._closed = True
        await self._calls.put(None)
        await self._group.__aexit__(None, None, None)
        await asyncio.get_running_loop().run_in_executor(self._thread, self._file.close)
        self._thread.shutdown()

    # --- the port -----------------------------------------------------------------------------------------------

    async def claim(self, session: str) -> Claim:  # noqa: D102 - see the port
        now = self._now()

        def work(file: sqlite3.Connection) -> Claim:
            _forget_expired(file, now)
            file.execute(
                "INSERT INTO session VALUES (?, 1, 0, ?, NULL) ON CONFLICT (id) DO UPDATE "
                "SET epoch = epoch + 1, expires_ms = excluded.expires_ms",
                (session, now + self._ttl_ms),
            )
            found = file.execute("SELECT epoch, last_seq, notes FROM session WHERE id = ?", (session,)).fetchone()
            return Claim(*found)

        return await self._do(work)

    async def append(self, session: str, epoch: int, entries: Sequence[Entry]) -> None:  # noqa: D102
        owned = self._owned(session, epoch)

        def work(file: sqlite3.Connection) -> None:
            last = owned(file)
            if [entry.seq for entry in entries] != [*range(last + 1, last + 1 + len(entries))]:
                raise GapError("the numbers do not follow")
            file.executemany("INSERT INTO entry VALUES (?, ?, ?)", [(session, e.seq, e.text) for e in entries])
            file.execute("UPDATE session SET last_seq = ? WHERE id = ?", (last + len(entries), session))
            _forget_oldest(file, session, *self._most)

        await self._do(work)

    async def note(self, session: str, epoch: int, notes: str) -> None:  # noqa: D102
        owned = self._owned(session, epoch)

        def work(file: sqlite3.Connection) -> None:
            owned(file)
            file.execute("UPDATE session SET notes = ? WHERE id = ?", (notes, session))

        await self._do(work)

    async def notes(self, session: str) -> str | None:  # noqa: D102
        now = self._now()

        def work(file: sqlite3.Connection) -> str | None:
            found = file.execute("SELECT notes FROM session WHERE id = ? AND expires_ms > ?", (session, now)).fetchone()
            return None if found is None else found[0]

        return await self._do(work)

    async def read(self, session: str, after: int) -> list[Entry]:  # noqa: D102
        now = self._now()

        def work(file: sqlite3.Connection) -> list[Entry]:
            known = file.execute(
                "SELECT last_seq FROM session WHERE id = ? AND expires_ms > ?", (session, now)
            ).fetchone()
            rows = file.execute(
                "SELECT seq, text FROM entry WHERE session = ? AND seq > ? ORDER BY seq", (session, after)
            ).fetchall()
            if known is None or after < 0 or after + len(rows) != known[0]:
                raise LostError("what was told since then is not kept")
            return [Entry(*row) for row in rows]

        return await self._do(work)

    async def renew(self, session: str, epoch: int) -> None:  # noqa: D102
        await self._do(self._owned(session, epoch))

    async def erase(self, session: str, epoch: int, last_seq: int) -> None:  # noqa: D102
        owned = self._owned(session, epoch)

        def work(file: sqlite3.Connection) -> None:
            last = max(owned(file), last_seq)
            _forget_entries(file, [(session,)])
            file.execute("UPDATE session SET last_seq = ? WHERE id = ?", (last, session))

        await self._do(work)
        await self._cut_off()

    async def sessions(self) -> list[Known]:  # noqa: D102
        now = self._now()

        def work(file: sqlite3.Connection) -> list[Known]:
            rows = file.execute("SELECT id, expires_ms FROM session WHERE expires_ms > ?", (now,)).fetchall()
            return [Known(session, expires_ms - self._ttl_ms) for session, expires_ms in rows]

        return await self._do(work)

    async def sweep(self) -> None:  # noqa: D102
        now = self._now()
        while await self._do(lambda file: _forget_expired(file, now)):
            pass
        await self._cut_off()

    async def end(self, session: str, epoch: int) -> None:  # noqa: D102
        owned = self._owned(session, epoch)

        def work(file: sqlite3.Connection) -> None:
            owned(file)
            _forget_entries(file, [(session,)])
            file.execute("DELETE FROM session WHERE id = ?", (session,))

        await self._do(work)

    def _now(self) -> float:
        """Ms since 1970, as of the start: a clock that is set meanwhile ends no session."""
        return self._clock.now_ms() + self._offset

    def _owned(self, session: str, epoch: int) -> Work[int]:
        """Finds the number of the last entry of a session that is the owner's, and has it live on from now."""
        now = self._now()

        def work(file: sqlite3.Connection) -> int:
            found = file.execute(
                "UPDATE session SET expires_ms = ? WHERE id = ? AND epoch = ? AND expires_ms > ? RETURNING last_seq",
                (now + self._ttl_ms, session, epoch, now),
            ).fetchall()
            if not found:
                raise FencedError("the session has another owner")
            last: int = found[0][0]
            return last

        return work

    async def _cut_off(self) -> None:
        """Empty the write-ahead log, where what was deleted can still be read.

        Raises:
            TracesError: it cannot be, or somebody else reads the file.
        """
        loop = asyncio.get_running_loop()
        statement = "PRAGMA wal_checkpoint(TRUNCATE)"
        try:
            (busy, *_), *_ = await loop.run_in_executor(self._thread, lambda: self._file.execute(statement).fetchall())
        except sqlite3.Error:
            busy = True
        if busy:
            raise TracesError("What was deleted can still be read in the session log's file; try again.")

    # --- on the loop --------------------------------------------------------------------------------------------

    async def _do(self, work: Work[T]) -> T:
        """Have work done within the next commit; returns once that is durable."""
        if self._closed:
            raise LogError("The session log is closed.")
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        await self._calls.put(_Call(work, done))
        return await done

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while (call := await self._calls.get()) is not None:
            calls = [call]
            while call is not None and len(calls) < MAX_AT_ONCE and not self._calls.empty():
                call = self._calls.get_nowait()
                calls += [] if call is None else [call]
            _settle(await loop.run_in_executor(self._thread, self._commit, calls))
            if call is None:
                return

    # --- on the thread ------------------------------------------------------------------------------------------

    def _open(self) -> sqlite3.Connection:
        make_private(self._path)
        file = sqlite3.connect(self._path, isolation_level=None, timeout=5.0, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
            file.execute(f"PRAGMA {pragma}")
        file.executescript(_SCHEMA)
        return file

    def _commit(self, calls: Sequence[_Call]) -> list[tuple[_Call, Any]]:
        """Do the calls in one transaction; returns what each has come to, a value or a `LogError`."""
        try:
            self._file.execute("BEGIN IMMEDIATE")
            results = [(call, _outcome(call.work, self._file)) for call in calls]
            self._file.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - a fault in one call must not leave the others waiting for ever
            if self._file.in_transaction:
                self._file.execute("ROLLBACK")
            log.warning("session_log_failed", error=type(error).__name__, calls=len(calls))
            return [(call, LogError("The session log cannot be written.")) for call in calls]
        return results


def _outcome(work: Work[Any], file: sqlite3.Connection) -> Any:
    """What work returns, or the `LogError` that it raises before it has written anything."""
    try:
        return work(file)
    except LogError as error:
        return error


def _settle(results: Sequence[tuple[_Call, Any]]) -> None:
    for call, outcome in results:
        if call.done.done():  # whoever asked is gone
            continue
        if isinstance(outcome, LogError):
            call.done.set_exception(outcome)
        else:
            call.done.set_result(outcome)


def _forget_expired(file: sqlite3.Connection, now: float) -> int:
    """Forget some of what has expired; returns how many sessions that were."""
    gone = file.execute("SELECT id FROM session WHERE expires_ms <= ? LIMIT 100", (now,)).fetchall()
    _forget_entries(file, gone)
    file.executemany("DELETE FROM session WHERE id = ?", gone)
    return len(gone)


def _forget_oldest(file: sqlite3.Connection, session: str, max_entries: int, max_chars: int) -> None:
    """Forget as many of a session's first entries as it has too many."""
    entries, chars = file.execute("SELECT entries, chars FROM size WHERE session = ?", (session,)).fetchone() or (0, 0)
    gone = 0
    oldest = file.execute("SELECT seq, length(text) FROM entry WHERE session = ? ORDER BY seq", (session,))
    while entries > max_entries or chars > max_chars:
        gone, length = oldest.fetchone()
        entries, chars = entries - 1, chars - length
    oldest.close()
    if gone:
        file.execute("DELETE FROM entry WHERE session = ? AND seq <= ?", (session, gone))


def _forget_entries(file: sqlite3.Connection, sessions: Sequence[tuple[str]]) -> None:
    """Forget all entries; the counts go first, so that not every row changes them."""
    file.executemany("DELETE FROM size WHERE session = ?", sessions)
    file.executemany("DELETE FROM entry WHERE session = ?", sessions)
