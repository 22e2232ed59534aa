"""Emulators that understand and speak: with this machine's own recogniser and voice behind them."""

from typing import Final, Protocol, runtime_checkable

from enterprise_stream.composition.local import build_recogniser, build_voice
from enterprise_stream.config import load_settings
from enterprise_stream.testing.emulators.all import Parts
from enterprise_stream.testing.emulators.ears import LiveEar
from enterprise_stream.testing.emulators.openai import ReadingMind
from enterprise_stream.testing.emulators.timing import Latency
from enterprise_stream.workers import WorkerPool

ON_THIS_MACHINE: Final = {"stt": "whisper", "llm": "facts", "tts": "kokoro"}
"""The engines behind the emulators, whatever a server would use."""


@runtime_checkable
class _Cold(Protocol):
    """An engine that loads some of itself when it is first used."""

    def warm_up(self) -> None:
        """Load it now; blocking."""
        ...


def live() -> Parts:
    """Whisper hears, Kokoro speaks, and the prompt is read; where the models are is a setting.

    Raises:
        ModelError: a model is not in the cache; the message names the command that pulls it.
        ConfigError: a setting is wrong, or the packages of the `local` extra are not installed.
    """
    settings = load_settings(given=ON_THIS_MACHINE)
    pool = WorkerPool(settings.threads)
    recogniser, voice = build_recogniser(settings, pool), build_voice(settings, pool)
    for engine in (recogniser, voice):
        if isinstance(engine, _Cold):
            engine.warm_up()  # a vendor is never cold, and a guest's engine does not wait for one that is
    return Parts(LiveEar(recogniser), ReadingMind(), voice, first_audio=Latency())
