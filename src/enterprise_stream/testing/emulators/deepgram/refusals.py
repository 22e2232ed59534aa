"""Deepgram's refusals: of a request with JSON and headers, of a session with a close code."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from starlette.responses import JSONResponse, Response


class Refused(Exception):  # noqa: N818 (it is the vendor's answer)
    """A request that Deepgram does not take.

    Args:
        status: of HTTP.
        code: `err_code`.
        message: `err_msg`.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message

    def response(self) -> Response:
        """As it goes over the wire; the handshake of a WebSocket has its reason in `dg-error` only."""
        request_id = str(uuid4())
        body = {"err_code": self.code, "err_msg": self.message, "request_id": request_id}
        return JSONResponse(body, self.status, {"dg-error": self.message, "dg-request-id": request_id})


def bad_query(message: str) -> Refused:
    """A parameter that is missing or wrong."""
    return Refused(400, "INVALID_QUERY_PARAMETER", message)


def unsupported_format() -> Refused:
    """An encoding, container and rate that do not go together."""
    return Refused(400, "UNSUPPORTED_AUDIO_FORMAT", "Unsupported audio format. Check encoding, container, sample_rate.")


BY_STATUS: Final[Mapping[int, tuple[str, str]]] = {
    401: ("INVALID_AUTH", "Invalid credentials."),
    402: ("ASR_PAYMENT_REQUIRED", "Project does not have enough credits for an ASR request."),
    403: ("INSUFFICIENT_PERMISSIONS", "Project does not have access to the requested model."),
    429: ("TOO_MANY_REQUESTS", "Too many requests. Please try again later."),
    503: ("SERVICE_UNAVAILABLE", "Service unavailable. Please try again later."),
}


def by_status(status: int) -> Refused:
    """What Deepgram says with a status."""
    return Refused(status, *BY_STATUS[status])


@dataclass(frozen=True, slots=True)
class Closed:
    """How a session ends that the service ends.

    Attributes:
        code: of the close frame.
        reason: its text, which begins with Deepgram's own code.
    """

    code: int
    reason: str


NOT_AUDIO = Closed(1008, "DATA-0000: The payload cannot be decoded as audio.")
INTERNAL = Closed(1011, "NET-0000: The service has not transmitted a Text frame to the client within the timeout.")
IDLE = Closed(1011, "NET-0001: Deepgram did not receive audio data or a text message within the timeout window.")
TOO_OLD = Closed(1011, "NET-0003: The connection has reached its maximum duration.")
NOT_A_COMMAND = Closed(1008, "DATA-0000: The message cannot be parsed.")
TOO_FAST = Closed(1008, "DATA-0001: Too many characters per minute.")
TOO_LONG = Closed(1009, "BIG-0001: The text has more than 2000 characters.")
NO_TEXT = Closed(1003, "MESSAGE-0000: Only text messages are taken.")
