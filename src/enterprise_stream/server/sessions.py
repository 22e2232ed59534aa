"""The sessions of one process: begun with a connection, resumed by another, over when nobody has come back in time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final
from weakref import WeakValueDictionary

from enterprise_stream.errors import EnterpriseStreamError
from enterprise_stream.log.memory import MemoryLog
from enterprise_stream.log.ports import FencedError, LogError, LostError
from enterprise_stream.server.access.lease import Lease
from enterprise_stream.server.attachment import Attachment
from enterprise_stream.server.begin import Begin
from enterprise_stream.server.closing import ClosedByUsError, leaves
from enterprise_stream.server.limits import Limit
from enterprise_stream.server.live_session import LiveSession
from enterprise_stream.server.notes import Notes
from enterprise_stream.server.record import RETRY_S
from enterprise_stream.server.resume_token import ResumeToken
from enterprise_stream.server.service import Service
from enterprise_stream.server.told import read_back
from enterprise_stream.server.waiting import surplus
from enterprise_stream.session.outbox import SlowReaderError
from enterprise_stream.wire import messages as wire
from enterprise_stream.wire.codes import CloseCode

LOG_SLACK_S: Final = 60.0
"""How much longer than the window a log keeps a session whose owner has fallen silent, in seconds."""

FIND_WITHIN_S: Final = 10.0
"""How long a log that fails is asked again for a session whose guest comes back, in seconds; then it counts as lost."""

LEFT: Final = "left"
"""Why a session ends whose guest does not come back."""

MOVED: Final = CloseCode.REPLACED.name.lower()
"""Why a session ends here that goes on in another process."""


class RefusedError(EnterpriseStreamError):
    """A session cannot be gone on with."""

    code = "resume_refused"

    def __init__(self) -> None:
        super().__init__("This session cannot be gone on with; a new one has begun.")


@dataclass(slots=True, weakref_slot=True)
class _Search:
    """Those who look for one session: one after another may take it up, and all give up at the same time.

    A client that waits for less than that, and comes back to wait again, is told in the end too.

    Attributes:
        until_ms: on the session's clock.
    """

    until_ms: float
    taking_up: asyncio.Lock = field(default_factory=asyncio.Lock)


class Sessions:
    """Owns every session's task while `running`."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._log = service.session_log or MemoryLog(service.clock, service.resume_window_s + LOG_SLACK_S)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._live: dict[str, LiveSession] = {}
        self._reasons: dict[str, str] = {}
        self._searches = WeakValueDictionary[str, _Search]()  # those that are under way
        self._wall_offset = service.clock.wall_ms() - service.clock.now_ms()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The time in which sessions may be; they end with it, and a log that outlives the process keeps them."""
        async with asyncio.TaskGroup() as self._group:
            try:
                yield
            finally:
                for task in [*self._tasks.values()]:
                    task.cancel()

    def begin(self, begin: Begin, attachment: Attachment) -> LiveSession:
        """A new session with its first connection."""
        live = LiveSession(self._service, self._log, replace(begin, began_ms=self._wall_ms()), attachment)
        self._start(live)
        return live

    async def find(self, given: wire.Resume, lease: Lease) -> LiveSession:
        """The session that a client wants to go on with; it is not taken over yet.

        Args:
            given: which it is, and the token for it.
            lease: what the client's own connection is under.

        Raises:
            RefusedError: there is none that this token opens, or it is another tenant's, or of another origin's page.
            LostError: what the client has missed is not all there, or the log has failed for too long to tell.
        """
        until_ms = self._service.clock.now_ms() + FIND_WITHIN_S * 1000
        search = self._searches.setdefault(given.session_id, _Search(until_ms))
        while True:
            try:
                return await self._find(given, lease, search)
            except LogError as error:
                if not error.retryable or self._service.clock.now_ms() >= search.until_ms:
                    self._service.metrics.not_resumed("lost")
                    raise LostError("What was said meanwhile is not kept any more; a new session has begun.") from None
            await asyncio.sleep(RETRY_S)

    async def _find(self, given: wire.Resume, lease: Lease, search: _Search) -> LiveSession:
        live = self._live.get(given.session_id) or await self._elsewhere(given, lease, search)
        if live is None or not lease.opens(live.lease) or not await _opens(live, given.resume_token):
            self._service.metrics.not_resumed("refused")
            raise RefusedError
        await live.may_resume(given.last_seq)
        return live

    async def _elsewhere(self, given: wire.Resume, lease: Lease, search: _Search) -> LiveSession | None:
        """A session that no task of ours leads; of several who want the same one, each sees what the first has made."""
        async with search.taking_up:
            return self._live.get(given.session_id) or await self._take_up(given, lease)

    async def _take_up(self, given: wire.Resume, lease: Lease) -> LiveSession | None:
        """A session of another process, which ends there as soon as it has something to tell; None where it cannot be.

        Its lease and its token are looked at first: nobody else's word ends a session.
        """
        text = await self._log.notes(given.session_id) if self._log.outlives_process else None
        notes = None if text is None else Notes.of(text)
        if notes is None or not lease.opens(notes.lease):
            return None
        if not ResumeToken(notes.digests).accepts(given.resume_token, connected=False):
            return None
        engines = self._service.recast(notes.voice)
        if engines is None:
            return None  # a session speaks with one voice
        claim = await self._log.claim(given.session_id)
        since = notes.since
        entries = await self._log.read(given.session_id, 0 if since is None else since.seq)
        told = read_back(entries, notes.played, self._service.clock.now_ms(), _has(given.played), since)
        self._service.keeper.took_up(given.session_id, entries)
        paid = await self._service.paid_for(given.session_id) + (0 if since is None else since.paid)
        now = self._wall_ms()
        began = notes.began_ms or now
        begin = Begin(
            given.session_id,
            told.language,
            notes.lease,
            notes.digests,
            claim,
            told,
            engines,
            paid,
            began,
            max(0.0, now - began),
            since,
            notes.warned,
        )
        live = LiveSession(self._service, self._log, begin)
        self._start(live)
        return live

    def take_over(self, live: LiveSession, given: wire.Resume, attachment: Attachment) -> None:
        """Go on with a session that was found; of several who try, the first has it.

        Raises:
            RefusedError: somebody else was faster, or it is over.
        """
        ours = self._live.get(live.id) is live
        if not ours or not live.token.redeem(given.resume_token, connected=live.connected):
            self._service.metrics.not_resumed("refused")
            raise RefusedError
        live.attach(attachment)

    def all(self) -> list[LiveSession]:
        """Every session, connected or not."""
        return [*self._live.values()]

    def connected(self) -> list[LiveSession]:
        """Those that a client is connected to."""
        return [live for live in self._live.values() if live.connected]

    def leave(self, live: LiveSession, attachment: Attachment) -> None:
        """A session's connection is gone; its guest may come back."""
        live.detach(attachment)
        away = [other for other in self._live.values() if not other.connected]
        if (other := surplus(away, self._service.admission.places)) is not None:
            self._service.metrics.door.surplus_ended(begun=other.begun)
            self.end(other)

    def end(self, live: LiveSession, reason: str = LEFT) -> None:
        """A session is over and cannot be resumed."""
        if self._live.pop(live.id, None) is not None:
            self._reasons[live.id] = reason
            self._tasks[live.id].cancel()

    def end_all(self, verdict: ClosedByUsError) -> None:
        """Every session is over; connections are closed as the verdict says."""
        for live in [*self._live.values()]:
            live.fail(verdict)
            self.end(live)

    def _wall_ms(self) -> float:
        """Ms since 1970, as of the start: a clock that is set meanwhile makes no call longer."""
        return self._service.clock.now_ms() + self._wall_offset

    def _start(self, live: LiveSession) -> None:
        self._service.keeper.belongs(live.id, live.lease.tenant)
        task = self._group.create_task(self._run(live))
        self._live[live.id] = live
        self._tasks[live.id] = task
        task.add_done_callback(partial(self._gone, live.id))

    def _gone(self, session: str, _: "asyncio.Task[None]") -> None:
        self._tasks.pop(session, None)
        self._reasons.pop(session, None)

    async def _run(self, live: LiveSession) -> None:
        session, record = live.id, live.record
        reason = await self._lead(live)
        ago_ms = 0.0 if live.connected else self._service.clock.now_ms() - live.lost_at
        if reason != MOVED and not await _retired(live):
            reason = MOVED
        del live  # its sound and its conversation, however long a store that is down may take
        if reason == MOVED:
            self._service.keeper.moved(session)
        else:  # all of it is kept before the log forgets it
            await self._service.keeper.ended(session, reason, ago_ms)
        await record.forget()

    async def _lead(self, live: LiveSession) -> str:
        """A session to its end; returns why it is over."""
        reason = LEFT
        try:
            await live.run()
        except asyncio.CancelledError:
            if live.id in self._live:
                raise  # the process ends, not the session: a log that outlives it keeps what was told
            reason = self._reasons.pop(live.id, LEFT)
        except Exception as error:  # noqa: BLE001 - a fault ends one session, is logged and told, and touches no other
            verdict = _verdict(live, error)
            reason = verdict.code.name.lower()
            live.fail(verdict)
        self._live.pop(live.id, None)
        return reason


