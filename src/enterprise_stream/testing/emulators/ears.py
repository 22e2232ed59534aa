"""What an emulated recogniser hears: words by script, or those that an engine on this machine makes out.

A vendor's emulator cuts a stream into blocks and tells its hearing of each whether it is loud; the hearing knows the
words. `ScriptedEar` gives the n-th stretch of sound the n-th line of its script, whatever it sounds like. `LiveEar`
wraps any `SpeechToText` of ours, so that an emulator understands real speech.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from enterprise_stream.listening.ports import SAMPLE_RATE, Samples, SpeechToText, Utterance

BLOCK = SAMPLE_RATE // 100
"""Samples that are judged at once: 10 ms."""

BLOCK_MS = 10.0

LOUD = 0.01
"""RMS (full scale 1.0, -40 dBFS) from which a block is taken for speech."""

GAP_MS = 200.0
"""Silence after which sound is another stretch, and another line of the script; once a stretch was settled in silence,
any sound is."""

QUIET_MS = 60.0
"""Silence after which a stretch is taken to be over, as long as no more comes of it."""


@dataclass(frozen=True, slots=True)
class HeardWord:
    """A word and where it was heard, in ms of the stream.

    Attributes:
        text: as a person would write it.
        start_ms: of its sound.
        end_ms: of its sound.
        confidence: 0 to 1.
    """

    text: str
    start_ms: float
    end_ms: float
    confidence: float = 0.98


class Hearing(Protocol):
    """One stream that is heard."""

    @property
    def completion(self) -> float:
        """How sure one can be, once all is silent, that the speaker has finished: 0 to 1."""
        ...

    @property
    def language(self) -> str:
        """ISO 639-1 code of the words."""
        ...

    def hear(self, samples: Samples, loud: bool) -> None:
        """Take the stream's next samples, shape (n,), n a multiple of `BLOCK`; all of them are speech, or none."""
        ...

    async def words(self) -> Sequence[HeardWord]:
        """Words that are not settled yet, as far as they are known; a later call may revise them."""
        ...

    async def settle(self) -> Sequence[HeardWord]:
        """The same, for good: what comes later begins anew."""
        ...

    def close(self) -> None:
        """The stream is over; safe to call twice."""
        ...


class Ear(Protocol):
    """Hears any number of streams."""

    def listen(self, language: str) -> Hearing:
        """Begin a stream; `language` (ISO 639-1) is a hint."""
        ...


@dataclass(frozen=True, slots=True)
class Said:
    """One stretch of speech, from a silence to the next.

    Attributes:
        text: what is said.
        language: ISO 639-1 code.
        completion: how sure one can be that nothing follows: low for a thinking pause.
        ms_per_word: when its words become known, while it sounds; all are once it is over.
        confidence: of each word, 0 to 1.
    """

    text: str
    language: str = "es"
    completion: float = 0.95
    ms_per_word: float = 250.0
    confidence: float = 0.98


class ScriptedEar:
    """An `Ear` whose script is used up stretch by stretch, over all its streams; then it hears no words any more."""

    def __init__(self, *script: Said | str) -> None:
        self.script = deque(Said(line) if isinstance(line, str) else line for line in script)

    def say(self, *script: Said | str) -> None:
        """Add to the script."""
        self.script.extend(Said(line) if isinstance(line, str) else line for line in script)

    def listen(self, language: str) -> "ScriptedHearing":
        """Begin a stream."""
        return ScriptedHearing(self.script, language)


