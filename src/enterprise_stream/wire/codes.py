"""Codes that the wire carries, each with the line that the reference prints for it."""

from enum import IntEnum, StrEnum
from typing import Final

PROTOCOL_VERSION: Final = 1
"""Version of the stream protocol, as `ready.protocol` carries it."""

SUBPROTOCOL = "enterprise-stream.v1"
"""WebSocket subprotocol that the server selects when a client offers it."""

TOKEN_SUBPROTOCOL_PREFIX = "token."  # noqa: S105 - a prefix, not a secret
"""What comes before a session token that travels as a subprotocol."""

MAX_TEXT_FRAME_BYTES = 64 * 1024
"""Longest text frame from a client; a longer one closes the connection with 1009."""

MAX_BINARY_FRAME_BYTES = 1024 * 1024
"""Longest binary frame from a client; a longer one closes the connection with 1009."""


class ErrorCode(StrEnum):
    """Stable codes of `error`; more may be added, none is ever renamed."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> "ErrorCode":
        """Make a member from its wire value and its line of documentation."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    BAD_MESSAGE = "bad_message", "The text frame is not a message of this protocol; it changed nothing."
    BAD_FRAME = "bad_frame", "The binary frame does not have the framing that `start` asked for; it was dropped."
    BAD_AUDIO = "bad_audio", "The audio cannot be decoded in the input format in force; it was dropped."
    UNSUPPORTED_AUDIO = "unsupported_audio", "The encoding or sample rate asked for is not offered; nothing changed."
    AUDIO_TOO_LONG = "audio_too_long", "The guest talked longer than one turn may last; what was heard is answered."
    TEXT_TOO_LONG = "text_too_long", "The typed text is longer than a turn may be; it changed nothing."
    UNSUPPORTED_LANGUAGE = "unsupported_language", "The language is not one that this server speaks; nothing changed."
    RATE_LIMITED = "rate_limited", "Too many messages in a short time; the message was dropped."
    OVERLOADED = "overloaded", "The machine is full; try again in a moment."
    ENGINE_FAILED = "engine_failed", "The recogniser, the brain or the voice failed for this turn; the session goes on."
    NOT_UNDERSTOOD = "not_understood", "Sound was heard, but no words; say it again."
    RESUME_REFUSED = "resume_refused", "The resume token is wrong, used or too old; the new session goes on."
    RESUME_LOST = "resume_lost", "The session to resume is known, but its log is gone; the new session goes on."
    ERASE_FAILED = "erase_failed", "Not all that was kept could be erased; the conversation is forgotten, ask again."
    INTERNAL = "internal", "A fault of the server; it has been logged."


class CloseCode(IntEnum):
    """Codes that the server closes a connection with."""

    meaning: str

    def __new__(cls, value: int, meaning: str) -> "CloseCode":
        """Make a member from its number and its line of documentation."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    NORMAL = 1000, "Normal end."
    GOING_AWAY = 1001, "This node is leaving; reconnect with `resume`."
    POLICY = 1008, "Policy: no or bad token, wrong origin, forbidden, or audio more than 60 s ahead of real time."
    TOO_BIG = 1009, "A text frame above 64 KiB or a binary frame above 1 MiB."
    INTERNAL = 1011, "A fault of the server."
    RESTARTING = 1012, "The server is restarting; reconnect with `resume`."
    TRY_AGAIN_LATER = 1013, "The server is full; try again later."
    IDLE = 4000, "Nothing was heard or typed for too long."
    SESSION_OVER = 4001, "The session's time is over."
    BUDGET_SPENT = 4002, "The session's budget is spent."
    REPLACED = 4003, "Replaced by a connection that resumed the session."


def error_code(code: str) -> ErrorCode:
    """The wire's code for an error's own code; what the wire does not know is `internal`."""
    try:
        return ErrorCode(code)  # type: ignore[call-arg]  # a look-up by value, not the two-argument constructor
    except ValueError:
        return ErrorCode.INTERNAL
