"""What is secret, and what guests say, is nowhere but where it belongs: canaries on the whole server."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from starlette.responses import Response
from typer.testing import CliRunner

from enterprise_stream.cli.main import app as commands
from enterprise_stream.observe.logs import configure_logs
from enterprise_stream.testing import run_virtual
from enterprise_stream.testing.emulators import EVERY_FAULT, Emulator, exchange
from enterprise_stream.testing.emulators.cartesia import refusals as cartesia
from enterprise_stream.testing.emulators.elevenlabs import refusals as elevenlabs
from enterprise_stream.testing.emulators.openai import refusals as openai
from enterprise_stream.thinking.tokens import count_tokens

from .stage import Cloud, cloud, guest, nothing_left

KEYS = {
    f"{vendor}_api_key": f"CanaryKey-{vendor}-0123456789" for vendor in ("deepgram", "openai", "elevenlabs", "cartesia")
}
VENDOR = "CanaryVendorText"
SECRETS = {"webhook_secret": "CanaryWebhookSecret-0123456789"}
TOOL_SECRET = "CanaryToolSecret-0123456789"
HIDDEN = (*KEYS.values(), *SECRETS.values(), TOOL_SECRET, VENDOR)
WRITTEN, SAID, OTHERS = "canarytyped", "canaryspoken", "canaryother"
ANSWER = "La respuesta canaryanswer es esta. Y nada más."
WORDS = (WRITTEN, SAID, OTHERS, "canaryanswer")

HISTORY_AND_SUMMARY_TOKENS = 400
"""200 of history, and as many of what came before it in short."""

TOOLS = """\
tools:
  - name: tables
    description: Says whether a table is free.
    url: http://127.0.0.1:9/tables
    effect: none
    headers:
      Authorization: {env: TABLES_KEY, prefix: Bearer}
    arguments:
      day: {type: date, description: The day, required: true}
"""


class Lines(logging.Handler):
    """Every record of the process as it comes, before anything is taken out of it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.text: list[str] = []
        self.formatter = logging.Formatter("%(name)s %(message)s")

    def emit(self, record: logging.LogRecord) -> None:
        self.text.append(f"{self.format(record)} {record.__dict__!r}")


