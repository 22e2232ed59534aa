"""The turns of the evaluation set as a microphone hears them: synthetic guests, and joined recordings of a person.

A turn is its parts with pauses between them, then silence. A synthetic guest says a line in one breath, which is cut
where the pauses belong, so that the melody before a pause is that of somebody who goes on. The room is never digitally
silent: pink noise, 35 to 50 dB under the speech, lies under all of it. How long pauses last is drawn, not observed:
every guest has a median of their own (350, 600 or 900 ms), and their pauses are log-normal about it, within 200 and
1500 ms.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import soxr
from bench.recogniser_speech import RATE, Samples, pink, recordings_of
from bench.turns.lines import LINES
from bench.turns.prompts import PROMPTS

from enterprise_stream.testing.guest_voice import guest_says

VOICES = {
    "tune": {"es": ("em_alex", "af_heart"), "en": ("af_bella", "bm_george")},
    "held_out": {"es": ("em_santa", "bf_emma"), "en": ("af_heart", "am_michael")},
}
"""Voices of each part of the set; Spanish has two voices of its own that are not Sandra's, so two of its guests are
foreigners."""

MEDIANS_MS = (350.0, 600.0, 900.0)
SPREAD = 0.5
SHORTEST_MS, LONGEST_MS = 200.0, 1500.0
LEAD_MS, TAIL_MS = 500.0, 2600.0
TURNS_PER_CALL = 8


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of one guest.

    Attributes:
        key: names it in caches.
        part: `tune` or `held_out`.
        kind: `synthetic` or `person`.
        group: what the guest pauses after; a key of `LINES`, or of `PROMPTS`.
        call: turns of one call have one guest, and are in the order in which they are said.
        said: the true words of each part, as nearly as the cut meets their ends; empty where they are not known.
        sound: shape (n,), float32 at 16 kHz, silence of `TAIL_MS` at its end.
        ends_ms: where each part's sound ends; the last is the turn's real end.
        begins_ms: where each part's sound begins.
    """

    key: str
    language: str
    part: str
    kind: str
    group: str
    call: str
    said: tuple[str, ...]
    sound: Samples
    begins_ms: tuple[float, ...]
    ends_ms: tuple[float, ...]


def synthetic(language: str) -> Iterator[Turn]:
    """Every line as one of two voices says it, and as that guest sounds on the telephone, in another call."""
    for part, voices in VOICES.items():
        lines = [(group, line) for group, all_of in LINES[language].items() for line in _half(all_of, part)]
        for index, voice in enumerate(voices[language]):
            for line_of in ("near", "telephone"):
                own = lines[index :: len(voices[language])]
                order = np.random.default_rng(_seed(language, voice, line_of)).permutation(len(own))
                for place, chosen in enumerate(order):
                    group, line = own[chosen]
                    said = tuple(piece.strip() for piece in line.split("|"))
                    sounds = _cut(guest_says(" ".join(said), language, voice, lead_ms=0, tail_ms=0), said)
                    if line_of == "telephone":
                        sounds = [_telephone(sound) for sound in sounds]
                    call = f"{language}-{voice}-{line_of}-{place // TURNS_PER_CALL}"
                    key = f"{language}-{voice}-{line_of}-{group}-{chosen}"
                    yield _joined(language, part, "synthetic", group, call, said, sounds, key)


def person(language: str) -> Iterator[Turn]:
    """Prompts of one professional speaker, joined; none when the package can neither be found nor downloaded."""
    sounds = recordings_of(language, _names(language))
    turns = [(group, turn) for group, all_of in PROMPTS[language].items() for turn in all_of]
    turns = [(group, turn) for group, turn in turns if all(name in sounds for part in turn for name in part)]
    order = np.random.default_rng(_seed(language, "person")).permutation(len(turns))
    for place, index in enumerate(order):
        group, turn = turns[index]
        parts = [np.concatenate([_bare(sounds[name]) for name in part]) for part in turn]
        call = f"{language}-person-{index % 2}-{place // (2 * TURNS_PER_CALL)}"
        half = ("tune", "held_out")[index % 2]
        yield _joined(language, half, "person", group, call, (), parts, f"{language}-person-{index}")


