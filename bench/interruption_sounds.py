"""Sounds over an answer that are nobody's words: noises of a room, and her own voice come back."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import soxr
from bench.recogniser_speech import pink
from numpy.typing import NDArray

from enterprise_stream.engines.kokoro import KokoroVoice
from enterprise_stream.models import ModelStore
from enterprise_stream.speaking.ports import SAMPLE_RATE as SPOKEN_RATE
from enterprise_stream.speaking.ports import Speech, Word

RATE = 16_000

Samples = NDArray[np.float32]

NOISES = ("cough", "click", "door", "music", "keys", "dishes", "laugh", "groan")


def noise(name: str, seed: int) -> Samples:
    """One noise of a room, about as loud as a guest, shape (n,)."""
    chance = np.random.default_rng(seed)
    make: dict[str, Callable[[np.random.Generator], Samples]] = {
        "cough": _cough,
        "click": _click,
        "door": _door,
        "music": _music,
        "keys": _keys,
        "dishes": _dishes,
        "laugh": _laugh,
        "groan": _groan,
    }
    sound = make[name](chance)
    return np.asarray(0.35 * sound / max(1e-6, float(np.abs(sound).max())), np.float32)


def room(seed: int, decay_ms: float = 180.0) -> Samples:
    """The impulse response of a room: the direct sound, then reflections that die away; unit energy."""
    chance = np.random.default_rng(seed)
    n = int(RATE * 0.3)
    tail = chance.standard_normal(n) * np.exp(-6.9 * np.arange(n) / (RATE * decay_ms / 1000)) * 0.12
    tail[0] = 1.0
    return np.asarray(tail / np.sqrt(np.sum(tail**2)), np.float32)


def _cough(chance: np.random.Generator) -> Samples:
    bursts = []
    for _ in range(chance.integers(1, 4)):
        n = int(RATE * chance.uniform(0.12, 0.3))
        shape = np.exp(-np.arange(n) / (n * 0.3)) * np.minimum(1.0, np.arange(n) / (RATE * 0.008))
        bursts += [_band(chance, n, 300, 3500) * shape, np.zeros(int(RATE * chance.uniform(0.08, 0.2)))]
    return np.concatenate(bursts).astype(np.float32)


def _click(chance: np.random.Generator) -> Samples:
    n = int(RATE * 0.03)
    return np.asarray(chance.standard_normal(n) * np.exp(-np.arange(n) / (RATE * 0.004)), np.float32)


def _door(chance: np.random.Generator) -> Samples:
    n = int(RATE * 0.5)
    return np.asarray(_band(chance, n, 40, 500) * np.exp(-np.arange(n) / (RATE * 0.09)), np.float32)


def _music(chance: np.random.Generator) -> Samples:
    """A few chords of plucked strings."""
    chords = []
    for _ in range(chance.integers(3, 6)):
        n = int(RATE * chance.uniform(0.4, 0.7))
        time = np.arange(n) / RATE
        roots = 220 * 2 ** (chance.choice([0, 2, 4, 5, 7, 9]) / 12) * np.array([1.0, 1.26, 1.5])
        tones = [np.sin(2 * np.pi * root * k * time) / k**1.5 for root in roots for k in range(1, 6)]
        chords.append(np.sum(tones, axis=0) * np.exp(-3 * time))
    return np.concatenate(chords).astype(np.float32)


def _keys(chance: np.random.Generator) -> Samples:
    parts = [np.concatenate([_click(chance), np.zeros(int(RATE * chance.uniform(0.05, 0.2)))]) for _ in range(8)]
    return np.concatenate(parts).astype(np.float32)


def _dishes(chance: np.random.Generator) -> Samples:
    n = int(RATE * 0.6)
    time = np.arange(n) / RATE
    tones = [np.sin(2 * np.pi * hz * time) * np.exp(-time * 14) for hz in chance.uniform(1800, 6000, 5)]
    return np.asarray(np.sum(tones, axis=0), np.float32)


def _laugh(chance: np.random.Generator) -> Samples:
    """A few short voiced bursts, each breathier and lower than the one before."""
    parts = []
    for number in range(chance.integers(3, 6)):
        voiced = _voiced(chance, chance.uniform(0.08, 0.14), 240 - 20 * number)
        parts += [voiced * 0.85**number, np.zeros(int(RATE * chance.uniform(0.06, 0.12)), np.float32)]
    return np.concatenate(parts)


def _groan(chance: np.random.Generator) -> Samples:
    return _voiced(chance, chance.uniform(0.3, 0.9), chance.uniform(90, 140))


def _voiced(chance: np.random.Generator, seconds: float, hz: float) -> Samples:
    """An open vowel without words: harmonics under three formants, with breath."""
    time = np.arange(int(RATE * seconds)) / RATE
    phase = 2 * np.pi * hz * (time - 0.15 * time**2 / seconds)
    loud = {k: sum(1 / (1 + ((k * hz - f) / 110) ** 2) for f in (720, 1250, 2600)) for k in range(1, int(3600 / hz))}
    tone = np.sum([amount * np.sin(k * phase) for k, amount in loud.items()], axis=0)
    shape = np.sin(np.pi * np.linspace(0, 1, time.size)) ** 0.5
    return np.asarray((tone + 0.3 * _band(chance, time.size, 500, 4000)) * shape, np.float32)


def _band(chance: np.random.Generator, n: int, low: float, high: float) -> Samples:
    spectrum = np.fft.rfft(chance.standard_normal(n))
    hz = np.fft.rfftfreq(n, 1 / RATE)
    spectrum[(hz < low) | (hz > high)] = 0.0
    return np.fft.irfft(spectrum, n).astype(np.float32)


def quiet_room(n: int, seed: int) -> Samples:
    """Pink noise at -60 dBFS, shape (n,)."""
    sound = pink(n, seed)
    return np.asarray(sound * 1e-3 / np.sqrt(np.mean(np.square(sound))), np.float32)


@dataclass(frozen=True, slots=True)
class Said:
    """One of her answers, spoken: pieces as the voice gave them, clause by clause."""

    clauses: dict[str, tuple[Speech, ...]]
    heard: Samples
    """All of it at 16 kHz, as a loudspeaker would play it."""


async def say(voice: KokoroVoice, language: str, clauses: list[str]) -> Said:
    """Speak an answer, or read what was spoken before."""
    spoken = {clause: tuple(await _clause(voice, clause.strip(), language)) for clause in clauses}
    pcm = np.concatenate([speech.samples for pieces in spoken.values() for speech in pieces])
    heard = soxr.resample(pcm.astype(np.float32) / np.float32(32768.0), SPOKEN_RATE, RATE)
    return Said({clause.strip(): pieces for clause, pieces in spoken.items()}, heard.astype(np.float32))


async def _clause(voice: KokoroVoice, clause: str, language: str) -> list[Speech]:
    folder = ModelStore().root.parent / "bench" / "answers"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{language}-" + "".join(c if c.isalnum() else "_" for c in clause)[:120]
    sound, words = folder / f"{name}.npy", folder / f"{name}.json"
    if not (sound.is_file() and words.is_file()):
        pieces = [speech async for speech in voice.speak("bench", clause, language)]
        np.save(sound, np.concatenate([speech.samples for speech in pieces]))
        listed = [[word.text, word.start_ms, word.end_ms] for speech in pieces for word in speech.words]
        words.write_text(json.dumps(listed), encoding="utf-8")
    return [Speech(np.load(sound), tuple(Word(*word) for word in json.loads(words.read_text(encoding="utf-8"))))]
