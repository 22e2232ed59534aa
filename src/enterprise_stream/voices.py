"""The voice library as the settings want it: joins the voice, the clips on disk, and what she will say."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence

import structlog

from enterprise_stream.clock import MonotonicClock
from enterprise_stream.config import Settings
from enterprise_stream.errors import AudioError, EnterpriseStreamError
from enterprise_stream.models import ModelStore
from enterprise_stream.speaking.library import (
    ClipStore,
    Discretion,
    LibraryVoice,
    Rendering,
    StreamingLibraryVoice,
    Tally,
)
from enterprise_stream.speaking.library.recordings import Taken, take_recordings
from enterprise_stream.speaking.library.report import Report, make_report
from enterprise_stream.speaking.ports import StreamingTextToSpeech, TextToSpeech
from enterprise_stream.thinking.ahead import Phrase, clauses_of, in_clauses, of_knowledge, of_persona
from enterprise_stream.thinking.knowledge import Knowledge
from enterprise_stream.thinking.persona import Persona
from enterprise_stream.vendor_settings import TtsName

log = structlog.get_logger(__name__)

VOICE_NAME = "sandra"
"""Her voice's public name; which model speaks behind it is the engine's business."""

OWNER = "voice-library"
"""Whose turn the pool takes when clips are built."""

IDLE_S = 60.0
"""How long no guest must have been connected before clips are built unasked."""

_LOOK_S = 0.25


def rendering(settings: Settings, name: TtsName | None = None) -> Rendering:
    """How a voice says things, the first of the settings or one of them: another model makes other clips."""
    name = name or settings.tts_order[0]
    if name != "kokoro":
        return Rendering(*_at_vendor(settings, name), region=settings.region)
    from enterprise_stream.engines.kokoro import RENDERING

    models = ModelStore(settings.models_folder)
    files = [file for each in ("kokoro", "kokoro-voices") for file in models.manifest[each].files]
    sums = "-".join(file.sha256[:8] for file in files if file.target.endswith((".onnx", "ef_dora.bin")))
    return Rendering(VOICE_NAME, f"kokoro-{RENDERING}-{sums}", region=settings.region)


def _at_vendor(settings: Settings, name: TtsName) -> tuple[str, str]:
    """A vendor's voice, and the model that speaks in it."""
    voices: dict[str, tuple[str | None, str]] = {
        "deepgram-aura2": (settings.deepgram_voice, "aura-2"),
        "openai-speech": (settings.openai_voice, settings.openai_tts_model),
        "elevenlabs": (settings.elevenlabs_voice, settings.elevenlabs_model),
        "cartesia": (settings.cartesia_voice, settings.cartesia_model),
    }
    voice, model = voices[name]
    return voice or name, f"{name}-{model}"


def clip_store(settings: Settings, name: TtsName | None = None) -> ClipStore:
    """The clips on disk, of the first voice of the settings or of one of them."""
    return ClipStore(settings.voices_folder, rendering(settings, name), settings.voice_library_mb * 1_000_000)


def tally(settings: Settings) -> Tally:
    """What was counted."""
    return Tally(settings.voices_folder / "tally.sqlite3", MonotonicClock().today)


def library_report(settings: Settings) -> Callable[[], Report] | None:
    """What looks at all clips and counts, blocking; None where the settings want no library."""
    if settings.voice_library == "off":
        return None
    return lambda: make_report(clip_store(settings), tally(settings))


def said_ahead(knowledge: Knowledge, persona: Persona, languages: Iterable[str]) -> list[Phrase]:
    """Every clause that is known before a guest calls, the most frequent first."""
    from enterprise_stream.engines.retrieval.sentences import sentences  # the packages of the `local` extra

    phrases: list[Phrase] = []
    for language in languages:
        phrases += [*of_persona(persona, language), *sentences(knowledge, language), *of_knowledge(knowledge, language)]
    return in_clauses(phrases)


def worth_building(ahead: Iterable[Phrase], persona: Persona, *, paid: bool) -> tuple[Phrase, ...]:
    """What is prepared unasked: all that is known ahead, or of a voice that is paid for what no call can do without.

    What a vendor is paid for is left to `enterprise-stream voices build`, except what she says when something fails.
    """
    if not paid:
        return tuple(ahead)
    own = {phrase for code in persona.disclosures for phrase in in_clauses(of_persona(persona, code))}
    return tuple(phrase for phrase in ahead if phrase in own)


def build_library(
    settings: Settings, voice: TextToSpeech, ahead: Iterable[Phrase], name: TtsName | None = None
) -> LibraryVoice | None:
    """The library in front of a voice, the first of the settings or one of them; None when they want none."""
    if settings.voice_library == "off":
        return None
    private = Discretion(phrase.text for phrase in ahead)
    keeps = settings.voice_library == "on"
    kind = StreamingLibraryVoice if isinstance(voice, StreamingTextToSpeech) else LibraryVoice
    return kind(voice, clip_store(settings, name), tally(settings), MonotonicClock(), private=private, keeps=keeps)


def take_in(settings: Settings) -> Taken | None:
    """Bring the owner's recordings into the library; None when the settings name no folder. Blocking.

    Raises:
        AudioError: the folder's manifest cannot be used.
    """
    if settings.voice_recordings is None:
        return None
    try:
        return take_recordings(settings.voice_recordings, clip_store(settings), clauses_of)
    except OSError as error:
        raise AudioError(f"The recordings cannot be kept in {settings.voices_folder}: {error.strerror}.") from error


def take_in_and_tell(settings: Settings) -> None:
    """The same at the start of a server, which goes on whatever is wrong with them. Blocking."""
    try:
        taken = take_in(settings)
    except AudioError as error:
        log.warning("recordings_not_taken", message=error.message)
        return
    for problem in taken.problems if taken is not None else ():
        log.warning("recording_not_taken", message=problem)
    if taken is not None:
        log.info("recordings", number=len(taken.recordings))


async def build_when_idle(library: LibraryVoice, ahead: Sequence[Phrase], idle: Callable[[], bool]) -> None:
    """Build clauses one after the other while nobody is there; a guest who comes breaks the one under way off.

    Args:
        library: what they are built into.
        ahead: the clauses.
        idle: whether nobody is there.
    """
    while True:
        await _idle_for(IDLE_S, idle)
        if await _while_idle(_build(library, ahead), idle):
            return


async def _build(library: LibraryVoice, ahead: Sequence[Phrase]) -> None:
    made = 0
    try:
        for phrase in ahead:
            built = await library.build(OWNER, phrase.text, phrase.language, phrase.type)
            made += built.outcome == "made"
    except (EnterpriseStreamError, OSError) as error:
        log.warning("voice_library_not_built", error=str(error), message="run `enterprise-stream voices build`")
    if made:
        log.info("voice_library_built", clips=made)


async def _while_idle(work: Coroutine[None, None, None], idle: Callable[[], bool]) -> bool:
    """Do some work unless somebody comes; whether it was done to its end."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(work)
        while not task.done():
            await asyncio.wait({task}, timeout=_LOOK_S)
            if not idle():
                task.cancel()
    return not task.cancelled()


async def _idle_for(seconds: float, idle: Callable[[], bool]) -> None:
    quiet = 0.0
    while quiet < seconds:
        await asyncio.sleep(_LOOK_S)
        quiet = quiet + _LOOK_S if idle() else 0.0
