"""What was said from the library and what was not, counted in SQLite by all processes together.

Counting never waits: it adds to numbers in memory, which `flush` writes from a thread now and then. What is not
written when a process is killed is lost; these are figures for a report, not for a bill.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import structlog

from enterprise_stream.speaking.library.key import ClipKey

log = structlog.get_logger(__name__)

Source = Literal["own", "kept", "live", "fresh"]
"""Where a clause came from: a tier of the library, or the voice itself."""

MAX_PHRASES = 5_000
"""Texts whose counts are kept; the least said go first."""

_WAIT_S = 2.0
"""How long a write waits for another process."""

_TABLES = """
CREATE TABLE IF NOT EXISTS spoken (
  day TEXT, language TEXT, source TEXT, clauses INTEGER, chars INTEGER, sound_ms REAL, work_ms REAL, wait_ms REAL,
  PRIMARY KEY (day, language, source));
CREATE TABLE IF NOT EXISTS phrases (
  language TEXT, text TEXT, said INTEGER, fresh INTEGER, day TEXT, PRIMARY KEY (language, text));
"""
_ADD_SPOKEN = """
INSERT INTO spoken VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (day, language, source) DO UPDATE SET
  clauses = clauses + excluded.clauses, chars = chars + excluded.chars, sound_ms = sound_ms + excluded.sound_ms,
  work_ms = work_ms + excluded.work_ms, wait_ms = wait_ms + excluded.wait_ms
"""
_ADD_PHRASE = """
INSERT INTO phrases VALUES (?, ?, ?, ?, ?) ON CONFLICT (language, text) DO UPDATE SET
  said = said + excluded.said, fresh = fresh + excluded.fresh, day = excluded.day
"""
_FORGET = """
DELETE FROM phrases WHERE rowid IN (SELECT rowid FROM phrases ORDER BY said DESC, day DESC LIMIT -1 OFFSET ?)
"""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Sums over clauses.

    Attributes:
        chars: written characters.
        sound_ms: how long they sound.
        work_ms: how long the voice worked on them, from asking to the last sound; 0 from the library.
        wait_ms: from asking to the first sound.
    """

    clauses: int = 0
    chars: int = 0
    sound_ms: float = 0.0
    work_ms: float = 0.0
    wait_ms: float = 0.0

    def __add__(self, other: "Spoken") -> "Spoken":
        return Spoken(
            self.clauses + other.clauses,
            self.chars + other.chars,
            self.sound_ms + other.sound_ms,
            self.work_ms + other.work_ms,
            self.wait_ms + other.wait_ms,
        )


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text, how often it was said, and how often that needed the voice itself."""

    language: str
    text: str
    said: int
    fresh: int

    @property
    def key(self) -> ClipKey:
        """What its clip is filed under."""
        return ClipKey(self.language, self.text)


class Tally:
    """The counts in one file.

    Args:
        file: SQLite; made when the first counts are written.
        today: ISO date.
    """

    def __init__(self, file: Path, today: Callable[[], str]) -> None:
        self._file = file
        self._today = today
        self._spoken: dict[tuple[str, str, Source], Spoken] = {}
        self._phrases: Counter[tuple[str, str, bool]] = Counter()
        self._failed = False

    def count(self, key: ClipKey, source: Source, spoken: Spoken, *, private: bool) -> None:
        """Count clauses; the text of a private one is not kept."""
        row = (self._today(), key.language, source)
        self._spoken[row] = self._spoken.get(row, Spoken()) + spoken
        phrase = (key.language, key.spoken, source == "fresh")
        if not private and (len(self._phrases) < MAX_PHRASES or phrase in self._phrases):
            self._phrases[phrase] += spoken.clauses

    @property
    def waiting(self) -> bool:
        """Whether there is something to write."""
        return bool(self._spoken)

    def take(self) -> Callable[[], None]:
        """What there is to write, as work for a thread; a failure is told once and loses these counts."""
        spoken, phrases, day = self._spoken, self._phrases, self._today()
        self._spoken, self._phrases = {}, Counter()
        rows = [(*row, s.clauses, s.chars, s.sound_ms, s.work_ms, s.wait_ms) for row, s in spoken.items()]
        texts = [(lang, text, n, n if fresh else 0, day) for (lang, text, fresh), n in phrases.items()]

        def write() -> None:
            try:
                self._write(rows, texts)
                self._failed = False
            except (sqlite3.Error, OSError) as error:
                if not self._failed:
                    log.warning("voice_library_not_counting", error=str(error))
                self._failed = True

        return write

    def flush(self) -> None:
        """Write what there is; blocking."""
        self.take()()

    def sums(self, since: str = "") -> dict[tuple[str, Source], Spoken]:
        """Sums by language and source, from a day on; empty when nothing was ever counted. Blocking."""
        found: dict[tuple[str, Source], Spoken] = {}
        with self._open() as base:
            for language, source, *numbers in base.execute(
                "SELECT language, source, SUM(clauses), SUM(chars), SUM(sound_ms), SUM(work_ms), SUM(wait_ms) "
                "FROM spoken WHERE day >= ? GROUP BY language, source",
                (since,),
            ):
                found[language, source] = Spoken(*numbers)
        return found

    def most_said(self, limit: int = MAX_PHRASES) -> list[Phrase]:
        """The texts that the voice itself had to say most often, first the costliest. Blocking."""
        with self._open() as base:
            rows = base.execute(
                "SELECT language, text, said, fresh FROM phrases ORDER BY said * LENGTH(text) DESC, text LIMIT ?",
                (limit,),
            )
            return [Phrase(*row) for row in rows]

    def since(self) -> str:
        """The first day that was counted, or empty. Blocking."""
        with self._open() as base:
            return base.execute("SELECT MIN(day) FROM spoken").fetchone()[0] or ""

    def _write(self, rows: Sequence[tuple[object, ...]], texts: Sequence[tuple[object, ...]]) -> None:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._open() as base, base:
            base.executemany(_ADD_SPOKEN, rows)
            base.executemany(_ADD_PHRASE, texts)
            base.execute(_FORGET, (MAX_PHRASES,))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        where: str | Path = self._file if self._file.parent.is_dir() else ":memory:"
        with closing(sqlite3.connect(where, timeout=_WAIT_S)) as base:
            base.execute("PRAGMA journal_mode = WAL")
            base.executescript(_TABLES)
            yield base
