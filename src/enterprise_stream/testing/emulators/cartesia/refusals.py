"""How Cartesia says no: the same object by HTTP and, with a context, as an event of the socket."""

from dataclasses import dataclass
from typing import Any


@dataclass(eq=False)
class Refusal(Exception):  # noqa: N818 (it is an answer)
    """A context, or a handshake, that is refused.

    Attributes:
        status: of HTTP, or as if it were.
        code: for a program.
        title: for a person, short.
        message: for a person.
    """

    status: int
    code: str | None
    title: str
    message: str

    def body(self, request_id: str) -> dict[str, Any]:
        """Of an HTTP response."""
        return {"error_code": self.code, "title": self.title, "message": self.message, "request_id": request_id}

    def event(self, request_id: str, context_id: str | None) -> dict[str, Any]:
        """Of the socket; it ends the context."""
        event = {"type": "error", "done": True, "status_code": self.status} | self.body(request_id)
        return event if context_id is None else event | {"context_id": context_id}


def bad_request(why: str) -> Refusal:
    """A field is missing or cannot be used."""
    return Refusal(400, "invalid_request", "Invalid request", why)


def no_such_model(name: str) -> Refusal:
    """The model does not exist."""
    return Refusal(404, "model_not_found", "Invalid model", f"The model {name} is not valid.")


def no_such_voice(name: str) -> Refusal:
    """The voice does not exist."""
    return Refusal(404, "voice_not_found", "Voice not found", f"The voice {name} does not exist.")


def too_many() -> Refusal:
    """More contexts at once than the plan allows."""
    return Refusal(
        429, "concurrency_limited", "Too many concurrent requests", "You have exceeded your plan's concurrency limit."
    )


def failed() -> Refusal:
    """The vendor's own failure."""
    return Refusal(500, None, "Internal server error", "Something went wrong. Please try again.")


def at_handshake(status: int) -> Refusal:
    """What a handshake is refused with."""
    told = {
        401: Refusal(401, "unauthorized", "Unauthorized", "Invalid API key."),
        402: Refusal(402, "quota_exceeded", "Out of credits", "You have run out of credits."),
        429: too_many(),
    }
    return told.get(status, Refusal(status, None, "Service unavailable", "Please try again later."))
