"""How OpenAI says no: a status, and a body of `message`, `type`, `param` and `code`."""

from dataclasses import dataclass
from typing import Any

Headers = tuple[tuple[str, str], ...]


@dataclass(eq=False)
class Refusal(Exception):  # noqa: N818 (it is an answer)
    """An answer of 4xx or 5xx.

    Attributes:
        status: of the HTTP response.
        message: for a person.
        type: the family, such as `invalid_request_error`.
        param: the request's field that is wrong, if one is.
        code: for a program.
        headers: sent beside the usual ones.
    """

    status: int
    message: str
    type: str = "invalid_request_error"
    param: str | None = None
    code: str | None = None
    headers: Headers = ()

    @property
    def body(self) -> dict[str, Any]:
        """What the response, or the stream's last event, carries."""
        return {"error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code}}


def bad_json() -> Refusal:
    """The body is no JSON object."""
    return Refusal(
        400,
        "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library "
        "correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)",
    )


def missing(param: str) -> Refusal:
    """A required field is not there."""
    return Refusal(400, f"Missing required parameter: '{param}'.", param=param, code="missing_required_parameter")


def unknown(param: str) -> Refusal:
    """A field that this endpoint does not know."""
    return Refusal(400, f"Unrecognized request argument supplied: {param}", param=param, code="unknown_parameter")


def invalid(param: str, why: str, code: str = "invalid_value") -> Refusal:
    """A field's value cannot be used."""
    return Refusal(400, f"Invalid '{param}': {why}", param=param, code=code)


def unsupported(param: str, instead: str = "") -> Refusal:
    """A field that this model does not take."""
    hint = f" Use '{instead}' instead." if instead else ""
    message = f"Unsupported parameter: '{param}' is not supported with this model.{hint}"
    return Refusal(400, message, param=param, code="unsupported_parameter")


def unsupported_value(param: str, why: str) -> Refusal:
    """A value that this model does not take."""
    return Refusal(400, f"Unsupported value: '{param}' {why}", param=param, code="unsupported_value")


def no_such_model(name: str, *, gone: bool = False) -> Refusal:
    """The model never was, or is switched off."""
    fate = "has been deprecated" if gone else "does not exist or you do not have access to it."
    return Refusal(404, f"The model `{name}` {fate}", code="model_not_found")


def no_such_place(method: str, path: str) -> Refusal:
    """Nothing is served there."""
    return Refusal(404, f"Invalid URL ({method} {path})")


def bad_key() -> Refusal:
    """The key is missing or wrong. The vendor repeats a part of the key here; the emulator does not."""
    return Refusal(401, "Incorrect API key provided: sk-***.", code="invalid_api_key")


def no_money() -> Refusal:
    """Nothing is left to spend: asking again does not help."""
    return Refusal(
        429,
        "You exceeded your current quota, please check your plan and billing details.",
        "insufficient_quota",
        code="insufficient_quota",
    )


def too_fast(retry_after_s: float | None) -> Refusal:
    """The rate limit."""
    headers: Headers = ()
    if retry_after_s is not None:
        headers = (("retry-after", f"{retry_after_s:g}"), ("retry-after-ms", f"{retry_after_s * 1000:.0f}"))
    return Refusal(429, "Rate limit reached for requests.", "requests", code="rate_limit_exceeded", headers=headers)


def failed() -> Refusal:
    """The vendor's own failure; in a stream it comes as the last event."""
    return Refusal(
        503, "The server had an error while processing your request. Sorry about that!", "server_error", code=None
    )
