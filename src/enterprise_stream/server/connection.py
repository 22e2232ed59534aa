"""One connection: the socket's frames into the session that it serves."""

import asyncio
import json
import math
from collections.abc import Mapping
from functools import partial

from starlette.websockets import WebSocket

from enterprise_stream.conversation import events as ev
from enterprise_stream.errors import AudioError, EnterpriseStreamError
from enterprise_stream.listening.ports import SAMPLE_RATE, Samples
from enterprise_stream.server.attachment import Attachment, Resumption
from enterprise_stream.server.begin import Begin
from enterprise_stream.server.call_log import CallLog
from enterprise_stream.server.closing import ENDS_SESSION, ClosedByUsError
from enterprise_stream.server.inflow import Inflow
from enterprise_stream.server.limits import Limit
from enterprise_stream.server.line import Line
from enterprise_stream.server.live_session import LiveSession
from enterprise_stream.server.microphone import Microphone
from enterprise_stream.server.service import Service
from enterprise_stream.server.sessions import Sessions
from enterprise_stream.server.terms import changed
from enterprise_stream.server.translate import first_sound
from enterprise_stream.session.portion import Portion
from enterprise_stream.wire import messages as wire
from enterprise_stream.wire.codec import parse_client
from enterprise_stream.wire.codes import CloseCode, error_code

DECODE_INLINE_BYTES = 16_384
"""Frames up to this are decoded at once (well under 1 ms); larger ones on a thread, so that others are not kept."""

FRAMES_IN_A_ROW = 25
"""Frames handled before the event loop may do something else, where many have come at once."""


_REQUESTS: Mapping[type[object], ev.ClientEvent] = {
    wire.InterruptMessage: ev.InterruptRequested(0),
    wire.GetHistoryMessage: ev.HistoryRequested(0),
    wire.ClearHistoryMessage: ev.HistoryCleared(0),
    wire.EraseDataMessage: ev.HistoryCleared(0, everywhere=True),
    wire.GetStatusMessage: ev.StatusRequested(0),
}
"""What is asked of the conversation by messages that say nothing but their type."""


