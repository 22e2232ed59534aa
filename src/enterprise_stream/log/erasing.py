"""Takes sessions out of a session log's file from outside, while its server runs or not."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from enterprise_stream.log.ports import LogError

WAIT_S = 5.0
"""How long the file's owner may hold it."""


FIRST: Final = 1
"""Number of a session's first entry: what is erased takes it along, and what is told after has higher ones."""

_MOST_AT_ONCE: Final = 500


def erase_from_file(path: Path, sessions: Sequence[str]) -> int:
    """Erase all that these sessions have told; returns how many entries that were. Blocking.

    A session that is led now goes on, and cannot be resumed before its next message.

    Raises:
        LogError: some of it may still be there.
    """
    if not path.exists():
        return 0
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=WAIT_S)) as file:
            file.execute("PRAGMA secure_delete=ON")
            done = sum(file.execute("DELETE FROM entry WHERE session = ?", (session,)).rowcount for session in sessions)
            busy, *_ = file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as error:
        raise LogError(f"The session log {path} cannot be changed ({type(error).__name__}); try again.") from None
    if busy:
        raise LogError(f"What was erased can still be read in {path}-wal; run it again.")
    return done


def restored_in_file(path: Path, erased: Sequence[str]) -> list[str]:
    """Which of the sessions that were erased this file still has from their beginning: it is a copy from before.

    Blocking.

    Raises:
        LogError: the file cannot be read.
    """
    if not path.exists():
        return []
    found: list[str] = []
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=WAIT_S)) as file:
            if not file.execute("SELECT 1 FROM sqlite_master WHERE name = 'entry'").fetchone():
                return []
            for first in range(0, len(erased), _MOST_AT_ONCE):
                batch = erased[first : first + _MOST_AT_ONCE]
                places = ", ".join("?" * len(batch))
                rows = file.execute(
                    f"SELECT session FROM entry WHERE seq = ? AND session IN ({places})",  # noqa: S608 - places only
                    (FIRST, *batch),
                )
                found += [session for (session,) in rows]
    except sqlite3.Error as error:
        raise LogError(f"The session log {path} cannot be read ({type(error).__name__}); try again.") from None
    return found
