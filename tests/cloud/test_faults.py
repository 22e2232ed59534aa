"""Every fault of every vendor on the whole server: an answer or an honest close in time, and nothing left behind."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from enterprise_stream.testing.emulators import EVERY_FAULT, Fault
from enterprise_stream.testing.faults.matrix import BOUND_MS
from enterprise_stream.thinking.persona import Persona

from .stage import Asked, Cloud, Guest, cloud, guest, nothing_left

QUESTION = "¿Cómo es la suite?"
ANSWER = "Claro que sí, la suite tiene vistas al río y una terraza grande. Son ciento veinte euros la noche."
FACTS = "Lo miro ahora mismo."
PERSONA = Persona("Sandra", "")
KINDS = ("401", "refused", "5xx", "reset", "stall", "malformed")
"""One of each sort; tests/ladder/test_sockets.py has them all at each engine."""

FAULTS = [fault for fault in EVERY_FAULT if fault.kind in KINDS]
OPEN_S = 31.0
"""How long a breaker stays open for the first time, and a little more."""


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine of a vendor.

    Attributes:
        kind: of engine.
        vendor: whose it is.
        endpoint: the emulator's name for what it asks.
        voice: the vendor that speaks.
    """

    kind: str
    vendor: str
    endpoint: str
    voice: str = "deepgram"

    async def ask(self, at: Cloud, visitor: Guest) -> Asked:
        """Ask so that this engine is needed."""
        return await (visitor.say(at.ear, QUESTION) if self.kind == "stt" else visitor.write(QUESTION))


ENGINES = {
    "deepgram-flux": Engine("stt", "deepgram", "listen"),
    "openai": Engine("llm", "openai", "chat"),
    "deepgram-aura2": Engine("tts", "deepgram", "speak"),
    "openai-speech": Engine("tts", "openai", "speech", "openai"),
    "elevenlabs": Engine("tts", "elevenlabs", "speak", "elevenlabs"),
    "cartesia": Engine("tts", "cartesia", "speak", "cartesia"),
}


async def visited(engine: Engine, fault: Fault | None, at: Cloud) -> Asked:
    """What a guest gets while a fault lasts; what he is sent keeps the contract."""
    async with guest(at) as visitor:
        emulator = at.vendor(engine.vendor)
        if fault is not None:
            emulator.faults.arm(replace(fault, times=None), engine.endpoint)
        asked = await engine.ask(at, visitor)
        assert fault is None or fault.kind == "refused" or emulator.faults.struck
        emulator.faults.clear()
        return asked


def honest(asked: Asked) -> bool:
    """An answer, whole or broken off with a word that it is, or the word that there is none; each in time."""
    whole = asked.text in (ANSWER, FACTS, PERSONA.apology("es"))
    told = whole or asked.text.endswith(PERSONA.broken_off("es")) or asked.error == "engine_failed"
    return told and asked.waited_ms <= BOUND_MS


@pytest.mark.parametrize("name", ENGINES)
async def test_a_guest_gets_an_answer_or_an_honest_close(name: str, tmp_path: Path) -> None:
    engine = ENGINES[name]
    async with nothing_left(), AsyncExitStack() as servers:
        open_to = {}
        for number, fault in enumerate((None, *FAULTS)):
            folder = tmp_path / str(number)
            folder.mkdir()
            open_to[fault] = await servers.enter_async_context(cloud(folder, engine.voice, answers=[ANSWER]))
        async with asyncio.TaskGroup() as group:
            visits = {fault: group.create_task(visited(engine, fault, at)) for fault, at in open_to.items()}
    for fault, visit in visits.items():
        assert honest(visit.result()), (fault, visit.result())
    assert visits[None].result().text == ANSWER


@pytest.mark.parametrize("name", ["deepgram-flux", "openai", "cartesia"])
async def test_the_breaker_opens_and_closes(name: str, tmp_path: Path) -> None:
    engine = ENGINES[name]
    async with nothing_left(), cloud(tmp_path, engine.voice, answers=[ANSWER]) as at:
        async with guest(at) as visitor:
            at.vendor(engine.vendor).faults.arm(Fault("401", times=None), engine.endpoint)
            assert honest(await engine.ask(at, visitor))
        assert (await at.positions())[engine.kind][name] == "open"
        at.vendor(engine.vendor).faults.clear()
        await asyncio.sleep(OPEN_S)
        async with guest(at) as visitor:
            assert (await engine.ask(at, visitor)).text == ANSWER
        assert (await at.positions())[engine.kind][name] == "closed"
