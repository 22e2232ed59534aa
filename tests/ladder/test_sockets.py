"""The same over sockets: the vendors' own SDKs at emulators that fail in every way that they know.

Time is virtual and sockets are real, so the deadlines are those of a real call and the tests take no time.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from enterprise_stream.engines.cartesia import CartesiaVoice
from enterprise_stream.engines.deepgram import DeepgramAura, DeepgramFlux, DeepgramNova
from enterprise_stream.engines.elevenlabs import ElevenLabsVoice
from enterprise_stream.engines.openai import OpenAIBrain, OpenAIVoice
from enterprise_stream.ladder.breaker import Open
from enterprise_stream.purchases import Kind, nobody_counts
from enterprise_stream.testing import LoopClock
from enterprise_stream.testing.emulators import EVERY_FAULT, Emulator, Fault, ScriptedEar
from enterprise_stream.testing.emulators.cartesia import CartesiaEmulator
from enterprise_stream.testing.emulators.deepgram import REALISTIC, DeepgramEmulator
from enterprise_stream.testing.emulators.elevenlabs import ElevenLabsEmulator
from enterprise_stream.testing.emulators.faults import Kind as FaultKind
from enterprise_stream.testing.emulators.openai import OpenAiEmulator, ScriptedMind
from enterprise_stream.testing.faults.ensemble import Rungs
from enterprise_stream.testing.faults.matrix import BOUND_MS
from enterprise_stream.testing.faults.visit import ANSWER, FACTS, PERSONA, QUESTION, Visit, house, rungs
from enterprise_stream.thinking.facts import WrittenFacts
from enterprise_stream.thinking.knowledge import KnowledgeSource

SOURCE = KnowledgeSource(Path(__file__).parents[2] / "src" / "enterprise_stream" / "data" / "casas-del-turia.yaml")
TEXT = "".join(ANSWER)

SDK_CLOSES_S = 30.0
"""How long an SDK may wait for the other side to close a socket that is given up."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """An engine at an emulator."""

    emulator: Emulator
    rungs: Rungs


Opened = Callable[[], AbstractAsyncContextManager[Vendor]]


@asynccontextmanager
async def flux() -> AsyncIterator[Vendor]:
    async with (
        DeepgramEmulator(ScriptedEar(QUESTION, QUESTION), latencies=REALISTIC) as emulator,
        DeepgramFlux("key", nobody_counts, LoopClock(), base_url=emulator.base_url) as engine,
    ):
        yield Vendor(emulator, rungs(recogniser=engine))


@asynccontextmanager
async def nova(model: str = "nova-3") -> AsyncIterator[Vendor]:
    async with (
        DeepgramEmulator(ScriptedEar(QUESTION, QUESTION), latencies=REALISTIC) as emulator,
        DeepgramNova("key", nobody_counts, LoopClock(), base_url=emulator.base_url, model=model) as engine,
    ):
        yield Vendor(emulator, rungs(recogniser=engine))


@asynccontextmanager
async def openai() -> AsyncIterator[Vendor]:
    async with (
        OpenAiEmulator(ScriptedMind(TEXT)) as emulator,
        OpenAIBrain(
            "key", base_url=emulator.api_url, source=SOURCE, facts=WrittenFacts(SOURCE), clock=LoopClock()
        ) as engine,
    ):
        yield Vendor(emulator, rungs(brain=engine))


@asynccontextmanager
async def aura() -> AsyncIterator[Vendor]:
    async with (
        DeepgramEmulator(latencies=REALISTIC) as emulator,
        DeepgramAura("key", nobody_counts, LoopClock(), base_url=emulator.base_url) as engine,
    ):
        yield Vendor(emulator, rungs(voice=engine))


@asynccontextmanager
async def openai_speech() -> AsyncIterator[Vendor]:
    async with OpenAiEmulator() as emulator, OpenAIVoice("key", base_url=emulator.api_url) as engine:
        yield Vendor(emulator, rungs(voice=engine))


@asynccontextmanager
async def elevenlabs() -> AsyncIterator[Vendor]:
    async with (
        ElevenLabsEmulator() as emulator,
        ElevenLabsVoice("key", nobody_counts, voice_id="ana", base_url=emulator.base_url) as engine,
    ):
        yield Vendor(emulator, rungs(voice=engine))


@asynccontextmanager
async def cartesia() -> AsyncIterator[Vendor]:
    async with (
        CartesiaEmulator() as emulator,
        CartesiaVoice("key", nobody_counts, voice_id="ana", base_url=emulator.base_url) as engine,
    ):
        yield Vendor(emulator, rungs(voice=engine))


VOICES = {"aura": aura, "openai-speech": openai_speech, "elevenlabs": elevenlabs, "cartesia": cartesia}
EARS: dict[str, Opened] = {"flux": flux, "nova-3": nova, "nova-2": partial(nova, "nova-2")}
VENDORS: dict[str, Opened] = {**EARS, "openai": openai, **VOICES}


async def visits(vendor: Opened, fault: Fault | None) -> Visit:
    """What a guest gets while a fault lasts."""
    async with vendor() as at:
        if fault is not None:
            at.emulator.faults.arm(replace(fault, times=None))
        async with house(at.rungs) as place:
            visit = await place.guest.ask()
        at.emulator.faults.clear()
        return visit


def once(visit: Visit) -> None:
    """Nothing is said twice, and no word is lost but those of a clause that nobody could finish."""
    if PERSONA.broken_off("es") in visit.text:
        excuse = PERSONA.broken_off("es").split()
        whole = visit.words[: -len(excuse)]
        assert visit.words[-len(excuse) :] == excuse
        assert whole == visit.text.split()[: len(whole)]
    else:
        assert visit.text in (TEXT, "".join(FACTS))
        assert visit.words == visit.text.split()


@pytest.mark.parametrize("name", VENDORS)
async def test_all_is_well_without_a_fault(name: str) -> None:
    visit = await visits(VENDORS[name], None)
    assert visit.text == TEXT
    assert visit.said == TEXT.split()
    assert visit.first_ms <= 1_500


EACH_KIND_ONCE = tuple({fault.kind: fault for fault in EVERY_FAULT}.values())
"""In mid-answer, where it can be."""

CASES = [
    (name, fault)
    for name in VENDORS
    for fault in (EACH_KIND_ONCE if name == "nova-2" else EVERY_FAULT)  # in the rest it goes nova-3's way
]


@pytest.mark.parametrize(
    ("name", "fault"), CASES, ids=lambda of: of if isinstance(of, str) else f"{of.kind}-{of.phase}"
)
async def test_a_guest_gets_an_answer_or_an_honest_close(name: str, fault: Fault) -> None:
    tasks = asyncio.all_tasks()
    visit = await visits(VENDORS[name], fault)
    left = asyncio.all_tasks() - tasks
    if left:
        await asyncio.wait(left, timeout=SDK_CLOSES_S)
    assert asyncio.all_tasks() == tasks
    assert visit.error is None
    assert 0 < visit.first_ms <= BOUND_MS
    assert visit.starved_ms <= BOUND_MS
    once(visit)


KIND_OF: dict[str, Kind] = {**dict.fromkeys(EARS, "stt"), "openai": "llm", **dict.fromkeys(VOICES, "tts")}
MOST_TURNS = 6
OPENING: list[tuple[str, FaultKind]] = [
    *((name, "401") for name in VENDORS),
    *(("flux", "hang"), ("openai", "5xx"), ("aura", "reset")),
]
"""What opens a breaker at once, at each vendor; and what does so when it has struck often, at one of each kind."""


@pytest.mark.parametrize(("name", "fault"), OPENING)
async def test_the_breaker_opens_and_closes(name: str, fault: FaultKind) -> None:
    async with VENDORS[name]() as at, house(at.rungs) as place:
        breaker = place.ensemble.breaker(KIND_OF[name], 0)
        at.emulator.faults.arm(Fault(fault, times=None))
        turns = 0
        while not isinstance(breaker.state, Open) and turns < MOST_TURNS:
            await place.guest.ask()
            turns += 1
        assert turns == 1 or fault != "401"
        assert isinstance(breaker.state, Open)
        struck = len(at.emulator.faults.struck)
        await place.guest.ask()
        assert len(at.emulator.faults.struck) == struck
        at.emulator.faults.clear()
        await asyncio.sleep(31)
        once(await place.guest.ask())
        assert breaker.position(LoopClock().now_ms()) == "closed"
