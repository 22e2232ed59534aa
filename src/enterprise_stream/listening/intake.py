"""One guest's microphone: frames it, judges activity, hands the speech to the recogniser, tells the facts."""

import math
from collections import deque
from collections.abc import Iterator

import numpy as np

from enterprise_stream.audio.level import rms_dbfs
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
from enterprise_stream.listening.hush import Hush
from enterprise_stream.listening.ports import SAMPLE_RATE, VAD_FRAME, Samples, Utterance, VoiceActivity
from enterprise_stream.listening.speech_end import LOOKED_AT_MS, quiet_ms

PRE_ROLL_MS = 480.0
"""Audio before the gate opened that belongs to the utterance: the gate's own delay and a soft first consonant."""

TURN_DETECTOR_MS = 8_000.0
"""What the end-of-turn model looks at."""

LONGEST_UTTERANCE_MS = 120_000.0
"""Longest utterance that is listened to at once; a longer one is answered as it is."""

MUTED_DB = -80.0
"""Level in dBFS below which a frame is silence without asking, and from which nothing is learnt about the room."""

WARM_UP_FRAMES = 2
"""Frames that the model is shown again when it is asked after a rest, so that its memory is not of another time."""

_KEPT_FRAMES = round(PRE_ROLL_MS / FRAME_MS)

_LOOKED_AT_FRAMES = math.ceil(LOOKED_AT_MS / FRAME_MS)


_FALLEN = 0.01
"""Share of the mean power of what is said (-20 dB) under which the model's voice only rings on."""

_VOICED = 0.5
"""Probability of speech from which a frame counts in the level of what is said."""


class Intake:
    """From samples to facts. The caller applies each fact before it takes the next.

    Args:
        activity: this guest's own voice-activity stream.
        settings: thresholds of the gate.
        hush: what is learnt about the guest's room.
    """

    def __init__(self, activity: VoiceActivity, settings: GateSettings | None = None, hush: Hush | None = None) -> None:
        self._activity = activity
        self._settings = settings or GateSettings()
        self._gate = SpeechGate(self._settings)
        self._hush = hush or Hush()
        # A ring of whole frames and the one that is being filled: a quiet room's sound is written over, never copied.
        self._ring: Samples = np.zeros((_KEPT_FRAMES + 1, VAD_FRAME), np.float32)
        self._row = 0
        self._filled = 0
        self._kept = 0
        self._unasked = 0
        self._recent: deque[Samples] = deque(maxlen=round(TURN_DETECTOR_MS / FRAME_MS))
        self._utterance: Utterance | None = None
        self._frames = 0
        self._voiced_frames = 0
        self._loud_frames = 0
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
    def pausing(self) -> bool:
        """Whether a pause was told that is not over."""
        return self._gate.pausing

    @property
    def utterance_ms(self) -> float:
        """Audio that the open utterance holds."""
        return self._frames * FRAME_MS

    @property
    def voiced_ms(self) -> float:
        """Where in the open utterance the model heard a voice last; it lets it ring on for 60 to 90 ms."""
        return self._voiced_frames * FRAME_MS

    @property
    def loud_ms(self) -> float:
        """Where in the open utterance a voice was heard last that was not far quieter than the others."""
        return self._loud_frames * FRAME_MS

    def hear(self, samples: Samples, at: float) -> Iterator[ListeningEvent]:
        """Take microphone audio, shape (n,), and yield the facts in it, all dated `at`."""
        taken = pushed = 0
        while taken < samples.size:
            piece = samples[taken : taken + VAD_FRAME - self._filled]
            taken += piece.size
            frame = self._ring[self._row]
            frame[self._filled : self._filled + piece.size] = piece
            self._filled += piece.size
            if self._filled == VAD_FRAME:
                self._filled = 0
                for event in self._whole(frame, at, samples.size - taken):
                    self._push(samples[pushed:taken])
                    pushed = taken
                    yield event
        self._push(samples[pushed:])

    def open(self, utterance: Utterance) -> None:
        """Send the speech to this recogniser from now on, with the pre-roll before it."""
        self._utterance = utterance
        self._recent.clear()
        self._frames = 0
        for back in range(self._kept, 0, -1):
            frame = self._ring[self._row - back]
            self._push(frame)
            self._keep(frame)
        self._voiced_frames = self._loud_frames = self._frames
        self._kept = 0

    def close(self) -> None:
        """The utterance is sealed or dropped: what follows is another."""
        self._utterance = None
        self._gate.reset()
        self._power = (0.0, 0)

    def recent(self) -> Samples:
        """The open utterance's last 8 s, shape (n,)."""
        return np.concatenate(self._recent) if self._recent else np.zeros(0, np.float32)

    def _whole(self, frame: Samples, at: float, samples_after: int) -> Iterator[ListeningEvent]:
        """Take the ring's newest frame, which is whole now; so many samples have come after it."""
        probability = self._probability(frame)
        fact = self._gate.hear(probability)
        self._row = (self._row + 1) % len(self._ring)
        if self._utterance is None:
            self._kept = min(self._kept + 1, _KEPT_FRAMES)
        else:
            self._keep(frame)
        self._measure(frame, probability)
        event = self._event(fact, at, samples_after)
        if event is not None:
            yield event
        if self._utterance is not None and self.utterance_ms >= LONGEST_UTTERANCE_MS:
            yield UtteranceFull(at)

    def _push(self, samples: Samples) -> None:
        """Hand sound to the recogniser as it comes: one that waited for whole frames would know words 16 ms later."""
        if self._utterance is not None and samples.size:
            self._utterance.push(samples.copy())

    def _keep(self, frame: Samples) -> None:
        """A whole frame of the open utterance, for those that judge it."""
        self._recent.append(frame.copy())
        self._frames += 1

    def _measure(self, frame: Samples, probability: float) -> None:
        """Add a frame of speech to what is known of its loudness, and mark where the voice is."""
        if probability < self._settings.silence_at:
            return
        power = float(np.dot(frame, frame)) / frame.size
        total, count = self._power
        self._voiced_frames = self._frames
        if power >= _FALLEN * total / max(1, count):
            self._loud_frames = self._frames
        if probability >= _VOICED:
            self._power = (total + power, count + 1)

    def _level_db(self) -> float | None:
        """RMS of the speech since the gate was shut, in dB relative to full scale."""
        total, count = self._power
        return 10.0 * math.log10(total / count) if total > 0.0 else None

    def _probability(self, frame: Samples) -> float:
        """The frame's probability of speech; while nobody speaks, the model is asked only about what stands out."""
        level_db = rms_dbfs(frame)
        if level_db < MUTED_DB:
            return 0.0
        if self.attentive:
            return self._activity.probability(frame)
        if not self._hush.stands_out(level_db):
            self._unasked = min(self._unasked + 1, WARM_UP_FRAMES)
            self._hush.learn(level_db)
            return 0.0
        for back in range(self._unasked, 0, -1):
            self._activity.probability(self._ring[self._row - back])
        self._unasked = 0
        probability = self._activity.probability(frame)
        if probability < self._settings.suspect_at:
            self._hush.learn(level_db)
        return probability

    def _quiet_ms(self, samples_after: int) -> float | None:
        """How long ago the last audible sample came; `samples_after` have come since the last frame that was judged."""
        latest = [*self._recent][-_LOOKED_AT_FRAMES:]
        quiet = quiet_ms(np.concatenate(latest)) if latest else None
        return None if quiet is None else quiet + samples_after * 1000 / SAMPLE_RATE

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
