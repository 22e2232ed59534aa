"""Keeps calls in the database, off the audio's path: what is not written yet is the calls' own state, which coalesces.

A message is folded where it is told, in microseconds. One task writes what has changed, a few times a second, in one
transaction for all calls. A database that fails is tried again while the folds go on growing; when `max_waiting` turns
wait, new ones are not kept until it is mended: one warning tells it, and a metric counts them.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from functools import partial
from typing import Any, Final, Self

import structlog

from enterprise_stream.clock import Clock
from enterprise_stream.contained import contained
from enterprise_stream.errors import EnterpriseStreamError, StoreError
from enterprise_stream.log.ports import Entry, LostError, SessionLog
from enterprise_stream.server.notes import Notes
from enterprise_stream.server.projection.fold import CallFold
from enterprise_stream.server.projection.words import Wording
from enterprise_stream.store import Store
from enterprise_stream.store.calls import Turn, keep
from enterprise_stream.store.privacy import ErasureLedger, erase_sessions
from enterprise_stream.wire import messages as wire
from enterprise_stream.wire.codec import parse_server
from enterprise_stream.wire.parts import Consent

log = structlog.get_logger(__name__)

GATHER_S: Final = 0.25
"""How long changes gather before they are written."""

SIGN_S: Final = 20.0
"""How often a call that goes on is said to."""

MAX_WAITING: Final = 5_000
"""Turns that may wait for the database: about 20 MB, half an hour of 32 guests who never pause."""

MOST_AT_ONCE: Final = 100
"""Calls in one transaction."""

RETRY_S: Final = 1.0
"""How long the writer is left alone when it takes nothing more."""

CLOSE_S: Final = 3.0
"""How long the last changes may take when the server stops."""


class Projector:
    """A `Keeper`; use it as an async context manager, inside the store's.

    Args:
        store: the database.
        clock: dates what is told.
        wording: which words are kept.
        max_waiting: turns that may wait.
        ledger: where it is noted what was erased; None for a database that has no backups.

    Attributes:
        refused: turns that were not kept, since the start.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        wording: Wording,
        max_waiting: int = MAX_WAITING,
        ledger: ErasureLedger | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._wording = wording
        self._max_waiting = max_waiting
        self._ledger = ledger
        self._calls: dict[str, CallFold] = {}
        self._silent: set[str] = set()
        self._changed: dict[str, None] = {}
        self._news = asyncio.Event()
        self._over: dict[str, asyncio.Event] = {}
        self._full = False
        self.refused = 0

    async def __aenter__(self) -> Self:
        self._group = await asyncio.TaskGroup().__aenter__()
        works = (self._keep_writing, self._keep_signing)
        self._tasks = [self._group.create_task(self._run(work)) for work in works]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await self._group.__aexit__(None, None, None)
        try:
            async with asyncio.timeout(CLOSE_S):
                while self._changed:
                    await self._write()
        except (TimeoutError, StoreError):
            log.error("calls_not_kept", turns=self.waiting, message="the database failed until the server stopped")

    @property
    def waiting(self) -> int:
        """Turns that the database does not have yet."""
        return sum(len(call.unwritten) for call in self._calls.values())

    # --- what sessions tell -------------------------------------------------------------------------------------

    def belongs(self, session: str, tenant: str) -> None:
        """See `Keeper.belongs`."""
        if session not in self._silent:
            self._call(session).belongs(tenant)

    def told(self, session: str, message: wire.ServerMessage) -> None:
        """A guest was told something, after it was logged; returns at once and never fails."""
        try:
            if self._fold(session, message, self._now()):
                self._change(session)
        except Exception as error:  # noqa: BLE001 - a fault here costs the record of a call, never the call
            self._drop(session, error)

    def took_up(self, session: str, entries: Iterable[Entry]) -> None:
        """See `Keeper.took_up`; rows that are there keep their moments, which a log does not know."""
        try:
            self._calls[session] = _folded(session, entries, self._now())
        except Exception as error:  # noqa: BLE001 - as in `told`
            self._drop(session, error)
        else:
            self._change(session)

    def moved(self, session: str) -> None:
        """See `Keeper.moved`; what is not written yet is in the log, from which the other process has it."""
        self._calls.pop(session, None)
        self._changed.pop(session, None)
        self._silent.discard(session)

    def consented(self, session: str, consent: Consent) -> None:
        """See `Keeper.consented`."""
        if session not in self._silent:
            self._call(session).consent(consent.version, consent.given, self._now())
            self._change(session)

    async def ended(self, session: str, reason: str, ago_ms: float = 0.0) -> None:
        """See `Keeper.ended`."""
        self._silent.discard(session)
        call = self._calls.get(session)
        if call is None or not call.begun:
            self._calls.pop(session, None)
            self._changed.pop(session, None)
            return
        call.end(reason, self._now() - round(ago_ms))
        over = self._over.setdefault(session, asyncio.Event())
        self._change(session)
        await over.wait()

    async def erase(self, session: str) -> None:
        """See `Keeper.erase`; nothing more of this session is kept, so that nothing comes back that is still told."""
        self._silent.add(session)
        self._calls.pop(session, None)
        self._changed.pop(session, None)
        await erase_sessions(self._store, [session], self._now(), self._ledger)

    async def restore(self, session_log: SessionLog) -> None:
        """Keep what an earlier process has logged and not written before it was killed."""
        for known in await session_log.sessions():
            try:
                entries = await session_log.read(known.session, 0)
                notes = await session_log.notes(known.session)
                call = _folded(known.session, entries, round(known.last_ms))
                call.belongs(_tenant(notes))
            except EnterpriseStreamError as error:
                log.warning("call_not_restored", code=error.code)
                continue
            if call.begun:
                await self._put([call])

    # --- into the database --------------------------------------------------------------------------------------

    def _fold(self, session: str, message: wire.ServerMessage, at: int) -> bool:
        if session in self._silent:
            return False
        begins = isinstance(message, wire.TranscriptionMessage) and message.final
        if begins and self.waiting >= self._max_waiting:
            self.refused += 1
            if not self._full:
                self._full = True
                log.warning("calls_full", turns=self.waiting, message="new turns are not kept until it is mended")
            return False
        return self._call(session).tell(message, at)

    def _call(self, session: str) -> CallFold:
        if session not in self._calls:
            self._calls[session] = CallFold(session, self._now())
        return self._calls[session]

    def _change(self, session: str) -> None:
        self._changed[session] = None
        self._news.set()

    async def _run(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        await contained(work(), "calls")

    async def _keep_writing(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            await asyncio.sleep(GATHER_S)
            await self._try_to_write()

    async def _keep_signing(self) -> None:
        """Say of every call, now and then, that it goes on, however much others have to tell."""
        while True:
            await asyncio.sleep(SIGN_S)
            for session, call in self._calls.items():
                call.sign(self._now())
                self._change(session)

    async def _try_to_write(self) -> None:
        while self._changed:
            try:
                await self._write()
            except StoreError:  # the writer has told why
                await asyncio.sleep(RETRY_S)

    async def _write(self, most: int = MOST_AT_ONCE) -> None:
        """Write what has changed in some calls; what changes meanwhile is written the next time."""
        taken = list(self._changed)[:most]
        calls = [call for session in taken if (call := self._calls.get(session)) is not None and call.begun]
        for session in taken:
            del self._changed[session]
        try:
            written = await self._put(calls)
        except (StoreError, asyncio.CancelledError):
            self._again(taken)
            raise
        except Exception as error:  # noqa: BLE001 - a call that can never be written takes no other with it
            if len(taken) == 1:
                if taken[0] in self._calls:  # and did not go to another process meanwhile
                    self._drop(taken[0], error)
                return
            self._again(taken)
            for _ in taken:
                await self._write(1)
            return
        for call, turns in zip(calls, written, strict=True):
            call.written(turns)
        self._full = False
        self._let_go(taken)

    def _again(self, sessions: Iterable[str]) -> None:
        self._changed |= dict.fromkeys(session for session in sessions if session in self._calls)

    def _drop(self, session: str, error: Exception) -> None:
        """Give up on a call: its messages make no row. One that is ending has nothing more to tell."""
        log.error("call_not_kept", error=type(error).__name__)
        self._calls.pop(session, None)
        over = self._over.pop(session, None)
        if over is None:
            self._silent.add(session)
        else:
            over.set()

    async def _put(self, calls: Sequence[CallFold]) -> list[dict[int, Turn]]:
        unwritten = [dict(call.unwritten) for call in calls]
        turns = [self._wording.turn(turn) for each in unwritten for turn in each.values()]
        by_session = {call.session: call for call in calls}
        if self._wording.kept:
            for turn in turns:
                by_session[turn.session].remember(turn)
        rows = [call.row(words=self._wording.kept) for call in calls]
        if rows:
            await self._store.write(partial(keep, calls=rows, changed=turns))
        return unwritten

    def _let_go(self, sessions: Iterable[str]) -> None:
        """Forget calls that are over and written."""
        for session in sessions:
            call = self._calls.get(session)
            if call is not None and call.ended and session not in self._changed:
                del self._calls[session]
                if session in self._over:
                    self._over.pop(session).set()

    def _now(self) -> int:
        return round(self._clock.wall_ms())


def _tenant(notes: str | None) -> str:
    """Whose guest a session had; nobody's in particular where that was never noted, or by another version."""
    try:
        return "" if notes is None else Notes.of(notes).lease.tenant
    except LostError:
        return ""


def _folded(session: str, entries: Iterable[Entry], at: int) -> CallFold:
    """A call from its log.

    Raises:
        ProtocolError: an entry is of another version.
    """
    call = CallFold(session, at)
    for entry in entries:
        call.tell(parse_server(entry.text), at)
    return call
