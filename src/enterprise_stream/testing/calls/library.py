"""Fills a voice library as the invented calls would have filled it: recordings, clips, and counts of what was said."""

import random
from typing import cast

import numpy as np

from enterprise_stream.speaking.library import Category, Clip, ClipKey, ClipStore, Tally
from enterprise_stream.speaking.library.store import Tier
from enterprise_stream.speaking.library.tally import Spoken
from enterprise_stream.speaking.ports import SAMPLE_RATE
from enterprise_stream.speaking.speech_text import segments
from enterprise_stream.testing.calls.lines import ENGLISH, ENGLISH_GAPS, SPANISH, SPANISH_GAPS, Line

_CHAR_MS = 62
"""What a written character takes to be said."""

_WORK_SHARE = 0.35
"""Of its sound, what the voice works on a clause."""

_FRESH_WAIT_MS, _KEPT_WAIT_MS = 240.0, 4.0
"""From asking to the first sound."""

_BY_LANGUAGE = {"es": (*SPANISH, SPANISH_GAPS[0]), "en": (*ENGLISH, ENGLISH_GAPS[0])}


def stock(clips: ClipStore, tally: Tally, seed: int = 1) -> None:
    """Put a clip of most answers on the shelves, and count how often each was said; blocking.

    Welcomes are the owner's recordings, the rest is built ahead or was kept when it was said. Every third answer has no
    clip: the voice itself says it each time, so that it is worth adding.

    Args:
        clips: where the clips go.
        tally: where the counts go.
        seed: the same one makes the same counts.
    """
    chance = random.Random(seed)  # noqa: S311 - nothing to keep secret
    for language, lines in _BY_LANGUAGE.items():
        for place, line in enumerate(lines):
            key = ClipKey.of(segments(line.answer, language), language)
            said = chance.randrange(20, 200)
            fresh = said if place % 3 == 2 else 1
            tally.count(key, "fresh", _spoken(line, fresh, fresh=True), private=False)
            if fresh < said:
                tier = _tier(line, place)
                clips.put(key, _silent(key, line), tier)
                tally.count(key, tier, _spoken(line, said - fresh, fresh=False), private=False)
    tally.flush()


def _tier(line: Line, place: int) -> Tier:
    if line.response_type == "welcome":
        return "own"
    return "kept" if place % 3 else "live"


def _spoken(line: Line, times: int, *, fresh: bool) -> Spoken:
    sound = len(line.answer) * _CHAR_MS
    work, wait = (sound * _WORK_SHARE, _FRESH_WAIT_MS) if fresh else (0.0, _KEPT_WAIT_MS)
    return Spoken(times, times * len(line.answer), times * sound, times * work, times * wait)


def _silent(key: ClipKey, line: Line) -> Clip:
    """A clip as long as the answer in which nothing is heard."""
    words = key.spoken.split()
    ms = len(line.answer) * _CHAR_MS
    spans = tuple((ms * n / len(words), ms * (n + 1) / len(words)) for n in range(len(words)))
    samples = np.zeros(SAMPLE_RATE * ms // 1000, np.int16)
    return Clip(samples, spans, key.language, key.spoken, cast("Category", line.response_type))
