"""How ElevenLabs says no: at the handshake by HTTP with a `detail`, later by a message and close code 1008."""

from dataclasses import dataclass
from typing import Any

POLICY = 1008
"""The close code of everything that the client is to blame for."""


@dataclass(eq=False)
class Refusal(Exception):  # noqa: N818 (it is an answer)
    """The session is over.

    Attributes:
        message: for a person.
        error: for a program.
        code: the close code.
    """

    message: str
    error: str
    code: int = POLICY

    @property
    def body(self) -> dict[str, Any]:
        """The last message."""
        return {"message": self.message, "error": self.error, "code": self.code}


def bad_message(why: str) -> Refusal:
    """What came is not of the protocol."""
    return Refusal(why, "invalid_message")


def no_such_voice(voice: str) -> Refusal:
    """The voice does not exist."""
    return Refusal(f"A voice with voice_id {voice} does not exist.", "voice_id_does_not_exist")


def no_such_model(model: str) -> Refusal:
    """The model does not exist, or is not to be had on this socket."""
    return Refusal(f"A model with model_id {model} does not exist or is not supported here.", "model_not_found")


def no_such_format(name: str) -> Refusal:
    """The emulator has PCM only."""
    return Refusal(f"This is an emulator: it speaks pcm_16000 to pcm_48000, not {name}.", "invalid_output_format")


def no_text(after_ms: float) -> Refusal:
    """Nothing came for too long."""
    return Refusal(
        f"Have not received a new text input within the timeout of {after_ms / 1000:g} seconds. Streaming input "
        "terminated. Please make sure to either feed the input in the timely manner, or to send the end of input text "
        '(empty string "") when done.',
        "input_timeout_exceeded",
    )


def failed() -> Refusal:
    """The vendor's own failure in mid-session."""
    return Refusal("An internal error occurred. Please try again.", "internal_server_error", 1011)


def at_handshake(status: int) -> tuple[int, dict[str, Any]]:
    """Status and body of a refused handshake; nothing left to spend is told with 401, not 402."""
    told = {
        401: (401, "invalid_api_key", "Invalid API key"),
        402: (401, "quota_exceeded", "This request exceeds your quota."),
        429: (429, "too_many_concurrent_requests", "Too many concurrent requests."),
    }
    code, name, message = told.get(status, (status, "system_busy", "The system is busy. Please try again later."))
    return code, {"detail": {"status": name, "message": message}}
