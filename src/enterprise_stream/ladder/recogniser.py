"""A recogniser that is several: when one fails, the next gets all that was said, and words keep coming."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Self

import structlog

from enterprise_stream.contained import contained
from enterprise_stream.errors import EnterpriseStreamError
from enterprise_stream.ladder.deadlines import BEHIND_MS, HEDGE_S
from enterprise_stream.ladder.hearing import Hearing
from enterprise_stream.ladder.patience import within
from enterprise_stream.ladder.race import race
from enterprise_stream.ladder.rung import Attempt, Ladder, Rung, no_rung_left
from enterprise_stream.listening.ports import (
    JudgingUtterance,
    PreparedSpeechToText,
    Samples,
    SpeechToText,
    StreamingUtterance,
    Transcript,
    Utterance,
)

log = structlog.get_logger(__name__)

POLL_S = 1.0
"""How often an engine that tells no interim words is asked for them, where its forerunner told them by itself."""

LOOK_S = 0.05
"""Until a vendor that is behind is asked again."""

NOBODY = "No recogniser answers now; try again."


class LadderRecogniser:
    """A `PreparedSpeechToText` over a ladder; use it as an async context manager, which owns what it begins.

    An utterance is plain, streaming or judging as that of the rung is that hears it first.

    Args:
        ladder: the recognisers.
        hedge_s: how late final words may be before the last rung, on this machine, is asked too.
        busy: whether this machine has no time for that.
    """

    def __init__(
        self, ladder: Ladder[SpeechToText], *, hedge_s: float = HEDGE_S, busy: Callable[[], bool] = lambda: False
    ) -> None:
        self._ladder = ladder
        self._hedge_s = hedge_s
        self._busy = busy

    async def __aenter__(self) -> Self:
        self._group = await asyncio.TaskGroup().__aenter__()
        self._polls: set[asyncio.Task[None]] = set()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End with nothing left to ask, also for an utterance that nobody has closed."""
        for poll in self._polls:
            poll.cancel()
        await self._group.__aexit__(None, None, None)

    def prepare(self, owner: str, language: str) -> None:
        """Have the recogniser ready that would be asked first."""
        rung = self._ladder.available()
        if rung is not None and isinstance(rung.engine, PreparedSpeechToText):
            rung.engine.prepare(owner, language)

    def leave(self, owner: str) -> None:
        """Give back what any of them holds."""
        for rung in self._ladder.rungs:
            if isinstance(rung.engine, PreparedSpeechToText):
                rung.engine.leave(owner)

    def utterance(self, owner: str, language: str) -> Utterance:
        """Start recognising an utterance; see `SpeechToText.utterance`."""
        hearing = Hearing(self._ladder, owner, language)
        hedge_s = None if self._busy() else self._hedge_s
        match hearing.inner:
            case JudgingUtterance():
                return JudgingLadderUtterance(hearing, hedge_s, self._begin)
            case StreamingUtterance():
                return StreamingLadderUtterance(hearing, hedge_s, self._begin)
            case _:
                return LadderUtterance(hearing, hedge_s)

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        poll = self._group.create_task(contained(work, "interim_words"))
        self._polls.add(poll)
        poll.add_done_callback(self._polls.discard)
        return poll


Begin = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]
"""Begins work that the recogniser owns."""


