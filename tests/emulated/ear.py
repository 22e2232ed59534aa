"""An emulator's ear that knows the guests' recordings, whatever encoding they came through; no model is in it.

A stretch of sound is compared with every place of every recording by the shape of its spectrum, which survives codecs
and other rates. What is like none of them is a noise and has no words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.listening.ports import SAMPLE_RATE, Samples
from enterprise_stream.testing.emulators.ears import BLOCK, BLOCK_MS, LOUD, HeardWord

Shape = NDArray[np.float32]
"""Level of each band in dB, block by block: shape (blocks, bands)."""

WINDOW = 3 * BLOCK
EDGES_HZ = (100, 250, 400, 600, 850, 1150, 1550, 2100, 2800, 3600)
"""Bands that a telephone lets through."""

FLOOR_DB = -60.0
GAP_BLOCKS = 15
"""Quiet blocks that part two stretches of sound."""

LEAST_BLOCKS, MOST_BLOCKS = 20, 150
"""Of a stretch, what is compared: its end, at most 1.5 s of it. A shorter one is a click, or too little to tell."""

ALIKE_DB = 6.0
"""Root mean square of the differences up to which two sounds are the same; others differ by 10 and more."""


@dataclass(frozen=True, slots=True)
class Known:
    """A recording and its words."""

    language: str
    shape: Shape
    words: tuple[tuple[str, int], ...]
    """Each word with the block in its middle."""


def known(samples: Samples, text: str, language: str) -> Known:
    """A recording, shape (n,), whose words share its sound by their letters."""
    blocks = _blocks(samples)
    loud = np.flatnonzero(_loud(blocks))
    words, letters = text.split(), [len(word) for word in text.split()]
    ends = np.cumsum([0, *letters]) / sum(letters) * (loud.size - 1)
    middles = [int(loud[round((begin + end) / 2)]) for begin, end in pairwise(ends)]
    return Known(language, _shape(samples), tuple(zip(words, middles, strict=True)))


class KnowingEar:
    """An `Ear` for recordings."""

    def __init__(self, recordings: Iterable[Known]) -> None:
        self._recordings = tuple(recordings)

    def listen(self, language: str) -> "KnowingHearing":
        """Begin a stream."""
        return KnowingHearing(self._recordings, language)


@dataclass(slots=True)
class KnowingHearing:
    """One stream; see `KnowingEar`."""

    recordings: tuple[Known, ...]
    language: str
    completion: float = 0.95
    _sound: Samples = field(default_factory=lambda: np.zeros(0, np.float32))
    _is_loud: list[bool] = field(default_factory=list)
    _before: int = 0
    _compared: tuple[int, tuple[HeardWord, ...]] = (-1, ())

    def hear(self, samples: Samples, loud: bool) -> None:
        """See `Hearing.hear`."""
        self._sound = np.concatenate((self._sound, samples))
        self._is_loud += [loud] * (samples.size // BLOCK)

    async def words(self) -> Sequence[HeardWord]:
        """See `Hearing.words`."""
        blocks = self._last_loud + 1
        if self._compared[0] != blocks:
            shape = _shape(self._sound)
            found = [self._found(shape, *stretch) for stretch in _stretches(self._is_loud)]
            self._compared = blocks, tuple(word for words in found for word in words)
        return self._compared[1]

    async def settle(self) -> Sequence[HeardWord]:
        """See `Hearing.settle`."""
        settled = await self.words()
        self._before += len(self._is_loud)
        self._sound, self._is_loud, self._compared = self._sound[:0], [], (-1, ())
        return settled

    def close(self) -> None:
        """Nothing is held."""

    @property
    def _last_loud(self) -> int:
        return max((at for at, loud in enumerate(self._is_loud) if loud), default=-1)

    def _found(self, shape: Shape, first: int, end: int) -> list[HeardWord]:
        """The words of the blocks from `first` to before `end`."""
        begin = max(first, end - MOST_BLOCKS)
        if end - begin < LEAST_BLOCKS:
            return []
        unlike, place, recording = min(
            ((*_nearest(shape[begin:end], recording.shape), recording) for recording in self.recordings),
            key=lambda candidate: candidate[0],
        )
        if unlike > ALIKE_DB:
            return []
        self.language = recording.language
        offset = place - begin
        edge = GAP_BLOCKS // 2  # a word's middle is known roughly
        heard = [
            (text, middle - offset) for text, middle in recording.words if first - edge <= middle - offset < end + edge
        ]
        at = [(self._before + block) * BLOCK_MS for _, block in heard]
        return [HeardWord(text, ms - BLOCK_MS, ms + BLOCK_MS) for (text, _), ms in zip(heard, at, strict=True)]


def _stretches(loud: Sequence[bool]) -> list[tuple[int, int]]:
    """Where sound begins and ends, in blocks; short silences are inside."""
    at = [block for block, is_loud in enumerate(loud) if is_loud]
    if not at:
        return []
    cuts = [n for n, (one, two) in enumerate(pairwise(at), 1) if two - one > GAP_BLOCKS]
    return [(part[0], part[-1] + 1) for part in (at[a:b] for a, b in pairwise([0, *cuts, len(at)]))]


def _nearest(part: Shape, whole: Shape) -> tuple[float, int]:
    """The place of `whole` that `part` is most like, and how unlike it is, in dB."""
    size = len(part)
    if size > len(whole):
        return float("inf"), 0
    places = np.lib.stride_tricks.sliding_window_view(whole, size, axis=0)
    squares = np.einsum("pbs,pbs->p", places, places) - 2 * np.einsum("pbs,sb->p", places, part)
    squares += float(np.sum(np.square(part)))
    place = int(np.argmin(squares))
    return float(np.sqrt(max(0.0, squares[place]) / part.size)), place


def _shape(samples: Samples) -> Shape:
    blocks = samples.size // BLOCK
    if not blocks:
        return np.zeros((0, len(EDGES_HZ) - 1), np.float32)
    padded = np.concatenate((np.zeros(WINDOW - BLOCK, np.float32), samples[: blocks * BLOCK]))
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::BLOCK] * np.hanning(WINDOW)
    power = np.square(np.abs(np.fft.rfft(windows, axis=1))) / WINDOW**2
    bins = [round(edge * WINDOW / SAMPLE_RATE) for edge in EDGES_HZ]
    bands = np.stack([power[:, a : max(b, a + 1)].sum(axis=1) for a, b in pairwise(bins)], axis=1)
    shape: Shape = np.maximum(10 * np.log10(bands + 1e-12), FLOOR_DB).astype(np.float32)
    return shape


def _blocks(samples: Samples) -> Samples:
    return samples[: samples.size // BLOCK * BLOCK].reshape(-1, BLOCK)


def _loud(blocks: Samples) -> NDArray[np.bool_]:
    loud: NDArray[np.bool_] = np.einsum("ij,ij->i", blocks, blocks) >= LOUD * LOUD * BLOCK
    return loud
