"""One reply: the brain's text, cut into clauses, spoken by the voice, paced to what the guest has heard."""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass

import numpy as np
import structlog

from enterprise_stream.clock import Clock
from enterprise_stream.conversation.events import (
    Caption,
    ReplyEvent,
    ReplyPhrased,
    ReplySounded,
    ReplyTextEnded,
    ReplyTextGrew,
    ReplyVoiceEnded,
    ReplyVoiceMissing,
)
from enterprise_stream.conversation.usage import Usage
from enterprise_stream.errors import EnterpriseStreamError
from enterprise_stream.session.clause import GrowingClause
from enterprise_stream.session.deadline import each_within
from enterprise_stream.session.excuses import Excuses
from enterprise_stream.session.outbox import MAX_SOUND_MS, Sound
from enterprise_stream.speaking.ports import SAMPLE_RATE, Pcm, Speech, StreamingTextToSpeech, TextToSpeech
from enterprise_stream.thinking.leading import plain_words
from enterprise_stream.thinking.phrases import PhraseSplitter
from enterprise_stream.thinking.ports import AnswerEnd, AnswerPiece, AnswerText, LanguageModel, Question

log = structlog.get_logger(__name__)

MAX_AHEAD_MS = 28_000.0
"""Audio sent ahead of what has been played: protocol.md allows 30 s, a piece and its way included."""

PIECE_MS = 100
"""Audio in one item of the outbox, in ms."""

LONG_PIECE_MS = 400
"""The same once enough has been sent, gathered where the voice gives less at once: fewer items, frames and writes for
the rest of the answer."""

SAFELY_AHEAD_MS = 1_000.0
"""Audio ahead of what was heard from which on pieces may be long."""

SOONEST_MS, LATEST_MS = 20.0, 200.0
"""When it is looked again whether more may be sent. A network that stands still is no reason to look all the time,
however little there is too much of."""

SOUND_DEADLINE_S = 30.0
"""How long the voice may take for its next piece of sound, waiting for its turn included."""

MAX_CLAUSES_WAITING = 256
"""Clauses that wait for the voice; the brain waits when there are more.

More than an answer of 300 tokens has. A vendor does not wait: what it writes is billed, and is counted once it is read.
"""

_WORD = re.compile(r"\S+")

_NO_SOUND: Pcm = np.zeros(0, np.int16)


@dataclass(frozen=True, slots=True)
class ReplyPorts:
    """What a reply needs of its session.

    Attributes:
        tell: applies an event to the conversation at once.
        send: hands a piece of audio to the guest.
        heard_ms: how much of this reply's audio has been heard by now.
        waiting_ms: how much sound waits for the guest's network.
        remember: keeps the brain's memory for the next question.
        give_up: an answer that nobody hears yet cannot be had; whoever began it cancels it.
        released: set once the answer may be heard; before it, no more than its first clause is said.
        excuses: what is said where the brain fails.
        covers: whether a clause is said from the voice library.
    """

    tell: Callable[[ReplyEvent], None]
    send: Callable[[Sound], None]
    heard_ms: Callable[[], float]
    remember: Callable[[object | None], None]
    give_up: Callable[[], None]
    released: asyncio.Event
    clock: Clock
    excuses: Excuses
    covers: Callable[[str, str], bool] = lambda _text, _language: False
    waiting_ms: Callable[[], float] = lambda: 0.0


@dataclass(frozen=True, slots=True)
class Begun:
    """What an earlier process has made of an answer.

    Attributes:
        until_ms: how much of its sound.
        told: words after that which were told to sound.
    """

    until_ms: float = 0.0
    told: int = 0


NOTHING = Begun()


@dataclass(frozen=True, slots=True)
class _BrokenOff:
    """The brain gives no more of the answer."""


class _Gathered:
    """Sound of a clause and its words that are not sent yet."""

    def __init__(self) -> None:
        self._pieces: list[Pcm] = []
        self._words: list[Caption] = []
        self._samples = 0

    @property
    def ms(self) -> float:
        """How long it sounds."""
        return self._samples * 1000 / SAMPLE_RATE

    def add(self, samples: Pcm, words: tuple[Caption, ...]) -> None:
        """One more piece."""
        self._pieces.append(samples)
        self._words += words
        self._samples += samples.size

    def take(self) -> tuple[Pcm, tuple[Caption, ...]]:
        """All of it; nothing is left."""
        pieces, words = self._pieces, tuple(self._words)
        self._pieces, self._words, self._samples = [], [], 0
        return (pieces[0] if len(pieces) == 1 else np.concatenate([_NO_SOUND, *pieces])), words


