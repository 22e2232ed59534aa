"""A brain that is several: before any text the next one answers instead, after it the next one goes on."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from enterprise_stream.errors import EngineError, EnterpriseStreamError
from enterprise_stream.ladder.budget import RetryBudget
from enterprise_stream.ladder.deadlines import RETRY_WITHIN_S
from enterprise_stream.ladder.patience import Patience
from enterprise_stream.ladder.rung import Attempt, Ladder, Rung, no_rung_left
from enterprise_stream.thinking.ports import AnswerEnd, AnswerPiece, AnswerText, LanguageModel, Question, ToolCall

NO_SECOND_TRY = frozenset({"vendor_limited", "vendor_timeout"})
"""Failures that are retryable, but not at once."""

SPOKEN_CHARS_PER_S = 15.0
"""Characters that she speaks in a second."""


@dataclass(slots=True)
class _Progress:
    """An answer as far as it has come.

    Attributes:
        given: its text so far.
        called: whether it has called a function.
        whole: whether its end was given.
        retried: whether a rung was asked twice for it.
        spent_s: time that the rung took which is asked again, in s.
        failure: of the last rung.
    """

    given: str = ""
    called: bool = False
    whole: bool = False
    retried: bool = False
    spent_s: float = 0.0
    failure: EnterpriseStreamError | None = None


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
            EngineError: no brain is left; what was given until then may end in the midst of a word.
            OverloadedError: this machine has no time for the last one.
            BudgetError: the last one costs money, and it is spent.
        """
        progress = _Progress()
        self.budget.request()
        attempt = self.ladder.begin()
        while attempt is not None:
            rung, began = attempt.rung, self.ladder.clock.now_ms()
            left_s = rung.first_s - progress.spent_s
            async with aclosing(self._answered(attempt, question, progress, left_s)) as pieces:
                async for piece in pieces:
                    yield piece
            if progress.whole:
                return
            if progress.called:
                yield AnswerEnd("general", question.memory)
                return
            progress.spent_s = (self.ladder.clock.now_ms() - began) / 1000
            attempt = self._next(rung, progress)
        raise no_rung_left(progress.failure, "No brain answers now; try again.")

    async def _answered(
        self, attempt: Attempt[LanguageModel], question: Question, progress: _Progress, first_s: float
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
                                progress.given += text
                                yield piece
                            case ToolCall():
                                progress.called = True
                                yield piece
                            case AnswerEnd():
                                progress.whole = True
                                attempt.succeeded()
                                yield piece
                if not progress.whole:
                    raise EngineError("A brain ended its answer without an end.")
        except EnterpriseStreamError as error:
            progress.failure = error

    def _next(self, rung: Rung[LanguageModel], progress: _Progress) -> Attempt[LanguageModel] | None:
        """The same rung once more, where that is promising and there is time; else the one under it."""
        if not progress.retried and _promising(progress) and self.budget.take():
            progress.retried = True
            attempt = self.ladder.again(rung)
            if attempt is not None:
                return attempt
        progress.spent_s = 0.0
        return self.ladder.below(rung)


def _worth_s(piece: AnswerPiece) -> float:
    """How long she speaks on it, in s; what holds no text says that the brain is at work, and is worth the wait."""
    return len(piece.text) / SPOKEN_CHARS_PER_S if isinstance(piece, AnswerText) and piece.text else float("inf")


def _promising(progress: _Progress) -> bool:
    """Whether the same brain may well answer if it is asked again at once."""
    error = progress.failure
    return (
        isinstance(error, EngineError)
        and error.retryable
        and error.code not in NO_SECOND_TRY
        and not progress.given
        and progress.spent_s <= RETRY_WITHIN_S
    )
