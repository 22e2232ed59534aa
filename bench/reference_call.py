"""The reference call: a minute of Spanish with Casas del Turia, on the default cloud engines and emulators of vendors.

Four turns of 15 s: the guest asks for about 3 s, she answers at once with about 105 characters (417 in the minute, half
of it at her pace), and both think for the rest. Recognition is Flux behind the speech gate, so that silence is not
sent; answers are gpt-4o-mini's, with the business's facts in the prompt and drafts begun in pauses; the voice is Aura-2
behind the voice library, which holds her openings and as many of the answers as `in_library` says. Everything but the
vendors is the real thing, on virtual time; the vendors are emulators that keep a bill.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.events import Left
from enterprise_stream.conversation.house_events import PartingRequested
from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.cost.account import Bill, Charge
from enterprise_stream.cost.gates import GatedBrain, GatedRecogniser, gated_voice
from enterprise_stream.cost.governor import Amounts
from enterprise_stream.cost.meter import Meter
from enterprise_stream.cost.price_file import load_prices
from enterprise_stream.cost.prices import Prices
from enterprise_stream.engines.deepgram import DeepgramAura, DeepgramFlux
from enterprise_stream.engines.openai import OpenAIBrain
from enterprise_stream.listening.ports import SAMPLE_RATE, Samples
from enterprise_stream.purchases import Purchase
from enterprise_stream.server.till import Till
from enterprise_stream.session.engines import Engines
from enterprise_stream.session.replies import DraftEnd
from enterprise_stream.session.session import Session
from enterprise_stream.session.settings import SessionSettings
from enterprise_stream.speaking.library import ClipStore, LibraryVoice, Rendering, Tally
from enterprise_stream.speaking.ports import TextToSpeech
from enterprise_stream.testing import LoopClock, quiet, speech
from enterprise_stream.testing.emulators import Said, ScriptedEar, ToneVoice
from enterprise_stream.testing.emulators.deepgram import REALISTIC, DeepgramEmulator
from enterprise_stream.testing.emulators.openai import Answer, OpenAiEmulator
from enterprise_stream.testing.emulators.openai.chat_request import ChatRequest
from enterprise_stream.testing.listening import EnergyActivity
from enterprise_stream.thinking.ahead import clauses_of
from enterprise_stream.thinking.facts import WrittenFacts
from enterprise_stream.thinking.knowledge import KnowledgeSource
from enterprise_stream.thinking.openings import OPENINGS
from enterprise_stream.thinking.persona import Persona

KNOWLEDGE = Path(__file__).parents[1] / "src" / "enterprise_stream" / "data" / "casas-del-turia.yaml"
TURN_MS = 15_000.0
FRAME = SAMPLE_RATE // 50
KEY = "a key for emulators"
VOICE = "aura-2-diana-es"
OWNER = "reference"


IN_PAUSES = SpeculationPolicy("pause")
"""The default: answers are begun ahead in pauses."""

THINKS_MS = 700.0
"""How long a guest is silent who thinks in mid-sentence."""

OVER_HER_MS = 1_500.0
"""How long a guest speaks who cuts in."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words without a silence, and how long they take."""

    text: str
    ms: float


@dataclass(frozen=True, slots=True)
class Turn:
    """What the guest asks and what she answers.

    Attributes:
        question: his words.
        ms: how long they take.
        answer: her words.
        thinks_after: words after which he thinks for `thinks_ms`; 0 for none.
        cuts_in_after_ms: of his silence, when he speaks over her answer; None lets her finish.
        lasts_ms: from its first word to the next turn's.
    """

    question: str
    ms: float
    answer: str
    thinks_after: int = 0
    thinks_ms: float = THINKS_MS
    cuts_in_after_ms: float | None = None
    lasts_ms: float = TURN_MS

    @property
    def stretches(self) -> list[Stretch]:
        """His words between his silences."""
        words = self.question.split()
        parts = [words[: self.thinks_after], words[self.thinks_after :]] if self.thinks_after else [words]
        return [Stretch(" ".join(part), self.ms * len(part) / len(words)) for part in parts]


TURNS = (
    Turn(
        "Hola, ¿a qué hora puedo entrar en la casa?",
        2_800,
        "Puede entrar desde las tres de la tarde. Si llega antes, le guardamos el equipaje con gusto en la recepción.",
    ),
    Turn(
        "¿Y se puede ir con un perro pequeño?",
        2_600,
        "Sí, los perros pequeños son bienvenidos. Solo pedimos que nos lo diga al reservar, para prepararlo todo.",
    ),
    Turn(
        "¿Cuánto cuesta la suite con vistas al río en agosto?",
        3_600,
        "En agosto la suite cuesta doscientos noventa euros la noche. El desayuno está incluido, y también el garaje.",
    ),
    Turn(
        "Muy bien, ¿cómo llego desde el aeropuerto?",
        2_800,
        "En metro son solo veinticinco minutos, sin cambiar de línea. Si prefiere taxi, se lo pedimos nosotros.",
    ),
)


