"""One guest's session: takes what comes in, steps the conversation, performs what follows."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Generic, TypeVar

import structlog

from enterprise_stream.clock import Clock
from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation import lull
from enterprise_stream.conversation.events import (
    AudioStalled,
    ClientEvent,
    Event,
    HistoryCleared,
    LanguageChosen,
    Left,
    ReplySent,
    TimerFired,
)
from enterprise_stream.conversation.house_events import WarningReason, WarningRequested
from enterprise_stream.conversation.machine import step
from enterprise_stream.conversation.presence_events import ConnectionLost, ConnectionResumed
from enterprise_stream.conversation.state import Conversation, Replying
from enterprise_stream.conversation.unfinished import REPLY
from enterprise_stream.listening.intake import Intake
from enterprise_stream.listening.ports import Samples
from enterprise_stream.session.engines import Engines
from enterprise_stream.session.outbox import Outbox, SlowReaderError
from enterprise_stream.session.portion import PORTION, Portion
from enterprise_stream.session.readiness import Readiness
from enterprise_stream.session.recognition import Recognition
from enterprise_stream.session.replies import Doors, DraftEnd, Replies
from enterprise_stream.session.settings import SessionSettings

log = structlog.get_logger(__name__)

MAX_INBOX = 64
"""Inputs that may wait; the connection waits when there are more, and with it the client."""

STALL_MS = 700.0
"""Without audio for this long, an open utterance is over (protocol.md)."""

Extra = TypeVar("Extra")


class Session(Generic[Extra]):
    """One guest. `run` owns everything: when it ends, nothing of the session is left.

    Args:
        settings: what it is made with.
        engines: shared by all sessions.
        clock: the session's clock.
        on_draft: told how each answer that was worked on ahead has ended.
        may_draft: whether an answer may be worked on ahead now.

    Attributes:
        outbox: what the guest is to get, in order.
    """

    def __init__(
        self,
        settings: SessionSettings,
        engines: Engines,
        clock: Clock,
        on_draft: Callable[[DraftEnd], None] = lambda _: None,
        may_draft: Callable[[], bool] = lambda: True,
    ) -> None:
        self.outbox: Outbox[Extra] = Outbox()
        self._settings = settings
        self._engines = engines
        self._clock = clock
        self._inbox: asyncio.Queue[Samples | ClientEvent] = asyncio.Queue(MAX_INBOX)
        self._conversation = _conversation(settings, clock.now_ms())
        self._intake = Intake(engines.activity())
        self._readiness = Readiness(settings.id, engines)
        self._on_draft = on_draft
        self._may_draft = may_draft
        self._wants_sound = True
        self._timers: dict[int, asyncio.Task[None]] = {}
        self._watchers: set[asyncio.Task[None]] = set()
        self._last_audio = clock.now_ms()
        self._resting = False
        self._portion = Portion()

    @property
    def language(self) -> str:
        """The language in force."""
        return self._conversation.language

    @property
    def last_turn(self) -> int:
        """Number of the last turn so far."""
        return self._conversation.last_turn

    @property
    def at_ease(self) -> bool:
        """Whether nobody would be cut short if the connection ended now."""
        return lull.at_ease(self._conversation)

    @property
    def guest_speaks(self) -> bool:
        """Whether the guest has the floor."""
        return lull.guest_speaks(self._conversation)

    def sentence_ends_in_s(self) -> float:
        """How long the sentence that is being said goes on, in seconds; 0.0 where none is."""
        left_ms = lull.sentence_ends_in_ms(self._conversation, self._clock.now_ms())
        return 0.0 if left_ms is None else left_ms / 1000

    def want_sound(self, wanted: bool) -> None:
        """Whether the guest's client takes audio; counts from the next reply on."""
        self._wants_sound = wanted

    @property
    def at_rest(self) -> bool:
        """Whether nothing waits to be done, so that `hear_now` keeps the order and keeps nobody waiting."""
        return self._resting and self._inbox.empty() and not self._portion.whole

    def hear_now(self, samples: Samples) -> None:
        """Like `hear`, without waiting and without the session's task; only while the session is at rest.

        A recording of more than half a second is left to the task, which gives way to the other guests.
        """
        if samples.size > PORTION:
            self._inbox.put_nowait(samples)
            return
        self._take(samples)
        self._heed()

    async def hear(self, samples: Samples) -> None:
        """Microphone audio, shape (n,), float32 at 16 kHz; waits while the session has too much to do.

        Empty audio says that the client is still sending, though what it sent cannot be heard yet.
        """
        if self.at_rest:
            self.hear_now(samples)
        else:
            await self._inbox.put(samples)

    async def tell(self, event: ClientEvent) -> None:
        """Something that the client asks; dated when its turn comes, after the audio that came before it."""
        await self._inbox.put(event)

    def warn(self, why: WarningReason) -> bool:
        """Have her say that the call is about to end; False while anybody speaks, or may have begun to."""
        before = self._conversation.last_turn
        if self.at_rest and not self._intake.attentive:
            self._apply(WarningRequested(self._clock.now_ms(), why))
        return self._conversation.last_turn > before

    def sent(self, reply: int) -> None:
        """The reply's first audio has been handed to the client's network, just now."""
        self._apply(ReplySent(self._clock.now_ms(), reply))

    async def run(self) -> None:
        """Serve the guest until cancelled or told that he has left."""
        async with asyncio.TaskGroup() as self._group:
            self._recognition = Recognition(
                self._settings.id, self._engines, self._intake, self._clock, self._group, self._apply
            )
            doors = Doors(
                lambda: self._conversation,
                self._apply,
                self.outbox.put,
                lambda: self._wants_sound,
                self._on_draft,
                self._may_draft,
                lambda: self.outbox.sound_ms,
            )
            self._replies = Replies(self._settings, self._engines, self._clock, self._group, doors)
            self._readiness.listens(self.language)
            if self._settings.past is not None and self._settings.past.unfinished is not None:
                self._replies.go_on(self._settings.past.unfinished)
            try:
                await self._serve()
            finally:
                self._resting = False
                with suppress(SlowReaderError):
                    self._apply(Left(self._clock.now_ms()))
                for task in (*self._timers.values(), *self._watchers):
                    task.cancel()
                self._readiness.leaves()

    async def _serve(self) -> None:
        while True:
            self._resting = True
            item = await self._inbox.get()
            self._resting = False
            if isinstance(item, Left):
                return
            if isinstance(item, Event):
                self._apply(replace(item, at=self._clock.now_ms()))
                if isinstance(item, LanguageChosen):
                    self._replies.language_chosen(item.language)
                    self._readiness.listens(item.language)
                elif isinstance(item, ConnectionResumed):
                    self._readiness.listens(self.language)  # what was ready may have been given back meanwhile
                elif isinstance(item, HistoryCleared):
                    self._replies.forget()
                elif isinstance(item, ConnectionLost):
                    if not self._intake.listening:
                        self._intake.close()  # what it suspected will not be followed by anything
                    self._rest()
            else:
                await self._listen(item)

    def _rest(self) -> None:
        """Give the recogniser back while nobody is connected, once all that was said has been heard."""
        if self._conversation.presence == "away" and self._recognition.idle:
            self._readiness.rests()

    async def _listen(self, samples: Samples) -> None:
        for start in range(0, max(1, samples.size), PORTION):
            await self._portion.turn()
            self._take(samples[start : start + PORTION])
        self._heed()

    def _take(self, samples: Samples) -> None:
        """Apply the facts in some sound."""
        self._last_audio = self._clock.now_ms()
        self._portion.add(samples.size)
        for event in self._intake.hear(samples, self._last_audio):
            self._apply(event)

    def _heed(self) -> None:
        """See to what sound calls for beside its facts."""
        if self._intake.listening:
            self._recognition.progress()
        if self._intake.attentive and not self._watchers:
            watcher = self._group.create_task(self._watch_stall())
            self._watchers.add(watcher)
            watcher.add_done_callback(self._watchers.discard)

    async def _watch_stall(self) -> None:
        """Tell, again and again, that the client has stopped sending audio while the intake waits for more."""
        told_at = 0.0
        while self._intake.attentive:
            left = max(self._last_audio, told_at) + STALL_MS - self._clock.now_ms()
            if left <= 0:
                told_at = self._clock.now_ms()
                self._apply(AudioStalled(told_at, told_at - self._last_audio))
            else:
                await asyncio.sleep(left / 1000)

    # --- the conversation ---------------------------------------------------------------------------------------

    def _apply(self, event: Event) -> None:
        """Step the conversation and perform what follows; never waits."""
        self._conversation, actions = step(self._conversation, event)
        for action in actions:
            self._perform(action)

    def _perform(self, action: act.Action) -> None:
        match action:
            case act.OpenUtterance(turn=turn):
                self._recognition.open(turn, self._conversation.language)
                self._readiness.speaks(self._conversation.language)
            case act.AskWords(turn=turn, revision=revision, paused=paused):
                self._recognition.ask_words(turn, revision, paused=paused)
            case act.AskCompletion(turn=turn, revision=revision):
                self._recognition.ask_completion(turn, revision)
            case act.AskFinal(turn=turn):
                self._recognition.ask_final(turn)
            case act.CloseUtterance(turn=turn):
                self._recognition.close(turn)
                self._rest()
            case act.SetTimer(reply=reply, at=at):
                self._set_timer(reply, at)
            case act.CancelTimer(reply=reply):
                self._cancel_timer(reply)
            case _ if isinstance(action, act.ReplyCommand):
                if isinstance(action, act.CancelReply):
                    self.outbox.revoke(action.reply)
                self._replies.perform(action)
            case _:
                self.outbox.put(action)

    # --- timers -------------------------------------------------------------------------------------------------

    def _set_timer(self, reply: int, at: float) -> None:
        self._cancel_timer(reply)
        self._timers[reply] = self._group.create_task(self._fire(reply, at))

    def _cancel_timer(self, reply: int) -> None:
        timer = self._timers.pop(reply, None)
        if timer is not None:
            timer.cancel()

    async def _fire(self, reply: int, at: float) -> None:
        await asyncio.sleep(max(0.0, at - self._clock.now_ms()) / 1000)
        self._timers.pop(reply, None)
        self._apply(TimerFired(self._clock.now_ms(), reply))


def _conversation(settings: SessionSettings, at: float) -> Conversation:
    begun = Conversation(settings.language, policy=settings.policy, speculation=settings.speculation)
    past = settings.past
    if past is None:
        return begun
    begun = replace(begun, history=past.history, last_turn=past.last_turn, mode=past.mode, presence="away")
    if past.unfinished is None:
        return begun
    return replace(begun, phase=Replying(past.unfinished.reply(at)), last_reply=REPLY)
