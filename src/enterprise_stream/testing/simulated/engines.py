"""Simulated engines behind this package's ports: the latencies of fast vendors, on the clock that they are given.

The figures are those of the benchmark against other systems (bench/peers). Every wait ends at a moment counted from the
call's beginning, so that delays of the event loop do not add up. On a `VirtualTimeLoop`, with a `LoopClock`, every run
is the same.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass

import numpy as np

from enterprise_stream.clock import Clock
from enterprise_stream.listening import ports as listening
from enterprise_stream.speaking.ports import Speech, Word
from enterprise_stream.testing.simulated.ear import FINAL_AFTER_MS, Ear, Heard
from enterprise_stream.testing.simulated.recordings import RATE, Recordings, Sound
from enterprise_stream.testing.simulated.script import (
    ANSWER,
    FIRST_AUDIO_MS,
    FIRST_TOKEN_MS,
    MS_PER_CHAR,
    PIECE_MS,
    SPEED,
    TOKENS_PER_S,
    VOICE_RATE,
    tone,
)
from enterprise_stream.thinking.ports import AnswerEnd, AnswerPiece, AnswerText, Question, Usage

LANGUAGE_PROBABILITY = 0.99


async def _until(clock: Clock, at_ms: float) -> None:
    await asyncio.sleep(max(0.0, at_ms - clock.now_ms()) / 1000)


def _pcm(samples: listening.Samples) -> Sound:
    pcm: Sound = np.rint(samples * np.float32(32768.0)).astype(np.int16)
    return pcm


class SimulatedUtterance:
    """One utterance; see `SimulatedRecogniser`."""

    def __init__(self, recordings: Recordings, clock: Clock, language: str, ahead_ms: float) -> None:
        self._ear = Ear(recordings, ahead_ms)
        self._clock = clock
        self._language = language
        self._pushed_at = clock.now_ms()
        self._final: list[str] = []
        self._interim = ""
        self._tell: Callable[[listening.Transcript], None] = lambda _: None

    def on_interim(self, tell: Callable[[listening.Transcript], None]) -> None:
        """Call `tell` with each interim result, in the midst of `push`."""
        self._tell = tell

    def push(self, samples: listening.Samples) -> None:
        """Hear `samples`, shape (n,), float32 at 16 kHz."""
        self._pushed_at = self._clock.now_ms()
        for news in self._ear.hear(_pcm(samples)):
            if not isinstance(news, Heard):
                continue
            self._language = news.language or self._language
            if news.final:
                self._final.append(news.text)
            self._interim = "" if news.final else news.text
            self._tell(self._transcript(self._interim))

    async def partial(self) -> listening.Transcript:
        """While the guest speaks, the last interim words, at once; in a pause, the words that are final 100 ms into it.

        Speech that begins again within those 100 ms gives the interim words.
        """
        end = self._ear.speech_end_ms
        if self._ear.speaking and self._ear.silent_ms > 0:
            await _until(self._clock, self._final_at())
            if self._ear.speaking and self._ear.speech_end_ms == end:
                return self._transcript(self._ear.pending()[0])
        return self._transcript(self._interim)

    async def final(self) -> listening.Transcript:
        """All words, 100 ms after the last of them."""
        if self._ear.speaking:
            await _until(self._clock, self._final_at())
            return self._transcript(self._ear.pending()[0])
        return self._transcript("")

    def close(self) -> None:
        """Nothing is held."""

    def _final_at(self) -> float:
        """When the words of a segment that ended with the last speech are final, on the clock."""
        return self._pushed_at - self._ear.silent_ms + FINAL_AFTER_MS

    def _transcript(self, running: str) -> listening.Transcript:
        text = " ".join(part for part in (*self._final, running) if part)
        language = self._language if text else None
        return listening.Transcript(text, language, LANGUAGE_PROBABILITY, round(self._ear.heard_ms))


class SimulatedRecogniser:
    """A `SpeechToText` that knows the recordings: interim words every 200 ms, final ones 100 ms after the last speech.

    Args:
        recordings: what guests may say; other speech has no words.
        clock: must move with the event loop.
        ahead_ms: how long before its end a word is in interim results.
    """

    def __init__(self, recordings: Recordings, clock: Clock, *, ahead_ms: float = 0.0) -> None:
        self._recordings = recordings
        self._clock = clock
        self._ahead_ms = ahead_ms

    def utterance(self, owner: str, language: str) -> SimulatedUtterance:
        """Start recognising an utterance; `owner` does not matter."""
        del owner
        return SimulatedUtterance(self._recordings, self._clock, language, self._ahead_ms)


class SimulatedTurnDetector:
    """A `TurnDetector` that is never wrong about a recording: an oracle, for tests and not for comparisons.

    Args:
        recordings: what guests may say; any other sound is taken to be complete.
        clock: must move with the event loop.
        delay_ms: how long an answer takes.
    """

    COMPLETE, INCOMPLETE = 0.95, 0.05

    def __init__(self, recordings: Recordings, clock: Clock, *, delay_ms: float = 20.0) -> None:
        self._recordings = recordings
        self._clock = clock
        self._delay_ms = delay_ms

    async def completion(self, owner: str, samples: listening.Samples) -> float:
        """Whether the words of the last recording in `samples` have all been said; `owner` does not matter."""
        del owner
        due = self._clock.now_ms() + self._delay_ms
        complete = self._complete(_pcm(samples))
        await _until(self._clock, due)
        return self.COMPLETE if complete else self.INCOMPLETE

    def _complete(self, sound: Sound) -> bool:
        step = RATE // 20
        for end in range(sound.size, 0, -step):
            place = self._recordings.place(sound[max(0, end - step) : end])
            if place is not None:
                words = place.recording.words
                said_ms = (place.sample + step) * 1000 / RATE
                return not words or said_ms >= words[-1].end_ms - 2_000 * step / RATE
        return True


class CompleteAtOnce:
    """A `TurnDetector` without judgement: every pause is an end, so that silence alone decides."""

    async def completion(self, owner: str, samples: listening.Samples) -> float:
        """Always 1."""
        del owner, samples
        return 1.0


@dataclass(slots=True)
class Work:
    """What an engine was asked to do.

    Attributes:
        begun: calls.
        finished: calls that were not cancelled.
        units: tokens made, or characters spoken.
    """

    begun: int = 0
    finished: int = 0
    units: int = 0


class SimulatedBrain:
    """A `LanguageModel`: the first token after 250 ms, then 60 a second.

    Args:
        clock: must move with the event loop.
        answer: the tokens of the answer to a question's words; `ANSWER` for any by default.

    Attributes:
        work: what was asked of it.
    """

    def __init__(self, clock: Clock, answer: Callable[[str], tuple[str, ...]] = lambda _: ANSWER) -> None:
        self._clock = clock
        self._answer = answer
        self.work = Work()

    async def answer(self, question: Question) -> AsyncGenerator[AnswerPiece]:
        """Stream the answer to `question`."""
        first = self._clock.now_ms() + FIRST_TOKEN_MS
        self.work.begun += 1
        tokens = self._answer(question.text)
        for number, token in enumerate(tokens):
            await _until(self._clock, first + number * 1000.0 / TOKENS_PER_S)
            self.work.units += 1
            yield AnswerText(token)
        self.work.finished += 1
        yield AnswerEnd("general", None, Usage(len(question.text) // 4, 0, len(tokens)))


class SimulatedVoice:
    """A `TextToSpeech`: the first audio 120 ms after the text, then at five times real time. It sounds as a tone.

    Args:
        clock: must move with the event loop.

    Attributes:
        work: what was asked of it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tone = tone()
        self.work = Work()

    @property
    def voice(self) -> str:
        """The voice's name."""
        return "simulated"

    async def speak_along(self, owner: str, words: AsyncIterator[str], language: str) -> AsyncGenerator[Speech]:
        """Say a clause while it is written: 120 ms after its first words, then as far as it is written."""
        del owner, language
        self.work.begun += 1
        first: float | None = None
        text, done = "", 0
        async for piece in words:
            first = self._clock.now_ms() + FIRST_AUDIO_MS if first is None else first
            text += piece
            self.work.units += len(piece)
            total = round(len(text.strip()) * MS_PER_CHAR * VOICE_RATE / 1000)
            named = _words(text.strip())
            while done < total:
                begins = done * 1000 / VOICE_RATE
                await _until(self._clock, first + begins / SPEED)
                size = min(self._tone.size, total - done)
                ends = (done + size) * 1000 / VOICE_RATE
                here = tuple(word for word in named if begins <= word.start_ms < ends)
                yield Speech(self._tone[:size], here)
                done += size
        self.work.finished += 1

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        """Say `text`; its words share the time by their letters. `owner` and `language` do not matter."""
        del owner, language
        first = self._clock.now_ms() + FIRST_AUDIO_MS
        self.work.begun += 1
        self.work.units += len(text)
        words = _words(text)
        total = round(len(text) * MS_PER_CHAR * VOICE_RATE / 1000)
        for start in range(0, total, self._tone.size):
            begins = start * 1000 / VOICE_RATE
            await _until(self._clock, first + begins / SPEED)
            here = tuple(word for word in words if begins <= word.start_ms < begins + PIECE_MS)
            yield Speech(self._tone[: min(self._tone.size, total - start)], here)
        self.work.finished += 1


def _words(text: str) -> list[Word]:
    words, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        words.append(Word(word, at * MS_PER_CHAR, (at + len(word)) * MS_PER_CHAR))
        at += len(word)
    return words