def _cut(whole: Samples, said: Sequence[str]) -> list[Samples]:
    """One sentence's sound, cut where its parts end: at the quietest place about where their letters say."""
    letters = np.cumsum([len(part) + 1 for part in said])
    cuts = [0, *(_quietest(whole, int(len(whole) * count / letters[-1])) for count in letters[:-1]), len(whole)]
    return [_faded(whole[start:end]) for start, end in pairwise(cuts)]


def _quietest(sound: Samples, about: int) -> int:
    reach, window = RATE * 220 // 1000, RATE * 30 // 1000
    start, end = max(RATE // 5, about - reach), min(len(sound) - RATE // 5, about + reach)
    power = np.convolve(np.square(sound[start:end]), np.ones(window) / window, "same")
    away = np.abs(np.arange(start, end) - about) / RATE
    return start + int(np.argmin(10 * np.log10(power + 1e-8) + 40 * away))


def _faded(sound: Samples) -> Samples:
    """Without the click of a cut: 10 ms up and down."""
    faded = sound.copy()
    ramp = np.linspace(0.0, 1.0, RATE // 100, dtype=np.float32)
    faded[: len(ramp)] *= ramp
    faded[-len(ramp) :] *= ramp[::-1]
    return faded


def _joined(
    language: str,
    part: str,
    kind: str,
    group: str,
    call: str,
    said: tuple[str, ...],
    parts: Sequence[Samples],
    key: str,
) -> Turn:
    draw = np.random.default_rng(_seed(key))
    median = MEDIANS_MS[_seed(call) % len(MEDIANS_MS)]
    sounds: list[Samples] = [_silence(LEAD_MS)]
    begins, ends, at = [], [], LEAD_MS
    for index, sound in enumerate(parts):
        begins.append(at)
        at += len(sound) * 1000 / RATE
        ends.append(at)
        pause = TAIL_MS
        if index < len(parts) - 1:
            pause = float(np.clip(median * np.exp(SPREAD * draw.standard_normal()), SHORTEST_MS, LONGEST_MS))
        sounds += [sound, _silence(pause)]
        at += pause
    whole = np.concatenate(sounds)
    speech = float(np.sqrt(np.mean(np.square(np.concatenate(list(parts))))))
    room = pink(len(whole), _seed(key, "room"))
    room *= speech * 10 ** (-draw.uniform(35, 50) / 20) / float(np.sqrt(np.mean(np.square(room))))
    return Turn(
        key, language, part, kind, group, call, said, (whole + room).astype(np.float32), tuple(begins), tuple(ends)
    )


def _telephone(sound: Samples) -> Samples:
    """300 to 3400 Hz, 6 % slower and lower: a larger guest on a telephone."""
    slower = soxr.resample(sound, 100, 106)
    spectrum = np.fft.rfft(slower)
    hertz = np.fft.rfftfreq(len(slower), 1 / RATE)
    spectrum[(hertz < 300) | (hertz > 3400)] = 0.0
    return np.fft.irfft(spectrum, len(slower)).astype(np.float32)


def _half(lines: Sequence[str], part: str) -> Sequence[str]:
    return lines[0 if part == "tune" else 1 :: 2]


def _bare(sound: Samples) -> Samples:
    """A recording without the silence before and after it."""
    level = np.abs(sound)
    loud = np.flatnonzero(level > 0.02 * level.max())
    return sound[max(0, loud[0] - RATE // 100) : loud[-1] + RATE // 50]


def _silence(ms: float) -> Samples:
    return np.zeros(int(RATE * ms / 1000), np.float32)


def _seed(*parts: str) -> int:
    return int.from_bytes(hashlib.sha256("/".join(parts).encode()).digest()[:4], "little")


def _names(language: str) -> set[str]:
    return {name for turns in PROMPTS[language].values() for turn in turns for part in turn for name in part}
