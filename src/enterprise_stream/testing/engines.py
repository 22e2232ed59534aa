"""Scripted engines: each implements its port, does what its script says and remembers what it was asked.

They wait on the event loop's time only, so on a `VirtualTimeLoop` every run is the same. A script's `failure` is
raised as it is: an `EngineError` is what a real engine raises, anything else is a bug in one.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field

import numpy as np

from enterprise_stream.listening.ports import SpeechToText
from enterprise_stream.session.engines import Engines, never_the_same
from enterprise_stream.speaking.ports import SAMPLE_RATE, Speech, TextToSpeech, Word
from enterprise_stream.testing.listening import EnergyActivity, ScriptedRecogniser, ScriptedTurnDetector, failed
from enterprise_stream.thinking.ports import (
    AnswerEnd,
    AnswerPiece,
    AnswerText,
    LanguageModel,
    Question,
    ResponseType,
    ToolCall,
    Usage,
)
from enterprise_stream.thinking.tool_ports import NoTools, Toolbox


@dataclass(frozen=True, slots=True)
class Reply:
    """What a scripted brain answers.

    Attributes:
        pieces: the answer's text as it comes.
        calls: tools that are called after it.
        delay_ms: before the first piece.
        piece_ms: before each later piece.
        fail_after: pieces after which `failure` is raised; None never fails.
    """

    pieces: tuple[str, ...] = ("Sí, ", "claro.")
    response_type: ResponseType = "general"
    memory: object | None = None
    usage: Usage = field(default_factory=Usage)
    delay_ms: float = 50.0
    piece_ms: float = 10.0
    fail_after: int | None = None
    failure: Exception = field(default_factory=failed)
    calls: tuple[ToolCall, ...] = ()


class ScriptedBrain:
    """A `LanguageModel` that answers with its script, then with the script's last reply.

    Args:
        replies: one for each question, or a function of the question.

    Attributes:
        questions: all that were asked, in order.
        running: answers under way now.
    """

    def __init__(self, *replies: Reply | str, by: Callable[[Question], Reply] | None = None) -> None:
        self._replies = [Reply((reply,)) if isinstance(reply, str) else reply for reply in replies] or [Reply()]
        self._by = by
        self.questions: list[Question] = []
        self.running = 0

    async def answer(self, question: Question) -> AsyncGenerator[AnswerPiece]:
        """The script's next reply."""
        number = min(len(self.questions), len(self._replies) - 1)
        self.questions.append(question)
        reply = self._by(question) if self._by is not None else self._replies[number]
        self.running += 1
        try:
            for count, piece in enumerate(reply.pieces):
                await asyncio.sleep((reply.piece_ms if count else reply.delay_ms) / 1000)
                if count == reply.fail_after:
                    raise reply.failure
                yield AnswerText(piece)
            for call in reply.calls:
                yield call
            if reply.fail_after is not None and reply.fail_after >= len(reply.pieces):
                raise reply.failure
            yield AnswerEnd(reply.response_type, reply.memory, reply.usage)
        finally:
            self.running -= 1

    def heard_before(self, question: int) -> list[tuple[str, str]]:
        """(role, text) of the history that came with a question."""
        return [(line.role, line.text) for line in self.questions[question].history]


class ScriptedVoice:
    """A `TextToSpeech` that sounds for as long as the text is; the n-th clause has the constant sample value n.

    Args:
        ms_per_char: duration of the sound.
        delay_ms: before the first sound of each clause.
        piece_ms: sound in one piece; the pieces of a clause come without further delay.
        fail_at: number (from 0, over all clauses) of the clause that fails; None never fails.
        failure: what it fails with.

    Attributes:
        clauses: owner, text and language of all that were said, in order.
        running: clauses under way now.
    """

    def __init__(
        self,
        *,
        ms_per_char: float = 60.0,
        delay_ms: float = 60.0,
        piece_ms: float = 400.0,
        fail_at: int | None = None,
        failure: Exception | None = None,
    ) -> None:
        self._ms_per_char = ms_per_char
        self._delay_ms = delay_ms
        self._piece = round(piece_ms * SAMPLE_RATE / 1000)
        self._fail_at = fail_at
        self._failure = failure or failed()
        self.clauses: list[tuple[str, str, str]] = []
        self.running = 0

    @property
    def voice(self) -> str:
        """The voice's name."""
        return "scripted"

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        """Say a clause; its words share its time evenly."""
        number = len(self.clauses)
        self.clauses.append((owner, text, language))
        self.running += 1
        try:
            await asyncio.sleep(self._delay_ms / 1000)
            if number == self._fail_at:
                raise self._failure
            samples = np.full(round(len(text) * self._ms_per_char * SAMPLE_RATE / 1000), number + 1, np.int16)
            words = _words(text, samples.size * 1000 / SAMPLE_RATE)
            for start in range(0, samples.size, self._piece):
                piece = samples[start : start + self._piece]
                begins, ends = (at * 1000 / SAMPLE_RATE for at in (start, start + piece.size))
                yield Speech(piece, tuple(word for word in words if begins <= word.start_ms < ends))
        finally:
            self.running -= 1


def _words(text: str, duration_ms: float) -> list[Word]:
    words = text.split()
    share = duration_ms / max(1, len(words))
    return [Word(word, n * share, (n + 1) * share) for n, word in enumerate(words)]


def scripted_engines(
    *,
    recogniser: SpeechToText | None = None,
    turn_detector: ScriptedTurnDetector | None = None,
    brain: LanguageModel | None = None,
    voice: TextToSpeech | None = None,
    same_meaning: Callable[[Question, str], Awaitable[bool]] = never_the_same,
    busy: Callable[[], bool] = lambda: False,
    covers: Callable[[str, str], bool] = lambda _text, _language: False,
    tools: Toolbox | None = None,
) -> Engines:
    """A set of engines for a session; those that are not given follow their own defaults."""
    return Engines(
        EnergyActivity,
        recogniser or ScriptedRecogniser(),
        turn_detector or ScriptedTurnDetector(),
        brain or ScriptedBrain(),
        voice or ScriptedVoice(),
        same_meaning=same_meaning,
        busy=busy,
        covers=covers,
        tools=tools or NoTools(),
    )