class ScriptedHearing:
    """One stream; see `ScriptedEar`."""

    def __init__(self, script: "deque[Said]", language: str) -> None:
        self._script = script
        self._said: Said | None = None
        self._loud_ms: float | None = None
        self._settled = False
        self._now_ms = 0.0
        self._waiting: list[HeardWord] = []
        self._language = language
        self._completion = 0.95

    @property
    def completion(self) -> float:
        """As the script's last line has it."""
        return self._completion

    @property
    def language(self) -> str:
        """As the script's last line has it."""
        return self._language

    def hear(self, samples: Samples, loud: bool) -> None:
        """See `Hearing.hear`."""
        if loud and (self._settled or self._loud_ms is None or self._now_ms - self._loud_ms >= GAP_MS):
            self._settled = False
            self._begin()
        self._now_ms += samples.size * 1000.0 / SAMPLE_RATE
        if loud:
            self._loud_ms = self._now_ms

    def _begin(self) -> None:
        if not self._script:
            return
        said = self._script.popleft()
        self._language, self._completion = said.language, said.completion
        self._waiting += [
            HeardWord(
                word, self._now_ms + n * said.ms_per_word, self._now_ms + (n + 1) * said.ms_per_word, said.confidence
            )
            for n, word in enumerate(said.text.split())
        ]

    def _known(self) -> int:
        """How many of the waiting words are known."""
        if self._loud_ms is None:
            return 0
        if self._now_ms - self._loud_ms >= QUIET_MS:
            return len(self._waiting)
        return sum(word.end_ms <= self._now_ms for word in self._waiting)

    async def words(self) -> Sequence[HeardWord]:
        """See `Hearing.words`."""
        return self._within(self._waiting[: self._known()])

    async def settle(self) -> Sequence[HeardWord]:
        """See `Hearing.settle`."""
        known = self._known()
        settled, self._waiting = self._waiting[:known], self._waiting[known:]
        self._settled = self._loud_ms is not None and self._now_ms - self._loud_ms >= QUIET_MS
        return self._within(settled)

    def _within(self, words: Sequence[HeardWord]) -> Sequence[HeardWord]:
        """The words, none of them later than the sound: a script may be longer than what sounds."""
        last = self._loud_ms or 0.0
        return [
            HeardWord(word.text, min(word.start_ms, last), min(word.end_ms, last), word.confidence) for word in words
        ]

    def close(self) -> None:
        """Nothing is held."""


PRE_ROLL_MS = 300.0
"""Sound from before a stretch that belongs to it: the beginning of its first word."""

LISTEN_EVERY_MS = 400.0
"""Sound between two opinions of a live recogniser; each is a transcription of all that is not settled."""


class LiveEar:
    """An `Ear` that understands speech, by any `SpeechToText` of ours; its words share the time by their letters."""

    def __init__(self, recogniser: SpeechToText) -> None:
        self._recogniser = recogniser

    def listen(self, language: str) -> "LiveHearing":
        """Begin a stream."""
        return LiveHearing(self._recogniser, language)


class LiveHearing:
    """One stream; see `LiveEar`."""

    completion = 0.9

    def __init__(self, recogniser: SpeechToText, language: str) -> None:
        self._recogniser = recogniser
        self._language = language
        self._utterance: Utterance | None = None
        self._before: deque[Samples] = deque(maxlen=int(PRE_ROLL_MS / BLOCK_MS))
        self._now_ms = 0.0
        self._began_ms = 0.0
        self._loud_ms = 0.0
        self._heard_ms = 0.0
        self._words: list[HeardWord] = []

    @property
    def language(self) -> str:
        """What the words are in, once there are any."""
        return self._language

    def hear(self, samples: Samples, loud: bool) -> None:
        """See `Hearing.hear`."""
        if self._utterance is None and loud:
            self._utterance = self._recogniser.utterance(f"emulator-{id(self)}", self._language)
            self._utterance.push(np.concatenate([*self._before, samples]))
            self._began_ms = self._now_ms - len(self._before) * BLOCK_MS
            self._before.clear()
        elif self._utterance is not None:
            self._utterance.push(samples)
        else:
            self._before.extend(samples.reshape(-1, BLOCK))
        self._now_ms += samples.size * 1000.0 / SAMPLE_RATE
        if loud:
            self._loud_ms = self._now_ms

    async def words(self) -> Sequence[HeardWord]:
        """See `Hearing.words`; transcribed anew once enough has been said since, or once it is quiet."""
        if self._utterance is None:
            return []
        quiet = self._now_ms - self._loud_ms >= QUIET_MS
        due = self._loud_ms > self._heard_ms if quiet else self._now_ms - self._heard_ms >= LISTEN_EVERY_MS
        if due:
            self._heard_ms = self._now_ms
            self._take((await self._utterance.partial()).text)
        return self._words

    async def settle(self) -> Sequence[HeardWord]:
        """See `Hearing.settle`."""
        if self._utterance is None:
            return []
        transcript = await self._utterance.final()
        self._language = transcript.language or self._language
        self._take(transcript.text)
        settled, self._words = self._words, []
        self.close()
        return settled

    def _take(self, text: str) -> None:
        letters = max(1, len(text.replace(" ", "")))
        share = max(0.0, self._loud_ms - self._began_ms) / letters
        at, self._words = self._began_ms, []
        for word in text.split():
            self._words.append(HeardWord(word, at, at + len(word) * share))
            at += len(word) * share

    def close(self) -> None:
        """See `Hearing.close`."""
        if self._utterance is not None:
            self._utterance.close()
            self._utterance = None
