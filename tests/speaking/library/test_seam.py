"""Where a clip meets live speech there is no seam: the pause is the punctuation's, the loudness the voice's own."""

from collections.abc import AsyncGenerator, AsyncIterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from enterprise_stream.speaking.library import ClipStore, LibraryVoice, Tally
from enterprise_stream.speaking.library.recordings import MANIFEST, take_recordings
from enterprise_stream.speaking.loudness import level, loudness
from enterprise_stream.speaking.pauses import pause_after_ms
from enterprise_stream.speaking.ports import SAMPLE_RATE, Pcm, Speech, TextToSpeech
from enterprise_stream.speaking.speech_text import segments
from enterprise_stream.speaking.streamed import streamed
from enterprise_stream.speaking.word_clock import Pace
from enterprise_stream.testing import LoopClock
from enterprise_stream.thinking.ahead import clauses_of

from .clips import HOW

RECORDED, LIVE = "¡Hola!", ("Tenemos tres casas junto al río.", "Hay una libre, ", "desde el lunes.")

MOST_GAP_MS = 60.0
"""What trimming may leave around a clause, beside the pause of its punctuation."""

MOST_STEP_LU = 1.0
"""About the smallest step in loudness that a listener notices."""


class Vendor:
    """A service's voice: as loud as it pleases, with silence of its own around everything it says."""

    voice = "sandra"

    def __init__(self, lufs: float) -> None:
        self._lufs = lufs

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        """The clause as a tone of syllables, in pieces."""
        at = np.arange(round((0.3 + 0.06 * len(text)) * SAMPLE_RATE)) / SAMPLE_RATE
        tone = np.sin(2 * np.pi * 220 * at) * (0.7 + 0.3 * np.sin(2 * np.pi * 4 * at))
        said = level((0.01 * tone).astype(np.float32), self._lufs)
        around = np.zeros(SAMPLE_RATE // 4, np.float32)
        pcm = np.round(np.concatenate([around, said, around]) * 32767).astype("<i2").tobytes()
        async for piece in streamed(_pieces(pcm), segments(text, language), Pace(), language):
            yield piece


async def _pieces(pcm: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(pcm), 4_801):
        yield pcm[start : start + 4_801]


async def said(voice: TextToSpeech, text: str) -> Pcm:
    return np.concatenate([piece.samples async for piece in voice.speak("g", text, "es")])


@pytest.mark.parametrize("lufs", [-27.0, -19.0, -15.0])
async def test_clips_and_live_speech_join_in_pause_and_loudness(tmp_path: Path, lufs: float) -> None:
    at = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    recorded = 0.4 * np.sin(2 * np.pi * 220 * at) * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * at))
    soundfile.write(tmp_path / "hola.wav", np.concatenate([np.zeros(9_000), recorded, np.zeros(9_000)]), SAMPLE_RATE)
    (tmp_path / MANIFEST).write_text(f"- {{file: hola.wav, text: {RECORDED}, language: es}}", encoding="utf-8")
    store = ClipStore(tmp_path / "clips", HOW, 1 << 30)
    tally, clock = Tally(tmp_path / "tally", lambda: "2026-01-01"), LoopClock()
    async with LibraryVoice(Vendor(lufs), store, tally, clock) as voice:
        live = [await said(voice, text.strip()) for text in LIVE]
    assert take_recordings(tmp_path, store, clauses_of).problems == ()
    async with LibraryVoice(Vendor(lufs), store, tally, clock) as voice:
        clips = [await said(voice, text.strip()) for text in (RECORDED, *LIVE)]
    texts = (RECORDED, *LIVE)
    for (before, text), (after, _) in pairwise(zip([clips[0], *live], texts, strict=True)):
        _joins(before, after, pause_after_ms(text))
    for (before, text), after in zip(zip(clips, texts, strict=True), live, strict=False):
        _joins(before, after, pause_after_ms(text))


def _joins(before: Pcm, after: Pcm, pause_ms: float) -> None:
    one, two = (np.flatnonzero(np.abs(sound) > 100) for sound in (before, after))
    gap_ms = (before.size - one[-1] + two[0]) * 1000 / SAMPLE_RATE
    assert pause_ms <= gap_ms <= pause_ms + MOST_GAP_MS
    lufs = [loudness((sound / 32768).astype(np.float32)) for sound in (before, after)]
    assert abs(lufs[1] - lufs[0]) <= MOST_STEP_LU
    jump = abs(int(before[-1]) - int(after[0]))
    assert jump <= 33  # 0.001 of full scale: nothing clicks