class LadderUtterance:
    """An utterance that outlives the engines that hear it."""

    def __init__(self, hearing: Hearing, hedge_s: float | None) -> None:
        self._hearing = hearing
        self._hedge_s = hedge_s

    def push(self, samples: Samples) -> None:
        """Add audio to the end of the utterance."""
        self._hearing.push(samples)

    async def partial(self) -> Transcript:
        """Words so far.

        Raises:
            EngineError: no recogniser is left.
            OverloadedError: this machine has no time for the last one.
        """
        failure: EnterpriseStreamError | None = None
        while (attempt := self._hearing.attempt) is not None and (inner := self._hearing.inner) is not None:
            try:
                transcript = await within(self._so_far(attempt, inner), attempt.rung, self._hearing.catch_up_s)
            except EnterpriseStreamError as error:
                failure = error
                self._fall(attempt, error)
            else:
                attempt.goes()
                return transcript
        raise no_rung_left(failure, NOBODY)

    async def final(self) -> Transcript:
        """Words of the whole utterance; raises what `partial` raises."""
        failure: EnterpriseStreamError | None = None
        while (attempt := self._hearing.attempt) is not None and (inner := self._hearing.inner) is not None:
            try:
                return await self._whole(attempt, inner)
            except EnterpriseStreamError as error:
                failure = error
                self._fall(attempt, error)
        raise no_rung_left(failure, NOBODY)

    def close(self) -> None:
        """Give back what the utterance holds."""
        self._hearing.close()

    async def _so_far(self, attempt: Attempt[SpeechToText], inner: Utterance) -> Transcript:
        """Words of what was said so far; those that a vendor knew before it fell silent are none."""
        said_ms = self._hearing.said_ms
        while True:
            transcript = await inner.partial()
            if attempt.rung.local or said_ms - transcript.audio_ms <= BEHIND_MS:
                return transcript
            await asyncio.sleep(LOOK_S)

    def _fall(self, attempt: Attempt[SpeechToText], error: EnterpriseStreamError) -> None:
        if self._hearing.attempt is attempt:
            self._hearing.fall(error)

    async def _whole(self, attempt: Attempt[SpeechToText], inner: Utterance) -> Transcript:
        """All words from the engine that hears, or from this machine where that one is late and the other is first."""
        ladder = self._hearing.ladder
        spare = None if self._hedge_s is None else ladder.spare(attempt.rung)
        if spare is None or self._hedge_s is None:
            transcript = await within(inner.final(), attempt.rung, self._hearing.catch_up_s)
            attempt.succeeded()
            return transcript
        raced = await race(
            within(inner.final(), attempt.rung, self._hearing.catch_up_s), lambda: self._beside(spare), self._hedge_s
        )
        if raced.begun:
            ladder.hedged(spare, won=raced.second)
        if raced.second:
            attempt.beaten()
        else:
            attempt.succeeded()
        return raced.result

    async def _beside(self, spare: Rung[SpeechToText]) -> Transcript:
        attempt = self._hearing.ladder.beside(spare)
        if attempt is None:
            raise no_rung_left(None, NOBODY)
        with attempt:
            utterance = self._hearing.opened(spare)
            try:
                return await within(utterance.final(), spare)
            finally:
                utterance.close()


class StreamingLadderUtterance(LadderUtterance):
    """The same, where interim words come by themselves."""

    def __init__(self, hearing: Hearing, hedge_s: float | None, begin: Begin) -> None:
        super().__init__(hearing, hedge_s)
        self._begin = begin
        self._tell: Callable[[Transcript], None] = lambda _: None
        self._asking = asyncio.Lock()
        self._polling: asyncio.Task[None] | None = None
        hearing.takes_over = self._taken_over

    def on_interim(self, tell: Callable[[Transcript], None]) -> None:
        """Call `tell` with interim words, whichever engine has them."""
        self._tell = tell
        if self._hearing.inner is not None:
            self._listen(self._hearing.inner)

    async def partial(self) -> Transcript:
        """Words so far; see `LadderUtterance.partial`."""
        async with self._asking:
            return await super().partial()

    async def final(self) -> Transcript:
        """Words of the whole utterance; see `LadderUtterance.final`."""
        self._stop_polling()
        async with self._asking:
            return await super().final()

    def close(self) -> None:
        """Give back what the utterance holds."""
        self._stop_polling()
        super().close()

    def _taken_over(self, inner: Utterance) -> None:
        self._listen(inner)
        if not isinstance(inner, StreamingUtterance) and self._polling is None:
            self._polling = self._begin(self._poll())

    def _listen(self, inner: Utterance) -> None:
        if isinstance(inner, StreamingUtterance):
            inner.on_interim(self._tell)

    def _stop_polling(self) -> None:
        if self._polling is not None:
            self._polling.cancel()
        self._hearing.takes_over = lambda _: None

    async def _poll(self) -> None:
        """Ask for interim words, until no engine has any."""
        while True:
            await asyncio.sleep(POLL_S)
            try:
                transcript = await self.partial()
            except EnterpriseStreamError:
                return  # whoever asks for the final words is told so
            except Exception as error:  # noqa: BLE001 - one guest's fault must not end what all guests share
                log.warning("interim_words_stopped", error=type(error).__name__)
                return
            self._tell(transcript)


class JudgingLadderUtterance(StreamingLadderUtterance):
    """The same, where the engine also judges whether the guest has finished, as long as it is one that does."""

    _judged: Callable[[float], None] = staticmethod(lambda _: None)

    def on_completion(self, tell: Callable[[float], None]) -> None:
        """Call `tell` with the probability that the turn is complete."""
        self._judged = tell
        if self._hearing.inner is not None:
            self._listen(self._hearing.inner)

    def _listen(self, inner: Utterance) -> None:
        super()._listen(inner)
        if isinstance(inner, JudgingUtterance):
            inner.on_completion(self._judged)
