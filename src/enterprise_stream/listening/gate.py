"""From a voice-activity model's probabilities to the beginnings and pauses of speech, with hysteresis.

Counted in frames of 32 ms, never in wall time, so a recording that arrives at once gives the same facts.
"""

from collections import deque
from dataclasses import dataclass

from enterprise_stream.listening.ports import SAMPLE_RATE, VAD_FRAME

FRAME_MS = VAD_FRAME * 1000 / SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class GateSettings:
    """Thresholds of the gate.

    Attributes:
        suspect_at: probability of one frame from which speech is suspected before it is sure.
        pass_frames: frames in a row below it after which the suspicion has passed.
        speech_at: probability from which a frame counts as speech (Silero's own default).
        silence_at: probability below which a frame counts as silence; between the two it is what it was before.
        open_frames: speech frames among the last `open_window` that open the gate: a click has fewer.
        open_window: frames looked back upon.
        pause_frames: silent frames in a row that make a pause.
        resume_frames: speech frames among the last `resume_window` that end a pause: a click has fewer.
        resume_window: frames looked back upon.
        mark_frames: frames between two reports of a growing pause.
        went_on_frames: frames between two reports of speech that goes on.
    """

    suspect_at: float = 0.3
    pass_frames: int = 6
    speech_at: float = 0.5
    silence_at: float = 0.35
    open_frames: int = 4
    open_window: int = 8
    pause_frames: int = 4
    resume_frames: int = 3
    resume_window: int = 5
    mark_frames: int = 2
    went_on_frames: int = 2


@dataclass(frozen=True, slots=True)
class Suspected:
    """Speech may have begun; `Opened` or `Passed` follows."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What was suspected was no speech."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Speech began."""


@dataclass(frozen=True, slots=True)
class Paused:
    """The voice has been silent for `silence_ms`; a pause grows from the first report on."""

    silence_ms: float
    first: bool


@dataclass(frozen=True, slots=True)
class Resumed:
    """The pause is over."""


@dataclass(frozen=True, slots=True)
class WentOn:
    """The guest has been speaking for `spoken_ms` without a pause."""

    spoken_ms: float


GateFact = Suspected | Passed | Opened | Paused | Resumed | WentOn


@dataclass(frozen=True, slots=True)
class _Shut:
    recent: deque[bool]
    suspected: bool = False
    silent: int = 0


@dataclass(frozen=True, slots=True)
class _Speaking:
    silent: int
    frames: int


@dataclass(frozen=True, slots=True)
class _Pausing:
    silent: int
    recent: deque[bool]


class SpeechGate:
    """One guest's gate: closed until speech is sure, then open until `reset`."""

    def __init__(self, settings: GateSettings | None = None) -> None:
        self._settings = settings or GateSettings()
        self._state: _Shut | _Speaking | _Pausing = _Shut(deque(maxlen=self._settings.open_window))

    def reset(self) -> None:
        """Close it: the utterance is over, whatever follows is another."""
        self._state = _Shut(deque(maxlen=self._settings.open_window))

    @property
    def suspecting(self) -> bool:
        """Whether speech is suspected and not yet sure."""
        return isinstance(self._state, _Shut) and self._state.suspected

    @property
    def pausing(self) -> bool:
        """Whether a pause was reported and is not over."""
        return isinstance(self._state, _Pausing)

    def hear(self, probability: float) -> GateFact | None:
        """Take the next frame's probability of speech; returns what it changes."""
        settings = self._settings
        match self._state:
            case _Shut(recent=recent) as shut:
                recent.append(probability >= settings.speech_at)
                if sum(recent) < settings.open_frames:
                    return self._suspect(shut, probability >= settings.suspect_at)
                self._state = _Speaking(0, settings.open_frames)
                return Opened()
            case _Speaking(silent=silent, frames=frames):
                frames += 1
                silent = 0 if probability >= settings.silence_at else silent + 1
                if silent < settings.pause_frames:
                    self._state = _Speaking(silent, frames)
                    return None if frames % settings.went_on_frames else WentOn(frames * FRAME_MS)
                self._state = _Pausing(silent, deque(maxlen=settings.resume_window))
                return Paused(silent * FRAME_MS, first=True)
            case _Pausing(silent=silent, recent=recent):
                speaks = probability >= settings.speech_at
                recent.append(speaks)
                if sum(recent) >= settings.resume_frames:
                    self._state = _Speaking(0, settings.resume_frames)
                    return Resumed()
                if speaks:  # a click, or the guest goes on: no silence that could end the turn now
                    return None
                silent += 1
                self._state = _Pausing(silent, recent)
                if (silent - settings.pause_frames) % settings.mark_frames:
                    return None
                return Paused(silent * FRAME_MS, first=False)

    def _suspect(self, shut: _Shut, sounds: bool) -> Suspected | Passed | None:
        """What a frame says that does not open the gate."""
        if sounds:
            self._state = _Shut(shut.recent, suspected=True)
            return None if shut.suspected else Suspected()
        if not shut.suspected:
            return None
        passed = shut.silent + 1 >= self._settings.pass_frames
        self._state = _Shut(shut.recent, suspected=not passed, silent=0 if passed else shut.silent + 1)
        return Passed() if passed else None
