"""The whole server on vendors' emulators, with scripted engines where this machine's would be, on virtual time."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from tests.protocol.contract import violations
from tests.protocol.record import Frame
from tests.server.house import Client, House, client, serving

from enterprise_stream.app import app_with
from enterprise_stream.composition.local import Local
from enterprise_stream.config import Settings, load_settings
from enterprise_stream.server.service import Service
from enterprise_stream.testing import EnergyActivity, LoopClock, ScriptedBrain, ScriptedTurnDetector, quiet, speech
from enterprise_stream.testing.emulators import Emulator, ScriptedEar
from enterprise_stream.testing.emulators.all import Emulated, Parts, emulated
from enterprise_stream.testing.emulators.openai import ScriptedMind
from enterprise_stream.testing.emulators.voices import ToneVoice
from enterprise_stream.thinking.facts import WrittenFacts
from enterprise_stream.thinking.knowledge import KnowledgeSource
from enterprise_stream.thinking.ports import Question
from enterprise_stream.workers import WorkerPool

FRAME_MS = 20
SDK_CLOSES_S = 30.0
"""How long an SDK may wait for the other side to close a socket that is given up."""

ENGINES: Mapping[str, tuple[str, str, str]] = {
    "deepgram": ("deepgram-flux,deepgram-nova3", "openai,facts", "deepgram-aura2"),
    "openai": ("deepgram-flux,deepgram-nova3", "openai,facts", "openai-speech"),
    "elevenlabs": ("deepgram-flux,deepgram-nova3", "openai,facts", "elevenlabs"),
    "cartesia": ("deepgram-flux,deepgram-nova3", "openai,facts", "cartesia"),
    "every": ("deepgram-flux,deepgram-nova3", "openai,facts", "elevenlabs,cartesia,openai-speech,deepgram-aura2"),
}
"""`STT`, `LLM` and `TTS`, by the vendor whose voice it is."""


class Facts(ScriptedBrain):
    """This machine's brain: one sentence for whatever is asked; takes no two wordings for the same."""

    async def known(self, question: Question) -> str | None:
        del question
        return None

    async def same_meaning(self, question: Question, text: str) -> bool:
        del question, text
        return False


@cache
def _source(file: Path) -> KnowledgeSource:
    """The knowledge file, read once for all servers."""
    return KnowledgeSource(file)


def scripted_local(settings: Settings) -> Local:
    """This machine's engines without any model."""
    source = _source(settings.knowledge_file)
    return Local(
        pool=WorkerPool(1),
        source=source,
        knowledge=source.load(),
        facts=WrittenFacts(source),
        brain=Facts("Lo miro ahora mismo."),
        activity=EnergyActivity,
        turn_detector=ScriptedTurnDetector(),
        recogniser=None,
        voice=None,
        over=lambda other: (Facts("Lo miro ahora mismo."), WrittenFacts(other)),
        greeting={"es": "¡Hola!", "en": "Hello!"},
    )


@dataclass(frozen=True, slots=True)
class Cloud:
    """A server and its vendors."""

    place: House
    vendors: Emulated
    ear: ScriptedEar
    mind: ScriptedMind
    settings: Settings

    def vendor(self, name: str) -> Emulator:
        """A vendor's emulator."""
        return self.vendors.by_vendor[name]

    async def page(self, path: str) -> httpx.Response:
        """What a page of the server says."""
        async with httpx.AsyncClient(base_url=self.place.http, trust_env=False) as http:
            return await http.get(path)

    async def positions(self) -> dict[str, dict[str, str]]:
        """How the breakers stand, by kind and engine."""
        engines: dict[str, dict[str, str]] = (await self.page("/readyz")).json()["engines"]
        return engines


@asynccontextmanager
async def cloud(
    folder: Path, voice: str = "deepgram", *, answers: Sequence[str] = (), **given: Any
) -> AsyncIterator[Cloud]:
    """The server of these settings, with every vendor.

    Args:
        folder: where it keeps everything.
        voice: the vendor whose voice it has.
        answers: of the brain, in order.
        given: further settings.
    """
    ear, mind = ScriptedEar(), ScriptedMind(*answers)
    async with emulated(Parts(ear, mind, ToneVoice())) as vendors:
        settings = load_settings(None, vendors.given | own_settings(folder, voice) | given)
        app = app_with(settings, scripted_local(settings), LoopClock())
        async with serving(app) as port:
            service: Service = app.state.service
            yield Cloud(House(port, service, app), vendors, ear, mind, settings)
    assert not any(_left_open(emulator) for emulator in vendors.by_vendor.values()), "a socket is left"


