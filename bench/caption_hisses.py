"""Where words begin in the middle of speech, by the sound alone: an s after a vowel is where the hiss rises."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.speaking.ports import SAMPLE_RATE, Pcm, Word

SENTENCES = (
    ("es", "La señora suele subir sola a su suite."),
    ("es", "Esta sala se seca si sale el sol."),
    ("es", "La cena se sirve a las ocho en la sala."),
    ("es", "Me sabe a sal, y no sé si sobra sopa."),
    ("es", "Le saco una silla a su sobrina."),
    ("es", "Ya sabe que su sitio está seguro."),
    ("en", "The sofa stays so soft through the summer."),
    ("en", "We see the sea so seldom."),
    ("en", "Go southwards to see the small station."),
    ("en", "The sauna is free, so stay a second."),
)
"""Words that begin with an s after a vowel, without a pause."""

_HOP_MS, _WINDOW_MS = 5.0, 20.0
_VOICE_HZ, _HISS_HZ = (200, 3_000), (4_500, 10_000)
_BEFORE_MS, _AFTER_MS = 100.0, 60.0
"""Of where a word is placed: the hiss that is looked at; others are farther away."""

_VOWELS = tuple("aeiouáéíóúy")


def hisses(words: list[Word], samples: Pcm) -> list[float]:
    """How much too late each word that begins with an s after a vowel is placed, ms."""
    over = _hiss_over_voice(samples)
    return [
        word.start_ms - _rise_ms(over, word.start_ms)
        for before, word in pairwise(words)
        if word.text[0].lower() == "s" and before.text.endswith(_VOWELS)
    ]


def _hiss_over_voice(samples: Pcm) -> NDArray[np.float64]:
    """Level of the hiss over that of the voice every 5 ms, dB."""
    hop, window = round(_HOP_MS * SAMPLE_RATE / 1000), round(_WINDOW_MS * SAMPLE_RATE / 1000)
    padded = np.pad(samples.astype(np.float64), window // 2)
    windows = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop]
    power = np.abs(np.fft.rfft(windows * np.hanning(window))) ** 2
    hertz = np.fft.rfftfreq(window, 1 / SAMPLE_RATE)
    hiss, voice = (
        10 * np.log10(power[:, (hertz >= low) & (hertz < high)].sum(axis=1) + 1.0)
        for low, high in (_HISS_HZ, _VOICE_HZ)
    )
    return np.asarray(hiss - voice)


def _rise_ms(over: NDArray[np.float64], near_ms: float) -> float:
    """Where the hiss that is most itself near a place has risen half way, ms."""
    first = max(0, round((near_ms - _BEFORE_MS) / _HOP_MS))
    most = first + int(over[first : round((near_ms + _AFTER_MS) / _HOP_MS)].argmax())
    half = (over[most] + over[max(0, most - 30) : most + 1].min()) / 2
    under = np.flatnonzero(over[: most + 1] < half)
    return _HOP_MS * (float(under[-1]) + 0.5 if under.size else 0.0)
