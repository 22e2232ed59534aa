"""One connection: the socket's frames in, the session's notices and sound out."""

import asyncio
import contextlib
import secrets
from dataclasses import replace
from functools import partial

from starlette.websockets import WebSocket, WebSocketDisconnect

from enterprise_stream import __version__
from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation import events as ev
from enterprise_stream.conversation.house_events import PartingRequested
from enterprise_stream.errors import AudioError, EnterpriseStreamError
from enterprise_stream.listening.ports import SAMPLE_RATE, Samples
from enterprise_stream.observe.logs import SessionLog
from enterprise_stream.observe.slowness import budgets
from enterprise_stream.server.call_log import CallLog
from enterprise_stream.server.limits import AudioBudget, MessageBudget
from enterprise_stream.server.line import Line
from enterprise_stream.server.microphone import Microphone
from enterprise_stream.server.service import Service
from enterprise_stream.server.terms import Terms, input_format_of, output_format_of
from enterprise_stream.server.till import Till
from enterprise_stream.server.translate import Numbered, View, first_sound, to_wire
from enterprise_stream.server.voice_stream import VoiceStream
from enterprise_stream.session.outbox import Sound
from enterprise_stream.session.replies import DraftEnd
from enterprise_stream.session.session import Session
from enterprise_stream.session.settings import SessionSettings
from enterprise_stream.wire import messages as wire
from enterprise_stream.wire.codec import parse_client, serialise
from enterprise_stream.wire.codes import (
    MAX_BINARY_FRAME_BYTES,
    MAX_TEXT_FRAME_BYTES,
    CloseCode,
    error_code,
)

DECODE_INLINE_BYTES = 16_384
"""Frames up to this are decoded at once (well under 1 ms); larger ones on a thread, so that others are not kept."""

FRAMES_IN_A_ROW = 25
"""Frames handled before the event loop may do something else, where many have come at once."""