async def _retired(live: LiveSession) -> bool:
    """No token opens the session any more; False where another process has it, which tells of its end."""
    try:
        await live.retire()
    except FencedError:
        return False
    return True


async def _opens(live: LiveSession, token: str) -> bool:
    """Whether a client may go on with the session by this token.

    The one that was used last opens it where nobody is connected: not even a client that has gone unnoticed, with which
    its successor may be lost.
    """
    if not live.token.accepts(token, connected=live.connected) and live.token.accepts(token, connected=False):
        await live.let_go_of_the_silent()
    return live.token.accepts(token, connected=live.connected)


def _has(played: wire.Played | None) -> tuple[int, float]:
    return (0, 0.0) if played is None else (played.turn, played.played_ms)


def _verdict(live: LiveSession, error: Exception) -> ClosedByUsError:
    """How the connection of a session ends that cannot go on."""
    for cause in leaves(error):
        if isinstance(cause, ClosedByUsError):
            return cause
        if isinstance(cause, FencedError):
            return ClosedByUsError(CloseCode.REPLACED, "resumed elsewhere")
        if isinstance(cause, SlowReaderError):
            return ClosedByUsError(CloseCode.POLICY, cause.message, Limit.SLOW_READER)
    live.log.lines.failed(code="internal", turn=None, error=error)
    return ClosedByUsError(CloseCode.INTERNAL, "a fault of the server; it has been logged")
