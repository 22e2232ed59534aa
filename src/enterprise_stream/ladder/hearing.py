"""What was said in an utterance so far, and the engine that hears it."""

from collections import deque
from collections.abc import Callable

import numpy as np

from enterprise_stream.errors import EnterpriseStreamError
from enterprise_stream.ladder.deadlines import CATCH_UP
from enterprise_stream.ladder.rung import Attempt, Ladder, Rung
from enterprise_stream.listening.ports import SAMPLE_RATE, Samples, SpeechToText, Utterance

KEPT_S = 30
"""Seconds of an utterance, its last ones, that the next engine is given: what the recogniser on this machine hears at
once, and 1.9 MB."""


class Hearing:
    """One utterance's sound, and the use of the rung that hears it.

    Attributes:
        attempt: the use; None when no rung is left.
        inner: the rung's utterance.
        catch_up_s: time that it needs for what was said before it came.
        said_ms: all that was pushed.
        takes_over: called with each utterance that comes to hear in the place of another.
    """

    def __init__(self, ladder: Ladder[SpeechToText], owner: str, language: str) -> None:
        self.ladder = ladder
        self.attempt: Attempt[SpeechToText] | None = None
        self.inner: Utterance | None = None
        self.takes_over: Callable[[Utterance], None] = lambda _: None
        self.catch_up_s = 0.0
        self.said_ms = 0.0
        self._owner = owner
        self._language = language
        self._sound: deque[Samples] = deque()
        self._samples = 0
        self._begin(ladder.begin())

    def push(self, samples: Samples) -> None:
        """Keep some sound, and let it be heard."""
        self._sound.append(samples)
        self._samples += samples.size
        self.said_ms += samples.size * 1000 / SAMPLE_RATE
        while self._samples > KEPT_S * SAMPLE_RATE:
            self._samples -= self._sound.popleft().size
        if self.inner is not None:
            self.inner.push(samples)

    def fall(self, error: EnterpriseStreamError) -> None:
        """The engine that hears has failed: let the next one hear."""
        attempt, inner = self.attempt, self.inner
        self.attempt = self.inner = None
        if inner is not None:
            inner.close()
        if attempt is not None:
            attempt.failed(error)
            self._begin(self.ladder.below(attempt.rung))

    def opened(self, rung: Rung[SpeechToText]) -> Utterance:
        """An utterance of a rung that has been given all that was kept."""
        utterance = rung.engine.utterance(self._owner, self._language)
        if self._sound:
            utterance.push(np.concatenate(self._sound))
        return utterance

    def close(self) -> None:
        """Nobody asks any more."""
        if self.inner is not None:
            self.inner.close()
        if self.attempt is not None:
            self.attempt.abandoned()
        self._sound.clear()
        self._samples = 0

    def _begin(self, attempt: Attempt[SpeechToText] | None) -> None:
        while attempt is not None:
            try:
                inner = self.opened(attempt.rung)
            except EnterpriseStreamError as error:
                attempt.failed(error)
                attempt = self.ladder.below(attempt.rung)
            else:
                self.attempt, self.inner = attempt, inner
                self.catch_up_s = CATCH_UP * self._samples / SAMPLE_RATE
                self.takes_over(inner)
                return
