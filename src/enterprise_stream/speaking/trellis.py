"""The way through a clause's sounds that fits best what was heard so far: forced alignment with kinds of sounds.

A hidden Markov model (Viterbi, https://en.wikipedia.org/wiki/Viterbi_algorithm): its states are the kinds of the
clause's sounds in order, with a pause that may come after what is said for a stretch. A sound may be passed over,
which mends what spelling tells wrongly, and the way may not stray far from where the voice's pace has it, which mends
what was misheard.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import log, log1p

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.speaking.bands import MOMENT_MS, Levels
from enterprise_stream.speaking.sounds import BREATH, CLOSURE, GLIDE, HISS, LIQUID, NASAL, QUIET, SOFT, VOWEL

LASTS_MS = {VOWEL: 80, GLIDE: 36, NASAL: 60, LIQUID: 49, HISS: 68, BREATH: 58, CLOSURE: 54, SOFT: 48}
"""How long each kind lasts, ms: means over the clauses for tuning of `bench/captions.py`; a voice's pace is beside
them."""

_STEPS = {VOWEL: 4, GLIDE: 2, NASAL: 3, LIQUID: 2, HISS: 3, BREATH: 3, CLOSURE: 3, SOFT: 2}
"""States of a sound: half the moments that it lasts, so that lengths spread by a third to a half of their mean."""

_CLOSED = 0.4
"""Part of a closure that can be heard: its burst."""

_AUDIBLE = -0.6
"""A moment counts as sound when a band is above this, in deviations from the voice's mean."""

_FIT = np.array(
    [
        (-0.07, 0.83, -0.16, 0.67, -0.56, -0.28),  # VOWEL
        (0.48, 0.06, -1.65, 0.80, -0.01, -0.35),  # GLIDE
        (1.81, -1.03, 0.15, 0.09, -1.21, -0.75),  # NASAL
        (0.85, -0.74, 0.78, 0.45, -1.11, -0.35),  # LIQUID
        (-1.42, -0.78, -0.04, -1.08, 3.51, -3.15),  # HISS
        (-1.70, -0.63, 0.72, -1.42, 2.95, -2.45),  # BREATH
        (-1.12, -0.48, 0.19, -0.98, 0.34, -1.19),  # CLOSURE
        (1.71, -1.26, 0.48, -1.63, 0.07, -0.81),  # SOFT
        (-1.60, -0.92, 0.01, 0.25, -1.79, -3.36),  # QUIET
    ]
)
"""How well a moment fits each kind: weights of the five bands in deviations from the voice's mean, and a constant.

Fisher's linear discriminant over the clauses for tuning (Dora, Alex, Heart and Michael of Kokoro's voices), by the
model's own durations.
"""

_TRUST = 1.0
"""How much what is heard counts beside how long sounds last: moments beside one another tell much the same."""

_STRAYS, _STRAYS_MS, _STRAYS_PART, _STRAYS_MOST = 0.1, 100.0, 0.1, 20.0
"""What it costs each moment to be `_STRAYS_MS`, and `_STRAYS_PART` of the sound so far, from where the pace has it."""

_PASSED_OVER = -4.0
"""What it costs to pass over a sound."""

_PAUSE, _NO_PAUSE = {True: -0.7, False: -6.0}, {True: -0.7, False: -0.02}
"""What a pause costs, and none: where punctuation asks for one, and elsewhere."""

_GOES_ON, _ENDS = -0.05, -3.0
"""A pause for another moment, and its end: 200 ms are usual."""

_NEVER = -1e9

_UNLIKELY, _MOST = 40.0, 150
"""Ways that fit so much worse than the best one are given up, and those farther from it in states, to either side."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound of a clause.

    Attributes:
        kind: see `sounds`.
        begins: the written words that begin in it, each by how much of its length later; 1 and more is in those after.
        last: whether what is said for a stretch ends with it.
        asks: whether punctuation asks for a pause after it.
    """

    kind: int
    begins: tuple[float, ...]
    last: bool = False
    asks: bool = False


@dataclass(slots=True)
class _State:
    kind: int
    begun: int
    due_ms: float
    stay: float
    step: float = _NEVER  # from the state before
    jump: float = _NEVER  # from `source`
    source: int = 0


def audible_ms(said: Sequence[Sound]) -> float:
    """How much of a clause can be heard at a pace of 1, ms."""
    return sum(_heard_ms(sound.kind) for sound in said)


def sounding_ms(levels: Levels) -> float:
    """How much of what was heard is sound, ms; `levels` in deviations from the voice's mean."""
    return MOMENT_MS * int(np.count_nonzero(levels.max(axis=1, initial=-9.0) > _AUDIBLE))


def _heard_ms(kind: int) -> float:
    return LASTS_MS[kind] * (_CLOSED if kind == CLOSURE else 1.0)


