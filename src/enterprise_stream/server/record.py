"""One session's part of the log: messages are numbered and logged here before they are sent."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Literal

import structlog

from enterprise_stream.log.ports import Claim, Entry, FencedError, LogError, LostError, SessionLog, TracesError
from enterprise_stream.observe.logs import SessionLog as Lines
from enterprise_stream.server.log_outage import LogOutage
from enterprise_stream.server.notes import Notes
from enterprise_stream.server.translate import Numbered
from enterprise_stream.wire import messages as wire
from enterprise_stream.wire.codec import serialise

log = structlog.get_logger(__name__)

NOTE_EVERY_S: Final = 1.0
"""How often what has changed is noted at most, in seconds."""

RETRY_S: Final = 0.2
"""How long a log that has failed is left alone, in seconds: what a process that is killed then has told is lost."""

_IDLE: Final = (
    wire.ReadyMessage,
    wire.PongMessage,
    wire.TestResultMessage,
    wire.StatusMessage,
    wire.RateLimitedMessage,
    wire.ErrorMessage,
    wire.GoingAwayMessage,
)
"""Messages with which nothing has been said or done."""

MAX_BEHIND: Final = 2_000
"""Messages that may wait for a log that fails, half an hour of talk; with more the log is lost."""

MAX_BEHIND_CHARS: Final = 1_000_000
"""Characters that may wait for it, likewise: half an hour of talk has about half as many."""


Standing = Literal["goes", "fails", "lost"]
"""How the log does: it takes what it is given, or has failed and is tried again, or is not tried any more."""


class Record:
    """What a session has told. A log that fails costs the guest the resume, not the conversation.

    What the log did not do is kept and done when that goes again: that the session is claimed, then what is to be
    erased, then what was told. Meanwhile the guest can come back to this process, though not to another. A log that
    fails for longer than it keeps a session has forgotten this one: it begins there anew, with what was told since.

    Args:
        session_log: keeps it.
        session: the session's id.
        lines: where it is told that the log fails.
        claim: what another has done for this owner already; None for a new session, which is claimed when it is opened.
        tell: given each message that was logged; returns at once and never fails.
        outage: told of each failure of the log; None where nobody watches.

    Attributes:
        session: the session's id.
        begun: whether it has told of anything that was said or done.
    """

    def __init__(
        self,
        session_log: SessionLog,
        session: str,
        lines: Lines,
        claim: Claim | None = None,
        tell: Callable[[wire.ServerMessage], None] = lambda _: None,
        outage: LogOutage | None = None,
    ) -> None:
        self.session = session
        self.begun = claim is not None
        self._log = session_log
        self._lines = lines
        self._tell = tell
        self._outage = outage
        self._standing: Standing = "goes"
        self._tried_at = 0.0
        self._one_at_a_time = asyncio.Lock()
        self._epoch = None if claim is None else claim.epoch  # none until the log has let the session be claimed
        self._seq = 0 if claim is None else claim.last_seq
        self._erased = self._erased_in_log = 0
        self._behind: list[Entry] = []
        self._notes: Notes | None = None
        self._noted: Notes | None = None
        self._changed = asyncio.Event()

    @property
    def last_seq(self) -> int:
        """Number of the last message that was told."""
        return self._seq

    @property
    def behind(self) -> int:
        """Messages that the log does not have yet."""
        return len(self._behind)

    async def open(self) -> None:
        """Own the session, where the log fails as soon as it goes again: nobody else knows of a new session."""
        await self._catch_up()

    async def number(self, message: Numbered) -> str:
        """Give a message its number and log it; returns it as it is sent.

        Raises:
            FencedError: another owner has followed.
        """
        self._seq += 1
        told = message(seq=self._seq)
        self.begun = self.begun or not isinstance(told, _IDLE)
        logged = _without_token(told)
        text = serialise(told)
        if self._standing != "lost":
            self._behind.append(Entry(self._seq, text if logged is told else serialise(logged)))
            await self._catch_up()
            self._give_up_if_far_behind()
        self._tell(logged)
        return text

    async def after(self, seq: int) -> list[Entry]:
        """All that was told after a message.

        Raises:
            LostError: not all of it is there.
        """
        async with self._one_at_a_time:
            if self._standing == "lost" or not self._erased <= seq <= self._seq:
                raise LostError("what was told is not in the log")
            first = self._behind[0].seq if self._behind else self._seq + 1
            told = [] if self._owed and seq >= first - 1 else await self._log.read(self.session, seq)
            return told + [entry for entry in self._behind if entry.seq > seq]

    async def renew(self) -> None:
        """The session lives; raises what `number` raises."""
        await self._ask(lambda epoch: self._log.renew(self.session, epoch))
        await self.write_notes()

    async def erase(self) -> None:
        """Forget all that was told so far; what waits for the log never comes to it.

        Raises:
            LogError: the log has not forgotten it yet, and is asked again when it goes.
        """
        self._behind.clear()
        self._erased = self._seq
        async with self._one_at_a_time:
            if self._epoch is not None:
                await self._do_what_is_owed()

    async def forget(self) -> None:
        """Take the session out of the log; it can never be resumed."""
        if self._outage is not None:
            self._outage.over(self)
        try:
            if self._epoch is not None:
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
        """Have what was noted written now, after what waits for the log."""
        self._changed.clear()
        await self._catch_up(rest_s=0)
        if self._epoch is None or self._standing == "lost" or not self._log.outlives_process:
            return
        if self._notes is None or self._notes == self._noted:
            return
        noted = self._noted = self._notes
        if not await self._ask(lambda epoch: self._log.note(self.session, epoch, noted.text())):
            self._noted = None

    async def keep_up(self) -> None:
        """Write notes as they come, and what the log did not take, for as long as the session lives."""
        while True:
            await self._changed.wait()
            await self.write_notes()
            await asyncio.sleep(NOTE_EVERY_S)

    # --- what the log has not done yet --------------------------------------------------------------------------

    @property
    def _owed(self) -> bool:
        """Whether there is anything."""
        return self._epoch is None or self._erased_in_log < self._erased or bool(self._behind)

    async def _catch_up(self, rest_s: float = RETRY_S) -> None:
        """Have it done; a log that has failed is left alone for so long, in seconds."""
        async with self._one_at_a_time:
            now = asyncio.get_running_loop().time()
            if self._standing == "lost" or not self._owed:
                return
            if self._standing == "fails" and now - self._tried_at < rest_s:
                return
            self._tried_at, entries = now, len(self._behind)
            try:
                await self._do_what_is_owed()
            except LogError as error:
                self._failed(error)
                return
            if self._standing == "fails":
                self._standing = "goes"
                self._lines.logged_again(entries=entries)
                if self._outage is not None:
                    self._outage.over(self)

    async def _do_what_is_owed(self) -> None:
        try:
            await self._do_it_once()
        except FencedError as error:
            await self._begin_anew(error)
            await self._do_it_once()

    async def _do_it_once(self) -> None:
        if self._epoch is None:
            self._epoch = (await self._log.claim(self.session)).epoch
        if self._erased_in_log < self._erased:
            await self._erase_in_log(self._epoch, self._erased)
        if waiting := [*self._behind]:
            await self._log.append(self.session, self._epoch, waiting)
            self._behind = [entry for entry in self._behind if entry.seq > waiting[-1].seq]

    async def _erase_in_log(self, epoch: int, last_seq: int) -> None:
        try:
            await self._log.erase(self.session, epoch, last_seq)
        except TracesError:
            self._erased_in_log = last_seq
            raise
        self._erased_in_log = last_seq

    def _give_up_if_far_behind(self) -> None:
        if len(self._behind) > MAX_BEHIND or sum(len(entry.text) for entry in self._behind) > MAX_BEHIND_CHARS:
            self._standing = "lost"
            self._behind.clear()
            if self._outage is not None:
                self._outage.gave_up(self)

    async def _ask(self, work: Callable[[int], Awaitable[None]]) -> bool:
        """Have the log do something for the owner of the session; whether it did.

        Raises:
            FencedError: another owner has followed.
        """
        async with self._one_at_a_time:
            if self._epoch is None:
                return False
            try:
                await work(self._epoch)
            except FencedError as error:
                await self._begin_anew_if_it_goes(error)
                return False
            except LogError as error:
                self._failed(error)
                return False
        return True

    async def _begin_anew_if_it_goes(self, error: FencedError) -> None:
        try:
            await self._begin_anew(error)
        except LogError as failed:
            self._failed(failed)

    async def _begin_anew(self, error: FencedError) -> None:
        """Own a session that the log has forgotten while it failed: nobody can have taken it over from there.

        What was told before it failed is gone; what is told from then on is logged.

        Raises:
            FencedError: as given; another owner has followed.
            LogError: it fails again.
        """
        known = self._standing == "goes" or any(known.session == self.session for known in await self._log.sessions())
        if known:
            raise error
        self._epoch = self._noted = None
        self._erased = max(self._erased, self._behind[0].seq - 1 if self._behind else self._seq)
        self._erased_in_log = 0
        self._changed.set()  # `keep_up` claims it

    def _failed(self, error: LogError) -> None:
        if isinstance(error, FencedError):
            raise error
        if self._outage is not None and self._standing != "lost":
            self._outage.failed(self)
        self._changed.set()  # `keep_up` tries again
        if self._standing == "goes":
            self._standing = "fails"
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
