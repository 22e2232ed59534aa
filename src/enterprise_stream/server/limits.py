"""Limits on what one client may send, as values that the clock is handed to, and the names of all limits."""

from enum import StrEnum
from typing import Final

from enterprise_stream.wire.codes import MAX_BINARY_FRAME_BYTES, MAX_TEXT_FRAME_BYTES, CloseCode

MAX_AHEAD_MS: Final = 60_000.0
"""Audio ahead of real time at which a client is closed (protocol.md)."""

MESSAGES_PER_S: Final = 50.0
"""Text messages a second that are answered in the long run; a page sends about five."""

MESSAGES_AT_ONCE: Final = 100.0
"""Text messages that may come at once."""

TEXT_BYTES_PER_S: Final = 20_000.0
"""Bytes of text messages a second that are answered in the long run; a page sends about 500. Echoes are logged."""

TEXT_BYTES_AT_ONCE: Final = 4.0 * MAX_TEXT_FRAME_BYTES
"""The same, at once."""

HISTORY: Final = 10.0
"""What asking for the history counts as: its answer is as long as the conversation, and logged each time."""

DROPPED_PER_S: Final = 10.0
"""Text messages beyond these that are dropped and answered, a second in the long run."""

DROPPED_AT_ONCE: Final = 1_000.0
"""The same, at once: a client that reads what it is told has stopped long before."""

FRAMES_PER_S: Final = 120.0
"""Binary frames a second in the long run; the shortest that the protocol knows, 10 ms, make 100."""

FRAMES_AT_ONCE: Final = 7_000.0
"""Binary frames that may come at once: the minute that may be ahead, in frames of 10 ms, and then some."""

BYTES_PER_S: Final = 400_000.0
"""Bytes of audio a second in the long run; the most that a format needs, stereo WAV of 32 bits at 48 kHz, is 384 kB."""

BYTES_AT_ONCE: Final = 60 * BYTES_PER_S
"""Bytes of audio that may come at once: the same minute."""

CONTROLS_PER_S: Final = 20.0
"""Pings and pongs a second in the long run; browsers send one pong in 20 s, libraries as many pings."""

CONTROLS_AT_ONCE: Final = 100.0
"""Pings and pongs that may come at once."""

REFUSALS_PER_S: Final = 2.0
"""Frames and messages a second that cannot be used, in the long run."""

REFUSALS_AT_ONCE: Final = 100.0
"""The same, at once: a microphone's wrong format is some of them before its client reads what it is told."""

LONG_REFUSAL: Final = 20.0
"""What a frame counts as that holds more sound than it may: its decoding has cost as much as two minutes of speech."""


class Limit(StrEnum):
    """Limits that end a connection; `enterprise_stream_rejected_total` counts them under these names."""

    close: CloseCode
    what: str

    def __new__(cls, value: str, close: CloseCode, what: str) -> "Limit":
        """Make a member from its name, the code that follows, and what the reference says of it."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.close = close
        member.what = what
        return member

    TEXT_SIZE = "text_size", CloseCode.TOO_BIG, f"a text frame of more than {MAX_TEXT_FRAME_BYTES // 1024} KiB"
    FRAME_SIZE = "frame_size", CloseCode.TOO_BIG, f"a binary frame of more than {MAX_BINARY_FRAME_BYTES >> 20} MiB"
    AUDIO_AHEAD = "audio_ahead", CloseCode.POLICY, f"audio {MAX_AHEAD_MS / 1000:.0f} s ahead of real time"
    FRAME_RATE = (
        "frame_rate",
        CloseCode.POLICY,
        f"more than {FRAMES_PER_S:.0f} binary frames a second, after {FRAMES_AT_ONCE:,.0f} at once",
    )
    BYTE_RATE = (
        "byte_rate",
        CloseCode.POLICY,
        f"more than {BYTES_PER_S / 1000:.0f} kB of audio a second, after {BYTES_AT_ONCE / 1e6:.0f} MB at once",
    )
    CONTROL_RATE = (
        "control_rate",
        CloseCode.POLICY,
        f"more than {CONTROLS_PER_S:.0f} pings and pongs a second, after {CONTROLS_AT_ONCE:.0f} at once",
    )
    REFUSALS = (
        "refusals",
        CloseCode.POLICY,
        f"more than {REFUSALS_PER_S:.0f} frames or messages a second that cannot be used, after "
        f"{REFUSALS_AT_ONCE:.0f} at once; a frame of more than two minutes of sound counts as {LONG_REFUSAL:.0f}",
    )
    MESSAGE_RATE = (
        "message_rate",
        CloseCode.POLICY,
        f"more than {DROPPED_PER_S:.0f} text messages a second that were dropped (`rate_limited`), after "
        f"{DROPPED_AT_ONCE:,.0f} at once",
    )
    SLOW_READER = "slow_reader", CloseCode.POLICY, "a client that does not take what it is sent"
    IDLE = "idle", CloseCode.IDLE, "nothing at all from a client for `IDLE_TIMEOUT_S`"
    QUIET = "quiet", CloseCode.IDLE, "a guest who says and types nothing for `QUIET_TIMEOUT_S`, after a goodbye"
    CALL = "call", CloseCode.SESSION_OVER, "a session of more than `MAX_CALL_S`, after a goodbye"
    BUDGET = "budget", CloseCode.BUDGET_SPENT, "a session, a day or a tenant without money left, after a goodbye"


class Bucket:
    """A token bucket: what may come at once, and what in the long run.

    Args:
        per_s: tokens a second.
        at_once: tokens that it holds; it begins full.
    """

    def __init__(self, per_s: float, at_once: float) -> None:
        self._per_s = per_s
        self._most = self._tokens = at_once
        self._at: float | None = None

    def take(self, now: float, amount: float = 1.0) -> float:
        """Take tokens at `now` (ms); returns 0.0 when they were there, else the ms to wait until they are."""
        if self._at is not None:
            self._tokens = min(self._most, self._tokens + (now - self._at) * self._per_s / 1000)
        self._at = now
        if self._tokens >= amount:
            self._tokens -= amount
            return 0.0
        return (amount - self._tokens) * 1000 / self._per_s


class AudioBudget:
    """How far a client's audio is ahead of real time."""

    def __init__(self) -> None:
        self._ahead_ms = 0.0
        self._at: float | None = None

    def add(self, audio_ms: float, now: float) -> bool:
        """Count audio that came at `now` (ms); returns whether the client is still within its limit."""
        if self._at is not None:
            self._ahead_ms = max(0.0, self._ahead_ms - (now - self._at))
        self._at = now
        self._ahead_ms += audio_ms
        # The recording that arrives at once is itself real time; only what is beyond a minute is too much.
        return self._ahead_ms <= MAX_AHEAD_MS
