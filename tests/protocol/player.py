"""A virtual loudspeaker: what a real client would have played by any moment, from the arrival times alone."""

from dataclasses import dataclass, field

from .record import STAMP_BYTES, Frame, duration_ms


@dataclass(slots=True)
class _Playing:
    total_ms: float = 0.0
    ends_at: float = 0.0
    ended: bool = False
    flushed_ms: float | None = None
    timeline: list[tuple[float, float, float]] = field(default_factory=list)
    """`(arrived, ends_at, total_ms)` after each binary frame."""


class Player:
    """Plays what arrives, in order and without gaps of its own, and says how much of a turn was heard."""

    def __init__(self) -> None:
        self.stamped = False
        self._turns: dict[int, _Playing] = {}
        self._format = ("pcm_s16le", 24_000)
        self._open: int | None = None
        self._busy_until = 0.0

    @property
    def turns(self) -> list[int]:
        """Turns that had audio, in order."""
        return list(self._turns)

    def take(self, frame: Frame) -> None:
        """Takes the next frame from the server."""
        if frame.audio is not None:
            self._audio(frame.audio, frame.at)
            return
        message = frame.message or {}
        turn = message.get("turn")
        match message.get("type"):
            case "audio_start":
                self._open = int(message["turn"])
                self._format = (message["encoding"], message["sample_rate"])
                self._turns.setdefault(self._open, _Playing())
            case "audio_end" if turn in self._turns:
                self._turns[turn].ended = True
                self._open = None
            case "interrupted" if turn in self._turns:
                playing = self._turns[turn]
                playing.flushed_ms = self.played_ms(turn, frame.at)
                self._busy_until = frame.at
                self._open = None

    def _audio(self, payload: bytes, at: float) -> None:
        if self._open is None:
            return
        encoding, sample_rate = self._format
        playing = self._turns[self._open]
        length = duration_ms(encoding, sample_rate, payload[STAMP_BYTES:] if self.stamped else payload)
        self._busy_until = max(self._busy_until, at) + length / 1000
        playing.total_ms += length
        playing.ends_at = self._busy_until
        playing.timeline.append((at, playing.ends_at, playing.total_ms))

    def sent_ms(self, turn: int) -> float:
        """How much audio of the turn has arrived."""
        return self._turns[turn].total_ms if turn in self._turns else 0.0

    def played_ms(self, turn: int, now: float) -> float:
        """How much of the turn has been played at `now`, which is not before the last frame's arrival."""
        playing = self._turns.get(turn)
        if playing is None:
            return 0.0
        if playing.flushed_ms is not None:
            return playing.flushed_ms
        return max(0.0, playing.total_ms - max(0.0, playing.ends_at - now) * 1000)

    def played_then(self, turn: int, at: float) -> float:
        """How much of the turn had been played at `at`, an earlier moment."""
        playing = self._turns.get(turn)
        if playing is None:
            return 0.0
        before = [step for step in playing.timeline if step[0] <= at]
        if not before:
            return 0.0
        _, ends_at, total_ms = before[-1]
        return max(0.0, total_ms - max(0.0, ends_at - at) * 1000)

    def finished(self, turn: int, now: float) -> bool:
        """Whether the turn's audio has been played to its end, or was flushed."""
        playing = self._turns[turn]
        return playing.flushed_ms is not None or (playing.ended and now >= playing.ends_at)
