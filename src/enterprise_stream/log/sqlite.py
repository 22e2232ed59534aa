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
from enterprise_stream.log.ports import Claim, Entry, FencedError, GapError, LogError, LostError

log = structlog.get_logger(__name__)

MAX_WAITING: Final = 10_000
"""Calls that may wait for a commit; who comes after them waits to be let in."""

MAX_AT_ONCE: Final = 500
"""Calls that share a commit; those after them wait for the next, so that no commit takes long."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS session (
  id TEXT PRIMARY KEY, epoch INTEGER NOT NULL, last_seq INTEGER NOT NULL, expires_ms REAL NOT NULL, notes TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS session_expires ON session (expires_ms);
CREATE TABLE IF NOT EXISTS entry (
  session TEXT NOT NULL, seq INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (session, seq)
) WITHOUT ROWID;
"""

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
    """

    outlives_process = True

    def __init__(self, path: Path, clock: Clock, ttl_s: float) -> None:
        self._path = path
        self._clock = clock
        self._ttl_ms = ttl_s * 1000
        self._calls: asyncio.Queue[_Call | None] = asyncio.Queue(MAX_WAITING)

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
        """Close the file, after what waits."""
        await self._calls.put(None)
        await self._group.__aexit__(None, None, None)
        await asyncio.get_running_loop().run_in_executor(self._thread, self._file.close)
        self._thread.shutdown()

    # --- the port -----------------------------------------------------------------------------------------------

    async def claim(self, session: str) -> Claim:  # noqa: D102 - see the port
        now = self._clock.wall_ms()

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

        await self._do(work)

    async def note(self, session: str, epoch: int, notes: str) -> None:  # noqa: D102
        owned = self._owned(session, epoch)

        def work(file: sqlite3.Connection) -> None:
            owned(file)
            file.execute("UPDATE session SET notes = ? WHERE id = ?", (notes, session))

        await self._do(work)

    async def notes(self, session: str) -> str | None:  # noqa: D102
        now = self._clock.wall_ms()

        def work(file: sqlite3.Connection) -> str | None:
            found = file.execute("SELECT notes FROM session WHERE id = ? AND expires_ms > ?", (session, now)).fetchone()
            return None if found is None else found[0]

        return await self._do(work)

    async def read(self, session: str, after: int) -> list[Entry]:  # noqa: D102
        now = self._clock.wall_ms()

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

    async def end(self, session: str, epoch: int) -> None:  # noqa: D102
        owned = self._owned(session, epoch)

        def work(file: sqlite3.Connection) -> None:
            owned(file)
            file.execute("DELETE FROM entry WHERE session = ?", (session,))
            file.execute("DELETE FROM session WHERE id = ?", (session,))

        await self._do(work)

    def _owned(self, session: str, epoch: int) -> Work[int]:
        """Finds the number of the last entry of a session that is the owner's, and has it live on from now."""
        now = self._clock.wall_ms()

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

    # --- on the loop --------------------------------------------------------------------------------------------

    async def _do(self, work: Work[T]) -> T:
        """Have work done within the next commit; returns once that is durable."""
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
        self._path.parent.mkdir(parents=True, exist_ok=True)
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
        except sqlite3.Error as error:
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


def _forget_expired(file: sqlite3.Connection, now: float) -> None:
    gone = file.execute("SELECT id FROM session WHERE expires_ms <= ? LIMIT 100", (now,)).fetchall()
    file.executemany("DELETE FROM entry WHERE session = ?", gone)
    file.executemany("DELETE FROM session WHERE id = ?", gone)
