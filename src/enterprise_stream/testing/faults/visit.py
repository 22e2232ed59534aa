"""A guest who asks something while an engine fails, and what he gets."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.events import Left, StopRequested
from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.ladder import LadderEvent
from enterprise_stream.ladder.build import rungs_of
from enterprise_stream.listening.ports import SAMPLE_RATE as HEARD_RATE
from enterprise_stream.listening.ports import Samples, SpeechToText
from enterprise_stream.purchases import Kind
from enterprise_stream.session.outbox import Sound
from enterprise_stream.session.session import Session
from enterprise_stream.session.settings import SessionSettings
from enterprise_stream.speaking.ports import SAMPLE_RATE, TextToSpeech
from enterprise_stream.testing.clock import LoopClock
from enterprise_stream.testing.engines import scripted_engines
from enterprise_stream.testing.faults.engines import FaultyBrain, FaultyRecogniser, FaultyVoice
from enterprise_stream.testing.faults.ensemble import Ensemble, Rungs
from enterprise_stream.testing.faults.kinds import Fault
from enterprise_stream.testing.listening import quiet, speech
from enterprise_stream.thinking.persona import Persona
from enterprise_stream.thinking.ports import LanguageModel

QUESTION = "¿Cómo es la suite?"
ANSWER = (
    *("Claro", " que", " sí", ",", " la", " suite", " tiene", " vistas", " al", " río", ",", " una", " terraza"),
    *(" grande", " y", " desayuno", " incluido", ".", " Son", " ciento", " veinte", " euros", " la", " noche", "."),
)
FACTS = ("La suite", " cuesta", " 120 €", " la noche", ".")
PERSONA = Persona("Sandra", "ana")
NOTHING_AHEAD = SpeculationPolicy("off")
FRAME = HEARD_RATE // 50
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Cast:
    """A vendor of each kind."""

    recogniser: FaultyRecogniser
    brain: FaultyBrain
    voice: FaultyVoice

    @classmethod
    def of(cls, kind: Kind | None = None, fault: Fault | None = None) -> "Cast":
        """All well, but for the vendor of one kind."""
        struck = {kind: fault} if kind is not None else {}
        return cls(
            FaultyRecogniser(QUESTION, struck.get("stt"), streams=True),
            FaultyBrain(ANSWER, struck.get("llm")),
            FaultyVoice(struck.get("tts"), voice="ana"),
        )

    @property
    def rungs(self) -> Rungs:
        """The vendors on their ladders."""
        return rungs(self.recogniser, self.brain, self.voice)


@dataclass(slots=True)
class Visit:
    """What a guest got for one question.

    Attributes:
        first_ms: from his last word to the first sound, or to the word that there is none.
        starved_ms: the longest that he waited for sound in mid-answer.
        text: of the answer.
        said: what the voice said of it, by its captions.
        left: what was left to his client's own voice.
        error: the code that he was told, if any.
    """

    first_ms: float = 0.0
    starved_ms: float = 0.0
    text: str = ""
    said: list[str] = field(default_factory=list)
    left: str = ""
    error: str | None = None

    @property
    def words(self) -> list[str]:
        """All that he heard or could hear, in order."""
        return [*self.said, *self.left.split()]


class Guest:
    """Talks with a session in real (virtual) time."""

    def __init__(self, session: Session[None]) -> None:
        self._session = session

    async def ask(self, *, stops: bool = False) -> Visit:
        """Say something, be silent, and take in what comes until the answer is over.

        Args:
            stops: whether the client says that he has finished, as with push-to-talk.
        """
        await self._sound(speech(1_200))
        ended_at = _now_ms()
        if stops:
            await self._session.tell(StopRequested(0))
        async with asyncio.TaskGroup() as group:
            silence = group.create_task(self._sound(quiet(1000 * PATIENCE_S)))
            visit = await self._take_in(ended_at)
            silence.cancel()
        return visit

    async def _sound(self, samples: Samples) -> None:
        for start in range(0, samples.size, FRAME):
            await self._session.hear(samples[start : start + FRAME])
            await _next_tick()

    async def _take_in(self, ended_at: float) -> Visit:
        visit, plays_until = Visit(), 0.0
        async with asyncio.timeout(PATIENCE_S):
            while True:
                item = await self._session.outbox.get()
                since = _now_ms() - ended_at
                match item:
                    case Sound(samples=samples):
                        visit.first_ms = visit.first_ms or since
                        visit.starved_ms = max(visit.starved_ms, since - plays_until if plays_until else 0.0)
                        plays_until = max(plays_until, since) + samples.size * 1000 / SAMPLE_RATE
                    case act.AnswerGrew(text=text):
                        visit.text += text
                    case act.Captioned(text=text):
                        visit.said.append(text)
                    case act.VoiceMissing(text=text):
                        visit.first_ms = visit.first_ms or since
                        visit.left = text
                        return visit
                    case act.VoiceEnded():
                        await asyncio.sleep(0)
                        return await self._rest(visit)
                    case act.Failed(code=code):
                        visit.error = code
                        if not await self._she_says_so():
                            visit.first_ms = since
                            return visit

    async def _she_says_so(self) -> bool:
        """Whether a turn of hers follows at once, to say what went wrong."""
        try:
            async with asyncio.timeout(0.001):
                return isinstance(await self._session.outbox.get(), act.WordsShown)
        except TimeoutError:
            return False

    async def _rest(self, visit: Visit) -> Visit:
        """What is told together with the end of the sound."""
        try:
            async with asyncio.timeout(0.001):
                while True:
                    item = await self._session.outbox.get()
                    if isinstance(item, act.VoiceMissing):
                        visit.left = item.text
        except TimeoutError:
            return visit


@dataclass(frozen=True, slots=True)
class House:
    """A server's engines, and a guest in it."""

    ensemble: Ensemble
    guest: Guest
    events: list[LadderEvent]


