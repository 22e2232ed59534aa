"""Words that a recording can be read back from: each is a tone of its own, with silence around it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..hearing import Heard

WORDS = (
    *("uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho"),
    *("nueve", "diez", "once", "doce", "trece", "catorce", "quince", "veinte"),
)
"""What can be said: the word's place gives its tone."""

RATE = 24_000
"""Of Sandra's voice, Hz."""

WORD_MS = 240
GAP_MS = 40
SLOT_MS = WORD_MS + GAP_MS
"""From one word's start to the next one's."""

LEVEL = 0.3

_LOWEST_HZ, _STEP_HZ = 400.0, 120.0
_RAMP_MS = 5
_WINDOW_MS, _HOP_MS = 20, 5
_SHORTEST_MS = 60
"""Of what is read: the ramp between two tones looks like other words for a moment."""


@dataclass(frozen=True, slots=True)
class Said:
    """A word in a recording, s from its beginning."""

    word: str
    start_s: float
    end_s: float


def hertz(word: str) -> float:
    """The tone of a word."""
    return _LOWEST_HZ + _STEP_HZ * WORDS.index(word)


def sound(words: Sequence[str]) -> NDArray[np.int16]:
    """The words one after another, shape (n,), int16 at 24 kHz; the n-th begins at `n * SLOT_MS`."""
    seconds = np.arange(WORD_MS * RATE // 1000) / RATE
    ramp = np.minimum(1.0, np.minimum(seconds, seconds[::-1]) * 1000 / _RAMP_MS)
    gap = np.zeros(GAP_MS * RATE // 1000)
    parts = [np.concatenate((np.sin(2 * np.pi * hertz(word) * seconds) * ramp * LEVEL, gap)) for word in words]
    pcm: NDArray[np.int16] = np.rint(np.concatenate(parts) * 32767).astype(np.int16)
    return pcm


def read(heard: Heard) -> list[Said]:
    """The words of a recording, in order; a word that was torn in two is there twice."""
    return [said for said in _runs(heard) if (said.end_s - said.start_s) * 1000 >= _SHORTEST_MS]


def lengths(samples: NDArray[np.float64], rate: int) -> dict[str, float]:
    """How much there is of each word in a sound, ms, all its pieces together: the energy around its tone."""
    power = np.abs(np.fft.rfft(samples)) ** 2 * 2 / len(samples)
    tones = np.fft.rfftfreq(len(samples), 1 / rate)
    full = LEVEL**2 / 2 * rate / 1000
    return {word: float(power[np.abs(tones - hertz(word)) < _STEP_HZ / 2].sum()) / full for word in WORDS}


def _runs(heard: Heard) -> list[Said]:
    """Neighbouring windows with the same tone as one; edges are taken at a window's middle."""
    window, hop = heard.rate * _WINDOW_MS // 1000, heard.rate * _HOP_MS // 1000
    if len(heard.samples) < window:
        return []
    frames = np.lib.stride_tricks.sliding_window_view(heard.samples, window)[::hop]
    turns = np.outer([hertz(word) for word in WORDS], np.arange(window) / heard.rate)
    tones = np.exp(-2j * np.pi * turns) * np.hanning(window)
    best = np.argmax(np.abs(frames @ tones.T), axis=1)
    # At a word's edge the window is half full: that is the edge.
    best[np.sqrt((frames**2).mean(axis=1)) < LEVEL / 2] = -1
    edges = (np.flatnonzero(np.diff(best)) + 1).tolist()
    middle, hop_s = window / heard.rate / 2, hop / heard.rate
    bounds = zip([0, *edges], [*edges, len(best)], strict=True)
    return [Said(WORDS[best[a]], a * hop_s + middle, b * hop_s + middle) for a, b in bounds if best[a] >= 0]
