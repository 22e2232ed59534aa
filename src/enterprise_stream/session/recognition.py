"""The utterances of one session and what is asked of the recogniser about them."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import structlog

from enterprise_stream.clock import Clock
from enterprise_stream.conversation.events import (
    CompletionJudged,
    FinalWordsHeard,
    ListeningEvent,
    RecognitionFailed,
    Words,
    WordsHeard,
)
from enterprise_stream.errors import EnterpriseStreamError
from enterprise_stream.listening.intake import Intake
from enterprise_stream.listening.ports import JudgingUtterance, StreamingUtterance, Transcript, Utterance
from enterprise_stream.session.deadline import engine_deadline
from enterprise_stream.session.engines import Engines

log = structlog.get_logger(__name__)

INTERIM_EVERY_MS = 1000.0
"""Audio between two interim transcriptions of a guest who goes on talking."""

OVERDUE_MS = 3000.0
"""Audio after which words that are due are asked for, however busy the machine: a guest wants to see himself heard."""

WORDS_DEADLINE_S = 30.0
"""How long the recogniser may take for one answer, waiting for its turn included."""

GLANCE_S = 0.6
"""How long a guest's words are waited for while he goes on talking, where they come by themselves. A vendor may tell of
them once a second; one that is waited for longer would be taken for one that has failed."""

LULL_MS = 64.0
"""Quiet from which the words before it are transcribed, so that they are known when it proves to be a pause. It comes
once in one to two seconds of speech that goes on, and what was begun then is given up."""

RINGS_ON_MS = 128.0
"""What the voice-activity model may still call a voice after a transcription was asked for, if it is quiet, and the
transcription still holds all words."""

LULL_EVERY_MS = 450.0
"""Audio between two transcriptions in lulls, unless the first was given up: what a hiss may cost."""

FIRST_INTERIM_MS = 900.0
"""Audio, pre-roll included, before the first: less holds too little for a recogniser that reads whole windows."""


_Cause = Literal["time", "lull", "pause"]


@dataclass(frozen=True, slots=True)
class _Passing:
    """A transcription that is of little use once the guest has gone on.

    Attributes:
        asked_ms: audio that it is made of.
        cause: an interim's time, a lull that may prove to be the end, or a pause that the conversation was told of.
        due_ms: audio at which interim words were due without it.
    """

    task: "asyncio.Task[None]"
    asked_ms: float
    cause: _Cause
    due_ms: float


@dataclass(slots=True)
class _Open:
    """An utterance under recognition; its coroutines run one at a time.

    Attributes:
        interim_at_ms: audio at which interim words are due.
        lull_at_ms: audio from which a lull is worth a transcription.
        passing: transcriptions that may be given up.
        heard: the last transcript.
        heard_ms: audio that it was asked of; its words are still all of them where no voice has come since.
        revision: of the pause that is being judged.
        interim: the words that were told last.
        judged: what the recogniser has said of these words: whether the turn is over with them.
    """

    utterance: Utterance
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    interim_at_ms: float = FIRST_INTERIM_MS
    lull_at_ms: float = FIRST_INTERIM_MS
    passing: list[_Passing] = field(default_factory=list)
    heard: Transcript | None = None
    heard_ms: float = -1.0
    revision: int = 0
    interim: str = ""
    judged: float | None = None


class Recognition:
    """Opens, asks and closes the utterances of one session.

    Args:
        owner: the session, for the pool's fairness.
        group: owns every task that is started here.
        tell: applies an event to the conversation at once.
    """

    def __init__(
        self,
        owner: str,
        engines: Engines,
        intake: Intake,
        clock: Clock,
        group: asyncio.TaskGroup,
        tell: Callable[[ListeningEvent], None],
    ) -> None:
        self._owner = owner
        self._engines = engines
        self._intake = intake
        self._clock = clock
        self._group = group
        self._tell = tell
        self._open: dict[int, _Open] = {}
        self._capturing: int | None = None

    @property
    def idle(self) -> bool:
        """Whether no utterance is open."""
        return not self._open

    def open(self, turn: int, language: str) -> None:
        """Recognise from here on, the pre-roll included."""
        utterance = self._engines.recogniser.utterance(self._owner, language)
        self._open[turn] = _Open(utterance)
        if isinstance(utterance, StreamingUtterance):
            self._open[turn].interim_at_ms = self._open[turn].lull_at_ms = float("inf")
            utterance.on_interim(partial(self._interim, turn))
        if isinstance(utterance, JudgingUtterance):
            utterance.on_completion(partial(self._judged, turn))
        self._intake.open(utterance)
        self._capturing = turn

    def progress(self) -> None:
        """More audio has come: transcribe what there is, if that is due and the machine has time for it."""
        turn = self._capturing
        opened = None if turn is None else self._open.get(turn)
        if turn is None or opened is None:
            return
        audio_ms, quiet = self._intake.utterance_ms, self._intake.utterance_ms - self._intake.loud_ms >= LULL_MS
        free = self._gave_up(opened, audio_ms, quiet=quiet) or not opened.lock.locked()
        if not free or (self._engines.busy() and audio_ms < opened.interim_at_ms + OVERDUE_MS):
            return
        lull = quiet and audio_ms >= opened.lull_at_ms
        if not self._is_all(opened) and (lull or audio_ms >= opened.interim_at_ms):
            self._pass(opened, self._words(turn, revision=-1, paused=False), "lull" if lull else "time")
            opened.interim_at_ms = audio_ms + INTERIM_EVERY_MS
            opened.lull_at_ms = audio_ms + LULL_EVERY_MS if lull else opened.lull_at_ms

    def _pass(self, opened: _Open, work: Coroutine[Any, Any, None], cause: _Cause) -> None:
        task = self._run(opened, work)
        opened.passing.append(_Passing(task, self._intake.utterance_ms, cause, opened.interim_at_ms))

    def _gave_up(self, opened: _Open, audio_ms: float, *, quiet: bool) -> bool:
        """Give up what lacks words: the lull was no end, or the end may have come while the middle was transcribed."""
        running = [each for each in opened.passing if not each.task.done()]
        stale = [each for each in running if self._stale(each, quiet=quiet)]
        for each in stale:
            each.task.cancel()
            opened.interim_at_ms, opened.lull_at_ms = min(opened.interim_at_ms, each.due_ms), audio_ms
        opened.passing = [each for each in running if each not in stale]
        return bool(stale)

    def _stale(self, passing: _Passing, *, quiet: bool) -> bool:
        match passing.cause:
            case "pause":  # a click in it is no end of it
                return not self._intake.pausing
            case "lull":
                return self._intake.loud_ms > passing.asked_ms
            case "time":
                return quiet and self._intake.loud_ms > passing.asked_ms

    def ask_words(self, turn: int, revision: int, *, paused: bool) -> None:
        """Transcribe what was said up to now; without a pause, a failure goes unnoticed."""
        opened = self._open.get(turn)
        if opened is not None and paused:
            self._pass(opened, self._words(turn, revision, paused=True), "pause")
        else:
            self._start(turn, self._words(turn, revision, paused=paused))

    def ask_completion(self, turn: int, revision: int) -> None:
        """Judge from the sound whether the turn is over."""
        opened = self._open.get(turn)
        if opened is not None:
            new, opened.revision = revision != opened.revision, revision
            self._start(turn, self._completion(turn, revision, opened.judged if new else None))

    def ask_final(self, turn: int) -> None:
        """Seal the utterance and transcribe all of it."""
        self._stop_capturing(turn)
        if turn in self._open:
            self._cancel(self._open[turn])
            self._start(turn, self._final(turn))

    def close(self, turn: int) -> None:
        """The utterance is done with."""
        self._stop_capturing(turn)
        opened = self._open.pop(turn, None)
        if opened is not None:
            self._cancel(opened)
            opened.utterance.close()

    def _interim(self, turn: int, transcript: Transcript) -> None:
        if turn == self._capturing:
            self._new_words(self._open[turn], transcript)
            words = _words_of(transcript, streamed=True)
            self._tell(WordsHeard(self._clock.now_ms(), turn, revision=-1, words=words, paused=False))

    def _judged(self, turn: int, probability: float) -> None:
        """The recogniser's own word on the words told last; kept, since it may come before the pause is noticed."""
        if turn == self._capturing:
            opened = self._open[turn]
            opened.judged = probability
            now = self._clock.now_ms()
            self._tell(CompletionJudged(now, turn, opened.revision, probability, by="recogniser"))

    @staticmethod
    def _new_words(opened: _Open, transcript: Transcript) -> None:
        if transcript.text != opened.interim:
            opened.interim, opened.judged = transcript.text, None

    def _stop_capturing(self, turn: int) -> None:
        if self._capturing == turn:
            self._capturing = None
            self._intake.close()

    def _start(self, turn: int, work: Coroutine[Any, Any, None]) -> None:
        opened = self._open.get(turn)
        if opened is None:
            work.close()
        else:
            self._run(opened, work)

    def _run(self, opened: _Open, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = self._group.create_task(work)
        opened.tasks.add(task)
        task.add_done_callback(opened.tasks.discard)
        return task

    def _cancel(self, opened: _Open) -> None:
        current = asyncio.current_task()
        for task in opened.tasks:
            if task is not current:
                task.cancel()

    async def _words(self, turn: int, revision: int, *, paused: bool) -> None:
        streamed = self._streams(turn)
        transcript = None
        with suppress(TimeoutError):
            async with asyncio.timeout(GLANCE_S if streamed and not paused else None):
                transcript = await self._ask(turn, self._heard_so_far, needed=paused)
        if transcript is not None:
            words = _words_of(transcript, streamed=streamed)
            self._tell(WordsHeard(self._clock.now_ms(), turn, revision, words, paused))

    async def _final(self, turn: int) -> None:
        transcript = await self._ask(turn, lambda opened: opened.utterance.final())
        if transcript is not None:
            words = _words_of(transcript, streamed=self._streams(turn))
            self._tell(FinalWordsHeard(self._clock.now_ms(), turn, words))

    def _streams(self, turn: int) -> bool:
        opened = self._open.get(turn)
        return opened is not None and isinstance(opened.utterance, StreamingUtterance)

    async def _ask(
        self, turn: int, verb: Callable[[_Open], Awaitable[Transcript]], *, needed: bool = True
    ) -> Transcript | None:
        """The recogniser's answer; one that is only nice to have may fail without costing the turn."""
        opened = self._open.get(turn)
        if opened is None:
            return None
        try:
            async with opened.lock, engine_deadline(WORDS_DEADLINE_S, "recogniser"):
                return await verb(opened)
        except EnterpriseStreamError as error:
            log.warning("recognition_failed", code=error.code, error=error.message, needed=needed)
            if needed:
                self._tell(RecognitionFailed(self._clock.now_ms(), turn, error.code, error.retryable))
            return None

    async def _heard_so_far(self, opened: _Open) -> Transcript:
        """The words so far; those of the last transcription where only silence has come since."""
        if opened.heard is None or not self._is_all(opened) or isinstance(opened.utterance, StreamingUtterance):
            asked_ms = self._intake.utterance_ms
            opened.heard = await opened.utterance.partial()
            opened.heard_ms = asked_ms
        return opened.heard

    def _is_all(self, opened: _Open) -> bool:
        """Whether nothing was said since the last transcription was asked for."""
        return self._intake.loud_ms <= opened.heard_ms and self._intake.voiced_ms <= opened.heard_ms + RINGS_ON_MS

    async def _completion(self, turn: int, revision: int, judged: float | None) -> None:
        """Tell what the recogniser has judged of these words already, then what the end-of-turn model says."""
        if judged is not None:
            self._judged(turn, judged)
        try:
            probability = await self._engines.turn_detector.completion(self._owner, self._intake.recent())
        except EnterpriseStreamError as error:
            # Words and silence still decide; only the guest waits a little longer.
            log.warning("turn_detector_failed", code=error.code, error=error.message)
            return
        self._tell(CompletionJudged(self._clock.now_ms(), turn, revision, probability))


def _words_of(transcript: Transcript, *, streamed: bool) -> Words:
    text = transcript.text.strip()
    return Words(
        text,
        transcript.language,
        transcript.language_probability,
        transcript.audio_ms,
        streamed,
        transcript.confidences,
    )
