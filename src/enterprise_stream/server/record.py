"""One session's part of the log: messages are numbered and logged here before they are sent."""

import asyncio
from typing import Final

import structlog

from enterprise_stream.log.ports import Claim, Entry, FencedError, LogError, LostError, SessionLog
from enterprise_stream.observe.logs import SessionLog as Lines
from enterprise_stream.server.notes import Notes
from enterprise_stream.server.translate import Numbered
from enterprise_stream.wire import messages as wire
from enterprise_stream.wire.codec import serialise

log = structlog.get_logger(__name__)

NOTE_EVERY_S: Final = 1.0
"""How often what has changed is noted at most, in seconds."""


class Record:
    """What a session has told. A log that fails costs the guest the resume, not the conversation.

    Args:
        session_log: keeps it.
        session: the session's id.
        lines: where it is told that the log fails.
        claim: what another has done for this owner already; None claims the session when it is opened.
    """

    def __init__(self, session_log: SessionLog, session: str, lines: Lines, claim: Claim | None = None) -> None:
        self.session = session
        self._log = session_log
        self._lines = lines
        self._claim = claim
        self._epoch = 0
        self._seq = 0
        self._failed = False
        self._notes: Notes | None = None
        self._noted: Notes | None = None
        self._changed = asyncio.Event()

    async def open(self) -> None:
        """Own the session."""
        claim = self._claim or await self._log.claim(self.session)
        self._epoch, self._seq = claim.epoch, claim.last_seq

    async def number(self, message: Numbered) -> str:
        """Give a message its number and log it; returns it as it is sent.

        Raises:
            FencedError: another owner has followed.
        """
        self._seq += 1
        told = message(seq=self._seq)
        logged = _without_token(told)
        text = serialise(told)
        entry = Entry(self._seq, text if logged is told else serialise(logged))
        if not self._failed:
            try:
                await self._log.append(self.session, self._epoch, [entry])
            except LogError as error:
                self._fail(error)
        return text

    async def after(self, seq: int) -> list[Entry]:
        """All that was told after a message.

        Raises:
            LostError: not all of it is there.
        """
        if self._failed:
            raise LostError("what was told is not in the log")
        return await self._log.read(self.session, seq)

    async def renew(self) -> None:
        """The session lives; raises what `number` raises."""
        try:
            await self._log.renew(self.session, self._epoch)
        except LogError as error:
            self._fail(error)

    async def forget(self) -> None:
        """Take the session out of the log; it can never be resumed."""
        try:
            await self._log.end(self.session, self._epoch)
        except LogError as error:
            log.debug("not_forgotten", code=error.code)  # another owner's, or gone with its time to live

    # --- notes --------------------------------------------------------------------------------------------------

    def note(self, notes: Notes) -> None:
        """Keep this for a process that goes on with the session; written soon."""
        self._notes = notes
        if self._log.outlives_process and notes != self._noted:
            self._changed.set()

    async def write_notes(self) -> None:
        """Have what was noted written now."""
        self._changed.clear()
        if self._failed or self._notes is None or self._notes == self._noted or not self._log.outlives_process:
            return
        self._noted = self._notes
        try:
            await self._log.note(self.session, self._epoch, self._noted.text())
        except LogError as error:
            self._fail(error)

    async def keep_notes(self) -> None:
        """Write notes as they come, for as long as the session lives."""
        while True:
            await self._changed.wait()
            await self.write_notes()
            await asyncio.sleep(NOTE_EVERY_S)

    def _fail(self, error: LogError) -> None:
        if isinstance(error, FencedError):
            raise error
        if not self._failed:
            self._failed = True
            self._lines.unlogged(code=error.code)


def _without_token(message: wire.ServerMessage) -> wire.ServerMessage:
    """The message as it is logged: a log tells nobody how to take a session over."""
    match message:
        case wire.ReadyMessage():
            return message.model_copy(update={"resume_token": ""})
        case wire.StartedMessage(resume_token=str()):
            return message.model_copy(update={"resume_token": None})
        case _:
            return message