class KnownMind:
    """Answers the question that it is asked, however often it is asked it."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._answers = {turn.stretches[0].text: turn.answer for turn in turns}

    def answer(self, request: ChatRequest) -> Answer:
        """The answer to the guest's last words, or to what they begin; to others, a few words."""
        asked = str(next(m["content"] for m in reversed(request.messages) if m["role"] == "user"))
        return Answer(next((text for words, text in self._answers.items() if words in asked), "De acuerdo."))


def _script(turn: Turn) -> Iterator[Said]:
    """What a recogniser makes of a turn, silence by silence."""
    *unfinished, last = turn.stretches
    yield from (Said(stretch.text, completion=0.2) for stretch in unfinished)
    yield Said(last.text)
    if turn.cuts_in_after_ms is not None:
        yield Said("Espere, espere un momento.")


class Oracle:
    """A `TurnDetector` that knows when the guest has said all.

    Attributes:
        complete: whether he has.
    """

    complete = True

    async def completion(self, owner: str, samples: Samples) -> float:
        """See `TurnDetector.completion`."""
        del owner, samples
        return 0.95 if self.complete else 0.05


@dataclass(slots=True)
class Vendors:
    """The emulators; in use while entered."""

    deepgram: DeepgramEmulator
    openai: OpenAiEmulator

    @classmethod
    def of(cls, turns: Sequence[Turn]) -> Self:
        """Vendors that know what is said, at realistic latencies."""
        ear = ScriptedEar(*(said for turn in turns for said in _script(turn)))
        return cls(DeepgramEmulator(ear, ToneVoice(), latencies=REALISTIC), OpenAiEmulator(KnownMind(turns)))

    async def __aenter__(self) -> Self:
        await self.deepgram.__aenter__()
        await self.openai.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.openai.__aexit__(*error)
        await self.deepgram.__aexit__(*error)

    @property
    def bill(self) -> tuple[Purchase, ...]:
        """Everything that they charge for."""
        return self.deepgram.bill.purchases + self.openai.bill.purchases


@dataclass(slots=True)
class Outcome:
    """What a call came to.

    Attributes:
        charges: everything that the meter was told, in order.
        told: each turn's cost as its guest would be told it, in micro-dollars.
        spoken_chars, library_chars: of the answers.
    """

    charges: list[Charge] = field(default_factory=list)
    told: list[int] = field(default_factory=list)
    drafts: list[DraftEnd] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    spoken_chars: int = 0
    library_chars: int = 0
    seconds: float = 0.0

    def answered(self, complete: act.AnswerComplete, bill: Bill) -> None:
        """An answer is complete."""
        self.told.append(bill.total)
        self.answers.append(complete.text)
        self.spoken_chars += complete.usage.spoken_chars
        self.library_chars += complete.usage.library_chars

    def of(self, kind: str) -> int:
        """What a stage cost, in micro-dollars."""
        return sum(charge.microdollars for charge in self.charges if charge.purchase.kind == kind)

    @property
    def total(self) -> int:
        """What the call cost, in micro-dollars."""
        return sum(charge.microdollars for charge in self.charges)


Hear = Callable[[Samples], Awaitable[None]]


