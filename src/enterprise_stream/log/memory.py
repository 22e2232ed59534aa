"""A session log in the process's own memory: gone with it, and bounded."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from enterprise_stream.clock import Clock
from enterprise_stream.log.ports import Claim, Entry, FencedError, GapError, Known, LostError

MAX_ENTRIES: Final = 8_000
"""Entries kept of one session; the oldest go first. A talkative quarter of an hour has about as many."""

MAX_CHARS: Final = 1_000_000
"""Characters kept of one session, likewise."""


@dataclass(slots=True)
class _Kept:
    expires_ms: float
    epoch: int = 0
    last_seq: int = 0
    notes: str | None = None
    entries: deque[Entry] = field(default_factory=deque)
    chars: int = 0


class MemoryLog:
    """A `SessionLog` for one process.

    Args:
        clock: for the time to live.
        ttl_s: how long a session is kept after its owner's last word, in seconds.
        max_entries: entries kept of one session.
        max_chars: characters kept of one session.
    """

    outlives_process = False

    def __init__(
        self, clock: Clock, ttl_s: float, *, max_entries: int = MAX_ENTRIES, max_chars: int = MAX_CHARS
    ) -> None:
        self._clock = clock
        self._ttl_ms = ttl_s * 1000
        self._max_entries = max_entries
        self._max_chars = max_chars
        self._sessions: dict[str, _Kept] = {}

    async def claim(self, session: str) -> Claim:  # noqa: D102 - see the port
        await self.sweep()
        kept = self._sessions.setdefault(session, _Kept(0.0))
        kept.epoch += 1
        self._touch(kept)
        return Claim(kept.epoch, kept.last_seq, kept.notes)

    async def append(self, session: str, epoch: int, entries: Sequence[Entry]) -> None:  # noqa: D102
        kept = self._owned(session, epoch)
        if [entry.seq for entry in entries] != [*range(kept.last_seq + 1, kept.last_seq + 1 + len(entries))]:
            raise GapError("the numbers do not follow")
        for entry in entries:
            kept.entries.append(entry)
            kept.chars += len(entry.text)
        kept.last_seq += len(entries)
        while len(kept.entries) > self._max_entries or kept.chars > self._max_chars:
            kept.chars -= len(kept.entries.popleft().text)

    async def note(self, session: str, epoch: int, notes: str) -> None:  # noqa: D102
        self._owned(session, epoch).notes = notes

    async def notes(self, session: str) -> str | None:  # noqa: D102
        kept = self._known(session)
        return None if kept is None else kept.notes

    async def read(self, session: str, after: int) -> list[Entry]:  # noqa: D102
        kept = self._known(session)
        if kept is None or not kept.last_seq - len(kept.entries) <= after <= kept.last_seq:
            raise LostError("what was told since then is not kept any more")
        skipped = after - (kept.last_seq - len(kept.entries))
        return [*kept.entries][skipped:]

    async def renew(self, session: str, epoch: int) -> None:  # noqa: D102
        self._owned(session, epoch)

    async def erase(self, session: str, epoch: int, last_seq: int) -> None:  # noqa: D102
        kept = self._owned(session, epoch)
        kept.last_seq = max(kept.last_seq, last_seq)
        kept.entries.clear()
        kept.chars = 0

    async def sessions(self) -> list[Known]:  # noqa: D102
        ago = self._clock.wall_ms() - self._clock.now_ms() - self._ttl_ms
        live = {name: kept for name, kept in self._sessions.items() if not self._expired(kept)}
        return [Known(name, kept.expires_ms + ago) for name, kept in live.items()]

    async def sweep(self) -> None:  # noqa: D102
        for name in [name for name, kept in self._sessions.items() if self._expired(kept)]:
            del self._sessions[name]

    async def end(self, session: str, epoch: int) -> None:  # noqa: D102
        self._owned(session, epoch)
        del self._sessions[session]

    def _owned(self, session: str, epoch: int) -> _Kept:
        """The session, whose time to live begins anew."""
        kept = self._known(session)
        if kept is None or kept.epoch != epoch:
            raise FencedError("the session has another owner")
        self._touch(kept)
        return kept

    def _touch(self, kept: _Kept) -> None:
        kept.expires_ms = self._clock.now_ms() + self._ttl_ms

    def _known(self, session: str) -> _Kept | None:
        kept = self._sessions.get(session)
        return None if kept is None or self._expired(kept) else kept

    def _expired(self, kept: _Kept) -> bool:
        return self._clock.now_ms() >= kept.expires_ms
