"""The answers of one session: begun when the turn is over, or ahead of it and then let out or dropped."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import structlog

from enterprise_stream.clock import Clock
from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.draft_events import DraftFailed, MeaningCompared
from enterprise_stream.conversation.events import (
    Event,
    LanguageChosen,
    Words,
)
from enterprise_stream.conversation.replies import live_reply
from enterprise_stream.conversation.state import Conversation
from enterprise_stream.conversation.unfinished import REPLY, Unfinished
from enterprise_stream.errors import EnterpriseStreamError
from enterprise_stream.session.engines import Engines
from enterprise_stream.session.excuses import Excuses
from enterprise_stream.session.hold import Hold
from enterprise_stream.session.join import Lead, Unrepeated
from enterprise_stream.session.opening import Opening, let_out
from enterprise_stream.session.outbox import Sound
from enterprise_stream.session.recited import Recited
from enterprise_stream.session.reply import NOTHING, Begun, ReplyPorts, ReplyRunner, after
from enterprise_stream.session.settings import SessionSettings
from enterprise_stream.session.tool_desk import ToolDesk
from enterprise_stream.session.tool_rounds import ToolRounds
from enterprise_stream.thinking.language_switch import LanguageState, judge
from enterprise_stream.thinking.openings import opening_for
from enterprise_stream.thinking.ports import LanguageModel, Message, Question, ResponseType

log = structlog.get_logger(__name__)

HISTORY_FOR_BRAIN = 200
"""Lines of the conversation that a brain is given: more than a model is told word for word; it sums the rest up."""


@dataclass(frozen=True, slots=True)
class DraftEnd:
    """How an answer that was begun ahead has ended.

    Attributes:
        used: whether it was let out.
        text_tokens: output tokens that it had taken by then.
        sound_ms: sound that it had made by then.
    """

    used: bool
    text_tokens: int
    sound_ms: float


@dataclass(frozen=True, slots=True)
class _Draft:
    hold: Hold
    language: LanguageState
    opening: Opening | None


@dataclass(frozen=True, slots=True)
class Doors:
    """What the replies need of their session.

    Attributes:
        conversation: the conversation as it stands.
        apply: applies an event to the conversation at once.
        send: hands a piece of audio to the guest.
        wants_sound: whether the guest's client takes audio; asked when a reply begins.
        on_draft: told how each draft ends.
        may_draft: whether an answer may be begun ahead of the turn's end.
        waiting_ms: how much sound waits for the guest's network.
    """

    conversation: Callable[[], Conversation]
    apply: Callable[[Event], None]
    send: Callable[[Sound], None]
    wants_sound: Callable[[], bool]
    on_draft: Callable[[DraftEnd], None]
    may_draft: Callable[[], bool] = lambda: True
    waiting_ms: Callable[[], float] = lambda: 0.0


class Replies:
    """Owns the tasks of a session's replies; all of them run in `group`."""

    def __init__(
        self, settings: SessionSettings, engines: Engines, clock: Clock, group: asyncio.TaskGroup, doors: Doors
    ) -> None:
        self._settings = settings
        self._engines = engines
        self._clock = clock
        self._group = group
        self._doors = doors
        self._language = LanguageState(doors.conversation().language)
        self._memory: object | None = None
        self._forgotten = 0
        self._excuses = Excuses(settings.persona)
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._openings: dict[int, asyncio.Task[None]] = {}
        self._drafts: dict[int, _Draft] = {}
        self._comparison: asyncio.Task[None] | None = None
        self._desk = ToolDesk(engines.tools, settings.id, clock, lambda: doors.conversation().history, settings.tenant)

    def language_chosen(self, language: str) -> None:
        """The guest or the client has chosen the language: what was guessed from words counts no more."""
        self._language = LanguageState(language)

    def forget(self) -> None:
        """The brain's memory of the conversation is gone, and answers under way bring none of it back."""
        self._memory = None
        self._forgotten += 1
        self._desk.forget()

    def go_on(self, unfinished: Unfinished) -> None:
        """Say what another process has left unsaid of an answer."""
        told = len(unfinished.captions) - unfinished.words
        begun = Begun(unfinished.begin_ms, told)
        brain = Recited(after(unfinished.words, unfinished.text), unfinished.response_type)
        question = self._question(unfinished.turn, Words(""), unfinished.language)
        self._run(REPLY, question, self._ports(REPLY), brain, begun)

    def perform(self, command: act.ReplyCommand) -> None:
        """Do what the conversation has decided."""
        match command:
            case act.StartReply(reply=reply, turn=turn, words=words):
                self._start(reply, turn, words)
            case act.DraftReply(reply=reply, turn=turn, words=words):
                self._draft(reply, turn, words)
            case act.ReleaseReply(reply=reply):
                self._release(reply)
            case act.CompareMeaning(reply=reply, drafted=drafted, words=words):
                self._stop_comparing()
                self._comparison = self._group.create_task(self._compare(reply, drafted, words))
            case act.SayGoodbye(reply=reply, turn=turn, why=why):
                self._recite(reply, turn, partial(self._settings.persona.farewell, why=why))
            case act.SayWarning(reply=reply, turn=turn, why=why):
                self._recite(reply, turn, partial(self._settings.persona.warning, why=why))
            case act.SayUnheard(reply=reply, turn=turn):
                self._recite(reply, turn, self._settings.persona.unheard, "error")
            case act.CancelReply(reply=reply):
                self._cancel(reply)

    def _start(self, reply: int, turn: int, words: Words) -> None:
        self._speak(self._judge(words))
        question = self._question(turn, words, self._language.language)
        opening = self._opening(turn, words, question.language)
        if opening is None:
            self._think(reply, turn, question, self._ports(reply))
            return
        hold = Hold(self._ports(reply))
        self._think(reply, turn, question, hold.ports, opening)
        self._let_out(reply, hold, opening)

    def _recite(self, reply: int, turn: int, sentence: Callable[[str], str], kind: ResponseType = "general") -> None:
        """Say one of her own sentences, whatever any brain would."""
        language = self._doors.conversation().language
        brain = Recited(sentence(language), kind)
        self._run(reply, self._question(turn, Words(""), language), self._ports(reply), brain)

    def _draft(self, reply: int, turn: int, words: Words) -> None:
        if not self._doors.may_draft():
            self._doors.apply(DraftFailed(self._clock.now_ms(), reply))
            return
        language = self._judge(words)
        hold = Hold(self._ports(reply))
        opening = self._opening(turn, words, language.language)
        self._drafts[reply] = _Draft(hold, language, opening)
        self._think(reply, turn, self._question(turn, words, language.language), hold.ports, opening)

    def _release(self, reply: int) -> None:
        draft = self._drafts.pop(reply)
        self._stop_comparing()
        self._speak(draft.language)
        self._doors.on_draft(DraftEnd(True, draft.hold.text_tokens, draft.hold.sound_ms))
        if draft.opening is None or draft.hold.sound_ms:
            draft.hold.release()
        else:
            self._let_out(reply, draft.hold, draft.opening)

    def _opening(self, turn: int, words: Words, language: str) -> Opening | None:
        """What she may begin with, if the library has it."""
        if not self._settings.openings or not self._doors.wants_sound():
            return None
        text = opening_for(words.text, language, turn)
        if text is None or not self._engines.covers(text, language):
            return None
        return Opening(self._settings.id, text, language, Lead(text))

    def _let_out(self, reply: int, hold: Hold, opening: Opening) -> None:
        work = let_out(reply, hold, self._ports(reply), opening, self._engines.voice)
        task = self._group.create_task(work)
        self._openings[reply] = task
        task.add_done_callback(lambda _: self._openings.pop(reply, None))

    def _cancel(self, reply: int) -> None:
        draft = self._drafts.pop(reply, None)
        if draft is not None:
            self._stop_comparing()
            self._doors.on_draft(DraftEnd(False, draft.hold.text_tokens, draft.hold.sound_ms))
        for tasks in (self._openings, self._tasks):
            task = tasks.pop(reply, None)
            if task is not None:
                task.cancel()

    def _think(
        self, reply: int, turn: int, question: Question, ports: ReplyPorts, opening: Opening | None = None
    ) -> None:
        """Have the brain answer, and not say again what an opening may say before it."""
        brain: LanguageModel = ToolRounds(self._engines.brain, self._desk, turn, ports.released)
        self._run(reply, question, ports, brain if opening is None else Unrepeated(brain, opening.lead))

    def _run(
        self, reply: int, question: Question, ports: ReplyPorts, brain: LanguageModel, begun: Begun = NOTHING
    ) -> None:
        voice = self._engines.voice if self._doors.wants_sound() else None
        runner = ReplyRunner(reply, brain, voice, ports, begun)
        task = self._group.create_task(runner.run(question))
        self._tasks[reply] = task
        task.add_done_callback(lambda _: self._tasks.pop(reply, None))

    def _ports(self, reply: int) -> ReplyPorts:
        released = asyncio.Event()
        released.set()
        return ReplyPorts(
            tell=self._doors.apply,
            send=self._doors.send,
            heard_ms=lambda: self._heard_ms(reply),
            remember=partial(self._remember, self._forgotten),
            give_up=lambda: self._doors.apply(DraftFailed(self._clock.now_ms(), reply)),
            released=released,
            clock=self._clock,
            excuses=self._excuses,
            covers=self._engines.covers,
            waiting_ms=self._doors.waiting_ms,
        )

    async def _compare(self, reply: int, drafted: Words, words: Words) -> None:
        question = self._question(0, drafted, self._language.language)
        try:
            same = await self._engines.same_meaning(question, words.text)
        except EnterpriseStreamError as error:
            log.warning("meaning_not_compared", code=error.code, error=error.message)
            same = False
        self._comparison = None
        self._doors.apply(MeaningCompared(self._clock.now_ms(), reply, words.text, same))

    def _stop_comparing(self) -> None:
        if self._comparison is not None:
            self._comparison.cancel()
            self._comparison = None

    # --- what a brain is told -----------------------------------------------------------------------------------

    def _judge(self, words: Words) -> LanguageState:
        judged = judge(self._language, words.text, words.language, words.probability)
        return (
            judged
            if judged.language in self._settings.languages
            else LanguageState(self._doors.conversation().language)
        )

    def _speak(self, language: LanguageState) -> None:
        """Put the language in force that the guest's words call for."""
        self._language = language
        if language.language != self._doors.conversation().language:
            self._doors.apply(LanguageChosen(self._clock.now_ms(), language.language))

    def _question(self, turn: int, words: Words, language: str) -> Question:
        before = [
            line for line in self._doors.conversation().history.items if line.role == "assistant" or line.turn != turn
        ]
        history = tuple(Message(line.role, line.text, line.language) for line in before[-HISTORY_FOR_BRAIN:])
        return Question(self._settings.id, words.text, language, history, self._memory, self._clock.today())

    def _remember(self, began: int, memory: object | None) -> None:
        """Keep what a brain wants to remember, unless the guest has cleared the conversation since it was asked."""
        if began == self._forgotten:
            self._memory = memory

    def _heard_ms(self, reply: int) -> float:
        live = live_reply(self._doors.conversation())
        return live.heard_ms(self._clock.now_ms()) if live is not None and live.id == reply else 0.0
