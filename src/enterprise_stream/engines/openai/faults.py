"""What the vendor and its SDK say when something fails, in codes of ours; no word of theirs goes on."""

import math

import httpx2
import openai

from enterprise_stream.errors import VendorError

RAISED = (openai.OpenAIError, httpx2.HTTPError, httpx2.StreamError, TimeoutError, ValueError)
"""All that the SDK raises while it asks and listens. `ValueError`: JSON or text that is none, which it lets through."""

_MESSAGES = {
    "vendor_auth": "OpenAI does not accept the key: check OPENAI_API_KEY.",
    "vendor_quota": "The account at OpenAI has nothing left to spend.",
    "vendor_limited": "OpenAI takes no more requests for now.",
    "vendor_down": "OpenAI failed, or cannot be reached.",
    "vendor_timeout": "OpenAI has said nothing for too long.",
    "vendor_garbled": "What came from OpenAI makes no sense.",
    "vendor_bad_request": "OpenAI refused the request: check OPENAI_BASE_URL and the model's settings.",
    "model_gone": "The model is gone or unknown: set OPENAI_MODEL or OPENAI_TTS_MODEL to another.",
}

_BY_VENDORS_CODE = {
    "insufficient_quota": "vendor_quota",
    "billing_hard_limit_reached": "vendor_quota",
    "rate_limit_exceeded": "vendor_limited",
    "model_not_found": "model_gone",
    "invalid_api_key": "vendor_auth",
    "server_error": "vendor_down",
    "invalid_request_error": "vendor_bad_request",
    "context_length_exceeded": "vendor_bad_request",
    "content_filter": "vendor_bad_request",
}
"""`error.code`, or else `error.type`; they say more than the status, and are all there is in mid-stream."""

_BY_STATUS = {401: "vendor_auth", 402: "vendor_auth", 403: "vendor_auth", 408: "vendor_timeout", 409: "vendor_down"}
_BY_STATUS |= {410: "model_gone", 429: "vendor_limited"}

_NO_MODEL = "NotFoundError"
"""`error.type` with which vLLM says that it does not serve a model."""


def failure(code: str, *, retry_after_s: float | None = None) -> VendorError:
    """The error of a code, with our words for it."""
    return VendorError(_MESSAGES[code], code=code, retry_after_s=retry_after_s)


def told(error: Exception) -> VendorError:
    """What one of `RAISED` comes to."""
    match error:
        case openai.APITimeoutError() | httpx2.TimeoutException() | TimeoutError():
            return failure("vendor_timeout")
        case openai.APIConnectionError() | httpx2.DecodingError():
            return failure("vendor_down")
        case openai.APIStatusError():
            return failure(_code_of_status(error), retry_after_s=_retry_after_s(error.response.headers))
        case openai.APIError():
            return failure(_by_code(error) or "vendor_down")
        case httpx2.HTTPError():
            return failure("vendor_down")
        case _:
            return failure("vendor_garbled")


def is_silence(error: Exception) -> bool:
    """Whether no answer came in time: the vendor may be at work on the request, and bill it.

    What it refuses it does not bill, nor what a lost connection took with it.
    """
    return isinstance(error, TimeoutError) or isinstance(error.__cause__, httpx2.ReadTimeout)


def refused_words(error: openai.APIStatusError) -> str:
    """What a refusal said, in lower case, to look for the names of parameters in; for nothing else."""
    return f"{error.param or ''} {error.message}".casefold()


def _code_of_status(error: openai.APIStatusError) -> str:
    known = _by_code(error)
    if known not in (None, "vendor_bad_request"):
        return str(known)
    if error.status_code == 404 and error.type == _NO_MODEL:
        return "model_gone"
    if error.status_code >= 500:
        return "vendor_down"
    return _BY_STATUS.get(error.status_code, "vendor_bad_request")


def _by_code(error: openai.APIError) -> str | None:
    return _BY_VENDORS_CODE.get(error.code or "") or _BY_VENDORS_CODE.get(error.type or "")


def _retry_after_s(headers: httpx2.Headers) -> float | None:
    for name, per_second in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) / per_second
        except (KeyError, ValueError):  # not said, or said as a date
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    return None
