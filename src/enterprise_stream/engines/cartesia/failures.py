"""What goes wrong at Cartesia, in codes of ours. The vendor's own words stay out: they may hold what is said."""

import json
from typing import Any

from websockets.exceptions import InvalidStatus

from enterprise_stream.engines.socket_failures import code_of, code_of_status, retry_after_s
from enterprise_stream.errors import VendorError

_MESSAGES = {
    "vendor_auth": "Cartesia does not accept the key, or the account may not do this; check CARTESIA_API_KEY.",
    "vendor_quota": "The Cartesia account has no credits left.",
    "vendor_limited": "Cartesia has too many requests of this account; it goes on later.",
    "vendor_down": "Cartesia cannot be reached, or broke off.",
    "vendor_timeout": "Cartesia did not answer in time.",
    "vendor_garbled": "Cartesia answered something that is no part of its protocol.",
    "vendor_bad_request": "Cartesia did not accept a request of ours; check CARTESIA_VOICE.",
    "model_gone": "Cartesia does not have this model any more; check CARTESIA_MODEL.",
}

_CODES = {
    "quota_exceeded": "vendor_quota",
    "concurrency_limited": "vendor_limited",
    "model_not_found": "model_gone",
}
"""The vendor's `error_code`s that say more than the status beside them."""


def failure(code: str, retry_after: float | None = None) -> VendorError:
    """The error of a code."""
    return VendorError(_MESSAGES[code], code=code, retry_after_s=retry_after)


def failure_of(error: BaseException) -> VendorError:
    """The error for anything in `SOCKET_FAILURES`."""
    if isinstance(error, VendorError):
        return error
    if isinstance(error, InvalidStatus):
        named = _CODES.get(_error_code(error.response.body or b""))
        if named is not None:
            return failure(named, retry_after_s(error))
    return failure(code_of(error), retry_after_s(error))


def failure_of_event(event: Any) -> VendorError:
    """The error for an event of type `error`."""
    named = _CODES.get(str(getattr(event, "error_code", None)))
    status = getattr(event, "status_code", None)
    return failure(named or code_of_status(status if isinstance(status, int) else 500))


def _error_code(body: bytes | bytearray) -> str:
    try:
        told: Any = json.loads(body)
        return str(told["error_code"])
    except (ValueError, TypeError, KeyError):
        return ""