@dataclass(slots=True)
class Stage:
    """Engines on the emulators, joined as the server joins them.

    Args:
        vendors: the emulators, entered.
        folder: an empty one, for the voice library.
        caps: in micro-dollars; none by default.
        prices: list prices by default.
    """

    vendors: Vendors
    folder: Path
    caps: Amounts = field(default_factory=Amounts)
    prices: Prices = field(default_factory=load_prices)
    outcome: Outcome = field(default_factory=Outcome)
    clock: LoopClock = field(default_factory=LoopClock)
    oracle: Oracle = field(default_factory=Oracle)
    meter: Meter = field(init=False)

    def __post_init__(self) -> None:
        """Count from the first purchase on."""
        self.meter = Meter(self.prices, self.clock, self.caps, [self.outcome.charges.append])

    @asynccontextmanager
    async def engines(self, in_library: Sequence[str]) -> AsyncIterator[Engines]:
        """The engines, with texts that the voice library holds beforehand."""
        source = KnowledgeSource(KNOWLEDGE)
        deepgram, openai = self.vendors.deepgram.base_url, self.vendors.openai.api_url
        await self._build([*OPENINGS["es"], *in_library])
        async with AsyncExitStack() as stack:
            ear = await stack.enter_async_context(DeepgramFlux(KEY, self.meter, self.clock, base_url=deepgram))
            brain = await stack.enter_async_context(
                OpenAIBrain(
                    KEY,
                    source=source,
                    facts=WrittenFacts(source),
                    clock=self.clock,
                    base_url=openai,
                    buy=self.meter,
                )
            )
            mouth = await stack.enter_async_context(DeepgramAura(KEY, self.meter, self.clock, base_url=deepgram))
            library = await stack.enter_async_context(self._library(gated_voice(mouth, self.meter)))
            yield Engines(
                EnergyActivity,
                GatedRecogniser(ear, self.meter),
                self.oracle,
                GatedBrain(brain, self.meter),
                library,
                covers=library.covers,
            )

    async def _build(self, texts: Sequence[str]) -> None:
        async with self._library(ToneVoice()) as library:
            for text in texts:
                for clause in clauses_of(text):
                    await library.build("voice-library", clause, "es", "general")

    def _library(self, voice: TextToSpeech) -> LibraryVoice:
        store = ClipStore(self.folder / "clips", Rendering(VOICE, "aura-2"), 100_000_000)
        tally = Tally(self.folder / "tally.sqlite3", self.clock.today)
        return LibraryVoice(voice, store, tally, self.clock)

    async def call(
        self,
        engines: Engines,
        turns: Sequence[Turn] = TURNS,
        *,
        draft_microdollars: int = 0,
        ahead: SpeculationPolicy = IN_PAUSES,
    ) -> Outcome:
        """A guest calls and asks everything; he hangs up when that is over, or when the house has ended the call."""
        outcome, began = self.outcome, self.clock.now_ms()
        persona = Persona("Sandra", VOICE)
        settings = SessionSettings(OWNER, "es", ("es",), persona, openings=True, speculation=ahead)
        with Till(self.meter, OWNER, draft_microdollars) as till:
            session: Session[None] = Session(settings, engines, self.clock, outcome.drafts.append, till.may_draft)

            async def take() -> None:
                while True:
                    item = await session.outbox.get()
                    if isinstance(item, act.AnswerComplete):
                        outcome.answered(item, till.bill(item))
                    elif isinstance(item, act.AnswerInterrupted):
                        till.bill(item)

            async def part() -> None:
                await till.empty()
                await session.tell(PartingRequested(0))

            async with asyncio.TaskGroup() as group:
                running = group.create_task(session.run())
                others = [group.create_task(work()) for work in (take, part)]
                for turn in turns:
                    await self._ask(session.hear, turn)
                await session.tell(Left(0))
                await running
                for other in others:
                    other.cancel()
        outcome.seconds = (self.clock.now_ms() - began) / 1000
        return outcome

    async def _ask(self, hear: Hear, turn: Turn) -> None:
        """The guest's turn, and his silence until it is over."""
        stretches = turn.stretches
        silent_ms = turn.lasts_ms - turn.ms
        for number, stretch in enumerate(stretches, 1):
            self.oracle.complete = number == len(stretches)
            await _sound(hear, speech(stretch.ms))
            if not self.oracle.complete:
                silent_ms -= turn.thinks_ms
                await _sound(hear, quiet(turn.thinks_ms))
        if turn.cuts_in_after_ms is not None:
            await _sound(hear, quiet(turn.cuts_in_after_ms))
            await _sound(hear, speech(OVER_HER_MS))
            silent_ms -= turn.cuts_in_after_ms + OVER_HER_MS
        await _sound(hear, quiet(silent_ms))


async def _sound(hear: Hear, samples: Samples) -> None:
    """Sound at the pace at which it is made."""
    for start in range(0, samples.size, FRAME):
        await hear(samples[start : start + FRAME])
        await asyncio.sleep(0.02)


async def reference_call(
    folder: Path, in_library: int, turns: Sequence[Turn] = TURNS, ahead: SpeculationPolicy = IN_PAUSES
) -> tuple[Outcome, Vendors]:
    """The whole call, with the first answers in the library; returns what it came to, and the vendors' bill."""
    vendors = Vendors.of(turns)
    async with vendors:
        stage = Stage(vendors, folder)
        async with stage.engines([turn.answer for turn in turns[:in_library]]) as engines:
            outcome = await stage.call(engines, turns, ahead=ahead)
    return outcome, vendors