class Trellis:
    """Follows a clause through its sounds; what a moment costs does not depend on how long the clause is.

    Args:
        said: its sounds, in order; at least one.
        pace: how much longer than `LASTS_MS` the voice's sounds last.
        remembers: moments that `begun` can look back.
    """

    def __init__(self, said: Sequence[Sound], pace: float, remembers: int) -> None:
        states = _states(said, pace)
        self._kinds = np.array([state.kind for state in states])
        self._begun = [state.begun for state in states]
        self._due_ms = np.array([state.due_ms for state in states])
        at = np.arange(len(states))
        self._from = np.stack([at, np.maximum(0, at - 1), np.array([state.source for state in states])])
        self._costs = np.array([[state.stay, state.step, state.jump] for state in states]).T
        self._reach = int((at - self._from[2]).max(where=self._costs[2] > _NEVER, initial=1))
        self._scores = np.full(len(states), _NEVER)
        self._scores[0] = 0.0
        self._low, self._high = 0, 1  # between them is every state that the voice may be in
        self._best = 0
        self._came: deque[tuple[int, list[int]]] = deque(maxlen=remembers)
        self._sounded_ms = 0.0

    @property
    def width(self) -> int:
        """States that the voice may be in now: what the next moment costs."""
        return self._high - self._low

    def hear(self, levels: Levels) -> Iterator[None]:
        """Stops after each moment of `levels`, for a look at `begun`.

        Args:
            levels: in deviations from the voice's mean, shape (moments, bands).
        """
        sounds = levels.max(axis=1, initial=-9.0) > _AUDIBLE
        fits = (levels[:, None] * _FIT[:, :-1]).sum(axis=2) + _FIT[:, -1]  # rounded alike for one moment and for many
        for fit, sound in zip(fits, sounds, strict=True):
            self._sounded_ms += MOMENT_MS if sound else 0.0
            self._move(_TRUST * fit)
            yield

    def begun(self, back: int) -> list[int]:
        """How many words have begun by each moment from `back` before the last one, as it looks now; oldest first."""
        return self._way(self._best, back)

    def ended(self, back: int) -> list[int]:
        """The same when no more comes: all is said, if that can be."""
        last = len(self._begun) - 2 + int(self._scores[-2:].argmax())
        return self._way(last if self._scores[last] > _NEVER else self._best, back)

    def _way(self, state: int, back: int) -> list[int]:
        way = [state]
        for low, came in islice(reversed(self._came), back):
            way.append(came[way[-1] - low])
        return [self._begun[each] for each in reversed(way)]

    def _move(self, fit: NDArray[np.float64]) -> None:
        low, high = self._low, min(len(self._scores), self._high + self._reach)
        sources = self._from[:, low:high]
        ways = self._scores[sources] + self._costs[:, low:high]
        taken = ways.argmax(axis=0)[None]
        self._came.append((low, np.take_along_axis(sources, taken, axis=0)[0].tolist()))
        strays = (self._sounded_ms - self._due_ms[low:high]) / (_STRAYS_MS + _STRAYS_PART * self._sounded_ms)
        scores = np.take_along_axis(ways, taken, axis=0)[0] + fit[self._kinds[low:high]]
        scores -= _STRAYS * np.minimum(strays * strays, _STRAYS_MOST)
        best = int(scores.argmax())
        likely = np.flatnonzero(scores > scores[best] - _UNLIKELY)
        first, last = max(int(likely[0]), best - _MOST), min(int(likely[-1]), best + _MOST)
        self._scores[low:high] = _NEVER
        self._scores[low + first : low + last + 1] = scores[first : last + 1]
        self._low, self._high, self._best = low + first, low + last + 1, low + best


def _states(said: Sequence[Sound], pace: float) -> list[_State]:
    states: list[_State] = []
    due_ms, leave = 0.0, 0.0
    begun = 0
    last = over = -1  # where the sound before this one ends, and the one before that if this one's can be passed over
    for sound in said:
        paused = bool(states) and states[-1].kind == QUIET
        count, heard_ms = _STEPS[sound.kind], pace * _heard_ms(sound.kind)
        begun += len(sound.begins)
        part = count / max(1.1 * count, pace * LASTS_MS[sound.kind] / MOMENT_MS)
        goes_on, stays = log(part), log1p(-part)
        for index in range(count):
            due = due_ms + heard_ms * (index + 0.5) / count
            states.append(_State(sound.kind, begun, due, stays, goes_on))
        first = states[-count]
        first.step = leave if last >= 0 else _NEVER
        if paused:
            first.step, first.jump, first.source = _ENDS, leave, last
        elif over >= 0:
            first.jump, first.source = leave + _PASSED_OVER, over
        own = last >= 0 and not paused and not sound.begins
        over, last, leave, due_ms = (last if own else -1), len(states) - 1, goes_on, due_ms + heard_ms
        if sound.last:
            states.append(_State(QUIET, begun, due_ms, _GOES_ON, goes_on + _PAUSE[sound.asks]))
            leave += _NO_PAUSE[sound.asks]
            over = -1
    return states
