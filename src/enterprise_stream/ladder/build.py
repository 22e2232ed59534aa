"""Rungs as the settings name them: which engine, how long it may take, whether it is on this machine."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from enterprise_stream.ladder.deadlines import (
    FINAL_WORDS_S,
    FIRST_SOUND_S,
    FIRST_TEXT_S,
    PATIENT_S,
    SOUND_STALL_S,
    TEXT_STALL_S,
)
from enterprise_stream.ladder.rung import Rung
from enterprise_stream.purchases import Kind
from enterprise_stream.speaking.ports import TextToSpeech
from enterprise_stream.vendor_settings import VENDOR_OF

E = TypeVar("E")

LIMITS_S: Mapping[Kind, tuple[float, float]] = {
    "stt": (FINAL_WORDS_S, FINAL_WORDS_S),
    "llm": (FIRST_TEXT_S, TEXT_STALL_S),
    "tts": (FIRST_SOUND_S, SOUND_STALL_S),
}
"""A vendor's first piece, and each further one."""


def rungs_of(kind: Kind, engines: Iterable[tuple[str, E]]) -> list[Rung[E]]:
    """Rungs for engines under the names that `STT`, `LLM` and `TTS` list, best first."""
    made = []
    for name, engine in engines:
        local = name not in VENDOR_OF
        first_s, stall_s = (PATIENT_S, PATIENT_S) if local else LIMITS_S[kind]
        made.append(Rung(name, engine, first_s, stall_s, local=local))
    return made


def by_voice(rungs: Iterable[Rung[TextToSpeech]]) -> list[list[Rung[TextToSpeech]]]:
    """The rungs of each voice, best voice first."""
    voices: dict[str, list[Rung[TextToSpeech]]] = {}
    for rung in rungs:
        voices.setdefault(rung.engine.voice, []).append(rung)
    return list(voices.values())
