"""What a guest was told over all his connections, and what is wrong with it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from enterprise_stream.speaking.ports import SAMPLE_RATE
from enterprise_stream.testing.scripted_server import answer_to

Message = dict[str, Any]
Wrong = Literal["hole", "twice", "wrong_text", "sound_hole", "sound_twice"]
PER_MS: Final = SAMPLE_RATE // 1000
NOTHING: Final = np.zeros(0, np.int16)


@dataclass(slots=True)
class Turn:
    """One answer, as it came.

    Attributes:
        question: what it answers.
        text: of its chunks, joined.
        ended: how; None while it goes on.
        sound: all of it, in order; each sample once.
        sound_ended: whether all of it is there.
    """

    question: str
    text: str = ""
    ended: Literal["whole", "cut"] | None = None
    sound: npt.NDArray[np.int16] = field(default_factory=lambda: NOTHING)
    sound_ended: bool = False

    @property
    def played_ms(self) -> int:
        """Up to where the guest has the sound."""
        return self.sound.size // PER_MS

    @property
    def over(self) -> bool:
        """Whether nothing more of it is to come."""
        return self.ended == "cut" or (self.ended == "whole" and self.sound_ended)


@dataclass(slots=True)
class History:
    """One session as its guest has it.

    Attributes:
        told: its messages by number.
        turns: its answers by turn.
        wrong: what was found wrong, by kind.
        cases: the same, each with what was there and what came.
        replaying: whether what comes now was told before.
    """

    told: dict[int, Message] = field(default_factory=dict)
    turns: dict[int, Turn] = field(default_factory=dict)
    wrong: Counter[Wrong] = field(default_factory=Counter)
    cases: list[str] = field(default_factory=list)
    last_seq: int = 0
    replaying: bool = False
    _sounding: int | None = None
    _at: int = 0

    def message(self, message: Message) -> None:
        """A message came."""
        seq = message["seq"]
        if seq <= self.last_seq:
            self._found("twice", f"{seq} after {self.last_seq}: {message}")
            return
        if seq != self.last_seq + 1:
            self._found("hole", f"{seq} after {self.last_seq}: {message}")
        self.last_seq = seq
        self.told[seq] = message
        self._follow(message)

    def sound(self, frame: bytes) -> None:
        """A piece of the answer's sound came."""
        if self._sounding is None:
            self._found("sound_twice", f"{len(frame)} bytes of no stream")
            return
        samples = np.frombuffer(frame, "<i2")
        turn = self.turns[self._sounding]
        again = turn.sound[self._at : self._at + samples.size]
        if not np.array_equal(again, samples[: again.size]):
            self._found("sound_twice", f"turn {self._sounding}: other samples at {self._at} than before")
        fresh = samples[again.size :]
        if fresh.size and turn.sound.size and (int(fresh[0]) - int(turn.sound[-1])) % 30_011 != 1:
            self._found("sound_hole", f"turn {self._sounding}: {turn.sound[-1]}, {fresh[0]} at {turn.sound.size}")
        turn.sound = np.concatenate((turn.sound, fresh))
        self._at += samples.size

    def lost(self) -> None:
        """The connection is gone; an open stream ends with it."""
        self._sounding = None

    def asked(self, question: str) -> bool:
        """Whether the server has taken a question."""
        return any(turn.question == question for turn in self.turns.values())

    def answered(self, question: str) -> bool:
        """Whether its answer is over."""
        return any(turn.question == question and turn.over for turn in self.turns.values())

    def tail(self) -> str:
        """The newest messages, but pongs, and where the newest answer is."""
        told = [(seq, message) for seq, message in self.told.items() if message["type"] != "pong"]
        newest = [f"{seq} {message['type']} {message.get('turn', '')}" for seq, message in told[-8:]]
        turn = max(self.turns.items(), default=None)
        return f"{', '.join(newest)}; {turn and (turn[0], turn[1].ended, turn[1].played_ms, turn[1].sound_ended)}"

    def played(self) -> dict[str, int] | None:
        """Where the guest has the sound of the last answer."""
        if not self.turns:
            return None
        number, turn = max(self.turns.items())
        return {"turn": number, "played_ms": turn.played_ms}

    def _found(self, kind: Wrong, what: str) -> None:
        self.wrong[kind] += 1
        self.cases.append(f"{kind}: {what[:300]}")

    def _follow(self, message: Message) -> None:
        kind, number = message["type"], message.get("turn")
        turn = self.turns.get(number) if isinstance(number, int) else None
        if kind == "transcription" and message["final"]:
            self.turns[message["turn"]] = Turn(message["text"])
        elif kind == "audio_start" and not self.replaying:
            self._sounding, self._at = message["turn"], message["start_ms"] * PER_MS
            if self._at > self.turns[message["turn"]].sound.size:
                self._found("sound_hole", f"{message} where {self.turns[message['turn']].played_ms} ms are there")
        elif turn is None:
            return
        elif kind == "response_chunk":
            turn.text += message["text"]
        elif kind == "response_complete":
            turn.ended = "whole"
            expected = "".join(answer_to(turn.question))
            if message["text"] != turn.text or turn.text.strip() != expected.strip():
                self._found("wrong_text", f"{message} after {turn.text!r}")
        elif kind == "audio_end":
            self._sounding = None
            turn.sound_ended = turn.sound_ended or turn.played_ms >= message["duration_ms"] - 1
        elif kind == "interrupted":
            self._sounding = None
            turn.ended = "cut"
            if (
                not "".join(answer_to(turn.question))
                .replace(" ", "")
                .startswith(message["heard_text"].replace(" ", ""))
            ):
                self._found("wrong_text", f"{message} after {turn.text!r}")
