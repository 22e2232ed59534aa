"""Ladders of scripted engines, and what came out of them."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from enterprise_stream.errors import EngineError
from enterprise_stream.ladder import Ladder, LadderEvent, Rung
from enterprise_stream.ladder.deadlines import (
    FINAL_WORDS_S,
    FIRST_SOUND_S,
    FIRST_TEXT_S,
    PATIENT_S,
    SOUND_STALL_S,
    TEXT_STALL_S,
)
from enterprise_stream.listening.ports import SpeechToText
from enterprise_stream.purchases import Kind
from enterprise_stream.speaking.ports import SAMPLE_RATE, Speech, TextToSpeech
from enterprise_stream.testing import LoopClock
from enterprise_stream.thinking.ports import LanguageModel, Question

E = TypeVar("E")
T = TypeVar("T")

TOKENS = (
    *("Claro", " que", " sí", ",", " la", " suite", " tiene", " vistas", " al", " río", ",", " una", " terraza"),
    *(" grande", " y", " desayuno", " incluido", ".", " Son", " ciento", " veinte", " euros", "."),
)
ANSWER = "".join(TOKENS)
CLAUSE = "Claro que sí, la suite tiene vistas al río."
QUESTION = Question("s1", "¿Cómo es la suite?", "es")


@dataclass(slots=True)
class Told:
    """What a ladder told."""

    events: list[LadderEvent] = field(default_factory=list)


def rungs(kind: Kind, engines: Iterable[E], *, local_last: bool = False) -> list[Rung[E]]:
    """Engines `one`, `two`, … with the deadlines of vendors; the last one may be on this machine."""
    limits = {
        "stt": (FINAL_WORDS_S, FINAL_WORDS_S),
        "llm": (FIRST_TEXT_S, TEXT_STALL_S),
        "tts": (FIRST_SOUND_S, SOUND_STALL_S),
    }
    first_s, stall_s = limits[kind]
    all_of = list(engines)
    made = [Rung(name, engine, first_s, stall_s) for name, engine in zip(("one", "two", "three"), all_of, strict=False)]
    if local_last:
        made[-1] = Rung(made[-1].name, all_of[-1], PATIENT_S, PATIENT_S, local=True)
    return made


def brains(*engines: LanguageModel, local_last: bool = False, told: Told | None = None) -> Ladder[LanguageModel]:
    return Ladder("llm", rungs("llm", engines, local_last=local_last), LoopClock(), (told or Told()).events.append)


def voices(*engines: TextToSpeech, told: Told | None = None) -> Ladder[TextToSpeech]:
    return Ladder("tts", rungs("tts", engines), LoopClock(), (told or Told()).events.append)


def ears(*engines: SpeechToText, local_last: bool = False, told: Told | None = None) -> Ladder[SpeechToText]:
    return Ladder("stt", rungs("stt", engines, local_last=local_last), LoopClock(), (told or Told()).events.append)


def now_ms() -> float:
    return asyncio.get_running_loop().time() * 1000


async def taken(stream: AsyncGenerator[T]) -> list[tuple[float, T]]:
    """All pieces, each with its time from now, in ms."""
    began = now_ms()
    async with aclosing(stream) as pieces:
        return [(now_ms() - began, piece) async for piece in pieces]


async def broken(stream: AsyncGenerator[T]) -> list[T]:
    """The pieces before the engine error that must come."""
    got: list[T] = []
    try:
        async with aclosing(stream) as pieces:
            async for piece in pieces:
                got += [piece]
    except EngineError:
        return got
    raise AssertionError("nothing failed")


def captions(pieces: Iterable[Speech]) -> list[str]:
    return [word.text for piece in pieces for word in piece.words]


def sound_ms(pieces: Iterable[Speech]) -> float:
    return sum(piece.samples.size for piece in pieces) * 1000 / SAMPLE_RATE


def tones(pieces: Iterable[Speech]) -> list[int]:
    """The sample values, runs of the same as one."""
    joined = np.concatenate([piece.samples for piece in pieces])
    return [int(joined[0]), *(int(value) for value in joined[1:][np.diff(joined) != 0])]
