"""A guest of the benchmark: speaks recordings, plays the answers out, and measures what he hears on his own clock.

Times are seconds of the machine's monotonic clock unless a name says otherwise.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from bench.peers.wires import Signal, Wire

from enterprise_stream.testing.simulated.ear import SPEECH_DBFS
from enterprise_stream.testing.simulated.recordings import RATE, Recording, Sound, with_floor

FRAME_MS = 20
ANSWER_RATE = 24_000
GAP_S = 0.7
"""From the end of an answer to the guest's next words."""

DRY_S = 0.25
"""Sound that comes after this much silence belongs to another answer."""

PATIENCE_S = 8.0
"""How long a guest waits for an answer."""

BARGE_AFTER_S = 1.0
"""How far into an answer a guest who interrupts does so."""

REPORT_EVERY_S = 0.2

_FRAME = RATE * FRAME_MS // 1000
_LOUD = 32768 * 10 ** (SPEECH_DBFS / 20)


@dataclass(frozen=True, slots=True)
class Speech:
    """A recording as frames of 20 ms.

    Attributes:
        first: number of the first frame that holds speech, over -45 dBFS.
        last: number of the last one.
    """

    name: str
    frames: tuple[bytes, ...]
    first: int
    last: int


def speech_of(recording: Recording, encode: Callable[[bytes], bytes]) -> Speech:
    """Cut a recording into messages."""
    frames = _frames(recording.samples)
    loud = [number for number, frame in enumerate(frames) if math.sqrt(np.mean(frame.astype(float) ** 2)) >= _LOUD]
    return Speech(recording.name, tuple(encode(frame.tobytes()) for frame in frames), loud[0], loud[-1])


def room(encode: Callable[[bytes], bytes]) -> tuple[bytes, ...]:
    """Five seconds of a quiet room, the noise floor of the recordings, as messages."""
    noise = with_floor(np.zeros(5 * RATE, np.float32), "room")
    return tuple(encode(frame.tobytes()) for frame in _frames(noise))


