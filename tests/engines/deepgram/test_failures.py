"""What the SDK raises, in codes of ours."""

import json

import httpx
import pytest
from deepgram.core.api_error import ApiError
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosedError, InvalidMessage
from websockets.frames import Close

from enterprise_stream.engines.deepgram.failures import failure_of, failure_of_message
from enterprise_stream.errors import VendorError


class _RefusedError(Exception):
    headers = Headers({"Retry-After": "7", "dg-error": "secret words"})


def _chained(error: Exception, cause: Exception) -> Exception:
    error.__context__ = error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "code", "retryable"),
    [
        (ApiError(status_code=400), "vendor_bad_request", False),
        (ApiError(status_code=401), "vendor_auth", False),
        (ApiError(status_code=402), "vendor_auth", False),
        (ApiError(status_code=403), "vendor_auth", False),
        (ApiError(status_code=408), "vendor_timeout", True),
        (ApiError(status_code=413), "vendor_bad_request", False),
        (ApiError(status_code=429), "vendor_limited", True),
        (ApiError(status_code=500), "vendor_down", True),
        (ApiError(status_code=503), "vendor_down", True),
        (ApiError(), "vendor_down", True),
        (ConnectionRefusedError(), "vendor_down", True),
        (EOFError(), "vendor_down", True),
        (TimeoutError(), "vendor_timeout", True),
        (httpx.ReadTimeout("secret words"), "vendor_timeout", True),
        (httpx.ConnectError("secret words"), "vendor_down", True),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), "vendor_down", True),
        (httpx.RemoteProtocolError("peer closed connection (incomplete chunked read)"), "vendor_down", True),
        (httpx.RemoteProtocolError("illegal chunk header: secret words"), "vendor_garbled", True),
        (json.JSONDecodeError("secret words", "x", 0), "vendor_garbled", True),
        (InvalidMessage("secret words"), "vendor_garbled", True),
        (_chained(InvalidMessage("x"), EOFError()), "vendor_down", True),
        (ConnectionClosedError(Close(1011, "NET-0001"), None), "vendor_down", True),
        (ConnectionClosedError(Close(1008, "DATA-0000"), None), "vendor_bad_request", False),
        (ConnectionClosedError(None, None), "vendor_down", True),
    ],
    ids=repr,
)
def test_each_has_its_code_and_none_of_the_vendor_s_words(error: Exception, code: str, retryable: bool) -> None:
    found = failure_of(error)
    assert (found.code, found.retryable) == (code, retryable)
    assert "secret" not in found.message


def test_when_to_come_again_is_in_the_answer_of_the_handshake() -> None:
    assert failure_of(_chained(ApiError(status_code=429), _RefusedError())).retry_after_s == 7.0
    assert failure_of(ApiError(status_code=429, headers={"retry-after": "2"})).retry_after_s == 2.0
    assert failure_of(ApiError(status_code=429)).retry_after_s is None


def test_an_error_of_ours_stays_what_it_is() -> None:
    error = VendorError("x", code="vendor_limited")
    assert failure_of(error) is error


@pytest.mark.parametrize(
    ("told", "code"),
    [("INTERNAL_SERVER_ERROR", "vendor_down"), (None, "vendor_down"), ("SchemaError", "vendor_bad_request")],
)
def test_messages_of_errors_have_codes(told: object, code: str) -> None:
    assert failure_of_message(told).code == code
