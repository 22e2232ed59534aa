"""Engines in the order of the settings, each behind its ladder."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from enterprise_stream.composition.local import Local
from enterprise_stream.composition.vendors import Vendors
from enterprise_stream.config import Settings
from enterprise_stream.cost.gates import GatedBrain, GatedRecogniser, LibraryFirst, gated_voice
from enterprise_stream.cost.meter import Meter
from enterprise_stream.ladder import (
    Ladder,
    LadderBrain,
    LadderRecogniser,
    LadderState,
    LadderVoice,
    Tell,
    ladder_voice,
)
from enterprise_stream.ladder.build import by_voice, rungs_of
from enterprise_stream.listening.ports import SpeechToText
from enterprise_stream.speaking.library import LibraryVoice
from enterprise_stream.speaking.ports import TextToSpeech
from enterprise_stream.thinking.ahead import Phrase
from enterprise_stream.thinking.ports import LanguageModel
from enterprise_stream.vendor_settings import TtsName
from enterprise_stream.voices import build_library

E = TypeVar("E")
Entered = AbstractAsyncContextManager[Any]


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice that sessions may be given.

    Attributes:
        name: of its engine.
        ladder: what speaks, without its library.
        library: in front of it, unless the settings want none.
    """

    name: TtsName
    ladder: LadderVoice
    library: LibraryVoice | None

    @property
    def speaks(self) -> TextToSpeech:
        """What sessions are given."""
        return self.library or self.ladder

    def covers(self, text: str, language: str) -> bool:
        """Whether a clause is said from the library."""
        return self.library is not None and self.library.covers(text, language)


@dataclass(frozen=True, slots=True)
class Ladders:
    """All engines that serve.

    Attributes:
        voices: best first.
        enters: what has to be entered, in this order, before they serve.
    """

    recognisers: Ladder[SpeechToText]
    recogniser: LadderRecogniser
    brains: Ladder[LanguageModel]
    brain: LadderBrain
    voices: tuple[Voice, ...]
    enters: tuple[Entered, ...]

    def state(self) -> LadderState:
        """How all of them stand."""
        voices = (voice.ladder.state() for voice in self.voices)
        return LadderState((self.recognisers.state(), self.brains.state(), *voices))

    def state_with(self, voice: Voice) -> LadderState:
        """How those stand that a session with this voice is on."""
        speaks = replace(voice.ladder.state(), best=self.voices[0].name)
        return LadderState((self.recognisers.state(), self.brains.state(), speaks))


def build_ladders(
    settings: Settings, local: Local, vendors: Vendors, meter: Meter, ahead: Sequence[Phrase], tell: Tell
) -> Ladders:
    """Build every engine that the settings name.

    Args:
        settings: which, in which order.
        local: this machine's.
        vendors: builds the others.
        meter: lets nobody through to a vendor whose money is spent.
        ahead: clauses that are known before a guest calls; the library keeps no others that may be private.
        tell: told of each use of an engine.

    Raises:
        ConfigError: the packages of an extra are not installed.
    """
    clock = vendors.clock
    enters: list[Entered] = []
    voices = tuple(_voices(settings, local, vendors, meter, ahead, tell, enters))
    recognisers = Ladder("stt", rungs_of("stt", _recognisers(settings, local, vendors, meter, enters)), clock, tell)
    library = LibraryFirst(local.brain.known, lambda *clause: all(voice.covers(*clause) for voice in voices))
    brains = Ladder("llm", rungs_of("llm", _brains(settings, local, vendors, meter, library, enters)), clock, tell)
    recogniser = LadderRecogniser(recognisers, busy=lambda: local.pool.waiting > 0)
    enters.append(recogniser)
    enters += [voice.library for voice in voices if voice.library is not None]
    return Ladders(recognisers, recogniser, brains, LadderBrain(brains), voices, tuple(enters))


def _recognisers(
    settings: Settings, local: Local, vendors: Vendors, meter: Meter, enters: list[Entered]
) -> Iterator[tuple[str, SpeechToText]]:
    for name in settings.stt_order:
        if name == "whisper":
            yield name, _built(name, local.recogniser)
        else:
            engine = vendors.recogniser(name, local.knowledge)
            enters.append(engine)
            yield name, GatedRecogniser(engine, meter)


def _brains(
    settings: Settings,
    local: Local,
    vendors: Vendors,
    meter: Meter,
    library: LibraryFirst,
    enters: list[Entered],
) -> Iterator[tuple[str, LanguageModel]]:
    for name in settings.llm_order:
        if name == "facts":
            yield name, local.brain
        else:
            engine = vendors.brain(name, local.source, local.facts)
            enters.append(engine)
            yield name, GatedBrain(engine, meter, library)


def _voices(
    settings: Settings,
    local: Local,
    vendors: Vendors,
    meter: Meter,
    ahead: Sequence[Phrase],
    tell: Tell,
    enters: list[Entered],
) -> Iterator[Voice]:
    for same in by_voice(rungs_of("tts", _speakers(settings, local, vendors, meter, enters))):
        name = next(each for each in settings.tts_order if each == same[0].name)
        ladder = ladder_voice(Ladder("tts", same, vendors.clock, tell))
        yield Voice(name, ladder, build_library(settings, ladder, ahead, name))


def _speakers(
    settings: Settings, local: Local, vendors: Vendors, meter: Meter, enters: list[Entered]
) -> Iterator[tuple[str, TextToSpeech]]:
    for name in settings.tts_order:
        if name == "kokoro":
            yield name, _built(name, local.voice)
        else:
            engine = vendors.voice(name)
            enters.append(engine)
            yield name, gated_voice(engine, meter)


def _built(name: str, engine: E | None) -> E:
    """An engine of this machine, which was built because the settings name it."""
    if engine is None:
        raise AssertionError(f"{name} was not built")
    return engine