class ReplyRunner:
    """Runs one reply to its end; cancelling `run` ends everything that it began."""

    def __init__(
        self,
        reply: int,
        brain: LanguageModel,
        voice: TextToSpeech | None,
        ports: ReplyPorts,
        begun: Begun = NOTHING,
    ) -> None:
        self._id = reply
        self._brain = brain
        self._voice = voice
        self._ports = ports
        self._sent_samples = round(begun.until_ms * SAMPLE_RATE / 1000)
        self._told = begun.told
        self._captioned = 0
        self._clauses: asyncio.Queue[str | GrowingClause | None] = asyncio.Queue(MAX_CLAUSES_WAITING)
        self._first: GrowingClause | None = None

    async def run(self, question: Question) -> None:
        """Think and speak at the same time."""
        async with asyncio.TaskGroup() as group:
            thought = group.create_task(self._think(question))
            group.create_task(self._speak(question, thought))

    async def _think(self, question: Question) -> None:
        splitter = PhraseSplitter()
        taken = ""
        given: list[str] = []
        rest: list[str] = []
        begun = not isinstance(self._voice, StreamingTextToSpeech)
        async with aclosing(self._answer(question)) as pieces:
            async for piece in pieces:
                match piece:
                    case AnswerText(text=text):
                        self._ports.tell(ReplyTextGrew(self._now(), self._id, text))
                        taken += text
                        for clause in splitter.feed(text):
                            begun = True
                            given.append(clause)
                            await self._give(clause)
                        if not begun:
                            await self._lead(plain_words(taken))
                    case _BrokenOff():
                        excuse = self._ports.excuses.failed(question.language, begun=bool(taken.strip()))
                        self._ports.tell(ReplyTextGrew(self._now(), self._id, f"{_break(taken)}{excuse}"))
                        self._end_first()
                        splitter, begun = PhraseSplitter(), True  # a clause that is not whole is not spoken
                        for clause in splitter.feed(excuse):
                            given.append(clause)
                            await self._give(clause)
                    case AnswerEnd(response_type=response_type, memory=memory, usage=usage, answered=answered):
                        self._ports.remember(memory)
                        rest = splitter.flush()
                        spoken = self._spoken([*given, *rest], question.language)
                        counted = Usage(usage.input_tokens, usage.cached_tokens, usage.output_tokens, *spoken)
                        self._ports.tell(ReplyTextEnded(self._now(), self._id, response_type, counted, answered))
        for clause in rest:
            await self._give(clause)
        self._end_first()
        await self._clauses.put(None)

    def _spoken(self, clauses: list[str], language: str) -> tuple[int, int]:
        """Characters for the voice, and those of them that its library holds as far as is known now."""
        texts = [clause.strip() for clause in clauses] if self._voice is not None else []
        held = [text for text in texts if self._ports.covers(text, language)]
        return sum(map(len, texts)), sum(map(len, held))

    async def _lead(self, words: str) -> None:
        """Let the voice begin with the first words of the answer, before their clause is whole."""
        if self._first is not None:
            self._first.grow(words)
        elif words:
            self._first = GrowingClause(words)
            await self._clauses.put(self._first)

    async def _give(self, clause: str) -> None:
        """A whole clause for the voice, which may have begun with it."""
        if self._first is None:
            await self._clauses.put(clause)
            return
        self._first.end(clause)
        self._first = None

    def _end_first(self) -> None:
        """A clause that is being said ends where it is."""
        if self._first is not None:
            self._first.end(self._first.text)
            self._first = None

    async def _answer(self, question: Question) -> AsyncGenerator["AnswerPiece | _BrokenOff"]:
        """The brain's answer; when it fails, the word that it did, and an end."""
        try:
            async with aclosing(self._brain.answer(question)) as pieces:
                async for piece in pieces:
                    yield piece
            self._ports.excuses.answered()
        except EnterpriseStreamError as error:
            log.warning("brain_failed", code=error.code, error=error.message)
            await self._given_up()
            yield _BrokenOff()
            yield AnswerEnd("error", question.memory)

    async def _speak(self, question: Question, thought: asyncio.Task[None]) -> None:
        unsaid = ""
        voice = self._voice
        while (clause := await self._clauses.get()) is not None:
            if voice is None or unsaid:
                unsaid += await _whole(clause)
                continue
            try:
                await self._say(voice, question, clause)
            except EnterpriseStreamError as error:
                log.warning("voice_failed", code=error.code, error=error.message)
                await self._given_up()
                unsaid = after(self._captioned, await _whole(clause))
            await self._ports.released.wait()
        await thought
        if unsaid or self._sent_samples == 0:
            self._ports.tell(ReplyVoiceMissing(self._now(), self._id, unsaid.strip()))
        else:
            self._ports.tell(ReplyVoiceEnded(self._now(), self._id))

    async def _given_up(self) -> None:
        """Nobody has heard anything yet: an answer that is begun anew may do better."""
        if not self._ports.released.is_set():
            self._ports.give_up()
            await self._ports.released.wait()

    async def _say(self, voice: TextToSpeech, question: Question, clause: str | GrowingClause) -> None:
        base_ms = self._sent_ms()
        self._captioned = 0
        if not base_ms:
            self._ports.tell(ReplyPhrased(self._now(), self._id))
        captioned_ms = 0.0
        gathered = _Gathered()
        try:
            async with aclosing(_spoken(voice, question, clause)) as pieces:
                async for speech in each_within(pieces, SOUND_DEADLINE_S, "voice"):
                    words = tuple(Caption(w.text, base_ms + w.start_ms, base_ms + w.end_ms) for w in speech.words)
                    self._captioned += len(words)
                    captioned_ms = max([captioned_ms, *(word.end_ms for word in words)])
                    gathered.add(speech.samples, self._untold(words))
                    if gathered.ms >= LONG_PIECE_MS or self._ahead_ms() < SAFELY_AHEAD_MS:
                        await self._play(*gathered.take())
        except EnterpriseStreamError:
            await self._end_clause(gathered, captioned_ms)
            raise
        await self._end_clause(gathered, captioned_ms)

    def _untold(self, words: tuple[Caption, ...]) -> tuple[Caption, ...]:
        told, self._told = self._told, max(0, self._told - len(words))
        return words[told:]

    async def _end_clause(self, gathered: _Gathered, captioned_ms: float) -> None:
        """Play the rest; be silent where a word was to sound that was broken off, so that every caption has sound."""
        await self._play(*gathered.take())
        missing = round((captioned_ms - self._sent_ms()) * SAMPLE_RATE / 1000)
        if self._sent_samples and missing > 0:
            await self._play(np.zeros(missing, np.int16), ())

    async def _play(self, samples: Pcm, captions: tuple[Caption, ...]) -> None:
        start = 0
        while start < samples.size:
            ahead_ms = await self._keep_pace()
            piece_ms = PIECE_MS if ahead_ms < SAFELY_AHEAD_MS else LONG_PIECE_MS
            piece = samples[start : start + SAMPLE_RATE * piece_ms // 1000]
            start += piece.size
            self._sent_samples += piece.size
            self._ports.tell(ReplySounded(self._now(), self._id, self._sent_ms(), captions))
            captions = ()
            self._ports.send(Sound(self._id, piece))

    async def _keep_pace(self) -> float:
        """Wait until more may be sent; returns how far ahead of what was heard the sent audio is, in ms."""
        while (over_ms := self._over_ms()) > 0:  # noqa: ASYNC110 - neither ears nor networks send an event
            await asyncio.sleep(min(max(over_ms, SOONEST_MS), LATEST_MS) / 1000)
        return self._ahead_ms()

    def _over_ms(self) -> float:
        return max(self._ahead_ms() - MAX_AHEAD_MS, self._ports.waiting_ms() - MAX_SOUND_MS)

    def _ahead_ms(self) -> float:
        return self._sent_ms() - self._ports.heard_ms()

    def _sent_ms(self) -> float:
        return self._sent_samples * 1000 / SAMPLE_RATE

    def _now(self) -> float:
        return self._ports.clock.now_ms()


def _spoken(voice: TextToSpeech, question: Question, clause: str | GrowingClause) -> AsyncGenerator[Speech]:
    """A clause said, whole or while it grows; only a voice that can is given one that grows."""
    if isinstance(clause, GrowingClause) and isinstance(voice, StreamingTextToSpeech):
        return voice.speak_along(question.owner, clause.words(), question.language)
    return voice.speak(question.owner, str(clause).strip(), question.language)


async def _whole(clause: str | GrowingClause) -> str:
    return clause if isinstance(clause, str) else await clause.whole()


def after(words: int, text: str) -> str:
    """What is left of a text of which so many words have sounded."""
    starts = [word.start() for word in _WORD.finditer(text)]
    return text[starts[words] :] if words < len(starts) else ""


def _break(said: str) -> str:
    """What parts the beginning of an answer from what it ends with: a half sentence trails off."""
    text = said.rstrip()
    if not text:
        return ""
    if text[-1] in ".!?…":
        return "" if said[-1].isspace() else " "
    return "… " if text[-1].isalnum() or said[-1].isspace() else " … "
