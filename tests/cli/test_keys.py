"""`keys` makes what the settings take, and `doctor` says who gets in."""

import os
import re
from pathlib import Path

import pytest
from tests.certificates import certificate
from typer.testing import CliRunner

from enterprise_stream.cli.access import look_at_access
from enterprise_stream.cli.main import app
from enterprise_stream.config import Settings, load_settings
from enterprise_stream.keys import KeyRing, read_key
from enterprise_stream.observe.redaction import HIDDEN, redact_text


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.lower() in Settings.model_fields:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def made(*arguments: str) -> dict[str, str]:
    """What was printed: settings by name, and the key by none."""
    result = CliRunner().invoke(app, ["keys", *arguments])
    assert result.exit_code == 0, result.output
    lines = [line for line in result.output.splitlines() if not line.startswith("#")]
    parts = [line.rpartition("=") for line in lines]
    return {name: value for name, _, value in parts}


@pytest.mark.parametrize("name", ["", "casas", "casas-2"])
def test_a_new_key_is_shown_and_the_server_keeps_its_digest(name: str) -> None:
    told = made("new", *([name] if name else []))
    key, kept = told[""], told["API_KEYS"]
    assert key not in kept
    assert KeyRing([read_key(kept)]).owner(key) == name
    assert made("new")[""] != key
    assert HIDDEN in redact_text(f"it was {key}")
    assert key not in redact_text(f"it was {key}")


@pytest.mark.parametrize("name", ["Casas", "a b", "x" * 33, "-"])
def test_a_name_that_no_setting_takes_is_refused(name: str) -> None:
    result = CliRunner().invoke(app, ["keys", "new", "--", name])
    assert result.exit_code == 2
    assert "esk_" not in result.output


def test_what_is_made_is_what_the_settings_take() -> None:
    lines = [
        f"{name}={value}"
        for how in (["secret"], ["admin"], ["new", "a"], ["owner", "a"])
        for name, value in made(*how).items()
        if name
    ]
    Path(".env").write_text("HOST=0.0.0.0\nADMIN_PORT=9000\n" + "\n".join(lines), encoding="utf-8")
    settings = load_settings()
    assert settings.warnings == ()
    assert settings.session_secret is not None
    assert re.fullmatch(r"[0-9a-f]{64}", settings.session_secret.get_secret_value())


def test_doctor_says_who_gets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = look_at_access(load_settings())
    assert (alone.state, "this machine only" in alone.found) == ("ok", True)
    for name, value in (made("secret") | {"API_KEYS": made("new", "casas")["API_KEYS"], "HOST": "0.0.0.0"}).items():
        monkeypatch.setenv(name, value)
    open_to_all = look_at_access(load_settings())
    assert (open_to_all.state, "casas" in open_to_all.found) == ("advice", True)
    assert "ADMIN_KEY" in open_to_all.advice
    assert "TRUSTED_PROXIES" in open_to_all.advice
    monkeypatch.setenv("TRUSTED_PROXIES", "10.0.0.0/8")
    monkeypatch.setenv("ADMIN_KEY", made("admin")["ADMIN_KEY"])
    assert look_at_access(load_settings()).state == "ok"
    monkeypatch.delenv("TRUSTED_PROXIES")
    cert, key = certificate(Path.cwd())
    own = load_settings(given={"tls_cert_file": cert, "tls_key_file": key, "admin_port": 9000})
    assert look_at_access(own).state == "ok", "a server that speaks TLS itself needs no proxy"
    assert "console and metrics on 127.0.0.1:9000 alone" in look_at_access(own).found
