"""What goes wrong at Deepgram, in codes of ours. The vendor's own words stay out: they may hold what a guest said."""

from typing import Any

import httpx
from deepgram.core.api_error import ApiError
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, WebSocketException

from enterprise_stream.errors import VendorError

FAILURES = (ApiError, WebSocketException, httpx.HTTPError, OSError, EOFError, TimeoutError, ValueError)
"""All that the SDK and the libraries below it raise for a call that failed."""

_OUR_FAULT = frozenset({1003, 1007, 1008, 1009})
"""Close codes: MESSAGE-0000, DATA-0000, DATA-0001 and BIG-0001 come with these."""

_NOT_SERVED = frozenset({400, 403, 404, 405, 426, 501})
"""What servers answer a handshake with that they have nothing for."""

_MESSAGES = {
    "vendor_auth": "Deepgram does not accept the key, or the account may not do this; check DEEPGRAM_API_KEY.",
    "vendor_limited": "Deepgram has too many requests of this account; it goes on later.",
    "vendor_down": "Deepgram cannot be reached, or broke off.",
    "vendor_timeout": "Deepgram did not answer in time.",
    "vendor_garbled": "Deepgram answered something that is no part of its protocol.",
    "vendor_bad_request": "Deepgram did not accept a request of ours; check the model, the language and the voice.",
}

_AUTH = frozenset({401, 402, 403})
_DOWN = frozenset({"INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE", "TIMEOUT"})


class NotServedError(VendorError):
    """A socket was refused in a way that leaves open whether a request would be."""


def failure(code: str, retry_after_s: float | None = None) -> VendorError:
    """The error of a code."""
    return VendorError(_MESSAGES[code], code=code, retry_after_s=retry_after_s)


def failure_of(error: BaseException) -> VendorError:
    """The error for anything in `FAILURES`."""
    match error:
        case VendorError():
            return error
        case ApiError(status_code=int() as status):
            code = _code_of_status(status)
            if status in _NOT_SERVED:
                return NotServedError(_MESSAGES[code], code=code)
            return failure(code, _retry_after_s(error))
        case ConnectionClosed():
            received = error.rcvd
            return failure("vendor_bad_request" if received and received.code in _OUR_FAULT else "vendor_down")
        case InvalidMessage(__cause__=EOFError() | OSError()):
            return failure("vendor_down")
        case InvalidHandshake():
            return failure("vendor_garbled")
        case httpx.RemoteProtocolError() if "disconnected" not in str(error) and "incomplete" not in str(error):
            return failure("vendor_garbled")
        case TimeoutError() | httpx.TimeoutException():
            return failure("vendor_timeout")
        case ValueError():
            return failure("vendor_garbled")
        case _:
            return failure("vendor_down")


def failure_of_message(code: object) -> VendorError:
    """The error for an `Error` message with this code; all that do not blame the server blame us."""
    down = not isinstance(code, str) or code in _DOWN or code.startswith(("INTERNAL", "NET"))
    return failure("vendor_down" if down else "vendor_bad_request")


def _code_of_status(status: int) -> str:
    if status in _AUTH:
        return "vendor_auth"
    if status == 429:
        return "vendor_limited"
    if status == 408:
        return "vendor_timeout"
    return "vendor_bad_request" if 400 <= status < 500 else "vendor_down"


def _retry_after_s(error: ApiError) -> float | None:
    """What `Retry-After` says in seconds. At a handshake only the exception before this one has the headers."""
    headers: Any = getattr(error.__context__, "headers", None) or error.headers or {}
    for name, value in headers.items():
        if name.lower() == "retry-after" and str(value).isdecimal():
            return float(value)
    return None
