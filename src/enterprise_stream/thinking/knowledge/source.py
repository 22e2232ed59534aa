"""The knowledge file as it is now: a changed file takes effect without a restart, a bad one changes nothing."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from enterprise_stream.clock import MonotonicClock
from enterprise_stream.errors import KnowledgeError
from enterprise_stream.thinking.knowledge.check import check_knowledge, load_knowledge
from enterprise_stream.thinking.knowledge.model import Knowledge
from enterprise_stream.thinking.knowledge.problems import Problem

CHECK_EVERY_MS = 1_000.0
"""How often the file is looked at, at most; an owner who saves sees the change at the next question."""


class Ticks(Protocol):
    """The part of a clock that is needed here."""

    def now_ms(self) -> float:
        """Milliseconds since an arbitrary but fixed moment."""
        ...


Reported = Callable[[tuple[Problem, ...]], None]


class KnowledgeSource:
    """Watches one knowledge file; safe to use from several threads.

    Args:
        path: the file.
        clock: says when to look again.
        report: called, on the thread that polls, with what is wrong with a changed file, and with an empty tuple
            when a changed file took effect.
    """

    def __init__(self, path: Path, clock: Ticks | None = None, report: Reported | None = None) -> None:
        self.path = path
        self._clock = clock or MonotonicClock()
        self._report = report
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._checked_ms: float | None = None
        self._current: Knowledge | None = None
        self._problems: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the file as it lies there now; empty when it is in use."""
        return self._problems

    def load(self) -> Knowledge:
        """The knowledge in use; reads the file the first time, which blocks.

        Raises:
            KnowledgeError: the file could not be used, and no earlier one was.
        """
        with self._lock:
            if self._current is None:
                self._seen = self._stamp()
                self._checked_ms = self._clock.now_ms()
                self._current = load_knowledge(self.path)
            return self._current

    def due(self) -> bool:
        """Whether `poll` would look at the file; costs no I/O."""
        return self._checked_ms is None or self._clock.now_ms() - self._checked_ms >= CHECK_EVERY_MS

    def poll(self) -> Knowledge:
        """The knowledge in use, after a look at the file when that is due; blocks while it reads a changed one.

        While one thread reads, the others get what was in use before.

        Raises:
            KnowledgeError: no version of the file could ever be used.
        """
        current = self._current
        if current is None:
            return self.load()
        if not self.due() or not self._lock.acquire(blocking=False):
            return current
        try:
            self._checked_ms = self._clock.now_ms()
            stamp = self._stamp()
            if stamp != self._seen:
                self._seen = stamp
                self._replace()
            return self._current or current
        finally:
            self._lock.release()

    def reread(self) -> None:
        """Read the file now, changed or not; blocks. A bad one is reported and changes nothing."""
        with self._lock:
            self._checked_ms = self._clock.now_ms()
            self._seen = self._stamp()
            self._replace()

    def _replace(self) -> None:
        try:
            self._current = load_knowledge(self.path)
            self._problems = ()
        except KnowledgeError as error:
            self._problems = tuple(p for p in check_knowledge(self.path) if p.fatal) or (Problem(0, error.message),)
        if self._report is not None:
            self._report(self._problems)

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size
