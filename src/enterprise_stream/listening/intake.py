"""One guest's microphone: frames it, judges activity, hands the speech to the recogniser, tells the facts."""

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
    SpeechWentOn,
    UtteranceFull,
)
from enterprise_stream.listening.gate import FRAME_MS, GateFact, GateSettings, Opened, Paused, SpeechGate, WentOn
from enterprise_stream.listening.hush import Hush
from enterprise_stream.listening.ports import VAD_FRAME, Samples, Utterance, VoiceActivity

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


class Intake:
    """From samples to facts. The caller applies each fact before it takes the next.

    Args:
        activity: this guest's own voice-activity stream.
        settings: thresholds of the gate.
    """

    def __init__(self, activity: VoiceActivity, settings: GateSettings | None = None) -> None:
        self._activity = activity
        self._settings = settings or GateSettings()
        self._gate = SpeechGate(self._settings)
        self._hush = Hush()
        # A ring of whole frames and the one that is being filled: a quiet room's sound is written over, never copied.
        self._ring: Samples = np.zeros((_KEPT_FRAMES + 1, VAD_FRAME), np.float32)
        self._row = 0
        self._filled = 0
        self._kept = 0
        self._unasked = 0
        self._recent: deque[Samples] = deque(maxlen=round(TURN_DETECTOR_MS / FRAME_MS))
        self._utterance: Utterance | None = None
        self._frames = 0

    @property
    def listening(self) -> bool:
        """Whether an utterance is open."""
        return self._utterance is not None

    @property
    def utterance_ms(self) -> float:
        """Audio that the open utterance holds."""
        return self._frames * FRAME_MS

    def hear(self, samples: Samples, at: float) -> Iterator[ListeningEvent]:
        """Take microphone audio, shape (n,), and yield the facts in it, all dated `at`."""
        taken = 0
        while taken < samples.size:
            piece = samples[taken : taken + VAD_FRAME - self._filled]
            taken += piece.size
            frame = self._ring[self._row]
            frame[self._filled : self._filled + piece.size] = piece
            self._filled += piece.size
            if self._filled < VAD_FRAME:
                return
            self._filled = 0
            yield from self._whole(frame, at)

    def open(self, utterance: Utterance) -> None:
        """Send the speech to this recogniser from now on, with the pre-roll before it."""
        self._utterance = utterance
        self._recent.clear()
        self._frames = 0
        for back in range(self._kept, 0, -1):
            self._push(utterance, self._ring[self._row - back])
        self._kept = 0

    def close(self) -> None:
        """The utterance is sealed or dropped: what follows is another."""
        self._utterance = None
        self._gate.reset()

    def recent(self) -> Samples:
        """The open utterance's last 8 s, shape (n,)."""
        return np.concatenate(self._recent) if self._recent else np.zeros(0, np.float32)

    def _whole(self, frame: Samples, at: float) -> Iterator[ListeningEvent]:
        """Take the ring's newest frame, which is whole now."""
        event = self._event(self._gate.hear(self._probability(frame)), at)
        self._row = (self._row + 1) % len(self._ring)
        if self._utterance is None:
            self._kept = min(self._kept + 1, _KEPT_FRAMES)
        else:
            self._push(self._utterance, frame)
        if event is not None:
            yield event
        if self._utterance is not None and self.utterance_ms >= LONGEST_UTTERANCE_MS:
            yield UtteranceFull(at)

    def _push(self, utterance: Utterance, frame: Samples) -> None:
        kept = frame.copy()
        utterance.push(kept)
        self._recent.append(kept)
        self._frames += 1

    def _probability(self, frame: Samples) -> float:
        """The frame's probability of speech; while nobody speaks, the model is asked only about what stands out."""
        if self._utterance is not None:
            return self._activity.probability(frame)
        level_db = rms_dbfs(frame)
        if level_db < MUTED_DB:
            return 0.0
        if not self._hush.stands_out(level_db):
            self._unasked = min(self._unasked + 1, WARM_UP_FRAMES)
            self._hush.learn(level_db)
            return 0.0
        for back in range(self._unasked, 0, -1):
            self._activity.probability(self._ring[self._row - back])
        self._unasked = 0
        probability = self._activity.probability(frame)
        if probability < self._settings.silence_at:
            self._hush.learn(level_db)
        return probability

    def _event(self, fact: GateFact | None, at: float) -> ListeningEvent | None:
        match fact:
            case None:
                return None
            case Opened():
                return SpeechStarted(at)
            case Paused(silence_ms=silence_ms, first=True):
                return SpeechPaused(at, silence_ms)
            case Paused(silence_ms=silence_ms):
                return SilenceGrew(at, silence_ms)
            case WentOn(spoken_ms=spoken_ms):
                return SpeechWentOn(at, spoken_ms)
            case _:
                return SpeechResumed(at)