@pytest.fixture
def logged() -> Iterator[Lines]:
    """All that is logged at debug level, as a server has it that is not in development."""
    loggers = [logging.getLogger(name) for name in ("", *logging.root.manager.loggerDict)]
    before = [(logger, logger.level, list(logger.handlers), logger.propagate) for logger in loggers]
    lines = Lines()
    configure_logs("debug", "json", stream=io.StringIO())
    structlog.configure(cache_logger_on_first_use=False)  # a logger that is first used here is another test's later
    logging.getLogger().addHandler(lines)
    yield lines
    for logger, level, handlers, propagate in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers
        logger.propagate = propagate
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def _canary_in_all_that_vendors_say(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (openai, cartesia, elevenlabs):
        failed = module.failed()
        monkeypatch.setattr(module, "failed", lambda failed=failed: replace(failed, message=VENDOR))
    monkeypatch.setattr(exchange, "GARBAGE", f"\x00{VENDOR} {VENDOR}: {VENDOR}".encode())


def talkative(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a vendor's refusals hold a canary in body and headers, as they may hold a key or a guest's words."""
    refusal = emulator.refusal

    def told(status: int) -> Response:
        body = json.loads(bytes(refusal(status).body))
        return Response(json.dumps(_with_canary(body)), status, {"x-reason": VENDOR, "dg-error": VENDOR})

    monkeypatch.setattr(emulator, "refusal", told)


def _with_canary(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _with_canary(each) for name, each in value.items()}
    return f"{value} {VENDOR}" if isinstance(value, str) and " " in value else value


def secret_settings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    file = folder / "tools.yaml"
    file.write_text(TOOLS)
    monkeypatch.setenv("TABLES_KEY", TOOL_SECRET)
    return {**KEYS, "webhook_url": "http://127.0.0.1:9/hook", **SECRETS, "tools_file": file} | {"session_log": "sqlite"}


def files(folder: Path) -> dict[Path, bytes]:
    """All that the server has written."""
    found = (file for file in folder.rglob("*") if file.is_file() and file.name != "tools.yaml")
    return {file: file.read_bytes() for file in found}


async def talk(at: Cloud) -> list[str]:
    """Conversations that go well, then one for each fault of each vendor; all that the clients were sent."""
    got = []
    async with guest(at) as visitor:
        await visitor.write(f"¿Qué es {WRITTEN}?")
        await visitor.say(at.ear, f"¿Y qué es {SAID}?")
        await visitor.write(f"Quiero hablar con una persona, me llamo {WRITTEN}.")
        got.append(visitor.words())
    async with asyncio.TaskGroup() as group:
        for number, fault in enumerate(EVERY_FAULT):
            group.create_task(_unlucky(at, number))
            for emulator in at.vendors.by_vendor.values():
                emulator.faults.arm(fault)
            await asyncio.sleep(0.5)
            for emulator in at.vendors.by_vendor.values():
                emulator.faults.clear()
    return got


async def test_nothing_of_one_guest_goes_where_another_is_meant(tmp_path: Path) -> None:
    async with nothing_left(), cloud(tmp_path, answers=["Sí, claro."]) as at:
        async with guest(at) as one, guest(at) as other:
            for number in range(3):
                async with asyncio.TaskGroup() as group:
                    group.create_task(one.write(f"¿Qué es {WRITTEN} {number}?"))
                    group.create_task(other.write(f"¿Qué es {OTHERS} {number}?"))
            sessions = [visitor.client.seen("ready")[0]["session_id"] for visitor in (one, other)]
            assert OTHERS not in one.words()
            assert WRITTEN not in other.words()
        chats = [json.dumps(request.body) for request in at.vendor("openai").requests.to("chat")]
        assert len(chats) == 6
        assert all((WRITTEN in chat) != (OTHERS in chat) for chat in chats)
        for emulator in at.vendors.by_vendor.values():
            assert emulator.requests.leaks == []
            for request in emulator.requests:
                sent = repr(request)
                assert not [session for session in sessions if session in sent]
                if request.endpoint != "chat":
                    assert WRITTEN not in sent
                    assert OTHERS not in sent


async def test_a_prompt_holds_no_more_of_the_conversation_than_its_bound(tmp_path: Path) -> None:
    async with nothing_left(), cloud(tmp_path, answers=["Sí, claro."], openai_history_tokens=200) as at:
        async with guest(at) as visitor:
            for number in range(6):
                await visitor.write(f"Pregunta {number}: {'una cosa muy larga ' * 20}")
        last = [request.body for request in at.vendor("openai").requests.to("chat")][-1]
        past = [line["content"] for line in last["messages"] if line["role"] in ("user", "assistant")][:-1]
        assert count_tokens("\n".join(past)) <= HISTORY_AND_SUMMARY_TOKENS


async def _unlucky(at: Cloud, number: int) -> None:
    async with guest(at) as visitor:
        await visitor.write(f"¿Qué es {WRITTEN} {number}?")


@pytest.mark.requirement("S19", "S20")
async def test_no_canary_is_where_it_should_not_be(
    tmp_path: Path, logged: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = secret_settings(tmp_path, monkeypatch)
    async with nothing_left(), cloud(tmp_path, "every", answers=[ANSWER], **given) as at:
        for emulator in at.vendors.by_vendor.values():
            talkative(emulator, monkeypatch)
        got = await talk(at)
        pages = [(await at.page(path)).text for path in ("/metrics", "/readyz", "/asyncapi.yaml")]
        vendors = at.vendors.by_vendor.values()
        assert all(emulator.faults.struck for emulator in vendors)
        assert [leak for emulator in vendors for leak in emulator.requests.leaks] == []
    logs = "\n".join(logged.text)
    assert "engine_failed" in logs
    for canary in HIDDEN:
        assert canary not in logs
        assert not any(canary in text for text in (*got, *pages))
    for word in WORDS:
        assert word not in logs
        assert not any(word in page for page in pages)
    assert WRITTEN in got[0]
    assert SAID in got[0]
    kept = files(tmp_path)
    for file, data in kept.items():
        assert not [canary for canary in HIDDEN if canary.encode() in data], file
        if file.name.partition("-")[0] not in ("sessions.db", "sandra.db"):  # for who comes back; who asks for a person
            assert not [word for word in WORDS if word.encode() in data], file


def test_what_the_costs_command_tells_holds_no_canary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def call() -> None:
        async with cloud(tmp_path, answers=[ANSWER], **KEYS) as at, guest(at) as visitor:
            await visitor.write(f"¿Qué es {WRITTEN}?")

    run_virtual(call())
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/sandra.db")
    for name, key in KEYS.items():
        monkeypatch.setenv(name.upper(), key)
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(commands, ["costs", "--json", "--days", "3650"])
    assert json.loads(told.stdout)["calls"] == 1
    assert not [canary for canary in (*HIDDEN, *WORDS) if canary in told.output]
