"""All vendors' emulators together, and the settings with which a server uses them.

`emulated` is for code with an event loop, such as a test; `emulated_beside` serves from a thread of its own, for a
server that runs its own loop.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Collection, Iterator
from concurrent.futures import Future
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final

from enterprise_stream.speaking.ports import TextToSpeech
from enterprise_stream.testing.emulators.cartesia import CartesiaEmulator
from enterprise_stream.testing.emulators.deepgram import REALISTIC, DeepgramEmulator
from enterprise_stream.testing.emulators.ears import Ear, ScriptedEar
from enterprise_stream.testing.emulators.elevenlabs import ElevenLabsEmulator
from enterprise_stream.testing.emulators.openai import Mind, OpenAiEmulator, ReadingMind
from enterprise_stream.testing.emulators.server import Emulator
from enterprise_stream.testing.emulators.timing import FIRST_AUDIO, Latency
from enterprise_stream.testing.emulators.voices import ToneVoice

VENDORS: Final = ("deepgram", "openai", "elevenlabs", "cartesia")
"""The vendors, in the order of their ports."""

KEY: Final = "emulated-key"
"""What stands in the place of a vendor's key; the emulators take any."""

VOICE: Final = "emulated-voice"
"""What stands in the place of a vendor's name of a voice."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the emulators hear, think and speak with.

    Attributes:
        ear: makes out what guests say.
        mind: answers.
        voice: speaks.
        first_audio: what its first sound takes beyond the voice's own time.
    """

    ear: Ear
    mind: Mind
    voice: TextToSpeech
    first_audio: Latency = FIRST_AUDIO


@dataclass(frozen=True, slots=True)
class Emulated:
    """The emulators that are being served.

    Attributes:
        by_vendor: those that were asked for, by names of `VENDORS`.
    """

    by_vendor: dict[str, Emulator]

    @property
    def settings(self) -> dict[str, str]:
        """Environment variables with which a server uses the emulators and nothing else."""
        told: dict[str, str] = {}
        for vendor, emulator in self.by_vendor.items():
            name = vendor.upper()
            told[f"{name}_API_KEY"] = KEY
            told[f"{name}_BASE_URL"] = emulator.api_url if isinstance(emulator, OpenAiEmulator) else emulator.base_url
            if vendor in ("elevenlabs", "cartesia"):
                told[f"{name}_VOICE"] = VOICE
        return told | self._engines()

    @property
    def given(self) -> dict[str, str]:
        """The same by the settings' field names, as `load_settings(given=…)` takes them."""
        return {name.lower(): value for name, value in self.settings.items()}

    def _engines(self) -> dict[str, str]:
        voices = {"deepgram": "deepgram-aura2", "openai": "openai-speech"}
        speaking = [voices.get(vendor, vendor) for vendor in self.by_vendor]
        told = {"TTS": ",".join(speaking)}
        if "deepgram" in self.by_vendor:
            told["STT"] = "deepgram-flux,deepgram-nova3"
        if "openai" in self.by_vendor:
            told["LLM"] = "openai"
        return told


def hummed() -> Parts:
    """Parts that need no model: nothing is understood, and answers are hummed."""
    return Parts(ScriptedEar(), ReadingMind(), ToneVoice())


@asynccontextmanager
async def emulated(
    parts: Parts | None = None, vendors: Collection[str] = VENDORS, *, port: int = 0
) -> AsyncGenerator[Emulated]:
    """Serve emulators.

    Args:
        parts: what they hear, think and speak with; `hummed` by default.
        vendors: which of `VENDORS`.
        port: of the first of `VENDORS`; the others have the ports after it. 0 takes any.

    Raises:
        OSError: a port is taken.
    """
    chosen = parts or hummed()
    made: dict[str, Emulator] = {
        "deepgram": DeepgramEmulator(chosen.ear, chosen.voice, latencies=REALISTIC),
        "openai": OpenAiEmulator(chosen.mind, chosen.voice, first_audio=chosen.first_audio),
        "elevenlabs": ElevenLabsEmulator(chosen.voice, first_audio=chosen.first_audio),
        "cartesia": CartesiaEmulator(chosen.voice, first_audio=chosen.first_audio),
    }
    async with AsyncExitStack() as served:
        for number, vendor in enumerate(VENDORS):
            made[vendor].port = port + number if port else 0
            if vendor in vendors:
                await served.enter_async_context(made[vendor])
        yield Emulated({vendor: made[vendor] for vendor in VENDORS if vendor in vendors})


@contextmanager
def emulated_beside(
    parts: Callable[[], Parts] = hummed, vendors: Collection[str] = VENDORS, *, port: int = 0
) -> Iterator[Emulated]:
    """Serve emulators in a thread of their own, with an event loop of its own.

    Args:
        parts: makes what they hear, think and speak with, in that thread.
        vendors: which of `VENDORS`.
        port: of the first of `VENDORS`, as for `emulated`.

    Raises:
        OSError: a port is taken; and whatever `parts` raises.
    """
    ready: Future[tuple[Emulated, Callable[[], None]]] = Future()

    async def serve() -> None:
        over = asyncio.Event()
        loop = asyncio.get_running_loop()
        async with emulated(parts(), vendors, port=port) as served:
            ready.set_result((served, lambda: _tell(loop, over)))
            await over.wait()

    def run() -> None:
        try:
            asyncio.run(serve())
        except Exception as error:
            if ready.done():
                raise
            ready.set_exception(error)

    thread = threading.Thread(target=run, name="emulators")
    thread.start()
    try:
        served, stop = ready.result()
        try:
            yield served
        finally:
            stop()
    finally:
        thread.join()


def _tell(loop: asyncio.AbstractEventLoop, over: asyncio.Event) -> None:
    loop.call_soon_threadsafe(over.set)
