"""One guest's microphone: frames it, judges activity, hands the speech to the recogniser, tells the facts."""

import math
from collections import deque
from collections.abc import Iterator

import numpy as np

from enterprise_stream.conversation.events import (
    ListeningEvent,
    SilenceGrew,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    SpeechSuspected,
    SpeechWentOn,
    SuspicionPassed,
    UtteranceFull,
)
from enterprise_stream.listening.gate import (
    FRAME_MS,
    GateFact,
    GateSettings,
    Opened,
    Passed,
    Paused,
    SpeechGate,
    Suspected,
    WentOn,
)
from enterprise_stream.listening.ports import SAMPLE_RATE, VAD_FRAME, Samples, Utterance, VoiceActivity
from enterprise_stream.listening.speech_end import quiet_ms

PRE_ROLL_MS = 480.0
"""Audio before the gate opened that belongs to the utterance: the gate's own delay and a soft first consonant."""

TURN_DETECTOR_MS = 8_000.0
"""What the end-of-turn model looks at."""

LONGEST_UTTERANCE_MS = 120_000.0
"""Longest utterance that is listened to at once; a longer one is answered as it is."""

_QUIET = 3e-4
"""Peak (full scale 1.0, -70 dBFS) below which a frame is silence without asking the model."""


_VOICED = 0.5
"""Probability of speech from which a frame counts in the level of what is said."""


class Intake:
    """From samples to facts. The caller applies each fact before it takes the next.

    Args:
        activity: this guest's own voice-activity stream.
        settings: thresholds of the gate.
    """

    def __init__(self, activity: VoiceActivity, settings: GateSettings | None = None) -> None:
        self._activity = activity
        self._gate = SpeechGate(settings)
        self._rest: Samples = np.zeros(0, np.float32)
        self._pre_roll: deque[Samples] = deque(maxlen=round(PRE_ROLL_MS / FRAME_MS))
        self._recent: deque[Samples] = deque(maxlen=round(TURN_DETECTOR_MS / FRAME_MS))
        self._utterance: Utterance | None = None
        self._frames = 0
        self._power = (0.0, 0)

    @property
    def listening(self) -> bool:
        """Whether an utterance is open."""
        return self._utterance is not None

    @property
    def attentive(self) -> bool:
        """Whether something waits for more audio: an utterance is open, or speech is suspected."""
        return self.listening or self._gate.suspecting

    @property
    def utterance_ms(self) -> float:
        """Audio that the open utterance holds."""
        return self._frames * FRAME_MS

    def hear(self, samples: Samples, at: float) -> Iterator[ListeningEvent]:
        """Take microphone audio, shape (n,), and yield the facts in it, all dated `at`."""
        audio = np.concatenate((self._rest, samples)) if self._rest.size else samples
        whole = audio.size - audio.size % VAD_FRAME
        self._rest = audio[whole:].copy()
        for start in range(0, whole, VAD_FRAME):
            frame = audio[start : start + VAD_FRAME]
            probability = self._probability(frame)
            fact = self._gate.hear(probability)
            self._keep(frame)
            self._measure(frame, probability)
            event = self._event(fact, at, audio.size - start - VAD_FRAME)
            if event is not None:
                yield event
            if self._utterance is not None and self.utterance_ms >= LONGEST_UTTERANCE_MS:
                yield UtteranceFull(at)

    def open(self, utterance: Utterance) -> None:
        """Send the speech to this recogniser from now on, with the pre-roll before it."""
        self._utterance = utterance
        self._recent.clear()
        self._frames = 0
        for frame in self._pre_roll:
            utterance.push(frame)
            self._recent.append(frame)
            self._frames += 1
        self._pre_roll.clear()

    def close(self) -> None:
        """The utterance is sealed or dropped: what follows is another."""
        self._utterance = None
        self._gate.reset()
        self._power = (0.0, 0)

    def recent(self) -> Samples:
        """The open utterance's last 8 s, shape (n,)."""
        return np.concatenate(self._recent) if self._recent else np.zeros(0, np.float32)

    def _probability(self, frame: Samples) -> float:
        if max(float(frame.max()), -float(frame.min())) < _QUIET:
            return 0.0
        return self._activity.probability(frame)

    def _quiet_ms(self, samples_after: int) -> float | None:
        """How long ago the last audible sample came; `samples_after` have come since the last frame that was judged."""
        quiet = quiet_ms(self.recent())
        return None if quiet is None else quiet + samples_after * 1000 / SAMPLE_RATE

    def _keep(self, frame: Samples) -> None:
        if self._utterance is None:
            self._pre_roll.append(frame)
            return
        self._utterance.push(frame)
        self._recent.append(frame)
        self._frames += 1

    def _measure(self, frame: Samples, probability: float) -> None:
        """Add a frame of speech to the power of what is being said."""
        if probability >= _VOICED:
            total, count = self._power
            self._power = (total + float(np.dot(frame, frame)) / frame.size, count + 1)

    def _level_db(self) -> float | None:
        """RMS of the speech since the gate was shut, in dB relative to full scale."""
        total, count = self._power
        return 10.0 * math.log10(total / count) if total > 0.0 else None

    def _event(self, fact: GateFact | None, at: float, samples_after: int) -> ListeningEvent | None:
        match fact:
            case None:
                return None
            case Suspected():
                return SpeechSuspected(at)
            case Passed():
                self._power = (0.0, 0)
                return SuspicionPassed(at)
            case Opened():
                return SpeechStarted(at)
            case Paused(silence_ms=silence_ms, first=True):
                return SpeechPaused(at, silence_ms, self._quiet_ms(samples_after))
            case Paused(silence_ms=silence_ms):
                return SilenceGrew(at, silence_ms)
            case WentOn(spoken_ms=spoken_ms):
                return SpeechWentOn(at, spoken_ms, self._level_db())
            case _:
                return SpeechResumed(at)
