"""What `doctor` says of vendors and of their models' ends. Nobody is asked over a network."""

from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from enterprise_stream.cli.doctor import examine
from enterprise_stream.cli.model_ends import announced, look_at_ends
from enterprise_stream.cli.vendors import ask_vendors, look_at_keys
from enterprise_stream.config import Settings

KEY = "sk-canary-0123456789"
TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def settings(**given: Any) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[call-arg]


def test_the_ends_are_dated_and_say_where_they_were_read() -> None:
    assert all(isinstance(end.date, date) and end.source for end in announced())


def test_without_keys_nothing_ends_and_the_keys_are_named() -> None:
    assert list(look_at_ends(settings(), TODAY)) == []
    finding = look_at_keys(settings())
    assert finding.state == "ok"
    assert "hears by whisper" in finding.found
    assert "OPENAI_API_KEY" in finding.advice


def test_the_missing_key_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STT", "deepgram-flux")
    *_, finding = examine()
    assert (finding.subject, finding.state) == ("settings", "missing")
    assert "DEEPGRAM_API_KEY is not set" in finding.found


def test_an_end_is_told_ahead_with_what_takes_over() -> None:
    given = settings(openai_api_key=KEY)
    brain, voice = look_at_ends(given, TODAY)
    assert brain.state == voice.state == "advice"
    assert "gpt-4o-mini is switched off on 2027-01-14, in 54 days" in brain.found
    assert "gpt-6-luna takes over by itself" in brain.advice
    assert "OPENAI_TTS_MODEL" in voice.advice
    brain, voice = look_at_ends(given, date(2027, 2, 1))
    assert (brain.state, voice.state) == ("advice", "missing")
    assert "was switched off" in brain.found


def test_what_the_vendor_tells_goes_first() -> None:
    given = settings(openai_api_key=KEY, openai_model="gpt-9", tts="kokoro")
    (finding,) = look_at_ends(given, TODAY, {"gpt-9": date(2027, 5, 1)})
    assert "2027-05-01" in finding.found


def test_a_server_of_ones_own_has_no_ends() -> None:
    assert list(look_at_ends(settings(openai_base_url="http://127.0.0.1:8080/v1"), TODAY)) == []


def answering(status: int, body: Any = None) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "api.openai.com":
            assert request.headers["authorization"] == f"Bearer {KEY}"
        else:
            assert KEY not in str(request.headers)
        return httpx.Response(status, json=body)

    return httpx.MockTransport(answer)


def refusing(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError(f"no {KEY}")


def test_vendors_are_asked() -> None:
    given = settings(openai_api_key=KEY, deepgram_api_key="d" * 40)
    models = {"data": [{"id": "gpt-4o-mini", "shutdown_date": "2027-01-14"}, {"id": "x", "shutdown_date": None}]}
    asked = ask_vendors(given, answering(200, models))
    assert [(each.subject, each.state) for each in asked.findings] == [("deepgram", "ok"), ("openai", "ok")]
    assert asked.ends == {"gpt-4o-mini": date(2027, 1, 14)}


@pytest.mark.parametrize(
    ("transport", "words"),
    [
        (answering(401), "does not accept the key"),
        (answering(404), "lists no models"),
        (httpx.MockTransport(refusing), "cannot be reached: ConnectError"),
    ],
)
def test_what_is_wrong_is_said_without_the_key(transport: httpx.BaseTransport, words: str) -> None:
    (finding,) = ask_vendors(settings(openai_api_key=KEY, llm="openai"), transport).findings
    assert finding.state == "missing"
    assert words in finding.found
    assert KEY not in finding.found + finding.advice


@pytest.mark.parametrize("body", [None, [], {"data": 3}, {"data": [{"shutdown_date": "2027-01-01"}]}, "x"])
def test_a_list_that_is_none_has_no_ends(body: Any) -> None:
    assert ask_vendors(settings(openai_api_key=KEY, llm="openai"), answering(200, body)).ends == {}
