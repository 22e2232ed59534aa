"""Which tokens may follow: the decoder's own rules for text between timestamps. Pure functions on logits.

They are those of the published decoder (Radford et al. 2022, `decoding.py`): no control tokens in the text, timestamps
in pairs around each segment that never go back, and one wherever all of them together are likelier than any word.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.engines.whisper import guards
from enterprise_stream.engines.whisper.weights import Floats

TICK_S = 0.02
"""Seconds from one timestamp to the next."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for one vocabulary.

    Attributes:
        end: the token that ends the text; words have smaller ids, control tokens larger ones.
        first_timestamp: that of 0 s; every later id is 20 ms more.
        never: ids that are not written at all.
        not_first: ids that no text begins with.
        latest_start: timestamps that a text may begin with.
    """

    end: int
    first_timestamp: int
    never: NDArray[np.int64]
    not_first: NDArray[np.int64]
    latest_start: int = 50

    def apply(self, logits: Floats, written: Sequence[int], *, repeats: int = 0, sound_s: float = math.inf) -> None:
        """Forbid, in place, what may not follow `written` (without the prompt); `logits` has the shape (vocabulary,).

        Args:
            logits: of what comes next.
            written: tokens so far.
            repeats: words in a row that may not come again; 0 where they may.
            sound_s: length of the sound; no segment begins after it.
        """
        if self._is_over(written, sound_s):
            logits[: self.end] = logits[self.end + 1 :] = -np.inf
            return
        logits[self.never] = -np.inf
        self._order(logits, written)
        if repeats:
            logits[_repeated(written, repeats)] = -np.inf
        times = logits[self.first_timestamp :]
        if log_total(times) > logits[: self.first_timestamp].max():
            logits[: self.first_timestamp] = -np.inf

    def _is_over(self, written: Sequence[int], sound_s: float) -> bool:
        """Whether a segment was closed that reaches to the sound's end."""
        closed = len(written) > 1 and written[-1] >= self.first_timestamp > written[-2]
        return closed and (written[-1] - self.first_timestamp) * TICK_S >= sound_s - guards.LAST_START_S

    def _order(self, logits: Floats, written: Sequence[int]) -> None:
        """Timestamps in pairs, never back, and one first."""
        if not written:
            logits[self.not_first] = -np.inf
            logits[: self.first_timestamp] = -np.inf
            logits[self.first_timestamp + self.latest_start + 1 :] = -np.inf
            return
        closed = written[-1] >= self.first_timestamp
        if closed and (len(written) == 1 or written[-2] >= self.first_timestamp):
            logits[self.first_timestamp :] = -np.inf
        elif closed:
            logits[: self.end] = -np.inf
        latest = max((token for token in written if token >= self.first_timestamp), default=0)
        if latest:
            logits[self.first_timestamp : latest + (0 if closed else 1)] = -np.inf


def log_probabilities(logits: Floats) -> Floats:
    """Of each token, from logits that rules were applied to; shape (vocabulary,)."""
    return logits - np.float32(log_total(logits))


def log_total(logits: Floats) -> float:
    """What to take from a logit for its log-probability; -inf where nothing may follow."""
    top = float(logits.max())
    return top + float(np.log(np.exp(logits - np.float32(top)).sum())) if top > -np.inf else -np.inf


def likeliest(logits: Floats, count: int) -> list[tuple[int, float]]:
    """So many of the likeliest tokens, the best first, and their log-probabilities; fewer where no more may follow.

    `logits`, shape (vocabulary,), are spent by it: each token that is found is taken out.
    """
    total, found = log_total(logits), list[tuple[int, float]]()
    for _ in range(count):
        token = int(logits.argmax())
        if logits[token] == -np.inf:
            break
        found.append((token, float(logits[token]) - total))
        logits[token] = -np.inf
    return found


def _repeated(written: Sequence[int], size: int) -> list[int]:
    """Tokens that would say again what is written: the last of each run of `size` that begins like the end."""
    start = tuple(written[len(written) - size + 1 :])
    runs = (tuple(written[at : at + size]) for at in range(len(written) - size + 1))
    return [run[-1] for run in runs if run[:-1] == start]
