"""A session as the server keeps it: it numbers, logs and sends what its guest is told, whoever is connected.

Every message is in the log before it is sent. Connections come and go; while there is none, what the session has to
tell is logged, the sound of its answer is kept, and both go to the connection that takes the session over.
"""

import asyncio
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from enterprise_stream import __version__
from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.house_events import PartingRequested
from enterprise_stream.conversation.presence_events import ConnectionLost, ConnectionResumed
from enterprise_stream.log.ports import LogError, SessionLog
from enterprise_stream.observe import logs
from enterprise_stream.observe.slowness import budgets
from enterprise_stream.server.attachment import Attachment
from enterprise_stream.server.begin import Begin
from enterprise_stream.server.call_log import CallLog
from enterprise_stream.server.call_watch import GOODBYE_S, CallWatch
from enterprise_stream.server.clips import play_voice
from enterprise_stream.server.closing import ClosedByUsError, parted
from enterprise_stream.server.keeping import erased
from enterprise_stream.server.notes import Notes, Since
from enterprise_stream.server.record import Record
from enterprise_stream.server.resume_token import Digests, ResumeToken
from enterprise_stream.server.service import Service
from enterprise_stream.server.terms import Terms
from enterprise_stream.server.till import Till
from enterprise_stream.server.translate import Numbered, View, to_wire
from enterprise_stream.server.voice_out import VoiceOut
from enterprise_stream.server.waiting import waits_s
from enterprise_stream.session.outbox import Sound
from enterprise_stream.session.replies import DraftEnd
from enterprise_stream.session.session import Session
from enterprise_stream.session.settings import SessionSettings
from enterprise_stream.wire import messages as wire
from enterprise_stream.wire.codec import serialise
from enterprise_stream.wire.codes import CloseCode

RENEW_S: Final = 20.0
"""How often the log is told that the session lives, in seconds."""


@dataclass(frozen=True, slots=True)
class Release:
    """The connection ends here, so, and the session does not."""

    verdict: ClosedByUsError


