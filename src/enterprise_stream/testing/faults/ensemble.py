"""All engines on their ladders, and the cast of each session: one recogniser, one brain, and a voice that stays."""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any, Self

from enterprise_stream.clock import Clock
from enterprise_stream.ladder import (
    Breaker,
    Ladder,
    LadderBrain,
    LadderRecogniser,
    LadderState,
    LadderVoice,
    Rung,
    Tell,
    cast,
    ladder_voice,
)
from enterprise_stream.ladder.build import by_voice
from enterprise_stream.listening.ports import SpeechToText
from enterprise_stream.purchases import Kind
from enterprise_stream.session.engines import Engines
from enterprise_stream.speaking.library import LibraryVoice
from enterprise_stream.speaking.ports import TextToSpeech
from enterprise_stream.thinking.ports import LanguageModel


@dataclass(frozen=True, slots=True)
class Rungs:
    """The engines of each kind, best first; voices may differ."""

    stt: Sequence[Rung[SpeechToText]]
    llm: Sequence[Rung[LanguageModel]]
    tts: Sequence[Rung[TextToSpeech]]


def no_library(_voice: TextToSpeech) -> LibraryVoice | None:
    """For voices that stand alone."""
    return None


class Ensemble:
    """Casts sessions; use it as an async context manager while there are any.

    Args:
        rungs: the engines; whoever made them runs and ends them.
        common: what every session has beside them: voice activity, turn detector, and what is asked about both.
        clock: the breakers'.
        tell: told of each use of an engine.
        library: the library in front of a voice, if any.
    """

    def __init__(
        self,
        rungs: Rungs,
        common: Callable[[SpeechToText, LanguageModel, TextToSpeech], Engines],
        clock: Clock,
        tell: Tell,
        library: Callable[[TextToSpeech], LibraryVoice | None] = no_library,
    ) -> None:
        self._rungs = rungs
        self._stt = Ladder("stt", rungs.stt, clock, tell)
        self._llm = Ladder("llm", rungs.llm, clock, tell)
        self._voices = [ladder_voice(Ladder("tts", same, clock, tell)) for same in by_voice(rungs.tts)]
        self._libraries = [library(voice) for voice in self._voices]
        brain = LadderBrain(self._llm)
        self._recogniser = LadderRecogniser(self._stt)
        self._casts: list[tuple[LadderVoice, Engines]] = []
        for voice, held in zip(self._voices, self._libraries, strict=True):
            engines = common(self._recogniser, brain, held or voice)
            covers = engines.covers if held is None else held.covers
            state = self._state_with(voice, rungs.tts[0].name)
            self._casts.append((voice, replace(engines, covers=covers, state=state)))

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._recogniser)
            for library in self._libraries:
                if library is not None:
                    await stack.enter_async_context(library)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def cast(self) -> Engines:
        """The engines of a session that begins now."""
        return cast(self._casts)

    def state(self) -> LadderState:
        """How all ladders stand, one of each voice."""
        return LadderState((self._stt.state(), self._llm.state(), *(voice.state() for voice in self._voices)))

    def breaker(self, kind: Kind, place: int) -> Breaker:
        """The breaker of an engine, by its place among those of its kind."""
        of_kind: dict[Kind, Sequence[Rung[Any]]] = {
            "stt": self._rungs.stt,
            "llm": self._rungs.llm,
            "tts": self._rungs.tts,
        }
        return of_kind[kind][place].breaker

    def _state_with(self, voice: LadderVoice, best: str) -> Callable[[], LadderState]:
        """How the ladders stand for a session with this voice."""
        return lambda: LadderState((self._stt.state(), self._llm.state(), replace(voice.state(), best=best)))