class ClosedByUsError(Exception):
    """The connection ends with this close code."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Connection:
    """Serves one WebSocket that has been accepted, to its end.

    Attributes:
        log: what a person can follow of it.
    """

    def __init__(self, socket: WebSocket, service: Service, language: str) -> None:
        self._socket = socket
        self._line = Line(socket)
        self._service = service
        self._id = secrets.token_urlsafe(12)
        self._engines = service.cast()
        self._persona = replace(service.persona, voice=self._engines.voice.voice)
        settings = SessionSettings(
            self._id,
            language,
            service.languages,
            self._persona,
            service.policy,
            openings=service.openings,
            speculation=service.speculation,
        )
        self._till = Till(service.meter, self._id, service.draft_microdollars)
        self._session: Session[Numbered] = Session(
            settings, self._engines, service.clock, self._count_draft, self._till.may_draft
        )
        self._microphone = Microphone()
        self._terms = Terms()
        self._audio_budget = AudioBudget()
        self._message_budget = MessageBudget()
        self._usual = budgets(service.mode)
        self.log = CallLog(SessionLog(self._id), service.clock, self._persona.voice, self._usual)
        self._seq = 0
        self._streams = 0
        self._voice: VoiceStream | None = None
        self._heard_at: float | None = None
        self._wall_offset = service.clock.wall_ms() - service.clock.now_ms()

    async def serve(self) -> None:
        """Serve until the guest leaves.

        Raises:
            ClosedByUsError: the connection is to be closed with a code of ours.
        """
        client = self._socket.client
        self.log.lines.connected(
            client=client.host if client else None,
            language=self._session.language,
            voice=self._persona.voice,
        )
        await self._send(self._ready)
        with self._till:
            await self._serve()

    async def _serve(self) -> None:
        async with asyncio.TaskGroup() as group:
            works = (self._session.run(), self._write(), self._watch_idle(), self._watch_till())
            tasks = [group.create_task(work) for work in works]
            try:
                await self._read()
            finally:
                for task in tasks:
                    task.cancel()
                self._microphone.close()

    def _count_draft(self, end: DraftEnd) -> None:
        self._service.metrics.draft_ended(used=end.used, text_tokens=end.text_tokens, sound_ms=end.sound_ms)

    async def _watch_till(self) -> None:
        """Say goodbye when nothing more may be bought for this call."""
        await self._till.empty()
        await self._session.tell(PartingRequested(0))

    # --- in -----------------------------------------------------------------------------------------------------

    async def _read(self) -> None:
        self._line.take_with(self._on_audio_now)
        handled = 0
        while True:
            self._heard_at = self._service.clock.now_ms()
            data = await self._line.receive()
            self._heard_at = None
            if data is None:
                return
            if isinstance(data, bytes):
                await self._on_audio(data)
            else:
                await self._on_text(data)
            handled += 1
            if handled % FRAMES_IN_A_ROW == 0:
                await asyncio.sleep(0)

    async def _watch_idle(self) -> None:
        """End a connection that sends nothing; one look when that is due, not a timer for each frame."""
        limit_s = self._service.idle_s
        left_s = limit_s
        while left_s > 0:
            await asyncio.sleep(left_s)
            heard_at = self._heard_at  # None while something that came is being handled
            left_s = limit_s if heard_at is None else limit_s - (self._service.clock.now_ms() - heard_at) / 1000
        raise ClosedByUsError(CloseCode.IDLE, "nothing was heard or typed for too long")

    async def _on_text(self, text: str) -> None:
        if len(text) > MAX_TEXT_FRAME_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_TEXT_FRAME_BYTES:
            raise ClosedByUsError(CloseCode.TOO_BIG, "a text frame is at most 64 KiB")
        wait_ms = self._message_budget.take(self._service.clock.now_ms())
        if wait_ms > 0:
            advice = "Too many messages; send at most 50 a second."
            self._say(partial(wire.RateLimitedMessage, retry_after_ms=round(wait_ms), message=advice))
            return
        try:
            await self._dispatch(parse_client(text))
        except EnterpriseStreamError as error:
            self._fail(error)

    async def _on_audio(self, data: bytes) -> None:
        if len(data) > MAX_BINARY_FRAME_BYTES:
            raise ClosedByUsError(CloseCode.TOO_BIG, "a binary frame is at most 1 MiB")
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
        """Hear a frame as it comes; False leaves it to `_on_audio`: it is long, or something is before it."""
        if len(data) > DECODE_INLINE_BYTES or not self._session.at_rest:
            return False
        self._heard_at = self._service.clock.now_ms()
        try:
            samples = self._microphone.take(data)
        except AudioError as error:
            self._fail(error)
            return True
        self._count(samples)
        self._session.hear_now(samples)
        return True

    async def _hear(self, samples: Samples) -> None:
        """Pass audio on; no samples, where a container's page is not whole yet, still say that the client sends."""
        self._count(samples)
        await self._session.hear(samples)

    def _count(self, samples: Samples) -> None:
        audio_ms = samples.size * 1000 / SAMPLE_RATE
        if not self._audio_budget.add(audio_ms, self._service.clock.now_ms()):
            raise ClosedByUsError(CloseCode.POLICY, "the audio is more than 60 s ahead of real time")

    async def _dispatch(self, message: wire.ClientMessage) -> None:
        match message:
            case wire.StartMessage():
                await self._start(message)
            case wire.StopMessage():
                await self._hear(self._microphone.end())
                await self._session.tell(ev.StopRequested(0))
            case wire.TextMessage(text=text):
                await self._session.tell(ev.TextReceived(0, text.strip()))
            case wire.InterruptMessage():
                await self._session.tell(ev.InterruptRequested(0))
            case wire.PlaybackMessage(turn=turn, played_ms=played_ms, first=first):
                heard = first_sound(first, self._wall_offset) if first is not None else None
                await self._session.tell(ev.Played(0, turn, played_ms, heard))
            case wire.SetLanguageMessage(language=language):
                await self._session.tell(ev.LanguageChosen(0, self._known(language)))
            case wire.GetHistoryMessage():
                await self._session.tell(ev.HistoryRequested(0))
            case wire.ClearHistoryMessage():
                await self._session.tell(ev.HistoryCleared(0))
            case wire.GetStatusMessage():
                await self._session.tell(ev.StatusRequested(0))
            case wire.TestMessage(id=echo):
                self._say(partial(wire.TestResultMessage, id=echo))
            case wire.PingMessage(t=t):
                self._say(partial(wire.PongMessage, t=t, at=self._wall_ms()))

    async def _start(self, message: wire.StartMessage) -> None:
        """Put the settings in force, all or none."""
        language = self._known(message.language) if message.language is not None else None
        given = message.audio or wire.AudioSettings()
        input_format = input_format_of(given.input, self._microphone.format)
        output = output_format_of(given.output, self._terms.output)
        terms = replace(
            self._terms,
            output=output,
            sound=self._terms.sound if output.encoding == "none" else output,
            framing=given.framing or self._terms.framing,
            mode=(message.turn.mode if message.turn else None) or self._terms.mode,
        )
        if message.resume is not None:
            self._fail(
                EnterpriseStreamError(
                    "This session cannot be gone on with; a new one has begun.", code="resume_refused", retryable=False
                )
            )
        self._microphone.set_format(input_format, stamped=terms.framing == "stamped")
        self._session.want_sound(terms.output.encoding != "none")
        if terms.mode != self._terms.mode:
            await self._session.tell(ev.ModeChosen(0, terms.mode))
        self._terms = terms
        chosen = language or self._session.language
        self._say(self._started(chosen))
        if language is not None and language != self._session.language:
            await self._session.tell(ev.LanguageChosen(0, language))

    def _known(self, language: str) -> str:
        code = language.lower().replace("_", "-").split("-")[0]
        if code not in self._service.languages:
            spoken = ", ".join(self._service.languages)
            raise EnterpriseStreamError(
                f"That language is not spoken here; choose one of: {spoken}.", code="unsupported_language"
            )
        return code

    def _wall_ms(self) -> float:
        """The server's clock as the client sees it: ms since 1970, never set back within a connection."""
        return round(self._service.clock.now_ms() + self._wall_offset, 3)

    # --- out ----------------------------------------------------------------------------------------------------

    def _say(self, message: Numbered) -> None:
        self._session.outbox.put(message)

    def _fail(self, error: EnterpriseStreamError) -> None:
        self.log.lines.refused(code=error.code, message=error.message)
        self._say(
            partial(
                wire.ErrorMessage,
                code=error_code(error.code),
                message=error.message,
                retryable=error.retryable,
                turn=None,
            )
        )

    async def _write(self) -> None:
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                item = await self._session.outbox.get()
                if isinstance(item, Sound):
                    await self._send_sound(item)
                elif isinstance(item, act.Notice):
                    await self._send_notice(item)
                else:
                    await self._send(item)

    async def _send_notice(self, notice: act.Notice) -> None:
        self.log.note(notice, self._microphone.encoding)
        if isinstance(notice, act.TurnTimed):
            ends = {spent.name: spent.begin + spent.ms for spent in notice.timeline.known()}
            self._service.metrics.turn_answered(ends)
        match notice:
            case act.VoiceBegan(turn=turn):
                await self._begin_voice(turn)
            case act.VoiceEnded(turn=turn, duration_ms=duration_ms):
                await self._send_frames(self._voice.end() if self._voice else [])
                self._voice = None
                await self._send(partial(wire.AudioEndMessage, turn=turn, duration_ms=round(duration_ms)))
            case act.CallEnded():
                raise ClosedByUsError(CloseCode.BUDGET_SPENT, "the budget is spent")
            case _:
                if isinstance(notice, act.AnswerInterrupted):
                    self._voice = None
                offset, bill = self._wall_offset, self._till.bill(notice)
                view = View(lambda at: at + offset, self._session.language, self._usual, bill, self._engines.state)
                message = to_wire(notice, view)
                if message is not None:
                    await self._send(message)

    async def _begin_voice(self, turn: int) -> None:
        self._streams = self._streams % 0xFFFF + 1
        voice = VoiceStream(turn, self._streams, self._terms.sound, stamped=self._terms.framing == "stamped")
        self._voice = voice
        await self._send(
            partial(
                wire.AudioStartMessage,
                turn=turn,
                stream=voice.stream,
                encoding=voice.encoding,
                sample_rate=voice.format.sample_rate,
                voice=self._persona.voice,
            )
        )

    async def _send_sound(self, sound: Sound) -> None:
        voice = self._voice
        if voice is None:
            return
        frames = voice.frames(sound.samples)
        await self._send_frames(frames)
        if frames and not voice.went_out:
            voice.went_out = True
            self._session.sent(sound.reply)

    async def _send_frames(self, frames: list[bytes]) -> None:
        for frame in frames:
            await self._guarded(frame)

    async def _send(self, message: Numbered) -> None:
        self._seq += 1
        await self._guarded(serialise(message(seq=self._seq)))

    async def _guarded(self, data: str | bytes) -> None:
        """A client that does not take a frame for too long is gone."""
        try:
            await self._line.send(data)
        except TimeoutError:
            raise ClosedByUsError(CloseCode.POLICY, "the client does not read what it is sent") from None

    def _ready(self, *, seq: int) -> wire.ServerMessage:
        persona = self._persona
        return wire.ReadyMessage(
            seq=seq,
            session_id=self._id,
            resume_token=secrets.token_urlsafe(24),
            language=self._session.language,
            persona=wire.Persona(name=persona.name, voice=persona.voice),
            server=wire.ServerInfo(version=__version__, mode=self._service.mode),
            disclosure=persona.disclosure(self._session.language),
        )

    def _started(self, language: str) -> Numbered:
        given, output = self._microphone.format, self._terms.output
        return partial(
            wire.StartedMessage,
            language=language,
            audio=wire.AudioSettings(
                input=wire.InputAudio(
                    encoding=given.encoding if given else None, sample_rate=given.sample_rate if given else None
                ),
                output=wire.OutputAudio(
                    encoding=output.encoding, sample_rate=None if output.encoding == "none" else output.sample_rate
                ),
                framing=self._terms.framing,
            ),
            turn=wire.TurnSettings(mode=self._terms.mode),
        )
