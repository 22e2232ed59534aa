"""A guest who speaks: synthetic speech in voices that are not Sandra's, for tests and benchmarks.

Needs the models `kokoro`, `kokoro-voices` and `kokoro-guest-voices` (`enterprise-stream models pull
kokoro kokoro-voices kokoro-guest-voices`). What was said once is kept beside the models and costs a file read after
that.
"""

import hashlib
import os
import wave
from functools import lru_cache
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from enterprise_stream.engines.kokoro.pieces import cut
from enterprise_stream.engines.kokoro.synthesis import MAX_PHONEMES, Kokoro, Style, load_style
from enterprise_stream.models import ModelStore
from enterprise_stream.speaking.loudness import RATE, fade, level, trim
from enterprise_stream.speaking.speech_text import segments, spoken_text

GUEST_RATE = 16_000
"""Rate of a guest's speech, in Hz."""

GUEST_VOICES = (
    "em_alex",
    "em_santa",
    "af_heart",
    "af_bella",
    "am_michael",
    "am_fenrir",
    "bf_emma",
    "bm_george",
)
"""Voices that guests have; the first two are Spanish, the others American and British."""

_BREATH_CHARS = 220.0
"""A guest says this much in one breath, so that a pause in a recording is one that the text asks for."""

_VERSION = 1
"""Part of the cache's keys: raised when the same words would sound different."""


def guest_says(
    text: str,
    language: str = "es",
    voice: str = "em_alex",
    *,
    lead_ms: int = 300,
    tail_ms: int = 300,
    speed: float = 1.0,
) -> NDArray[np.float32]:
    """A guest's words as a microphone might hear them, in a quiet room.

    Args:
        text: what the guest says; any length.
        language: ISO 639-1 code.
        voice: one of `GUEST_VOICES`.
        lead_ms: digital silence before the first sound.
        tail_ms: digital silence after the last sound, beyond 40 ms of its decay.
        speed: 1.0 is a calm guest.

    Returns:
        Shape (n,), float32 at 16 kHz, mono, about -19 LUFS.

    Raises:
        ModelError: a model is missing.
    """
    key = hashlib.sha256(repr((_VERSION, spoken_text(text, language), language, voice, speed)).encode()).hexdigest()[
        :32
    ]
    path = ModelStore().root.parent / "guest-voice" / f"{key}.npy"
    if path.is_file():
        spoken: NDArray[np.int16] = np.load(path)
    else:
        spoken = _speak(text, language, voice, speed)
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_suffix(f".{os.getpid()}.npy")
        np.save(scratch, spoken)
        scratch.replace(path)
    lead, tail = (np.zeros(GUEST_RATE * ms // 1000, np.float32) for ms in (lead_ms, tail_ms))
    return np.concatenate([lead, spoken.astype(np.float32) / np.float32(32768.0), tail])


def write_wav(path: Path, samples: NDArray[np.float32], rate: int = GUEST_RATE) -> None:
    """Write mono 16-bit WAV; `samples` has shape (n,), full scale ±1.0."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1.0, 1.0) * 32767.0).astype("<i2").tobytes())


def _speak(text: str, language: str, voice: str, speed: float) -> NDArray[np.int16]:
    kokoro = _kokoro()
    parts = []
    for piece in cut(segments(text, language), _BREATH_CHARS):
        phonemes = kokoro.phonemes(piece.spoken, language)[:MAX_PHONEMES]
        parts.append(fade(level(trim(kokoro.render(phonemes, _style(voice), speed)))))
        parts.append(np.zeros(int(piece.pause_ms * RATE / 1000), np.float32))
    whole = np.concatenate(parts[:-1])
    resampled: NDArray[np.float32] = soxr.resample(whole, RATE, GUEST_RATE)
    return np.round(np.clip(resampled, -1.0, 1.0) * np.float32(32767.0)).astype(np.int16)


@lru_cache(maxsize=1)
def _kokoro() -> Kokoro:
    return Kokoro(ModelStore().path("kokoro"))


@lru_cache(maxsize=16)
def _style(voice: str) -> Style:
    return load_style(ModelStore().path("kokoro-guest-voices") / f"{voice}.bin")
