"""A brain that is several: before any text the next one answers instead, after it the answer goes on from there."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from enterprise_stream.errors import EngineError, EnterpriseStreamError
from enterprise_stream.ladder.budget import RetryBudget
from enterprise_stream.ladder.deadlines import GO_ON_S, RETRY_WITHIN_S
from enterprise_stream.ladder.patience import Patience
from enterprise_stream.ladder.rung import Attempt, Ladder, Rung, no_rung_left
from enterprise_stream.thinking.ports import AnswerEnd, AnswerPiece, AnswerText, LanguageModel, Question, ToolCall

NOT_AT_ONCE = "vendor_limited"
"""The failure that is retryable, but later."""

SPOKEN_CHARS_PER_S = 15.0
"""Characters that she speaks in a second."""

_BLANKS = " \n\t"


@dataclass(slots=True)
class _Progress:
    """An answer as far as it has come.

    Attributes:
        given: its text so far.
        called: whether it has called a function.
        whole: whether its end was given.
        retried: whether a rung was asked twice for it.
        failure: of the last rung.
    """

    given: str = ""
    called: bool = False
    whole: bool = False
    retried: bool = False
    failure: EnterpriseStreamError | None = None
    _word: str = ""

    def take(self, text: str) -> str:
        """What may go out of the answer now: its first piece, then whole words, since nobody can go on inside one."""
        text = self._word + text
        whole = len(text) if not self.given else max(map(text.rfind, _BLANKS)) + 1
        self._word = text[whole:]
        self.given += text[:whole]
        return text[:whole]

    def rest(self) -> str:
        """The last word, now that it is whole."""
        word, self._word = self._word, ""
        self.given += word
        return word

    def broke_off(self, failure: EnterpriseStreamError) -> None:
        """A rung has failed; a word that it had begun has not gone out."""
        self.failure = failure
        self._word = ""


@dataclass(frozen=True, slots=True)
class LadderBrain:
    """A `LanguageModel` over a ladder.

    Attributes:
        ladder: the brains.
        budget: of second tries at the same one.
    """

    ladder: Ladder[LanguageModel]
    budget: RetryBudget = field(default_factory=RetryBudget)

    async def answer(self, question: Question) -> AsyncGenerator[AnswerPiece]:
        """Stream an answer; see `LanguageModel.answer`.

        A brain that fails after it has called a function has ended its answer: what came of the call travels in the
        next question, and nothing is called twice.

        Raises:
            EngineError: no brain is left; what was given until then ends with a word.
            OverloadedError: this machine has no time for the last one.
            BudgetError: the last one costs money, and it is spent.
        """
        progress = _Progress()
        self.budget.request()
        attempt, first_s = self.ladder.begin(), None
        while attempt is not None:
            rung, began = attempt.rung, self.ladder.clock.now_ms()
            async with aclosing(self._answered(attempt, question, progress, first_s)) as pieces:
                async for piece in pieces:
                    yield piece
            if progress.whole:
                return
            if progress.called:
                yield AnswerEnd("general", question.memory)
                return
            first_s = _second_try_s(rung, progress, (self.ladder.clock.now_ms() - began) / 1000)
            attempt = self._again(rung, progress) if first_s is not None else None
            if attempt is None:
                attempt, first_s = self.ladder.below(rung), None
        raise no_rung_left(progress.failure, "No brain answers now; try again.")

    async def _answered(
        self, attempt: Attempt[LanguageModel], question: Question, progress: _Progress, first_s: float | None
    ) -> AsyncGenerator[AnswerPiece]:
        """What one rung adds to the answer; its failure is left in `progress`."""
        rung = attempt.rung
        try:
            with attempt:
                stream = rung.engine.answer(replace(question, said=question.said + progress.given))
                async with aclosing(stream), aclosing(Patience(rung, _worth_s, first_s).each(stream)) as pieces:
                    async for piece in pieces:
                        attempt.goes()
                        match piece:
                            case AnswerText(text=text):
                                out = progress.take(text)
                                if out or not text:
                                    yield AnswerText(out)
                                continue
                            case ToolCall():
                                progress.called = True
                            case AnswerEnd():
                                progress.whole = True
                                attempt.succeeded()
                        if rest := progress.rest():
                            yield AnswerText(rest)
                        yield piece
                if not progress.whole:
                    raise EngineError("A brain ended its answer without an end.")
        except EnterpriseStreamError as error:
            progress.broke_off(error)

    def _again(self, rung: Rung[LanguageModel], progress: _Progress) -> Attempt[LanguageModel] | None:
        """The same rung once more, where breaker and budget let it."""
        if not self.budget.take():
            return None
        progress.retried = True
        return self.ladder.again(rung)


def _worth_s(piece: AnswerPiece) -> float:
    """How long she speaks on it, in s; what holds no text says that the brain is at work, and is worth the wait."""
    return len(piece.text) / SPOKEN_CHARS_PER_S if isinstance(piece, AnswerText) and piece.text else float("inf")


def _second_try_s(rung: Rung[LanguageModel], progress: _Progress, spent_s: float) -> float | None:
    """How long the same brain has for its first text if it is asked again at once; None where that is not promising.

    In mid-answer it goes on from what was given. Before any text there has to be time for it inside its first try's.
    """
    error = progress.failure
    if progress.retried or not (isinstance(error, EngineError) and error.retryable) or error.code == NOT_AT_ONCE:
        return None
    if progress.given:
        return min(rung.first_s, GO_ON_S)
    return rung.first_s - spent_s if spent_s <= RETRY_WITHIN_S else None