def rungs(
    recogniser: SpeechToText | None = None,
    brain: LanguageModel | None = None,
    voice: TextToSpeech | None = None,
    names: tuple[str, str, str] = ("deepgram-flux", "openai", "deepgram-aura2"),
) -> Rungs:
    """A vendor of each kind, all well where none is given; under it an engine on this machine, but for the voice."""
    well = Cast.of()
    whisper, facts = FaultyRecogniser(QUESTION, final_s=0.4), FaultyBrain(FACTS, first_s=0.05, goes_on=False)
    return Rungs(
        rungs_of("stt", [(names[0], recogniser or well.recogniser), ("whisper", whisper)]),
        rungs_of("llm", [(names[1], brain or well.brain), ("facts", facts)]),
        rungs_of("tts", [(names[2], voice or well.voice)]),
    )


@asynccontextmanager
async def house(engines: Rungs, ahead: SpeculationPolicy = NOTHING_AHEAD) -> AsyncIterator[House]:
    """A guest's session, on ladders as a server has them.

    Args:
        engines: that stand on them.
        ahead: when answers are begun ahead.
    """
    events: list[LadderEvent] = []
    ensemble = Ensemble(
        engines,
        lambda stt, llm, tts: scripted_engines(recogniser=stt, brain=llm, voice=tts),
        LoopClock(),
        events.append,
    )
    async with ensemble, asyncio.TaskGroup() as group:
        settings = SessionSettings("guest", "es", ("es", "en"), PERSONA, speculation=ahead)
        session: Session[None] = Session(settings, ensemble.cast(), LoopClock())
        running = group.create_task(session.run())
        yield House(ensemble, Guest(session), events)
        await session.tell(Left(0))
        await running


async def _next_tick() -> None:
    """Wait for the next frame's time, the same for all guests: many on a loop take hardly more steps than one."""
    now_s, frame_s = asyncio.get_running_loop().time(), FRAME / HEARD_RATE
    await asyncio.sleep((math.floor(now_s / frame_s + 0.001) + 1) * frame_s - now_s)


def _now_ms() -> float:
    return asyncio.get_running_loop().time() * 1000
