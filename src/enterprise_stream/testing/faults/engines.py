"""A scripted engine of each kind with a fault in it; all else is as fast as a vendor."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable

import numpy as np

from enterprise_stream.errors import CANNOT_GO_ON, EngineError
from enterprise_stream.listening.ports import SAMPLE_RATE as HEARD_RATE
from enterprise_stream.listening.ports import Samples, Transcript
from enterprise_stream.speaking.ports import SAMPLE_RATE, Speech, Word
from enterprise_stream.testing.faults.kinds import Fault, Phase
from enterprise_stream.thinking.ports import AnswerEnd, AnswerPiece, AnswerText, Question

FINAL_S = 0.26
FIRST_TEXT_S = 0.45
TOKEN_S = 1 / 60
FIRST_SOUND_S = 0.18
MS_PER_CHAR = 60.0
PIECE_MS = 100.0
"""Latencies of vendors (providers' means), speed of speech, and sound in one piece."""

MID_TOKENS = 10
MID_SOUNDS = 6
"""Pieces that come before a fault in mid-answer: more than the first clause, and a few words."""


class _Faulty:
    """What the three have in common.

    Attributes:
        fault: what is wrong with it now, if anything.
        asked: uses so far.
        running: uses under way.
    """

    def __init__(self, fault: Fault | None = None) -> None:
        self.fault = fault
        self.asked = 0
        self.running = 0

    def _struck(self) -> Fault | None:
        self.asked += 1
        return self.fault if self.fault is not None and self.fault.strikes() else None


async def _at(fault: Fault | None, phase: Phase) -> None:
    if fault is not None and fault.phase == phase:
        await fault.happen()


async def _each(fault: Fault | None, number: int, mid: int) -> None:
    """What a fault does to one piece of a stream; one in mid-answer begins after `mid` pieces."""
    if fault is None:
        return
    began = mid if fault.phase == "mid" else 0
    if (number == began and fault.phase != "before") or (fault.kind == "drip" and number > began):
        await fault.happen()


class FaultyBrain(_Faulty):
    """A `LanguageModel` that answers with `tokens`, going on from what was said.

    Attributes:
        questions: all that were asked.
        goes_on: whether it can go on from another's beginning.
    """

    def __init__(
        self,
        tokens: tuple[str, ...],
        fault: Fault | None = None,
        *,
        first_s: float = FIRST_TEXT_S,
        goes_on: bool = True,
    ) -> None:
        super().__init__(fault)
        self.goes_on = goes_on
        self.questions: list[Question] = []
        self._tokens = tokens
        self._first_s = first_s

    async def answer(self, question: Question) -> AsyncGenerator[AnswerPiece]:
        """The answer, or what the fault leaves of it."""
        self.questions.append(question)
        fault = self._struck()
        if question.said and not self.goes_on:
            raise EngineError("It cannot go on.", code=CANNOT_GO_ON, retryable=False)
        self.running += 1
        try:
            await _at(fault, "before")
            await asyncio.sleep(self._first_s)
            rest = "".join(self._tokens).removeprefix(question.said)
            for number, token in enumerate(_split(self._tokens, rest)):
                await _each(fault, number, MID_TOKENS)
                yield AnswerText(token)
                await asyncio.sleep(TOKEN_S)
            yield AnswerEnd("general")
        finally:
            self.running -= 1


def _split(tokens: tuple[str, ...], rest: str) -> list[str]:
    """The tokens of the end of an answer."""
    found: list[str] = []
    for token in reversed(tokens):
        if not rest:
            break
        found.append(token[-len(rest) :])
        rest = rest[: -len(found[-1])]
    return found[::-1]


class FaultyVoice(_Faulty):
    """A `TextToSpeech` whose words share its sound by their letters.

    Attributes:
        clauses: all that it was asked to say.
    """

    def __init__(
        self, fault: Fault | None = None, *, voice: str = "scripted", first_s: float = FIRST_SOUND_S, tone: int = 1
    ) -> None:
        super().__init__(fault)
        self.clauses: list[str] = []
        self._voice = voice
        self._first_s = first_s
        self._tone = tone

    @property
    def voice(self) -> str:
        """The voice's name."""
        return self._voice

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        """The clause, or what the fault leaves of it."""
        del owner, language
        self.clauses.append(text)
        fault = self._struck()
        self.running += 1
        try:
            await _at(fault, "before")
            await asyncio.sleep(self._first_s)
            for number, speech in enumerate(_pieces(text, self._tone)):
                await _each(fault, number, MID_SOUNDS)
                yield speech
                await asyncio.sleep(PIECE_MS / 5000)  # five times as fast as it sounds
        finally:
            self.running -= 1


class StreamingFaultyVoice(FaultyVoice):
    """The same, begun before its clause is whole."""

    async def speak_along(self, owner: str, words: AsyncIterator[str], language: str) -> AsyncGenerator[Speech]:
        """The clause as it is written, or what the fault leaves of it."""
        del owner, language
        number = len(self.clauses)
        self.clauses.append("")
        fault = self._struck()
        self.running += 1
        given, at_ms = 0, 0.0
        try:
            await _at(fault, "before")
            async for words_now in words:
                await asyncio.sleep(0 if given else self._first_s)
                self.clauses[number] += words_now
                pieces = list(_pieces(words_now, self._tone, at_ms))
                for speech in pieces:
                    await _each(fault, given, MID_SOUNDS)
                    given += 1
                    yield speech
                    await asyncio.sleep(PIECE_MS / 5000)
                at_ms += sum(speech.samples.size for speech in pieces) * 1000 / SAMPLE_RATE
        finally:
            self.running -= 1


def _pieces(text: str, tone: int, at_ms: float = 0.0) -> list[Speech]:
    words, ms = [], 0.0
    for word in text.split():
        words.append(Word(word, ms, ms + len(word) * MS_PER_CHAR))
        ms += (len(word) + 1) * MS_PER_CHAR
    pieces, start = [], 0.0
    while start < ms:
        end = min(ms, start + PIECE_MS)
        sound = np.full(round((end - start) * SAMPLE_RATE / 1000), tone, np.int16)
        here = [Word(w.text, w.start_ms + at_ms, w.end_ms + at_ms) for w in words if start <= w.start_ms < end]
        pieces.append(Speech(sound, tuple(here)))
        start = end
    return pieces


class FaultyUtterance:
    """An utterance of a `FaultyRecogniser`, which hears its one text in any sound.

    Attributes:
        heard_ms: audio that it was given.
    """

    def __init__(self, text: str, fault: Fault | None, final_s: float) -> None:
        self._text = text
        self._fault = fault
        self._final_s = final_s
        self._broken = False
        self.heard_ms = 0.0
        self.closed = False

    def push(self, samples: Samples) -> None:
        """Hear some sound."""
        self.heard_ms += samples.size * 1000 / HEARD_RATE

    async def partial(self) -> Transcript:
        """Its words, unless the fault strikes before or in the midst of the utterance."""
        return await self._words("before", "mid")

    async def final(self) -> Transcript:
        """Its words, unless the fault strikes."""
        return await self._words("before", "mid", "first")

    def close(self) -> None:
        """Remember that."""
        self.closed = True

    async def _words(self, *phases: Phase) -> Transcript:
        if self._fault is not None and self._fault.phase in phases:
            await self._fault.happen()
            if self._fault.kind == "drip":
                await asyncio.Event().wait()  # what drips is no result
        await asyncio.sleep(self._final_s)
        return Transcript(self._text, "es", 0.99, round(self.heard_ms))


class FaultyStreamingUtterance(FaultyUtterance):
    """The same, which tells its words while it hears."""

    _tell: Callable[[Transcript], None] = staticmethod(lambda _: None)
    _told_ms = 0.0

    def on_interim(self, tell: Callable[[Transcript], None]) -> None:
        """Call `tell` every 200 ms of sound, until the fault strikes."""
        self._tell = tell

    def push(self, samples: Samples) -> None:
        """Hear some sound."""
        super().push(samples)
        late = self._fault is not None and self._fault.phase != "first"
        limit_ms = (400.0 if self._fault.phase == "mid" else 0.0) if late and self._fault is not None else float("inf")
        if not self.closed and self.heard_ms - self._told_ms >= 200.0 and self.heard_ms < limit_ms:
            self._told_ms = self.heard_ms
            self._tell(Transcript(self._text.split()[0], "es", 0.99, round(self.heard_ms)))


class FaultyRecogniser(_Faulty):
    """A `SpeechToText` that hears one text in whatever is said.

    Attributes:
        utterances: all that were opened.
    """

    def __init__(
        self, text: str, fault: Fault | None = None, *, final_s: float = FINAL_S, streams: bool = False
    ) -> None:
        super().__init__(fault)
        self._text = text
        self._final_s = final_s
        self._kind = FaultyStreamingUtterance if streams else FaultyUtterance
        self.utterances: list[FaultyUtterance] = []

    def utterance(self, owner: str, language: str) -> FaultyUtterance:
        """Open the next utterance."""
        del owner, language
        self.utterances.append(self._kind(self._text, self._struck(), self._final_s))
        return self.utterances[-1]
