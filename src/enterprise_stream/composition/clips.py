"""The voice library as a source of recordings that a client plays by itself."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from enterprise_stream.composition.ladders import Voice
from enterprise_stream.server.clips import MAX_CLIP_MS, joined, parted
from enterprise_stream.speaking.library import Category, Clip, LibraryVoice
from enterprise_stream.speaking.ports import Pcm
from enterprise_stream.thinking.phrases import PhraseSplitter

MAX_CLAUSES: Final = 8
"""Clauses of one recording; an answer of more is no answer that was said before word for word."""


class LibraryClips:
    """The clips of all voices that sessions may be given.

    Args:
        voices: best first.
    """

    def __init__(self, voices: Sequence[Voice]) -> None:
        self._voices = voices

    async def find(
        self, text: str, language: str, *, voice: str | None = None, category: Category | None = None
    ) -> str | None:
        """See `Clips.find`."""
        speaking = next((each for each in self._voices if voice in (None, each.speaks.voice)), None)
        if speaking is None or speaking.library is None:
            return None
        whole = await self._clips(speaking.library, [text], language, category)
        found = whole or await self._clips(speaking.library, _clauses(text), language, category)
        if not found or sum(clip.ms for _, clip in found) > MAX_CLIP_MS:
            return None
        return joined([digest for digest, _ in found])

    async def sound(self, name: str) -> Pcm | None:
        """See `Clips.sound`."""
        digests = parted(name)
        if len(digests) > MAX_CLAUSES:
            return None
        for voice in self._voices:
            clips = [] if voice.library is None else [await voice.library.named(digest) for digest in digests]
            there = [clip for clip in clips if clip is not None]
            if there and len(there) == len(digests):
                short = sum(clip.ms for clip in there) <= MAX_CLIP_MS
                return np.concatenate([clip.samples for clip in there]) if short else None
        return None

    @staticmethod
    async def _clips(
        library: LibraryVoice, clauses: Sequence[str], language: str, category: Category | None
    ) -> list[tuple[str, Clip]]:
        """The clips of these clauses with their digests; none unless all are there."""
        found: list[tuple[str, Clip]] = []
        for clause in clauses:
            clip = await library.find(clause, language)
            if clip is None or (category is not None and clip[1].category not in (category, "general")):
                return []
            found.append(clip)
        return found


def _clauses(text: str) -> list[str]:
    """The text as she would say it; nothing for one of too many clauses."""
    splitter = PhraseSplitter()
    clauses = splitter.feed(text) + splitter.flush()
    return clauses if len(clauses) <= MAX_CLAUSES else []
