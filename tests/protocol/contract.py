"""'What always holds' of the protocol page, checked over everything that one connection received.

`violations(frames)` is pure: frames in, sentences out. Each sentence names the rule that was broken and the frame
(by its `seq`) that broke it. The client calls it at the end of every conversation, so every test checks all of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .record import STAMP_BYTES, Frame, duration_ms, read_stamp
from .shapes import JsonObject, faults

AHEAD_MS = 30_000.0
AHEAD_SLACK_MS = 600.0  # playback is reported every 200 ms, and crosses the socket
DURATION_SLACK_MS = 50.0
ROUNDING_MS = 1.0
NOT_AFTER_INTERRUPTED = (
    "response_chunk", "caption", "response_complete", "audio_start", "audio_end", "play_voice", "duck", "interrupted",
)  # fmt: skip
ONLY_AFTER_FINAL = ("response_chunk", "response_complete", "audio_start", "caption", "audio_end", "play_voice")
LISTENING = ("speech_started", "speech_stopped")


@dataclass(slots=True)
class Turn:
    """What was seen of one turn so far."""

    listened: list[str] = field(default_factory=list)
    final: str | None = None
    chunks: str = ""
    completed: bool = False
    interrupted: bool = False
    audio_ms: float = 0.0
    captions: list[tuple[float, float]] = field(default_factory=list)


@dataclass(slots=True)
class Voice:
    """The open `audio_start`."""

    turn: int
    stream: int
    encoding: str
    sample_rate: int
    samples: int = 0
    last_seen: bool = False


class Reading:
    """Walks over the frames of one connection and collects what breaks the contract."""

    def __init__(self, *, stamped: bool, first_seq: int, played: Callable[[int, float], float] | None) -> None:
        self.found: list[str] = []
        self.turns: dict[int, Turn] = {}
        self._stamped = stamped
        self._next_seq = first_seq
        self._played = played
        self._voice: Voice | None = None
        self._voice_name: str | None = None
        self._streams: set[int] = set()
        self._highest_turn = 0
        self._seq = 0

    def read(self, frame: Frame) -> None:
        """Takes the next frame."""
        if frame.audio is not None:
            self._binary(frame.audio, frame.at)
        elif frame.message is not None:
            self._text(frame.message)

    def _say(self, what: str) -> None:
        self.found.append(f"seq {self._seq}: {what}")

    def _text(self, message: JsonObject) -> None:
        seq = message.get("seq")
        self._seq = seq if isinstance(seq, int) else self._seq
        if seq != self._next_seq:
            self._say(f"framing: seq is {seq!r}, expected {self._next_seq} ({message.get('type')})")
        self._next_seq = self._seq + 1
        wrong = faults(message)
        for fault in wrong:
            self._say(f"fields: {fault}")
        if wrong:
            return
        kind, number = message["type"], message.get("turn")
        if kind == "ready":
            self._ready(message)
        if isinstance(number, int) and kind != "error":
            self._turn_message(kind, number, message)

    def _ready(self, message: JsonObject) -> None:
        if message["seq"] != 1:
            self._say("opening: ready is not the first message")
        if message["protocol"] != 1:
            self._say(f"opening: protocol is {message['protocol']}")
        self._voice_name = message["persona"]["voice"]

    def _turn_message(self, kind: str, number: int, message: JsonObject) -> None:
        turn = self.turns.get(number)
        if turn is None:
            if number < self._highest_turn:
                self._say(f"framing: turn {number} begins after turn {self._highest_turn}; turns rise")
            self._highest_turn = max(self._highest_turn, number)
            turn = self.turns[number] = Turn()
        if turn.interrupted and kind in NOT_AFTER_INTERRUPTED:
            self._say(f"interrupted: {kind} of turn {number} follows its interrupted")
        if turn.final is None and kind in ONLY_AFTER_FINAL:
            self._say(f"rule 3: {kind} of turn {number} before its final transcription")
        if kind in LISTENING:
            self._listening(kind, number, turn)
        handler = {
            "transcription": self._transcription,
            "response_chunk": self._chunk,
            "response_complete": self._complete,
            "audio_start": self._audio_start,
            "audio_end": self._audio_end,
            "caption": self._caption,
            "interrupted": self._interrupted,
        }.get(kind)
        if handler is not None:
            handler(number, turn, message)

    def _listening(self, kind: str, number: int, turn: Turn) -> None:
        if turn.final is not None:
            self._say(f"rule 3: {kind} of turn {number} after its final transcription")
        if kind == "speech_stopped" and turn.listened[-1:] != ["speech_started"]:
            self._say(f"rule 3: speech_stopped of turn {number} without a speech_started before it")
        turn.listened.append(kind)

    def _transcription(self, number: int, turn: Turn, message: JsonObject) -> None:
        if turn.final is not None:
            what = "a second final" if message["final"] else "an interim"
            self._say(f"rule 2: {what} transcription of turn {number} after its final one")
        elif message["final"]:
            turn.final = message["text"]
            if turn.listened[-1:] == ["speech_started"]:
                self._say(f"rule 3: final transcription of turn {number} without a speech_stopped before it")

    def _chunk(self, number: int, turn: Turn, message: JsonObject) -> None:
        if turn.completed:
            self._say(f"rule 3: response_chunk of turn {number} after its response_complete")
        turn.chunks += message["text"]

    def _complete(self, number: int, turn: Turn, message: JsonObject) -> None:
        if turn.completed:
            self._say(f"rule 2: a second response_complete of turn {number}")
        turn.completed = True
        if turn.chunks != message["text"]:
            self._say(f"chunks of turn {number} joined are {turn.chunks!r}, response_complete.text {message['text']!r}")
        parts = [message["cost"][name] for name in ("stt", "llm", "tts")]
        total = message["cost"]["total"]
        if total is not None and None not in parts and abs(total - sum(parts)) > 1e-6:
            self._say(f"cost of turn {number}: total {total} is not the sum of {parts}")
        for name, value in {**message["latency"], **message["usage"], **message["cost"]}.items():
            if value is not None and value < 0:
                self._say(f"{name} of turn {number} is negative: {value}")

    def _audio_start(self, number: int, turn: Turn, message: JsonObject) -> None:
        if self._voice is not None:
            self._say(f"rule 1: audio_start of turn {number} while turn {self._voice.turn} has the voice")
        if self._voice_name is not None and message["voice"] != self._voice_name:
            self._say(f"rule 1: voice {message['voice']!r} is not persona.voice {self._voice_name!r}")
        if message["stream"] in self._streams or not 0 < message["stream"] <= 0xFFFF:
            self._say(f"audio_start.stream {message['stream']} was used before or is no u16 (0 is the microphone)")
        self._streams.add(message["stream"])
        self._voice = Voice(number, message["stream"], message["encoding"], message["sample_rate"])

    def _audio_end(self, number: int, turn: Turn, message: JsonObject) -> None:
        voice, self._voice = self._voice, None
        if voice is None or voice.turn != number:
            self._say(f"rule 1: audio_end of turn {number} without its audio_start")
            return
        if abs(turn.audio_ms - message["duration_ms"]) > DURATION_SLACK_MS:
            self._say(f"turn {number}: {turn.audio_ms:.0f} ms of audio sent, duration_ms is {message['duration_ms']}")
        if self._stamped and not voice.last_seen:
            self._say(f"framing: the last stamped frame of stream {voice.stream} lacks flag bit 0")
        self._captions_fit(number, turn, float(message["duration_ms"]))

    def _captions_fit(self, number: int, turn: Turn, limit: float) -> None:
        for start, end in turn.captions:
            if end > limit + ROUNDING_MS:
                self._say(f"caption of turn {number} at {start}..{end} ms is outside its {limit:.0f} ms of audio")

    def _caption(self, number: int, turn: Turn, message: JsonObject) -> None:
        start, end = float(message["start_ms"]), float(message["end_ms"])
        if not 0 <= start <= end or (turn.captions and start < turn.captions[-1][0]):
            self._say(f"caption of turn {number} at {start}..{end} ms runs backwards")
        turn.captions.append((start, end))

    def _interrupted(self, number: int, turn: Turn, message: JsonObject) -> None:
        turn.interrupted = True
        if self._voice is not None and self._voice.turn == number:
            self._voice = None
        heard = " ".join(message["heard_text"].split())
        if not " ".join(turn.chunks.split()).startswith(heard):
            self._say(f"interrupted turn {number}: heard_text {heard!r} does not begin its answer {turn.chunks!r}")
        if not -ROUNDING_MS <= message["played_ms"] <= turn.audio_ms + DURATION_SLACK_MS:
            self._say(f"interrupted turn {number}: played_ms {message['played_ms']}, sent {turn.audio_ms:.0f} ms")

    def _binary(self, audio: bytes, at: float) -> None:
        voice = self._voice
        if voice is None:
            self._say(f"rule 1: {len(audio)} bytes of audio outside audio_start..audio_end or interrupted")
            return
        if self._stamped:
            audio = self._unstamp(voice, audio)
        turn = self.turns[voice.turn]
        length = duration_ms(voice.encoding, voice.sample_rate, audio)
        turn.audio_ms += length
        voice.samples += round(length * voice.sample_rate / 1000)
        if self._played is not None:
            ahead = turn.audio_ms - self._played(voice.turn, at)
            if ahead > AHEAD_MS + AHEAD_SLACK_MS:
                self._say(f"turn {voice.turn}: audio is {ahead:.0f} ms ahead of what was played, allowed 30000")

    def _unstamp(self, voice: Voice, frame: bytes) -> bytes:
        if len(frame) < STAMP_BYTES:
            self._say(f"framing: a stamped frame of {len(frame)} bytes")
            return b""
        stamp = read_stamp(frame)
        if stamp.version != 1 or stamp.stream != voice.stream:
            self._say(f"framing: {stamp} in stream {voice.stream}")
        if stamp.position != voice.samples:
            self._say(f"framing: position {stamp.position} after {voice.samples} samples of stream {voice.stream}")
        if voice.last_seen:
            self._say(f"framing: a frame follows the last one of stream {voice.stream}")
        voice.last_seen = stamp.last
        return frame[STAMP_BYTES:]


def violations(
    frames: Sequence[Frame],
    *,
    stamped: bool = False,
    first_seq: int = 1,
    played: Callable[[int, float], float] | None = None,
) -> list[str]:
    """What in these frames breaks the contract; empty when all of it holds.

    Args:
        frames: All that one connection received, in order.
        stamped: Whether `framing: "stamped"` was in force for the audio.
        first_seq: The `seq` that the first text frame must have.
        played: `(turn, seconds) -> ms` of that turn's audio played by then; without it the 30 s bound is not checked.
    """
    reading = Reading(stamped=stamped, first_seq=first_seq, played=played)
    for frame in frames:
        reading.read(frame)
    return reading.found
