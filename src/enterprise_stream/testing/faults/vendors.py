"""Every vendor's engine, through its SDK and over sockets, at an emulator of its service."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import httpx2
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from enterprise_stream.engines.cartesia import CartesiaVoice
from enterprise_stream.engines.deepgram import DeepgramAura, DeepgramFlux, DeepgramNova
from enterprise_stream.engines.elevenlabs import ElevenLabsVoice
from enterprise_stream.engines.openai import OpenAIBrain, OpenAIVoice
from enterprise_stream.purchases import Kind, nobody_counts
from enterprise_stream.testing.clock import LoopClock
from enterprise_stream.testing.emulators import Emulator, ScriptedEar
from enterprise_stream.testing.emulators.cartesia import CartesiaEmulator
from enterprise_stream.testing.emulators.deepgram import REALISTIC, DeepgramEmulator
from enterprise_stream.testing.emulators.elevenlabs import ElevenLabsEmulator
from enterprise_stream.testing.emulators.openai import OpenAiEmulator, ScriptedMind
from enterprise_stream.testing.emulators.openai.models import Model
from enterprise_stream.testing.faults.ensemble import Rungs
from enterprise_stream.testing.faults.visit import ANSWER, QUESTION, rungs
from enterprise_stream.thinking.facts import WrittenFacts
from enterprise_stream.thinking.knowledge import KnowledgeSource

SOURCE: Final = KnowledgeSource(Path(__file__).parents[2] / "data" / "casas-del-turia.yaml")
TEXT: Final = "".join(ANSWER)
QUESTIONS: Final = 40
"""More than are asked of one emulator."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """An engine at an emulator, on the ladders of a house whose other engines are well."""

    emulator: Emulator
    rungs: Rungs


Opened = Callable[[], AbstractAsyncContextManager[Vendor]]


@dataclass(frozen=True, slots=True)
class Engine:
    """A vendor's engine.

    Attributes:
        name: as `STT`, `LLM` and `TTS` list it.
        kind: of engine.
        about: what a reader calls it, and how it is asked.
        opened: has it at an emulator.
        mid: pieces of its answer before a fault in mid-answer; a chat's first ones make no sound yet.
    """

    name: str
    kind: Kind
    about: str
    opened: Opened
    mid: int = 1


@asynccontextmanager
async def _flux() -> AsyncIterator[Vendor]:
    async with (
        DeepgramEmulator(_ear(), latencies=REALISTIC) as emulator,
        DeepgramFlux("key", nobody_counts, LoopClock(), base_url=emulator.base_url) as engine,
    ):
        yield Vendor(emulator, rungs(recogniser=engine))


@asynccontextmanager
async def _nova(model: str, name: str) -> AsyncIterator[Vendor]:
    async with (
        DeepgramEmulator(_ear(), latencies=REALISTIC) as emulator,
        DeepgramNova("key", nobody_counts, LoopClock(), base_url=emulator.base_url, model=model) as engine,
    ):
        yield Vendor(emulator, rungs(recogniser=engine, names=(name, "openai", "deepgram-aura2")))


@asynccontextmanager
async def _openai() -> AsyncIterator[Vendor]:
    async with OpenAiEmulator(ScriptedMind(TEXT)) as emulator:
        brain = OpenAIBrain(
            "key", source=SOURCE, facts=WrittenFacts(SOURCE), clock=LoopClock(), transport=_LedTo(emulator)
        )
        async with brain:
            yield Vendor(emulator, rungs(brain=brain))


@asynccontextmanager
async def _own_server() -> AsyncIterator[Vendor]:
    async with OwnServer(ScriptedMind(TEXT), models=(Model(OWN_MODEL),)) as emulator:
        brain = OpenAIBrain(
            None,
            base_url=emulator.api_url,
            model=OWN_MODEL,
            source=SOURCE,
            facts=WrittenFacts(SOURCE),
            clock=LoopClock(),
        )
        async with brain:
            yield Vendor(emulator, rungs(brain=brain))


@asynccontextmanager
async def _aura(sockets: int = 8) -> AsyncIterator[Vendor]:
    async with (
        DeepgramEmulator(latencies=REALISTIC) as emulator,
        DeepgramAura("key", nobody_counts, LoopClock(), base_url=emulator.base_url, sockets=sockets) as engine,
    ):
        yield Vendor(emulator, rungs(voice=engine))


@asynccontextmanager
async def _openai_speech() -> AsyncIterator[Vendor]:
    async with OpenAiEmulator() as emulator, OpenAIVoice("key", base_url=emulator.api_url) as engine:
        yield Vendor(emulator, rungs(voice=engine, names=_voiced_by("openai-speech")))


@asynccontextmanager
async def _elevenlabs() -> AsyncIterator[Vendor]:
    async with (
        ElevenLabsEmulator() as emulator,
        ElevenLabsVoice("key", nobody_counts, voice_id="ana", base_url=emulator.base_url) as engine,
    ):
        yield Vendor(emulator, rungs(voice=engine, names=_voiced_by("elevenlabs")))


@asynccontextmanager
async def _cartesia() -> AsyncIterator[Vendor]:
    async with (
        CartesiaEmulator() as emulator,
        CartesiaVoice("key", nobody_counts, voice_id="ana", base_url=emulator.base_url) as engine,
    ):
        yield Vendor(emulator, rungs(voice=engine, names=_voiced_by("cartesia")))


ENGINES: Final[Mapping[str, Engine]] = {
    "flux": Engine("deepgram-flux", "stt", "Deepgram Flux", _flux),
    "nova-3": Engine("deepgram-nova3", "stt", "Deepgram Nova-3", partial(_nova, "nova-3", "deepgram-nova3")),
    "nova-2": Engine("deepgram-nova2", "stt", "Deepgram Nova-2", partial(_nova, "nova-2", "deepgram-nova2")),
    "openai": Engine("openai", "llm", "OpenAI chat", _openai, mid=10),
    "own-server": Engine("openai", "llm", "An OpenAI-compatible server (`OPENAI_BASE_URL`)", _own_server, mid=10),
    "aura": Engine("deepgram-aura2", "tts", "Deepgram Aura-2, over its socket", _aura),
    "aura-requests": Engine("deepgram-aura2", "tts", "Deepgram Aura-2, by requests", partial(_aura, 0)),
    "openai-speech": Engine("openai-speech", "tts", "OpenAI speech", _openai_speech),
    "elevenlabs": Engine("elevenlabs", "tts", "ElevenLabs", _elevenlabs),
    "cartesia": Engine("cartesia", "tts", "Cartesia", _cartesia),
}
"""By a short name."""


OWN_MODEL: Final = "qwen2.5-7b-instruct"


class OwnServer(OpenAiEmulator):
    """A server of the owner's, which says no as llama.cpp's does: no key is needed, and codes are numbers."""

    vendor = "an OpenAI-compatible server"

    def key_of(self, connection: HTTPConnection) -> str | None:
        """Everybody is let in."""
        return super().key_of(connection) or "none"

    def refusal(self, status: int) -> Response:
        """Its words: a number for a code, and a type of its own."""
        types = {401: "authentication_error", 402: "permission_error", 429: "exceed_rate_limit_error"}
        kind = types.get(status, "unavailable_error")
        return JSONResponse({"error": {"code": status, "message": "No.", "type": kind}}, status)


class _LedTo(httpx2.AsyncHTTPTransport):
    """Carries what is sent to the vendor's own address to its emulator."""

    def __init__(self, emulator: Emulator) -> None:
        super().__init__()
        self._url = httpx2.URL(emulator.base_url)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send it there."""
        request.url = request.url.copy_with(scheme="http", host=self._url.host, port=self._url.port)
        return await super().handle_async_request(request)


def _ear() -> ScriptedEar:
    return ScriptedEar(*(QUESTION for _ in range(QUESTIONS)))


def _voiced_by(name: str) -> tuple[str, str, str]:
    return "deepgram-flux", "openai", name
