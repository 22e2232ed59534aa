"""What goes wrong at ElevenLabs, in codes of ours. The vendor's own words stay out: they may hold what is said."""

import json
from typing import Any

from websockets.exceptions import InvalidStatus

from enterprise_stream.engines.socket_failures import code_of, retry_after_s
from enterprise_stream.errors import VendorError

_MESSAGES = {
    "vendor_auth": "ElevenLabs does not accept the key, or the account may not do this; check ELEVENLABS_API_KEY.",
    "vendor_quota": "The ElevenLabs account has no characters left.",
    "vendor_limited": "ElevenLabs has too many requests of this account; it goes on later.",
    "vendor_down": "ElevenLabs cannot be reached, or broke off.",
    "vendor_timeout": "ElevenLabs did not answer in time.",
    "vendor_garbled": "ElevenLabs answered something that is no part of its protocol.",
    "vendor_bad_request": "ElevenLabs did not accept a request of ours; check ELEVENLABS_VOICE.",
    "model_gone": "ElevenLabs does not have this model any more; check ELEVENLABS_MODEL.",
}

_CODES = {
    "invalid_api_key": "vendor_auth",
    "missing_permissions": "vendor_auth",
    "quota_exceeded": "vendor_quota",
    "too_many_concurrent_requests": "vendor_limited",
    "rate_limit_exceeded": "vendor_limited",
    "system_busy": "vendor_limited",
    "model_not_found": "model_gone",
    "input_timeout_exceeded": "vendor_timeout",
    "internal_server_error": "vendor_down",
}
"""The vendor's names of failures, in a handshake's `detail.status` and a message's `error`."""


def failure(code: str, retry_after: float | None = None) -> VendorError:
    """The error of a code."""
    return VendorError(_MESSAGES[code], code=code, retry_after_s=retry_after)


def failure_of(error: BaseException) -> VendorError:
    """The error for anything in `SOCKET_FAILURES`."""
    if isinstance(error, VendorError):
        return error
    if isinstance(error, InvalidStatus):
        named = _CODES.get(_detail(error.response.body or b""))
        if named is not None and error.response.status_code < 500:
            return failure(named, retry_after_s(error))
    return failure(code_of(error), retry_after_s(error))


def failure_of_message(name: object) -> VendorError:
    """The error for a message that holds one by this name; what is not known blames our request."""
    return failure(_CODES.get(name if isinstance(name, str) else "", "vendor_bad_request"))


def _detail(body: bytes | bytearray) -> str:
    try:
        told: Any = json.loads(body)
        return str(told["detail"]["status"])
    except (ValueError, TypeError, KeyError):
        return ""