def _left_open(emulator: Emulator) -> int:
    """Connections that a vendor still has; one that hangs does not see who leaves."""
    hangs = any(struck.fault.kind == "hang" for struck in emulator.faults.struck)
    return 0 if hangs else emulator.connections


@asynccontextmanager
async def nothing_left() -> AsyncIterator[None]:
    """No task outlives what is done here."""
    before = asyncio.all_tasks()
    yield
    left = asyncio.all_tasks() - before
    if left:
        await asyncio.wait(left, timeout=SDK_CLOSES_S)
    assert asyncio.all_tasks() <= before


def own_settings(folder: Path, voice: str) -> dict[str, Any]:
    """Settings that keep a server inside a folder."""
    stt, llm, tts = ENGINES[voice]
    return {
        "stt": stt,
        "llm": llm,
        "tts": tts,
        "database_url": f"sqlite:///{folder}/sandra.db",
        "xdg_data_home": folder,
        "xdg_cache_home": folder,
        "voice_library": "off",
        "speculation": "off",
        "openings": False,
    }


@dataclass(slots=True)
class Asked:
    """What a guest got for one question.

    Attributes:
        waited_ms: from the end of the question to the first sound, or to the word that there is none.
        text: of the answer; empty where he was told of an error.
        error: its code.
    """

    waited_ms: float
    text: str = ""
    error: str | None = None


@dataclass(slots=True)
class Guest:
    """A guest who asks; all that he gets is checked by the protocol's contract when he goes."""

    client: Client
    asked: list[Asked] = field(default_factory=list)

    async def write(self, text: str) -> Asked:
        """Ask by text, and take in the answer to its end."""
        began, mark = _now_ms(), len(self.client.frames)
        await self.client.send("text", text=text)
        return await self._answer(began, mark)

    async def say(self, ear: ScriptedEar, text: str) -> Asked:
        """Ask by voice: a second and a half of sound in which the vendors hear `text`, then silence."""
        ear.script.clear()
        ear.say(text, text)  # the second one is for a recogniser that goes on where another failed
        mark = len(self.client.frames)
        await self._sound(speech(1_500))
        began = _now_ms()
        async with asyncio.TaskGroup() as group:
            silence = group.create_task(self._sound(quiet(20_000)))
            asked = await self._answer(began, mark)
            silence.cancel()
        return asked

    async def _sound(self, samples: "np.ndarray[Any, np.dtype[np.float32]]") -> None:
        size = 16 * FRAME_MS
        for start in range(0, samples.size, size):
            await self.client.sound(samples[start : start + size])
            await asyncio.sleep(FRAME_MS / 1000)

    async def _answer(self, began: float, mark: int) -> Asked:
        def heard() -> bool:
            return any(isinstance(frame, bytes) or frame["type"] in ("play_voice", "error") for frame in new())

        def over() -> bool:
            kinds = {frame["type"] for frame in new() if isinstance(frame, dict)}
            return "error" in kinds or ("response_complete" in kinds and bool(kinds & {"audio_end", "play_voice"}))

        def new() -> list[Any]:
            return self.client.frames[mark:]

        await self.client.until(heard, "something to hear")
        waited = _now_ms() - began
        await self.client.until(over, "the end")
        got = [frame for frame in new() if isinstance(frame, dict)]
        for frame in got:
            if frame["type"] == "audio_end":  # he has heard it all, so that he may speak again
                await self.client.send("playback", turn=frame["turn"], played_ms=frame["duration_ms"])
        text = next((frame["text"] for frame in got if frame["type"] == "response_complete"), "")
        error = next((frame["code"] for frame in got if frame["type"] == "error"), None)
        self.asked.append(Asked(waited, text, error))
        return self.asked[-1]

    def words(self) -> str:
        """All that the client was sent, its sound left out."""
        return json.dumps(self.client.messages, ensure_ascii=False)


@asynccontextmanager
async def guest(at: Cloud) -> AsyncIterator[Guest]:
    """A guest of the server."""
    async with client(at.place) as connection:
        visitor = Guest(connection)
        yield visitor
    frames = [
        Frame(0.0, audio=frame) if isinstance(frame, bytes) else Frame(0.0, message=frame)
        for frame in connection.frames
    ]
    assert violations(frames) == []


def _now_ms() -> float:
    return asyncio.get_running_loop().time() * 1000
