"""The voice on OpenAI: what it asks for, what goes wrong, what nobody may read."""

import json
import logging
import traceback
from typing import Any

import httpx2
import pytest

from enterprise_stream.engines.openai import OpenAIVoice
from enterprise_stream.errors import VendorError
from enterprise_stream.purchases import Purchase
from enterprise_stream.speaking.ports import Speech

from .vendor import KEY, sent

SECRET = "Juana vive en la calle Mayor 7"


class Service(httpx2.AsyncBaseTransport):
    """Answers each request with the same response, or fails."""

    def __init__(self, answer: httpx2.Response | Exception) -> None:
        self._answer = answer
        self.asked: list[dict[str, Any]] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(json.loads(await request.aread()))
        await sent(request)
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


async def spoken(service: Service, text: str = SECRET, **given: Any) -> tuple[list[Speech], list[Purchase]]:
    bought: list[Purchase] = []
    async with OpenAIVoice(KEY, buy=bought.append, transport=service, **given) as voice:
        return [piece async for piece in voice.speak("ana", text, "es")], bought


def sound(ms: int) -> httpx2.Response:
    return httpx2.Response(200, content=b"\x00\x20" * (24 * ms))


async def test_a_clause_is_one_request_for_plain_sound() -> None:
    service = Service(sound(500))
    _, bought = await spoken(service, "Son 120 €.")
    (body,) = service.asked
    assert (body["input"], body["response_format"]) == ("Son ciento veinte euros.", "pcm")
    assert (body["model"], body["voice"]) == ("gpt-4o-mini-tts", "coral")
    assert set(body) == {"input", "model", "voice", "response_format", "instructions"}
    assert [(each.engine, each.chars, each.audio_ms) for each in bought] == [("openai-speech", 24, 500.0)]


async def test_older_models_take_no_instructions() -> None:
    service = Service(sound(500))
    await spoken(service, model="tts-1")
    assert "instructions" not in service.asked[0]


@pytest.mark.parametrize("text", ["", "…", "😀"])
async def test_what_cannot_be_said_is_not_bought(text: str) -> None:
    service = Service(sound(500))
    assert (await spoken(service, text))[1] == []
    assert service.asked == []


@pytest.mark.parametrize(
    ("answer", "code", "paid"),
    [
        (httpx2.Response(401, json={"error": {"message": SECRET, "code": "invalid_api_key"}}), "vendor_auth", False),
        (httpx2.Response(404, json={"error": {"message": SECRET, "code": "model_not_found"}}), "model_gone", False),
        (httpx2.Response(503, text=SECRET), "vendor_down", False),
        (httpx2.ConnectError(SECRET), "vendor_down", False),
        (httpx2.ReadTimeout(SECRET), "vendor_timeout", True),
        (httpx2.Response(200, content=b""), "vendor_garbled", True),
    ],
)
async def test_failures_have_our_words(
    answer: httpx2.Response | Exception, code: str, paid: bool, caplog: pytest.LogCaptureFixture
) -> None:
    bought: list[Purchase] = []
    with caplog.at_level(logging.DEBUG):
        async with OpenAIVoice(KEY, buy=bought.append, transport=Service(answer)) as voice:
            speaking = voice.speak("ana", SECRET, "es")
            with pytest.raises(VendorError) as caught:
                await anext(speaking)
    shown = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert (caught.value.code, bool(bought)) == (code, paid)
    assert SECRET not in shown
    assert KEY not in shown
