"""What emulated voices sound like: a tone as long as the text, or any voice of this machine.

The emulators speak with whatever is behind the project's own port; this module has the voice that needs no model, and
what lies between that port (clauses, 24 kHz) and what vendors sell (texts of any length, other rates).
"""

import math
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing

import numpy as np

from enterprise_stream.audio.pcm import to_bytes, to_float, to_int16
from enterprise_stream.audio.resample import Resampler
from enterprise_stream.speaking.ports import SAMPLE_RATE, Pcm, Speech, TextToSpeech, Word

CLAUSE_CHARS = 400
"""Longest text that the port takes at once."""

_TONE_HZ = 220.0
_TONE_LEVEL = 6_000
_SENTENCE_END = re.compile(r"(?<=[.!?…;:])\s+")


class ToneVoice:
    """A voice that hums: 220 Hz for as long as reading the text would take. Its words share the time by their length.

    Args:
        ms_per_char: how long a character sounds.
        piece_ms: sound in one piece.
    """

    def __init__(self, *, ms_per_char: float = 60.0, piece_ms: float = 200.0) -> None:
        self._ms_per_char = ms_per_char
        self._piece = round(piece_ms * SAMPLE_RATE / 1000)

    @property
    def voice(self) -> str:
        """The voice's name."""
        return "tone"

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:  # noqa: ARG002 - the port's
        """Hum a clause."""
        samples = _tone(round(len(text) * self._ms_per_char * SAMPLE_RATE / 1000))
        words = _words(text, self._ms_per_char)
        for start in range(0, samples.size, self._piece):
            piece = samples[start : start + self._piece]
            begins, ends = (at * 1000 / SAMPLE_RATE for at in (start, start + piece.size))
            yield Speech(piece, tuple(word for word in words if begins <= word.start_ms < ends))


def _tone(samples: int) -> Pcm:
    wave: Pcm = (_TONE_LEVEL * np.sin(2 * math.pi * _TONE_HZ / SAMPLE_RATE * np.arange(samples))).astype(np.int16)
    return wave


def _words(text: str, ms_per_char: float) -> list[Word]:
    return [Word(m[0], m.start() * ms_per_char, m.end() * ms_per_char) for m in re.finditer(r"\S+", text)]


async def say_all(voice: TextToSpeech, text: str, language: str) -> AsyncGenerator[Speech]:
    """Say a text of any length, clause by clause; words' positions count from its start."""
    offset = 0.0
    for clause in clauses(text):
        async with aclosing(voice.speak("emulator", clause, language)) as pieces:
            sounded = 0
            async for piece in pieces:
                sounded += piece.samples.size
                yield Speech(piece.samples, tuple(_later(word, offset) for word in piece.words))
        offset += sounded * 1000 / SAMPLE_RATE


def clauses(text: str) -> list[str]:
    """A text in parts that the port takes: sentences, joined as far as they fit; a longer one is cut at blanks."""
    parts: list[str] = []
    for sentence in _SENTENCE_END.split(text.strip()):
        for part in _short(sentence):
            if parts and len(parts[-1]) + 1 + len(part) <= CLAUSE_CHARS:
                parts[-1] += f" {part}"
            elif part:
                parts.append(part)
    return parts


def _short(sentence: str) -> list[str]:
    parts = [""]
    for word in sentence.split():
        for piece in (word[at : at + CLAUSE_CHARS] for at in range(0, len(word), CLAUSE_CHARS)):
            if len(parts[-1]) + 1 + len(piece) > CLAUSE_CHARS:
                parts.append(piece)
            else:
                parts[-1] = f"{parts[-1]} {piece}".strip()
    return parts


def _later(word: Word, ms: float) -> Word:
    return Word(word.text, word.start_ms + ms, word.end_ms + ms)


class AtRate:
    """The voice's sound at the rate that a client asked for, as 16-bit little-endian samples.

    Args:
        rate: in Hz.
    """

    def __init__(self, rate: int) -> None:
        self._resampler = Resampler(SAMPLE_RATE, rate) if rate != SAMPLE_RATE else None

    def feed(self, samples: Pcm) -> bytes:
        """What is ready once `samples` have come."""
        return to_bytes(samples if self._resampler is None else to_int16(self._resampler.feed(to_float(samples))))

    def flush(self) -> bytes:
        """What was held back."""
        return b"" if self._resampler is None else to_bytes(to_int16(self._resampler.flush()))