class LiveSession:
    """One guest's session, from `ready` to its end.

    Args:
        service: what the server serves.
        session_log: where everything is kept that the guest is told.
        begin: how it begins.
        attachment: the connection that it begins with; None for a session that nobody is connected to yet.

    Attributes:
        session: the conversation.
        lease: for whom it is, and how far it may go.
        persona: who answers, in the voice that stays for all of the session.
        terms: the settings in force.
        token: lets a client come back.
        log: what a person can follow of it.
        record: all that it has told.
        lost_at: when its last connection was lost, in ms on the session's clock; its beginning before that.
        wall_offset: from the session's clock to ms since 1970; never changes, so that time is never set back.
    """

    def __init__(
        self, service: Service, session_log: SessionLog, begin: Begin, attachment: Attachment | None = None
    ) -> None:
        told = begin.told
        self.id = begin.id
        self.lease = begin.lease
        self.token = ResumeToken(begin.digests)
        self.terms = Terms() if told is None else told.terms
        self.wall_offset = service.clock.wall_ms() - service.clock.now_ms()
        self._service = service
        self._told = told
        self._usual = budgets(service.mode)
        self._engines = begin.engines or service.cast()
        self.persona = replace(service.persona, voice=self._engines.voice.voice)
        self._till = Till(service.meter, self.id, service.draft_microdollars, begin.paid, begin.lease)
        self.log = CallLog(logs.SessionLog(self.id), service.clock, self.persona.voice, self._usual)
        told_on = partial(_logged, service, self.id)  # holds no session: its record may outlive it
        self.record = Record(session_log, self.id, self.log.lines, begin.claim, told_on, service.log_outage)
        settings = SessionSettings(
            self.id,
            begin.language,
            service.languages,
            self.persona,
            service.policy,
            openings=service.openings,
            speculation=service.speculation,
            past=None if told is None else told.past,
            tenant=begin.lease.tenant,
        )
        self.session: Session[Numbered | Release] = Session(
            settings, self._engines, service.clock, self._count_draft, self._till.may_draft
        )
        streams, kept, self._played = (0, None, (0, 0.0)) if told is None else (told.streams, told.kept(), told.played)
        self._voice = VoiceOut(self.persona.voice, self._send, self._deliver, self.session.sent, streams, kept)
        self._began_ms = begin.began_ms
        self._since = begin.since
        self._watch = CallWatch(service.call_limits(), service.clock, begin.lasted_ms, self.lease, warned=begin.warned)
        self._attached = attachment
        self._out = attachment
        self._changed = asyncio.Event()
        self.lost_at = service.clock.now_ms()

    # --- who is connected ---------------------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Whether a client is."""
        return self._attached is not None

    @property
    def begun(self) -> bool:
        """Whether anything was said or done in it that its guest would miss."""
        return self.record.begun

    def attach(self, attachment: Attachment) -> None:
        """Go on with this connection; the one before it, if any, is closed."""
        if self._attached is not None:
            self._attached.end(_replaced())
            self.lost_at = self._service.clock.now_ms()
        self._attached = attachment
        self._changed.set()

    def detach(self, attachment: Attachment) -> None:
        """That connection is gone, and nothing of it is kept; that is all if it is not the session's any more."""
        attachment.end()
        if attachment is self._out:
            self._out = None
        if attachment is self._attached:
            self._attached = None
            self.lost_at = self._service.clock.now_ms()
            self._changed.set()

    async def let_go_of_the_silent(self) -> None:
        """Let go of the connection if its client is not there any more, which the network has not told."""
        attachment = self._attached
        if attachment is not None and not await attachment.answers():
            attachment.end(_replaced())
            self.detach(attachment)

    def fail(self, verdict: ClosedByUsError) -> None:
        """The session cannot go on; the connection, if there is one, is closed."""
        if self._attached is not None:
            self._attached.end(verdict)

    async def may_resume(self, last_seq: int) -> None:
        """Make sure that everything after a message can be told again.

        Raises:
            LostError: it cannot.
        """
        await self.record.after(last_seq)

    def client_speaks(self) -> None:
        """The client has said something after its welcome, so it has the token that came with it."""
        if self.token.settle():
            self._note()

    async def run(self) -> None:
        """Serve until nobody has come back in time, or until cancelled.

        Raises:
            ExceptionGroup: a fault, or `FencedError` where another process has taken the session over.
        """
        await self.record.open()
        with self._till:
            await self._serve()

    async def retire(self) -> None:
        """No token opens it any more, in whichever process."""
        self.record.note(Notes(Digests(), self.persona.voice))
        await self.record.write_notes()

    async def _serve(self) -> None:
        async with asyncio.TaskGroup() as group:
            works = (
                self.session.run(),
                self._write(),
                self._watch_till(),
                self._watch.run(self),
                self.record.keep_up(),
            )
            tasks = [group.create_task(work) for work in works]
            try:
                await self._attend()
            finally:
                for task in tasks:
                    task.cancel()

    async def _watch_till(self) -> None:
        """Say goodbye when nothing more may be bought for this call; then it ends, come what may."""
        await self._till.empty()
        await self.session.tell(PartingRequested(0))
        await asyncio.sleep(GOODBYE_S)
        raise parted("budget")

    async def _attend(self) -> None:
        """Tell the conversation who comes and goes; returns when nobody has come back in time."""
        told = self._out  # nobody, where another process has begun it: who has come back meanwhile is news
        while True:
            self._changed.clear()
            if told is not None and told is not self._attached:
                told = None
                await self.session.tell(ConnectionLost(0))
            elif told is None and self._attached is not None:
                told = self._attached
                await self.session.tell(ConnectionResumed(0))
            elif not await self._wait_for_change():
                return

    async def _wait_for_change(self) -> bool:
        """Wait until somebody comes or goes; False when a guest who is away may not come back any more."""
        while True:
            left_s = RENEW_S
            if self._attached is None:
                away_s = (self._service.clock.now_ms() - self.lost_at) / 1000
                left_s = min(left_s, waits_s(away_s, self._service.resume_window_s, begun=self.begun))
            if left_s <= 0:
                return False
            try:
                async with asyncio.timeout(left_s):
                    await self._changed.wait()
                    return True
            except TimeoutError:
                await self.record.renew()
                if self._attached is not None:
                    self._voice.tidy(self._service.clock.now_ms())

    # --- out ----------------------------------------------------------------------------------------------------

    def say(self, message: Numbered, size: int = 0) -> None:
        """Tell the client something, after what waits; with the bytes of a client's own that it brings back."""
        self.session.outbox.put(message, size)

    def announce_end(self, grace_s: float, reason: str) -> None:
        """Tell the client that the server is leaving, and how long this connection may stay."""
        self.say(partial(wire.GoingAwayMessage, grace_ms=round(grace_s * 1000), reason=reason))

    def let_go(self) -> None:
        """Close the connection after all that waits for it; the session can be resumed."""
        self.session.outbox.put(Release(ClosedByUsError(CloseCode.RESTARTING, "the server is restarting")))

    async def write_notes(self) -> None:
        """Have noted what another process needs to go on with the session."""
        self._note()
        await self.record.write_notes()

    def heard(self, turn: int, played_ms: float) -> None:
        """The client has played so much of an answer: the sound before it is not needed any more."""
        self._voice.heard(turn, played_ms)
        self._played = (turn, played_ms)
        self._note()

    def _note(self) -> None:
        noted = (self.token.digests, self.persona.voice, self._played, self._began_ms, self.lease, self._since)
        self.record.note(Notes(*noted, warned=self._watch.warned))

    async def _new_token(self) -> str:
        """A token that the next process knows too, should this one end before the client can use it."""
        token = self.token.issue()
        self._note()
        await self.record.write_notes()
        return token

    def _count_draft(self, end: DraftEnd) -> None:
        self._service.metrics.draft_ended(used=end.used, text_tokens=end.text_tokens, sound_ms=end.sound_ms)

    async def _write(self) -> None:
        if self._told is None:
            await self._send(partial(self._ready, await self._new_token()))
        else:
            for news in self._told.news:
                await self._tell(news)
        if self._out is not None:
            self._out.welcome()
        while True:
            item = await self.session.outbox.get()
            if isinstance(item, Sound):
                await self._voice.sound(item)
            elif isinstance(item, act.Notice):
                await self._tell(item)
            elif isinstance(item, Release):
                await self.record.write_notes()
                self.fail(item.verdict)
            else:
                await self._send(item)

    async def _tell(self, notice: act.Notice) -> None:
        self._watch.note(notice)
        self.log.note(notice, self.terms.input.encoding if self.terms.input else "sniffed")
        if isinstance(notice, act.TurnTimed):
            ends = {spent.name: spent.begin + spent.ms for spent in notice.timeline.known()}
            self._service.metrics.turn_answered(ends)
        match notice:
            case act.VoiceBegan():
                await self._voice.begin(notice, self.terms, connected=self._out is not None and not self._out.over)
            case act.VoiceEnded():
                await self._voice.end(self._service.clock.now_ms())
            case act.GuestReturned():
                await self._welcome_back(notice)
            case act.HistoryForgotten(everywhere=True):
                await self._erase()
            case act.VoiceMissing():
                said = play_voice(self._service.clips, notice, self.session.language, self.persona.voice)
                await self._send(await said)
            case act.CallEnded(why=why):
                raise parted(why)
            case _:
                if isinstance(notice, act.AnswerInterrupted):
                    self._voice.drop()
                offset, bill = self.wall_offset, self._till.bill(notice)
                view = View(lambda at: at + offset, self.session.language, self._usual, bill, self._engines.state)
                message = to_wire(notice, view)
                if message is not None:
                    await self._send(message)

    async def _erase(self) -> None:
        """Forget the conversation wherever it is kept, and tell the guest whether that is done."""
        seq, started = self.record.last_seq, self.started(self.session.language)
        error = await erased(self.record, self._service.keeper)
        if error is None:
            settings = serialise(started(seq=seq))
            self._since = Since(seq, settings, self.session.last_turn, self._voice.streams, self._till.paid)
            self._note()
            await self.record.write_notes()
            await self._send(wire.DataErasedMessage)
            return
        self.log.lines.failed(code="erase_failed", turn=None, error=error)
        await self._tell(act.Failed("erase_failed", retryable=True, turn=None))

    async def _send(self, message: Numbered) -> None:
        """Number a message, log it, then send it."""
        await self._deliver(await self.record.number(message))

    async def _deliver(self, data: str | bytes) -> None:
        if self._out is not None:
            await self._out.send(data)

    # --- coming back --------------------------------------------------------------------------------------------

    async def _welcome_back(self, notice: act.GuestReturned) -> None:
        """Tell a new connection what it missed, then what is in force, then go on with the answer."""
        attachment = self._attached
        if attachment is None or attachment is self._out or attachment.resumption is None:
            return
        try:
            missed = await self.record.after(attachment.resumption.last_seq)
        except LogError as error:
            code = CloseCode.RESTARTING if error.retryable else CloseCode.INTERNAL  # only a fault ends the session
            attachment.end(ClosedByUsError(code, "what was told cannot be read"))
            return
        self._out = attachment
        for entry in missed:
            await self._deliver(entry.text)
        await self._send(self.started(self.session.language, await self._new_token()))
        attachment.welcome()
        gap_ms = self._service.clock.now_ms() - self.lost_at
        self.log.lines.resumed(replayed=len(missed), away_ms=round(gap_ms))
        self._service.metrics.resumed(gap_ms)
        await self._voice.go_on(notice, attachment.resumption.played, self.terms)

    def _ready(self, resume_token: str, *, seq: int) -> wire.ServerMessage:
        persona = self.persona
        return wire.ReadyMessage(
            seq=seq,
            session_id=self.id,
            resume_token=resume_token,
            language=self.session.language,
            persona=wire.Persona(name=persona.name, voice=persona.voice),
            server=wire.ServerInfo(version=__version__, mode=self._service.mode),
            disclosure=persona.disclosure(self.session.language),
        )

    def started(self, language: str, resume_token: str | None = None) -> Numbered:
        """The settings in force."""
        return self.terms.told(language, resume_token)


def _replaced() -> ClosedByUsError:
    return ClosedByUsError(CloseCode.REPLACED, "resumed by another connection")


def _logged(service: Service, session: str, message: wire.ServerMessage) -> None:
    """What was told is in the log."""
    if isinstance(message, (wire.ErrorMessage, wire.RateLimitedMessage)):
        service.metrics.door.told(getattr(message, "code", message.type))
    service.keeper.told(session, message)
