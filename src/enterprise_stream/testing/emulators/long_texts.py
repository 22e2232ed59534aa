"""Texts of any length, said by a voice whose port takes clauses."""

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from enterprise_stream.audio.formats import OutputFormat
from enterprise_stream.speaking.ports import TextToSpeech, Word
from enterprise_stream.testing.emulators.voices import Sound, sounds

CLAUSE_CHARS = 400
"""Longest text that the port takes at once."""

_SENTENCE_END = re.compile(r"(?<=[.!?…;:])\s+")


async def say_all(voice: TextToSpeech, text: str, language: str, rate: int) -> AsyncGenerator[Sound]:
    """Say a text clause by clause, as 16-bit little-endian samples at `rate` Hz; words count from the text's start."""
    begun_ms = 0.0
    for clause in clauses(text):
        at_ms = begun_ms
        async with aclosing(sounds(voice, clause, language, OutputFormat("pcm_s16le", rate))) as pieces:
            async for piece in pieces:
                begun_ms += piece.duration_ms
                yield replace(piece, words=tuple(_later(word, at_ms) for word in piece.words))


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
