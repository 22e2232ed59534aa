"""One voice from several engines: when one breaks off, it is asked again, or another goes on in the same voice."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field

from enterprise_stream.errors import EnterpriseStreamError
from enterprise_stream.ladder.budget import RetryBudget
from enterprise_stream.ladder.deadlines import AGAIN_S, LEAST_S
from enterprise_stream.ladder.patience import Patience
from enterprise_stream.ladder.rung import Attempt, Ladder, Rung, no_rung_left
from enterprise_stream.ladder.script import Script
from enterprise_stream.ladder.seam import Seam
from enterprise_stream.ladder.state import KindState
from enterprise_stream.speaking.ports import (
    SAMPLE_RATE,
    PreparedTextToSpeech,
    Speech,
    StreamingTextToSpeech,
    TextToSpeech,
)

SILENT = frozenset({"vendor_timeout"})
"""Failures after which another engine is likelier to speak in time than the same one."""


@dataclass(slots=True)
class _Saying:
    """The saying of one clause.

    Attributes:
        began: when, in ms.
        seam: where it stands.
        retried: whether an engine was asked twice for it.
        failure: the last one.
    """

    began: float
    seam: Seam = field(default_factory=Seam)
    retried: bool = False
    failure: EnterpriseStreamError | None = None


class LadderVoice:
    """A `PreparedTextToSpeech` over a ladder whose engines all have the same voice.

    Args:
        ladder: the engines.
        budget: of second tries at the same one.
    """

    def __init__(self, ladder: Ladder[TextToSpeech], budget: RetryBudget | None = None) -> None:
        names = {rung.engine.voice for rung in ladder.rungs}
        if len(names) > 1:
            raise ValueError("a ladder of voices has one voice")
        self._ladder = ladder
        self._budget = budget or RetryBudget()

    @property
    def voice(self) -> str:
        """Name of the voice, as `persona.voice` carries it."""
        return self._ladder.rungs[0].engine.voice

    @property
    def available(self) -> bool:
        """Whether any engine has this voice now."""
        return self._ladder.available() is not None

    def state(self) -> KindState:
        """How the ladder stands."""
        return self._ladder.state()

    def prepare(self, owner: str, language: str) -> None:
        """Have the engine ready that would be asked first."""
        rung = self._ladder.available()
        if rung is not None and isinstance(rung.engine, PreparedTextToSpeech):
            rung.engine.prepare(owner, language)

    def leave(self, owner: str) -> None:
        """Give back what any of them holds."""
        for rung in self._ladder.rungs:
            if isinstance(rung.engine, PreparedTextToSpeech):
                rung.engine.leave(owner)

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        """Say one clause; see `TextToSpeech.speak`.

        Raises:
            EngineError: no engine is left; the words that were given have sounded, the others have not.
            OverloadedError: this machine has no time for the last one.
        """
        async with aclosing(self._said(owner, Script(text), language)) as pieces:
            async for piece in pieces:
                yield piece

    async def _said(self, owner: str, script: Script, language: str) -> AsyncGenerator[Speech]:
        """A clause, whoever has to say its parts."""
        self._budget.request()
        saying = _Saying(self._ladder.clock.now_ms())
        attempt, first_s = self._ladder.begin(), None
        while attempt is not None:
            rung = attempt.rung
            try:
                async with aclosing(self._part(attempt, owner, script, language, saying.seam, first_s)) as pieces:
                    async for piece in pieces:
                        yield piece
            except EnterpriseStreamError as error:
                saying.failure = error
            else:
                return
            if not saying.seam.break_off() or (script.whole and not script.after(saying.seam.said)):
                return  # all of it has sounded, or nobody knows how much: then it ends here
            first_s = self._left_s(saying)
            attempt = self._next(rung, saying) if first_s >= LEAST_S else None
        raise no_rung_left(saying.failure, "No engine has her voice now; try again.")

    def _left_s(self, saying: _Saying) -> float:
        """Time for a further try's first sound, in s."""
        if saying.seam.sent_ms:
            return AGAIN_S
        return self._ladder.rungs[0].first_s + AGAIN_S - (self._ladder.clock.now_ms() - saying.began) / 1000

    def _next(self, rung: Rung[TextToSpeech], saying: _Saying) -> Attempt[TextToSpeech] | None:
        """The same engine again where that is promising, else another; one that was silent is asked again last."""
        if saying.failure is None or not saying.failure.retryable or saying.retried:
            return self._ladder.below(rung)
        if saying.failure.code in SILENT:
            return self._ladder.below(rung) or self._again(rung, saying)
        return self._again(rung, saying) or self._ladder.below(rung)

    def _again(self, rung: Rung[TextToSpeech], saying: _Saying) -> Attempt[TextToSpeech] | None:
        limited = saying.failure is not None and saying.failure.code == "vendor_limited"
        if limited or not self._budget.take():
            return None
        saying.retried = True
        return self._ladder.again(rung)

    async def _part(
        self,
        attempt: Attempt[TextToSpeech],
        owner: str,
        script: Script,
        language: str,
        seam: Seam,
        first_s: float | None,
    ) -> AsyncGenerator[Speech]:
        """What one engine says of the clause."""
        rung = attempt.rung
        patience = Patience(rung, _worth_s, None if rung.local or first_s is None else min(first_s, rung.first_s))
        script.waits, script.goes_on = patience.hold, patience.go
        with attempt:
            stream = await _spoken(rung.engine, owner, script, language, seam.said)
            async with aclosing(stream), aclosing(patience.each(stream)) as pieces:
                async for piece in pieces:
                    attempt.goes()
                    given = seam.add(piece)
                    if given is not None:
                        yield given
            given = seam.end()
            if given is not None:
                yield given


class StreamingLadderVoice(LadderVoice):
    """The same, where the engine that is asked first begins before its clause is whole."""

    async def speak_along(self, owner: str, words: AsyncIterator[str], language: str) -> AsyncGenerator[Speech]:
        """Say one clause while it is written; see `StreamingTextToSpeech.speak_along` and `speak`."""
        async with aclosing(self._said(owner, Script(source=words), language)) as pieces:
            async for piece in pieces:
                yield piece


def ladder_voice(ladder: Ladder[TextToSpeech], budget: RetryBudget | None = None) -> LadderVoice:
    """The voice over a ladder: a streaming one, where the best engine is one."""
    streams = isinstance(ladder.rungs[0].engine, StreamingTextToSpeech)
    return (StreamingLadderVoice if streams else LadderVoice)(ladder, budget)


def _worth_s(speech: Speech) -> float:
    return speech.samples.size / SAMPLE_RATE


async def _spoken(voice: TextToSpeech, owner: str, script: Script, language: str, said: int) -> AsyncGenerator[Speech]:
    """The clause after so many words, in one engine's sound."""
    if not script.whole and isinstance(voice, StreamingTextToSpeech):
        return voice.speak_along(owner, script.pieces(said), language)
    return voice.speak(owner, (await script.rest(said)).strip(), language)
