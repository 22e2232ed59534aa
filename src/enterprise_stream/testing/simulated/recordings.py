"""Recordings with their words, and how any stretch of one is recognised: by its exact samples.

Audio here is mono int16 at 16 kHz. Every recording carries a noise floor, so that no two stretches are alike.
"""

import hashlib
import json
import wave
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
"""Rate of all recordings, in Hz."""

FLOOR_DBFS = -60.0
"""RMS of the noise that lies under every recording and between them."""

MANIFEST = "recordings.json"

Sound = NDArray[np.int16]

_ANCHOR_BITS = 63
_KEY = 8
"""Samples that identify a place: with a floor of 33 steps RMS, more than 50 bits."""


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word and where it sounds, in ms from the recording's start."""

    text: str
    start_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True)
class Recording:
    """What a guest says.

    Attributes:
        name: unique in its set.
        language: ISO 639-1 code.
        samples: shape (n,), int16 at 16 kHz; begins and ends with noise only.
        words: in order.
        pauses_ms: silences inside the turn that were put there on purpose.
    """

    name: str
    language: str
    samples: Sound
    words: tuple[SpokenWord, ...]
    pauses_ms: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """All words, as one writes them."""
        return " ".join(word.text for word in self.words)

    @property
    def duration_ms(self) -> float:
        """Length with the noise around the words."""
        return self.samples.size * 1000 / RATE


@dataclass(frozen=True, slots=True)
class Place:
    """A recording, and the sample of it that a sound begins with."""

    recording: Recording
    sample: int


class Recordings:
    """A set of recordings that can be recognised from any 20 ms of them.

    Some samples are anchors by their own value (the low six bits are zero: about one in 64); an anchor and the seven
    samples after it are the key of its place. So it does not matter how a stream is cut into frames, as long as its
    samples arrive unchanged.
    """

    def __init__(self, recordings: Iterable[Recording]) -> None:
        self.all = tuple(recordings)
        self._places: dict[bytes, tuple[int, int]] = {}
        for number, recording in enumerate(self.all):
            for sample, key in _anchors(recording.samples):
                self._places[key] = (number, sample)

    def place(self, sound: Sound) -> Place | None:
        """Where `sound`, shape (n,), comes from; None when it is of no recording or too short to tell.

        The place may lie before the recording's first sample, when `sound` begins with the silence before it.
        """
        for offset, key in _anchors(sound):
            found = self._places.get(key)
            if found is not None:
                return Place(self.all[found[0]], found[1] - offset)
        return None

    def named(self, name: str) -> Recording:
        """The recording of that name.

        Raises:
            KeyError: there is none.
        """
        for recording in self.all:
            if recording.name == name:
                return recording
        raise KeyError(name)

    def save(self, folder: Path) -> None:
        """Write a WAV file for each recording and one list of their words."""
        folder.mkdir(parents=True, exist_ok=True)
        lines = []
        for recording in self.all:
            with wave.open(str(folder / f"{recording.name}.wav"), "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(RATE)
                file.writeframes(recording.samples.astype("<i2").tobytes())
            words = [[word.text, round(word.start_ms), round(word.end_ms)] for word in recording.words]
            pauses = list(recording.pauses_ms)
            lines.append({"name": recording.name, "language": recording.language, "words": words, "pauses_ms": pauses})
        (folder / MANIFEST).write_text(json.dumps(lines, ensure_ascii=False, indent=1), encoding="utf-8")


def load_recordings(folder: Path) -> Recordings:
    """Read what `Recordings.save` wrote.

    Raises:
        FileNotFoundError: the folder holds no recordings.
    """
    recordings = []
    for line in json.loads((folder / MANIFEST).read_text(encoding="utf-8")):
        with wave.open(str(folder / f"{line['name']}.wav"), "rb") as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16)
        words = tuple(SpokenWord(text, float(start), float(end)) for text, start, end in line["words"])
        recordings.append(Recording(line["name"], line["language"], samples, words, tuple(line["pauses_ms"])))
    return Recordings(recordings)


def floor_noise(samples: int, seed: str) -> NDArray[np.float64]:
    """The noise floor, shape (samples,), in int16 steps; the same for the same seed."""
    generator = np.random.default_rng(int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8]))
    return generator.normal(0.0, 32768 * 10 ** (FLOOR_DBFS / 20), samples)


def with_floor(samples: NDArray[np.float32], seed: str) -> Sound:
    """A sound, shape (n,), full scale ±1.0, with the noise floor under it."""
    noisy = samples.astype(np.float64) * 32767 + floor_noise(samples.size, seed)
    return np.clip(np.rint(noisy), -32768, 32767).astype(np.int16)


def babble(name: str, text: str, language: str = "es", *, pauses: Sequence[tuple[int, int]] = ()) -> Recording:
    """A recording without a voice, for tests that need no models: each word is a burst of noise at -20 dBFS.

    A word takes 60 ms for each of its letters, 40 ms of floor part two words, 200 ms stand before and after.

    Args:
        name: unique in its set.
        text: words parted by blanks.
        language: ISO 639-1 code.
        pauses: (number of words before it, ms) of each pause inside the turn.
    """
    extra = dict(pauses)
    words, at, parts = [], 200.0, [np.zeros(RATE // 5, np.float32)]
    generator = np.random.default_rng(len(text))
    for number, word in enumerate(text.split()):
        gap = extra.get(number, 0)
        parts.append(np.zeros(gap * RATE // 1000, np.float32))
        length = 60.0 * len(word)
        parts.append(generator.normal(0.0, 0.1, round(length) * RATE // 1000).astype(np.float32))
        parts.append(np.zeros(40 * RATE // 1000, np.float32))
        words.append(SpokenWord(word, at + gap, at + gap + length))
        at += gap + length + 40.0
    parts.append(np.zeros(160 * RATE // 1000, np.float32))
    return Recording(name, language, with_floor(np.concatenate(parts), name), tuple(words), tuple(extra.values()))


def _anchors(sound: Sound) -> Iterable[tuple[int, bytes]]:
    candidates = np.flatnonzero((sound[: max(0, sound.size - _KEY + 1)] & _ANCHOR_BITS) == 0)
    return ((int(at), sound[at : at + _KEY].tobytes()) for at in candidates)
