"""What comes from one client, against its limits; each that is passed ends the connection and says what to change."""

from enterprise_stream.server import limits
from enterprise_stream.server.closing import ClosedByUsError
from enterprise_stream.server.limits import AudioBudget, Bucket, Limit
from enterprise_stream.wire.codes import MAX_BINARY_FRAME_BYTES, MAX_TEXT_FRAME_BYTES

_ADVICE = {
    Limit.TEXT_SIZE: "a text frame is at most 64 KiB",
    Limit.FRAME_SIZE: "a binary frame is at most 1 MiB",
    Limit.AUDIO_AHEAD: "the audio is more than 60 s ahead of real time; send it as it is spoken",
    Limit.FRAME_RATE: "too many binary frames; send frames of 20 ms or more",
    Limit.BYTE_RATE: "too many bytes of audio; send it as it is spoken",
    Limit.CONTROL_RATE: "too many pings or pongs; one ping in 20 s keeps a connection open",
    Limit.MESSAGE_RATE: "too many messages for too long; send at most 50 a second",
    Limit.REFUSALS: "too much that cannot be used; read what `error` says and send what `start` has named",
}


class Inflow:
    """One connection's account; every method raises `ClosedByUsError` at its limit."""

    def __init__(self) -> None:
        self._audio = AudioBudget()
        self._messages = Bucket(limits.MESSAGES_PER_S, limits.MESSAGES_AT_ONCE)
        self._text_bytes = Bucket(limits.TEXT_BYTES_PER_S, limits.TEXT_BYTES_AT_ONCE)
        self._dropped = Bucket(limits.DROPPED_PER_S, limits.DROPPED_AT_ONCE)
        self._frames = Bucket(limits.FRAMES_PER_S, limits.FRAMES_AT_ONCE)
        self._bytes = Bucket(limits.BYTES_PER_S, limits.BYTES_AT_ONCE)
        self._refusals = Bucket(limits.REFUSALS_PER_S, limits.REFUSALS_AT_ONCE)

    def text(self, text: str, now: float) -> float:
        """A text frame; returns how long to wait until the next is heeded, in ms: 0.0 heeds this one."""
        size = len(text) if len(text) > MAX_TEXT_FRAME_BYTES else len(text.encode("utf-8", "surrogatepass"))
        if size > MAX_TEXT_FRAME_BYTES:
            raise passed(Limit.TEXT_SIZE)
        return self._heeded(self._messages.take(now) or self._text_bytes.take(now, size), now)

    def history(self, now: float) -> float:
        """A text frame that asks for the history; what it is more than another, as `text`."""
        return self._heeded(self._messages.take(now, limits.HISTORY - 1.0), now)

    def _heeded(self, wait_ms: float, now: float) -> float:
        if wait_ms and self._dropped.take(now):
            raise passed(Limit.MESSAGE_RATE)
        return wait_ms

    def frame(self, size: int, now: float) -> None:
        """A binary frame of so many bytes."""
        if size > MAX_BINARY_FRAME_BYTES:
            raise passed(Limit.FRAME_SIZE)
        if self._frames.take(now):
            raise passed(Limit.FRAME_RATE)
        if self._bytes.take(now, size):
            raise passed(Limit.BYTE_RATE)

    def audio(self, audio_ms: float, now: float) -> None:
        """Sound that came out of frames."""
        if not self._audio.add(audio_ms, now):
            raise passed(Limit.AUDIO_AHEAD)

    def refused(self, code: str, now: float) -> None:
        """Something that could not be used, by the error's code."""
        if self._refusals.take(now, limits.LONG_REFUSAL if code == "audio_too_long" else 1.0):
            raise passed(Limit.REFUSALS)


def passed(limit: Limit) -> ClosedByUsError:
    """The close of a connection that has passed this limit."""
    return ClosedByUsError(limit.close, _ADVICE[limit], limit)