def _frames(sound: Sound) -> list[Sound]:
    whole = sound[: sound.size // _FRAME * _FRAME].reshape(-1, _FRAME)
    return list(whole)


@dataclass(slots=True)
class Turn:
    """What a guest saw of one turn.

    Attributes:
        speech: name of the recording.
        began: when the first frame of speech was sent.
        ended: when the last one was sent.
        heard: when the answer's first sound came.
        answers: answers that began, those before the guest had finished included.
        cuts: answers that began before the guest had finished.
        over: this turn interrupted an answer.
        stopped: when the system told the client to stop that answer.
        ducked: when it told the client to play it more quietly.
        last_sound: when the last sound of that answer came.
    """

    speech: str
    began: float | None = None
    ended: float | None = None
    heard: float | None = None
    answers: int = 0
    cuts: int = 0
    over: bool = False
    stopped: float | None = None
    ducked: float | None = None
    last_sound: float | None = None

    def facts(self) -> dict[str, str | int | float | bool | None]:
        """For the results file, in ms."""
        return {
            "speech": self.speech,
            "v2v_ms": _ms(self.ended, self.heard),
            "answers": self.answers,
            "cuts": self.cuts,
            "over": self.over,
            "stop_ms": _ms(self.began, self.stopped),
            "duck_ms": _ms(self.began, self.ducked),
        }


def _ms(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None else round((end - start) * 1000, 1)


@dataclass(slots=True)
class _Playback:
    """The guest's loudspeaker."""

    began: float = 0.0
    until: float = 0.0
    reported: float = 0.0

    def add(self, now: float, samples: int) -> bool:
        """More sound; tells whether it is the beginning of an answer."""
        begins = now > self.until + DRY_S
        if begins:
            self.began = self.reported = now
        self.until = max(self.until, now) + samples / ANSWER_RATE
        return begins

    def clear(self) -> None:
        """Drop what has not been played."""
        self.until = 0.0


@dataclass(slots=True)
class Guest:
    """One conversation.

    Args:
        wire: the system's.
        send: sends a message.
        plan: what to say, in order; silence when it ends.
        room: the quiet room's frames.
        starts: when to speak first.
        interrupts: whether to talk into every answer.

    Attributes:
        turns: all that are over.
    """

    wire: Wire
    send: Callable[[bytes | str], None]
    plan: Iterator[Speech]
    room: tuple[bytes, ...]
    starts: float
    interrupts: bool = False
    turns: list[Turn] = field(default_factory=list)
    _speech: Speech | None = None
    _frame: int = 0
    _turn: Turn | None = None
    _playback: _Playback = field(default_factory=_Playback)
    _done: bool = False

    @property
    def done(self) -> bool:
        """Whether the plan is at its end and the last answer was heard."""
        return self._done

    def seen(self) -> list[Turn]:
        """All turns that are over, and the one whose answer is playing."""
        running = [self._turn] if self._turn is not None and self._turn.heard is not None else []
        return [*self.turns, *running]

    def tick(self, now: float) -> None:
        """Send the next 20 ms of the microphone."""
        if self._speech is None:
            self.send(self.room[self._frame % len(self.room)])
            self._frame += 1
        else:
            self._speak(self._speech, now)
        self._report(now)
        if self._speech is None:
            self._decide(now)

    def hear(self, payload: bytes, now: float, *, text: bool) -> None:
        """Take a message of the system."""
        news = self.wire.read(payload, text=text)
        if isinstance(news, Signal):
            self._signalled(news, now)
        elif news is not None:
            self._sounded(news, now)

    def _speak(self, speech: Speech, now: float) -> None:
        self.send(speech.frames[self._frame])
        if self._turn is not None and self._frame == speech.first:
            self._turn.began = now
        if self._turn is not None and self._frame == speech.last:
            self._turn.ended = now
        self._frame += 1
        if self._frame == len(speech.frames):
            self._speech, self._frame = None, 0

    def _report(self, now: float) -> None:
        playback = self._playback
        if playback.began < playback.until and now - playback.reported >= REPORT_EVERY_S and now < playback.until + 0.5:
            message = self.wire.played((min(now, playback.until) - playback.began) * 1000)
            if message is not None:
                self.send(message)
            playback.reported = now if now < playback.until else playback.until + 1.0

    def _decide(self, now: float) -> None:
        turn = self._turn
        if turn is None:
            if now >= self.starts:
                self._begin(over=False)
        elif turn.heard is not None:
            playing = now < self._playback.until
            if self.interrupts and playing and now - self._playback.began >= BARGE_AFTER_S:
                self._finish()
                self._begin(over=True)
            elif now >= self._playback.until + GAP_S:
                self._finish()
                self._begin(over=False)
        elif turn.ended is not None and now - turn.ended > PATIENCE_S:
            self._finish()
            self._begin(over=False)

    def _begin(self, *, over: bool) -> None:
        self._speech, self._frame = next(self.plan, None), 0
        if self._speech is None:
            self._done, self.starts = True, math.inf
            return
        self._turn = Turn(self._speech.name, over=over)

    def _finish(self) -> None:
        if self._turn is not None:
            self.turns.append(self._turn)
        self._turn = None

    def _signalled(self, signal: Signal, now: float) -> None:
        if signal is Signal.STOPPED:
            self._playback.clear()
        turn = self._turn
        if turn is None or not turn.over or turn.began is None:
            return
        if signal is Signal.STOPPED and turn.stopped is None:
            turn.stopped = now
        elif signal is Signal.DUCKED and turn.ducked is None:
            turn.ducked = now

    def _sounded(self, pcm: bytes, now: float) -> None:
        turn = self._turn
        dry = now > self._playback.until + DRY_S
        if dry and not _audible(pcm):
            return
        begins = self._playback.add(now, len(pcm) // 2)
        if turn is None:
            return
        if not begins:
            if turn.over and turn.stopped is None:
                turn.last_sound = now
            return
        turn.answers += 1
        if turn.ended is None:
            turn.cuts += 1
        elif turn.heard is None:
            turn.heard = now


def _audible(pcm: bytes) -> bool:
    samples = np.frombuffer(pcm, "<i2")
    return bool(samples.size) and int(np.abs(samples.astype(np.int32)).max()) > _LOUD
