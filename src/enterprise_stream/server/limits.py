"""Limits on what one client may send, as values that the clock is handed to."""

MAX_AHEAD_MS = 60_000.0
"""Audio ahead of real time at which a client is closed (protocol.md)."""

MESSAGES_PER_S = 50.0
"""Text messages a second that are answered in the long run; a page sends about five."""

MESSAGES_AT_ONCE = 100.0
"""Text messages that may come at once."""


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


class MessageBudget:
    """A token bucket over text messages."""

    def __init__(self) -> None:
        self._tokens = MESSAGES_AT_ONCE
        self._at: float | None = None

    def take(self, now: float) -> float:
        """Count a message at `now` (ms); returns 0.0 when it is within the limit, else the ms to wait."""
        if self._at is not None:
            self._tokens = min(MESSAGES_AT_ONCE, self._tokens + (now - self._at) * MESSAGES_PER_S / 1000)
        self._at = now
        if self._tokens >= 1.0:
            self._tokens -= 1.0
            return 0.0
        return (1.0 - self._tokens) * 1000 / MESSAGES_PER_S