class Connection:
    """Serves one WebSocket that has been accepted, to its end.

    It begins with a session of its own, and may go on with another that its client resumes.
    """

    def __init__(self, socket: WebSocket, service: Service, sessions: Sessions, begin: Begin) -> None:
        self._socket = socket
        self._line = Line(socket)
        self._service = service
        self._sessions = sessions
        self._attachment = Attachment(self._line)
        self._lease = begin.lease
        self._live = sessions.begin(begin, self._attachment)
        self._microphone = Microphone()
        self._inflow = Inflow()
        self._heard_at: float | None = None
        self._decoded = Portion()

    @property
    def log(self) -> CallLog:
        """What a person can follow of the session."""
        return self._live.log

    async def serve(self) -> None:
        """Serve until the guest leaves.

        Raises:
            ClosedByUsError: the connection is to be closed with a code of ours.
        """
        client = self._socket.client
        self.log.lines.connected(
            client=client.host if client else None,
            language=self._live.session.language,
            voice=self._live.persona.voice,
        )
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._watch_idle()), group.create_task(self._watch_session())]
            try:
                await self._read()
            finally:
                for task in tasks:
                    task.cancel()

    def leave(self, code: CloseCode) -> None:
        """The connection is over and closes with this code; unless that ends the session, its guest may come back."""
        self._microphone.close()
        self._sessions.leave(self._live, self._attachment)
        if code in ENDS_SESSION:
            self._sessions.end(self._live, code.name.lower())

    async def _watch_session(self) -> None:
        """End the connection when its session lets go of it."""
        while not self._attachment.over:
            await self._attachment.until_over()

    # --- in -----------------------------------------------------------------------------------------------------

    async def _read(self) -> None:
        self._line.take_with(self._on_audio_now)
        handled = 0
        while True:
            self._heard_at = self._service.clock.now_ms()
            data = await self._line.receive()
            self._heard_at = None
            if data is None:
                self._show_token(self._line.closed)
                return
            if isinstance(data, bytes):
                await self._on_audio(data)
            else:
                await self._on_text(data)
            handled += 1
            if handled % FRAMES_IN_A_ROW == 0:
                await asyncio.sleep(0)
            await self._decoded.turn()

    def _show_token(self, speaks: bool) -> None:
        """A client that still speaks after its welcome has the token that came with it."""
        if speaks and self._attachment.welcomed:
            self._live.client_speaks()

    async def _watch_idle(self) -> None:
        """End a connection that sends nothing; one look when that is due, not a timer for each frame."""
        limit_s = self._service.idle_s
        left_s = limit_s
        while left_s > 0:
            await asyncio.sleep(left_s)
            heard_at = self._heard_at  # None while something that came is being handled
            left_s = limit_s if heard_at is None else limit_s - (self._service.clock.now_ms() - heard_at) / 1000
        raise ClosedByUsError(CloseCode.IDLE, "nothing was heard or typed for too long", Limit.IDLE)

    async def _on_text(self, text: str) -> None:
        now = self._service.clock.now_ms()
        if self._too_many(self._inflow.text(text, now)):
            return
        try:
            message = parse_client(text)
            self._show_token(True)
            if isinstance(message, wire.GetHistoryMessage) and self._too_many(self._inflow.history(now)):
                return
            await self._dispatch(message)
        except EnterpriseStreamError as error:
            self._fail(error)

    def _too_many(self, wait_ms: float) -> bool:
        """Whether a message is dropped, since so much is to be waited for; the client is told."""
        if wait_ms > 0:
            advice = "Too much at once; send at most 50 messages and 20 kB a second, and ask for the history 5 times."
            self._live.say(partial(wire.RateLimitedMessage, retry_after_ms=math.ceil(wait_ms), message=advice))
        return wait_ms > 0

    async def _on_audio(self, data: bytes) -> None:
        self._inflow.frame(len(data), self._service.clock.now_ms())
        try:
            if len(data) <= DECODE_INLINE_BYTES:
                samples = self._microphone.take(data)
            else:
                samples = await asyncio.to_thread(self._microphone.take, data)
        except AudioError as error:
            self._fail(error)
            return
        await self._hear(samples)

    def _on_audio_now(self, data: bytes) -> bool:
        """Hear a frame as it comes; False leaves it to `_on_audio`: it is long, or something else comes first."""
        if len(data) > DECODE_INLINE_BYTES or self._decoded.whole or not self._live.session.at_rest:
            return False
        now = self._heard_at = self._service.clock.now_ms()
        self._inflow.frame(len(data), now)
        try:
            samples = self._microphone.take(data)
        except AudioError as error:
            self._fail(error)
            return True
        self._count(samples)
        self._live.session.hear_now(samples)
        return True

    async def _hear(self, samples: Samples) -> None:
        """Pass audio on; no samples, where a container's page is not whole yet, still say that the client sends."""
        self._count(samples)
        await self._live.session.hear(samples)

    def _count(self, samples: Samples) -> None:
        self._decoded.add(samples.size)
        self._inflow.audio(samples.size * 1000 / SAMPLE_RATE, self._service.clock.now_ms())

    async def _dispatch(self, message: wire.ClientMessage) -> None:
        match message:
            case wire.StartMessage():
                await self._start(message)
            case wire.StopMessage():
                await self._hear(self._microphone.end())
                await self._live.session.tell(ev.StopRequested(0))
            case wire.TextMessage(text=text):
                await self._live.session.tell(ev.TextReceived(0, text.strip()))
            case wire.PlaybackMessage(turn=turn, played_ms=played_ms, first=first):
                heard = first_sound(first, self._live.wall_offset) if first is not None else None
                self._live.heard(turn, played_ms)
                await self._live.session.tell(ev.Played(0, turn, played_ms, heard))
            case wire.SetLanguageMessage(language=language):
                await self._live.session.tell(ev.LanguageChosen(0, self._known(language)))
            case wire.TestMessage(id=echo):
                text = json.dumps(echo)
                self._live.say(partial(_tested, text), len(text))
            case wire.PingMessage(t=t):
                self._live.say(partial(wire.PongMessage, t=t, at=self._wall_ms()))
            case _:
                await self._live.session.tell(_REQUESTS[type(message)])

    async def _start(self, message: wire.StartMessage) -> None:
        """Put the settings in force, all or none; a session that is resumed keeps those that are not named."""
        own = self._live
        live = await self._wanted(message.resume)
        language = self._known(message.language) if message.language is not None else None
        terms = changed(live.terms, message)
        if live is not own and not self._take_over(live, message.resume):
            live, terms = own, changed(own.terms, message)
        mode, live.terms = live.terms.mode, terms
        self._microphone.set_format(terms.input, stamped=terms.framing == "stamped")
        live.session.want_sound(terms.output.encoding != "none")
        if message.consent is not None:
            self._service.keeper.consented(live.id, message.consent)
        if terms.mode != mode:
            await live.session.tell(ev.ModeChosen(0, terms.mode))
        if live is own:  # else it is told after what was missed
            live.say(live.started(language or live.session.language))
        if language is not None and language != live.session.language:
            await live.session.tell(ev.LanguageChosen(0, language))

    async def _wanted(self, resume: wire.Resume | None) -> LiveSession:
        """The session that a `start` is about: the connection's own where the one to resume cannot be had."""
        if resume is None:
            return self._live
        await self._attachment.until_welcomed()  # the new session's `ready` comes first, whatever follows
        try:
            return await self._sessions.find(resume, self._lease)
        except EnterpriseStreamError as error:
            self._fail(error)
            return self._live

    def _take_over(self, live: LiveSession, resume: wire.Resume | None) -> bool:
        """Go on with a session in place of the one that this connection has; False where somebody was faster."""
        if resume is None:
            return False
        attachment = Attachment(self._line, Resumption(resume.last_seq, resume.played))
        try:
            self._sessions.take_over(live, resume, attachment)
        except EnterpriseStreamError as error:
            self._fail(error)
            return False
        former, self._live = self._live, live
        before, self._attachment = self._attachment, attachment
        before.end()
        self._sessions.end(former)
        return True

    def _known(self, language: str) -> str:
        code = language.lower().replace("_", "-").split("-")[0]
        if code not in self._service.languages:
            spoken = ", ".join(self._service.languages)
            raise EnterpriseStreamError(
                f"That language is not spoken here; choose one of: {spoken}.", code="unsupported_language"
            )
        return code

    def _wall_ms(self) -> float:
        """The server's clock as the client sees it: ms since 1970, never set back within a session."""
        return round(self._service.clock.now_ms() + self._live.wall_offset, 3)

    def _fail(self, error: EnterpriseStreamError) -> None:
        self.log.lines.refused(code=error.code, message=error.message)
        self._live.say(
            partial(
                wire.ErrorMessage,
                code=error_code(error.code),
                message=error.message,
                retryable=error.retryable,
                turn=None,
            )
        )
        self._inflow.refused(error.code, self._service.clock.now_ms())


def _tested(echo: str, *, seq: int) -> wire.ServerMessage:
    """What comes back waits as text: values may take twenty times as much memory."""
    return wire.TestResultMessage(seq=seq, id=json.loads(echo))
