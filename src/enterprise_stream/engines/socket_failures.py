"""What goes wrong with a vendor's WebSocket, in codes of ours, for the vendors whose sockets are `websockets`' own."""

from websockets.exceptions import (
    ConnectionClosed,
    InvalidMessage,
    InvalidStatus,
    InvalidUpgrade,
    WebSocketException,
)

SOCKET_FAILURES = (WebSocketException, OSError, EOFError, TimeoutError, ValueError)
"""All that opening, reading and writing such a socket raises."""

_OUR_FAULT = frozenset({1002, 1003, 1007, 1008, 1009})
"""Close codes that blame what we sent."""


def code_of(error: BaseException) -> str:
    """The code of `VendorError` for anything in `SOCKET_FAILURES`."""
    match error:
        case InvalidStatus():
            return code_of_status(error.response.status_code)
        case InvalidMessage():  # what came is no HTTP, or nothing came
            return "vendor_garbled" if isinstance(error.__cause__, ValueError) else "vendor_down"
        case InvalidUpgrade():
            return "vendor_garbled"
        case ConnectionClosed():
            return "vendor_bad_request" if error.rcvd is not None and error.rcvd.code in _OUR_FAULT else "vendor_down"
        case TimeoutError():
            return "vendor_timeout"
        case ValueError():
            return "vendor_garbled"
        case _:
            return "vendor_down"


def code_of_status(status: int) -> str:
    """The code for a status of HTTP, or one that is told as if it were."""
    if status in (401, 402, 403):
        return "vendor_auth"
    if status == 429:
        return "vendor_limited"
    if status == 408:
        return "vendor_timeout"
    return "vendor_bad_request" if 400 <= status < 500 else "vendor_down"


def retry_after_s(error: BaseException) -> float | None:
    """What a refused handshake's `Retry-After` says, in seconds."""
    if not isinstance(error, InvalidStatus):
        return None
    told = error.response.headers.get("Retry-After", "")
    return float(told) if told.isdecimal() else None
