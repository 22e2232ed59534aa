"""A recogniser that mishears, for the benches with simulated engines."""

import random
from collections.abc import Callable

from enterprise_stream.listening.ports import Transcript
from enterprise_stream.testing.simulated.engines import SimulatedRecogniser, SimulatedUtterance


class Slips:
    """A recogniser whose interim results now and then mishear their last word."""

    def __init__(self, inner: SimulatedRecogniser, share: float, seed: str) -> None:
        self._inner = inner
        self._share = share
        self._chance = random.Random(seed)

    def utterance(self, owner: str, language: str) -> SimulatedUtterance:
        """An utterance of the inner recogniser."""
        utterance = self._inner.utterance(owner, language)
        subscribe = utterance.on_interim

        def on_interim(tell: Callable[[Transcript], None]) -> None:
            subscribe(lambda transcript: tell(self._slip(transcript)))

        utterance.on_interim = on_interim  # type: ignore[method-assign]
        return utterance

    def _slip(self, transcript: Transcript) -> Transcript:
        words = transcript.text.split()
        if not words or self._chance.random() >= self._share:
            return transcript
        words[-1] = words[-1][: max(1, len(words[-1]) // 2)]
        return Transcript(" ".join(words), transcript.language, transcript.language_probability, transcript.audio_ms)
