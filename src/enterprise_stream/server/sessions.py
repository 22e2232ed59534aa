"""The sessions of one process: begun with a connection, resumed by another, over when nobody has come back in time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from enterprise_stream.errors import EnterpriseStreamError
from enterprise_stream.log.memory import MemoryLog
from enterprise_stream.log.ports import FencedError, LogError, LostError
from enterprise_stream.server.attachment import Attachment
from enterprise_stream.server.closing import ClosedByUsError, leaves
from enterprise_stream.server.live_session import Begin, LiveSession
from enterprise_stream.server.notes import Notes
from enterprise_stream.server.resume_token import ResumeToken
from enterprise_stream.server.service import Service
from enterprise_stream.server.told import read_back
from enterprise_stream.session.outbox import SlowReaderError
from enterprise_stream.wire import messages as wire
from enterprise_stream.wire.codes import CloseCode

LOG_SLACK_S: Final = 60.0
"""How much longer than the window a log keeps a session whose owner has fallen silent, in seconds."""

MAX_AWAY: Final = 1_000
"""Sessions that wait for their guests at once; beyond that, the one whose guest has been away longest ends."""


class RefusedError(EnterpriseStreamError):
    """A session cannot be gone on with."""

    code = "resume_refused"

    def __init__(self) -> None:
        super().__init__("This session cannot be gone on with; a new one has begun.")


class Sessions:
    """Owns every session's task while `running`."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._log = service.session_log or MemoryLog(service.clock, service.resume_window_s + LOG_SLACK_S)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._live: dict[str, LiveSession] = {}
        self._taking_up = asyncio.Lock()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The time in which sessions may be; they end with it, and a log that outlives the process keeps them."""
        async with asyncio.TaskGroup() as self._group:
            try:
                yield
            finally:
                for task in [*self._tasks.values()]:
                    task.cancel()

    def begin(self, language: str, attachment: Attachment) -> LiveSession:
        """A new session with its first connection."""
        live = LiveSession(self._service, self._log, Begin.anew(language), attachment)
        self._start(live)
        return live

    async def find(self, given: wire.Resume) -> LiveSession:
        """The session that a client wants to go on with; it is not taken over yet.

        Raises:
            RefusedError: there is none that this token opens.
            LostError: what the client has missed is not all there.
        """
        try:
            async with self._taking_up:
                live = self._live.get(given.session_id) or await self._take_up(given)
            if live is None or not live.token.accepts(given.resume_token, connected=live.connected):
                self._service.metrics.not_resumed("refused")
                raise RefusedError
            await live.may_resume(given.last_seq)
        except LogError:
            self._service.metrics.not_resumed("lost")
            raise LostError("What was said meanwhile is not kept any more; a new session has begun.") from None
        return live

    async def _take_up(self, given: wire.Resume) -> LiveSession | None:
        """A session of another process, which ends there as soon as it has something to tell; None where it cannot be.

        Its token is looked at first: nobody else's word ends a session.
        """
        text = await self._log.notes(given.session_id) if self._log.outlives_process else None
        notes = None if text is None else Notes.of(text)
        if notes is None or not ResumeToken(notes.digests).accepts(given.resume_token, connected=False):
            return None
        engines = self._service.recast(notes.voice)
        if engines is None:
            return None  # a session speaks with one voice
        claim = await self._log.claim(given.session_id)
        entries = await self._log.read(given.session_id, 0)
        told = read_back(entries, notes.played, self._service.clock.now_ms())
        begin = Begin(given.session_id, told.language, notes.digests, claim, told, engines)
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

    def leave(self, live: LiveSession, attachment: Attachment) -> None:
        """A session's connection is gone; its guest may come back."""
        live.detach(attachment)
        away = [other for other in self._live.values() if not other.connected]
        if len(away) > MAX_AWAY:
            self.end(min(away, key=lambda other: other.lost_at))

    def end(self, live: LiveSession) -> None:
        """A session is over and cannot be resumed."""
        if self._live.pop(live.id, None) is not None:
            self._tasks[live.id].cancel()

    def _start(self, live: LiveSession) -> None:
        task = self._group.create_task(self._run(live))
        self._live[live.id] = live
        self._tasks[live.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(live.id, None))

    async def _run(self, live: LiveSession) -> None:
        try:
            await live.run()
        except asyncio.CancelledError:
            if live.id in self._live:
                raise  # the process ends, not the session: a log that outlives it keeps what was told
        except Exception as error:  # noqa: BLE001 - a fault ends one session, is logged and told, and touches no other
            live.fail(_verdict(live, error))
        self._live.pop(live.id, None)
        await live.forget()


def _verdict(live: LiveSession, error: Exception) -> ClosedByUsError:
    """How the connection of a session ends that cannot go on."""
    for cause in leaves(error):
        if isinstance(cause, ClosedByUsError):
            return cause
        if isinstance(cause, FencedError):
            return ClosedByUsError(CloseCode.REPLACED, "resumed elsewhere")
        if isinstance(cause, SlowReaderError):
            return ClosedByUsError(CloseCode.POLICY, cause.message)
    live.log.lines.failed(code="internal", turn=None, error=error)
    return ClosedByUsError(CloseCode.INTERNAL, "a fault of the server; it has been logged")
