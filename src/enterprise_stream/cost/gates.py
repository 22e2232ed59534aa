"""The doors in front of what is paid for: who is at a cap does not get through.

One stands before each vendor's engine, behind the ladder and the voice library, so that what costs nothing still
serves: clips of the library, and the engines of this machine.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

from enterprise_stream.cost.governor import Level
from enterprise_stream.cost.meter import Meter
from enterprise_stream.errors import BudgetError
from enterprise_stream.listening.ports import PreparedSpeechToText, Samples, SpeechToText, Transcript, Utterance
from enterprise_stream.speaking.ports import PreparedTextToSpeech, Speech, StreamingTextToSpeech, TextToSpeech
from enterprise_stream.thinking.phrases import PhraseSplitter
from enterprise_stream.thinking.ports import AnswerEnd, AnswerPiece, AnswerText, LanguageModel, Question


async def nothing_known(_question: Question) -> str | None:
    """Nothing here answers without a vendor."""
    return None


@dataclass(frozen=True, slots=True)
class LibraryFirst:
    """What may answer instead of a vendor when money is short.

    Attributes:
        known: the answer that the business's facts hold for a question, or None.
        covers: whether the voice says a clause (text, language) from its library.
    """

    known: Callable[[Question], Awaitable[str | None]] = nothing_known
    covers: Callable[[str, str], bool] = lambda _text, _language: False

    async def answer(self, question: Question) -> str | None:
        """An answer that costs nothing at all: known, and wholly in the voice library."""
        if question.said or question.exchanges:
            return None
        text = await self.known(question)
        if text is None:
            return None
        splitter = PhraseSplitter()
        clauses = [*splitter.feed(text), *splitter.flush()]
        return text if all(self.covers(clause.strip(), question.language) for clause in clauses) else None


class GatedBrain:
    """A `LanguageModel` in front of a vendor's."""

    def __init__(self, inner: LanguageModel, meter: Meter, library: LibraryFirst | None = None) -> None:
        self._inner = inner
        self._meter = meter
        self._library = library or LibraryFirst()

    async def answer(self, question: Question) -> AsyncGenerator[AnswerPiece]:
        """The vendor's answer; a brief one, or one that costs nothing, when money is short.

        Raises:
            BudgetError: there is no money left.
            EngineError: the vendor failed.
        """
        await _check(self._meter, question.owner)
        if self._meter.level(question.owner) is Level.BRIEF:
            free = await self._library.answer(question)
            if free is not None:
                yield AnswerText(free)
                yield AnswerEnd("general", question.memory)
                return
            await _check(self._meter, question.owner)
            question = replace(question, brief=True)
        async with aclosing(self._inner.answer(question)) as pieces:
            async for piece in pieces:
                yield piece


class GatedRecogniser:
    """A `PreparedSpeechToText` in front of a vendor's."""

    def __init__(self, inner: SpeechToText, meter: Meter) -> None:
        self._inner = inner
        self._meter = meter

    def utterance(self, owner: str, language: str) -> Utterance:
        """The vendor's utterance; without money, one that fails when it is asked."""
        if self._meter.level(owner) is Level.SPENT:
            return _Unpaid()
        return self._inner.utterance(owner, language)

    def prepare(self, owner: str, language: str) -> None:
        """See `PreparedSpeechToText.prepare`."""
        if isinstance(self._inner, PreparedSpeechToText) and self._meter.level(owner) is not Level.SPENT:
            self._inner.prepare(owner, language)

    def leave(self, owner: str) -> None:
        """See `PreparedSpeechToText.leave`."""
        if isinstance(self._inner, PreparedSpeechToText):
            self._inner.leave(owner)


class GatedVoice:
    """A `PreparedTextToSpeech` in front of a vendor's."""

    def __init__(self, inner: TextToSpeech, meter: Meter) -> None:
        self._inner = inner
        self._meter = meter

    @property
    def voice(self) -> str:
        """Name of the voice."""
        return self._inner.voice

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        """See `TextToSpeech.speak`; raises `BudgetError` without money."""
        await _check(self._meter, owner)
        async with aclosing(self._inner.speak(owner, text, language)) as pieces:
            async for piece in pieces:
                yield piece

    def prepare(self, owner: str, language: str) -> None:
        """See `PreparedTextToSpeech.prepare`."""
        if isinstance(self._inner, PreparedTextToSpeech) and self._meter.level(owner) is not Level.SPENT:
            self._inner.prepare(owner, language)

    def leave(self, owner: str) -> None:
        """See `PreparedTextToSpeech.leave`."""
        if isinstance(self._inner, PreparedTextToSpeech):
            self._inner.leave(owner)


class GatedStreamingVoice(GatedVoice):
    """The same in front of a voice that begins before its clause is whole."""

    def __init__(self, inner: StreamingTextToSpeech, meter: Meter) -> None:
        super().__init__(inner, meter)
        self._streaming = inner

    async def speak_along(self, owner: str, words: AsyncIterator[str], language: str) -> AsyncGenerator[Speech]:
        """See `StreamingTextToSpeech.speak_along`; raises `BudgetError` without money."""
        await _check(self._meter, owner)
        async with aclosing(self._streaming.speak_along(owner, words, language)) as pieces:
            async for piece in pieces:
                yield piece


def gated_voice(inner: TextToSpeech, meter: Meter) -> GatedVoice:
    """The door for this voice: it can do what the voice can."""
    if isinstance(inner, StreamingTextToSpeech):
        return GatedStreamingVoice(inner, meter)
    return GatedVoice(inner, meter)


class _Unpaid:
    """An `Utterance` that nobody listens to."""

    def push(self, samples: Samples) -> None:
        """Nothing is kept."""

    async def partial(self) -> Transcript:
        """Raises `BudgetError`."""
        raise BudgetError

    async def final(self) -> Transcript:
        """Raises `BudgetError`."""
        raise BudgetError

    def close(self) -> None:
        """Nothing is held."""


async def _check(meter: Meter, owner: str) -> None:
    await meter.fund_session(owner)  # waits only where an advance has run out before the next one came
    if meter.level(owner) is Level.SPENT:
        raise BudgetError
