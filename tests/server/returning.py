"""A guest whose connection is cut and who comes back, and an account of all that he got."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from enterprise_stream.speaking.ports import SAMPLE_RATE, Speech, Word
from enterprise_stream.testing import ScriptedVoice

from .house import Client, House, Message, client, pcm

PER_MS = SAMPLE_RATE // 1000
RAMP = 30_011
CHAR_MS = 20
PIECE = 150 * PER_MS


class RampVoice(ScriptedVoice):
    """A voice whose n-th sample of all is n modulo a prime, so that a lost or repeated piece is seen.

    Attributes:
        said: samples made so far.
    """

    def __init__(self) -> None:
        super().__init__()
        self.said = 0

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        """Says a clause; its words share its time by their letters."""
        size = len(text) * CHAR_MS * PER_MS
        words, at = [], 0
        for word in text.split():
            words.append(Word(word, at * CHAR_MS, (at + len(word)) * CHAR_MS))
            at += len(word) + 1
        for start in range(0, size, PIECE):
            count = min(PIECE, size - start)
            samples = ((self.said + np.arange(count)) % RAMP).astype(np.int16)
            self.said += count
            begin, end = start / PER_MS, (start + count) / PER_MS
            yield Speech(samples, tuple(word for word in words if begin <= word.start_ms < end))


@dataclass
class Account:
    """What a guest got over all his connections.

    Attributes:
        told: the session's messages by `seq`.
        order: their numbers as they came.
        sound: per turn, the samples that a player would play.
    """

    told: dict[int, Message] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    sound: dict[int, "np.ndarray[Any, np.dtype[np.int16]]"] = field(default_factory=dict)

    @property
    def last_seq(self) -> int:
        """The last message's number."""
        return self.order[-1] if self.order else 0

    def take(self, visitor: Client, *, resumed: bool) -> None:
        """Adds what came over one connection; of a resumed one, from its `started` or the replay before it on."""
        frames = visitor.frames
        turn: int | None = None
        at = 0
        history = resumed
        if resumed:
            frames = frames[1:]  # a `ready` of a session that is discarded
        for frame in frames:
            if isinstance(frame, bytes):
                assert turn is not None, "sound that belongs to no stream"
                at = self._play(turn, at, pcm(frame))
                continue
            seq = frame["seq"]
            assert seq not in self.told, f"seq {seq} came twice"
            assert seq == self.last_seq + 1, f"seq {seq} after {self.last_seq}"
            self.told[seq] = frame
            self.order.append(seq)
            match frame["type"]:
                case "started" if frame["resume_token"]:
                    history = False
                case "audio_start" if not history:
                    turn, at = frame["turn"], frame["start_ms"] * PER_MS
                    known = self.sound.setdefault(turn, np.zeros(0, np.int16))
                    assert at <= known.size, "a hole in the sound"
                case "audio_end" | "interrupted":
                    turn = None

    def _play(self, turn: int, at: int, samples: "np.ndarray[Any, np.dtype[np.int16]]") -> int:
        known = self.sound[turn]
        again = known[at : at + samples.size]
        assert np.array_equal(again, samples[: again.size]), "what is said again is not what was said"
        self.sound[turn] = np.concatenate((known, samples[again.size :]))
        return at + samples.size

    def seen(self, kind: str) -> list[Message]:
        """The messages of a type, in order."""
        return [self.told[seq] for seq in self.order if self.told[seq]["type"] == kind]

    def played(self, turn: int) -> dict[str, int]:
        """Where the client has the turn's sound, in whole ms."""
        return {"turn": turn, "played_ms": self.sound.get(turn, np.zeros(0)).size // PER_MS}


@dataclass
class Comeback:
    """What it takes to come back to a session."""

    session_id: str
    token: str

    def fields(self, last_seq: int, **more: Any) -> dict[str, Any]:
        """`start.resume`."""
        return {"session_id": self.session_id, "resume_token": self.token, "last_seq": last_seq, **more}


def comeback(visitor: Client) -> Comeback:
    """How to come back to the session that a first connection has."""
    ready = visitor.seen("ready")[0]
    return Comeback(ready["session_id"], ready["resume_token"])


def last_seq(visitor: Client) -> int:
    """Number of the last message that came."""
    return int(visitor.messages[-1]["seq"])


def cut(visitor: Client) -> None:
    """The network is gone, without a word."""
    visitor.connection.transport.abort()


@contextlib.asynccontextmanager
async def back(
    place: House,
    how: Comeback,
    after: int,
    *,
    origin: str | None = None,
    subprotocols: Sequence[str] = (),
    **more: Any,
) -> AsyncIterator[Client]:
    """A connection that has resumed the session; `how` knows the next token afterwards."""
    async with client(place, origin=origin, subprotocols=subprotocols) as visitor:
        await visitor.send("start", resume=how.fields(after, **more))
        await visitor.wait("started")
        while not (token := next_token(visitor)):
            await visitor.wait("started", len(visitor.seen("started")) + 1)
        assert not visitor.seen("error")
        how.token = token
        yield visitor


def next_token(visitor: Client) -> str:
    """What came with the `started` that ends a replay; one that is replayed itself has none."""
    return "".join(message["resume_token"] or "" for message in visitor.seen("started"))
