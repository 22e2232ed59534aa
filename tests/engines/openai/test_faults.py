"""Every way that a vendor's answer goes wrong has a code of ours, and none of its words."""

import logging
import traceback
from typing import Any

import httpx2
import pytest

from enterprise_stream.engines.openai import OpenAIBrain
from enterprise_stream.errors import VendorError
from enterprise_stream.purchases import Purchase
from enterprise_stream.thinking.ports import AnswerText, Question

from .vendor import DONE, KEY, START, STOP, Refuses, Vendor, answered, brain_on, chunk, text

SECRET = "Juana vive en la calle Mayor 7"
ASKED = Question("ana", SECRET, "es", today="2026-11-21")


def refusal(status: int, code: str | None = None, **headers: str) -> Refuses:
    told = {"message": f"No: {SECRET} {KEY}", "type": "x", "param": None, "code": code}
    return Refuses(status, told, {name.replace("_", "-"): value for name, value in headers.items()})


BEFORE: list[tuple[Any, str]] = [
    (refusal(401, "invalid_api_key"), "vendor_auth"),
    (refusal(402), "vendor_auth"),
    (refusal(403), "vendor_auth"),
    (refusal(429, "insufficient_quota"), "vendor_quota"),
    (refusal(429, "rate_limit_exceeded"), "vendor_limited"),
    (refusal(429), "vendor_limited"),
    (refusal(400, "context_length_exceeded"), "vendor_bad_request"),
    (refusal(404), "vendor_bad_request"),
    (refusal(307), "vendor_bad_request"),
    (refusal(408), "vendor_timeout"),
    (refusal(500, "server_error"), "vendor_down"),
    (refusal(503), "vendor_down"),
    (Refuses(502), "vendor_down"),
    (httpx2.ConnectError(SECRET), "vendor_down"),
    (httpx2.ConnectTimeout(SECRET), "vendor_timeout"),
    (httpx2.ReadTimeout(SECRET), "vendor_timeout"),
    (httpx2.RemoteProtocolError(SECRET), "vendor_down"),
]
ERROR: dict[str, Any] = {"error": {"message": SECRET, "type": "server_error", "code": None}}
WITHIN: list[tuple[Any, str]] = [
    ((httpx2.ReadError(SECRET),), "vendor_down"),
    ((httpx2.ReadTimeout(SECRET),), "vendor_timeout"),
    ((httpx2.RemoteProtocolError(SECRET),), "vendor_down"),
    ((b'data: {"cho\n\n',), "vendor_garbled"),
    ((b"data: \xff\xfe{}\n\n",), "vendor_garbled"),
    ((b'data: {"choices": "abc"}\n\n',), "vendor_garbled"),
    ((b'data: {"choices": [{"delta": {"content": 7}}]}\n\n',), "vendor_garbled"),
    ((b'data: "abc"\n\n',), "vendor_garbled"),
    ((chunk(None, **ERROR),), "vendor_down"),
    ((chunk(None, error={"message": SECRET, "code": "rate_limit_exceeded"}),), "vendor_limited"),
    ((chunk({}, "content_filter"), DONE), "vendor_bad_request"),
]


async def failing(vendor: Vendor) -> tuple[str, VendorError, list[Purchase], str]:
    """What came before the failure, the failure, what was bought, and the failure as a log would show it."""
    bought: list[Purchase] = []
    told: list[str] = []

    async def listen(brain: OpenAIBrain) -> None:
        async for piece in brain.answer(ASKED):
            assert isinstance(piece, AnswerText)
            told.append(piece.text)

    async with brain_on(vendor, bought) as brain:
        with pytest.raises(VendorError) as caught:
            await listen(brain)
    return "".join(told), caught.value, bought, "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(("script", "code"), BEFORE)
async def test_before_an_answer(script: Any, code: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        told, error, bought, shown = await failing(Vendor(script))
    assert (told, error.code) == ("", code)
    assert bool(bought) == isinstance(script, httpx2.ReadTimeout)
    assert SECRET not in shown + caplog.text
    assert KEY not in shown + caplog.text


@pytest.mark.parametrize(("pieces", "code"), WITHIN)
@pytest.mark.parametrize("begun", [(), (START, text("El ático "))])
async def test_within_an_answer(
    pieces: tuple[Any, ...], code: str, begun: tuple[bytes, ...], caplog: pytest.LogCaptureFixture
) -> None:
    vendor = Vendor((*begun, *pieces))
    with caplog.at_level(logging.DEBUG):
        told, error, bought, shown = await failing(vendor)
    assert (told, error.code) == ("El ático " if begun else "", code)
    assert (bought[0].output_tokens > 0) == bool(begun)
    assert len(bought) == vendor.closed == 1
    assert SECRET not in shown + caplog.text


@pytest.mark.parametrize(
    ("pieces", "code"),
    [
        ((), "vendor_garbled"),
        ((b"<html>\n\n",), "vendor_garbled"),
        ((START, DONE), "vendor_garbled"),
        ((START, STOP, DONE), "vendor_garbled"),
        ((START, chunk({}, "length"), DONE), "vendor_bad_request"),
        ((START, text("El ático ")), "vendor_down"),
    ],
)
async def test_an_end_that_is_none(pieces: tuple[bytes, ...], code: str) -> None:
    _, error, bought, _ = await failing(Vendor(pieces))
    assert error.code == code
    assert len(bought) == 1


async def test_an_answer_that_is_too_long_ends_where_it_was_cut() -> None:
    async with brain_on(Vendor((START, text("El ático cuesta"), chunk({}, "length"), DONE))) as brain:
        assert (await answered(brain, ASKED))[0] == "El ático cuesta"


@pytest.mark.parametrize("lost", [httpx2.ReadError("x"), b"data: {\n\n", chunk(None, **ERROR)])
async def test_what_befalls_a_whole_answer_does_not_matter(lost: Any) -> None:
    async with brain_on(Vendor((START, text("Sí."), STOP, lost))) as brain:
        assert (await answered(brain, ASKED))[0] == "Sí."


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after_ms": "250", "retry_after": "9"}, 0.25),
        ({"retry_after": "2"}, 2.0),
        ({"retry_after": "Fri"}, None),
    ],
)
async def test_when_to_ask_again(headers: dict[str, str], seconds: float | None) -> None:
    _, error, _, _ = await failing(Vendor(refusal(429, **headers)))
    assert error.retry_after_s == seconds
    assert error.retryable
