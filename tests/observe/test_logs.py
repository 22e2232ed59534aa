"""Logs: one format for everything, no secrets, no guests' words outside development."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from tests.own_logging import own_logging

from enterprise_stream.conversation.state import Marks
from enterprise_stream.conversation.timeline import STAGES, timeline
from enterprise_stream.observe.logs import SessionLog, configure_logs, get_log, short_id, words
from enterprise_stream.observe.redaction import HIDDEN, redact, redact_text
from enterprise_stream.observe.slowness import EMBEDDED

KEY = "sk-" + "aB3" * 8
DEEPGRAM = "0123456789abcdef" * 2 + "01234567"
QUESTION = "¿Se admiten mascotas?"
TIMELINE = timeline(
    Marks(
        speech_ended=0, endpoint=250, transcript=250, first_text=290, first_clause=292, first_audio=900, sent=901,
        arrived=920, heard=1000,
    )
)  # fmt: skip


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    with own_logging():
        yield


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def whole_session(log: SessionLog) -> None:
    log.connected(client="127.0.0.1", language="es", voice="ef_dora")
    log.audio_received(turn=1, encoding="webm", audio_ms=1900)
    log.transcribed(turn=1, text=QUESTION, language="es", waited_ms=214)
    log.answered(turn=1, text="Sí, claro.", response_type="general", waited_ms=221)
    log.spoke(turn=1, voice="ef_dora", audio_ms=900, waited_ms=402)
    log.timed(turn=1, timeline=TIMELINE, usual=EMBEDDED)
    log.interrupted(turn=1, reason="barge_in", played_ms=300)
    log.refused(code="bad_message", message="`text` is missing")
    log.closed(code=1000, reason="", turns=1, seconds=12.345)


# --- format ------------------------------------------------------------------------------------------------------


def test_auto_is_json_lines_when_not_on_a_terminal() -> None:
    out = io.StringIO()
    configure_logs("info", "auto", stream=out)
    whole_session(SessionLog("s_0123456789abcdef"))
    written = lines(out)
    assert [line["event"] for line in written] == [
        "connected",
        "audio received",
        "transcription",
        "answer",
        "voice",
        "turn",
        "interrupted",
        "refused",
        "closed",
    ]
    assert {line["session"] for line in written} == {"abcdef"}
    assert list(written[0])[:3] == ["timestamp", "level", "event"]
    assert written[0]["timestamp"].endswith("Z")
    assert written[3]["response_type"] == "general"
    assert written[4]["voice"] == "ef_dora"
    assert written[8]["seconds"] == 12.3


def test_the_ledger_is_one_line_with_every_stage() -> None:
    out = io.StringIO()
    configure_logs("info", "json", stream=out)
    SessionLog("s_0123456789abcdef").timed(turn=3, timeline=TIMELINE, usual=EMBEDDED)
    (line,) = lines(out)
    assert line["level"] == "info"
    assert {name: line[name] for name in ("event", "turn", "total_ms", "was_heard", "slowest", "over_ms", "why")} == {
        "event": "turn",
        "turn": 3,
        "total_ms": 1000,
        "was_heard": True,
        "slowest": "first_audio",
        "over_ms": 328,
        "why": "the voice took 608 of 1000 ms, 328 more than usual",
    }
    assert line["way_in"] is None
    assert sum(line[name] or 0 for name in STAGES) == line["total_ms"]


def test_auto_is_columns_on_a_terminal() -> None:
    out = Terminal()
    configure_logs("info", "auto", development=True, stream=out)
    SessionLog("s_0123456789abcdef").transcribed(turn=1, text=QUESTION, language="es", waited_ms=214)
    assert "\x1b[" in out.getvalue()
    assert QUESTION in out.getvalue()
    assert not out.getvalue().startswith("{")


def test_console_can_be_asked_for_and_is_then_without_colours() -> None:
    out = io.StringIO()
    configure_logs("info", "console", stream=out)
    get_log().info("connected", client="::1")
    assert "connected" in out.getvalue()
    assert "client=::1" in out.getvalue()
    assert "\x1b[" not in out.getvalue()


def test_json_can_be_asked_for_on_a_terminal() -> None:
    out = Terminal()
    configure_logs("info", "json", stream=out)
    get_log().info("connected")
    assert lines(out)[0]["event"] == "connected"


@pytest.mark.parametrize(("level", "shown"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_levels(level: str, shown: int) -> None:
    out = io.StringIO()
    configure_logs(level, "json", stream=out)
    log = get_log()
    log.debug("a")
    log.info("b")
    log.warning("c")
    log.error("d")
    assert len(lines(out)) == shown


def test_configuring_again_replaces_what_was() -> None:
    first, second = io.StringIO(), io.StringIO()
    configure_logs("info", "json", stream=first)
    configure_logs("info", "json", stream=second)
    get_log().info("once")
    logging.getLogger("anything").info("twice")
    assert first.getvalue() == ""
    assert [line["event"] for line in lines(second)] == ["once", "twice"]


def test_nobody_s_words_can_start_a_line_or_colour_the_terminal() -> None:
    out = io.StringIO()
    configure_logs("info", "console", development=True, stream=out)
    SessionLog("s_1").transcribed(turn=1, text="hola\n12:00 [error] fake\x1b[31m\u2028", language="es", waited_ms=1)
    assert len(out.getvalue().splitlines()) == 1
    assert "\x1b" not in out.getvalue()


def test_a_failure_carries_its_trace() -> None:
    out = io.StringIO()
    configure_logs("info", "json", stream=out)
    try:
        raise ValueError(f"no luck with {KEY}")
    except ValueError as error:
        SessionLog("s_1").failed(code="internal", turn=3, error=error)
    (line,) = lines(out)
    assert (line["level"], line["code"], line["turn"]) == ("error", "internal", 3)
    assert "ValueError: no luck with sk-" in line["exception"]
    assert KEY not in out.getvalue()


def test_a_failure_is_readable_on_a_terminal() -> None:
    out = Terminal()
    configure_logs("info", "auto", stream=out)
    SessionLog("s_1").failed(code="internal", turn=None, error=RuntimeError("broken"))
    assert "RuntimeError: broken" in out.getvalue().splitlines()


# --- guests' words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["debug", "info"])
def test_no_guest_s_words_outside_development(level: str) -> None:
    out = io.StringIO()
    configure_logs(level, "json", development=False, stream=out)
    whole_session(SessionLog("s_1"))
    assert "mascotas" not in out.getvalue()
    assert "claro" not in out.getvalue()
    assert [line["chars"] for line in lines(out) if "chars" in line] == [len(QUESTION), len("Sí, claro.")]


def test_words_are_shown_in_development_up_to_a_length() -> None:
    configure_logs(development=True, stream=io.StringIO())
    assert words(QUESTION) == {"text": QUESTION}
    shown = words("a" * 1000)["text"]
    assert isinstance(shown, str)
    assert len(shown) == 200


def test_frames_in_the_server_s_debug_lines_are_never_shown() -> None:
    out = io.StringIO()
    configure_logs("debug", "json", stream=out)
    logging.getLogger("uvicorn.error").debug("< TEXT %s", QUESTION)
    logging.getLogger("websockets.server").debug("< TEXT %s", QUESTION)
    assert out.getvalue() == ""


# --- secrets -----------------------------------------------------------------------------------------------------


def test_what_a_tool_asks_for_and_what_its_server_sends_is_never_shown() -> None:
    out = io.StringIO()
    configure_logs("debug", stream=out)
    logging.getLogger("httpx").info('HTTP Request: GET http://owner.example/tables?name=Ana "HTTP/1.1 200 OK"')
    logging.getLogger("mcp.client.session").error("Failed: Ana")
    assert "Ana" not in out.getvalue()


@pytest.mark.requirement("S19")
def test_secrets_never_appear() -> None:
    out = io.StringIO()
    configure_logs("debug", "json", secrets=("correct horse", ""), stream=out)
    log = get_log(api_key="abc", session_token="abc", max_tokens=300)
    log.info(
        f"with {KEY}",
        authorization="x",
        header=f"Authorization: Bearer {'t' * 20}",
        nested={"client_secret": "abc", "list": [f"token {DEEPGRAM}", b"Bearer abcdefghij"]},
        said="the correct horse battery",
    )
    (line,) = lines(out)
    assert line["max_tokens"] == 300
    assert line["api_key"] == line["session_token"] == line["authorization"] == HIDDEN
    assert line["nested"]["client_secret"] == HIDDEN
    assert line["said"] == f"the {HIDDEN} battery"
    for secret in (KEY, DEEPGRAM, "t" * 20, "abcdefghij", "correct horse", '"abc"'):
        assert secret not in out.getvalue()


def test_access_lines_come_in_the_same_format_without_tokens() -> None:
    out = io.StringIO()
    uvicorn = logging.getLogger("uvicorn.access")
    uvicorn.addHandler(logging.StreamHandler(out))
    uvicorn.propagate = False
    configure_logs("info", "json", stream=out)
    path = "/ws/stream?lang=es&token=abc.def&api_key=zzz"
    uvicorn.info('%s - "%s %s HTTP/%s" %d', "127.0.0.1:5", "GET", path, "1.1", 200)
    (line,) = lines(out)
    assert line["event"] == (f'127.0.0.1:5 - "GET /ws/stream?lang=es&token={HIDDEN}&api_key={HIDDEN} HTTP/1.1" 200')
    assert line["logger"] == "uvicorn.access"


@pytest.mark.parametrize(
    "harmless",
    [
        "¿Cuánto cuesta la Villa Malvarrosa?",
        "/ws/stream?lang=es",
        "task-list and risk-free",
        "the token was refused",
        "llm_output_tokens",
        "token.py",
    ],
)
def test_harmless_text_passes(harmless: str) -> None:
    assert redact_text(harmless) == harmless


def test_redaction_ends_on_values_that_hold_themselves() -> None:
    loop: dict[str, Any] = {}
    loop["again"] = loop
    assert "…" in json.dumps(redact(loop), ensure_ascii=False)


def test_the_short_id_tells_sessions_apart() -> None:
    assert short_id("s_0123456789abcdef") == "abcdef"
    assert short_id("s1") == "s1"
