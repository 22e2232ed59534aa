"""Settings: what is read, what is refused and in which words."""

import os
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from enterprise_stream.config import SECRET_FIELDS, Settings, load_environment, load_settings
from enterprise_stream.errors import ConfigError
from enterprise_stream.setting_types import Allowed, is_loopback

ROOT = Path(__file__).resolve().parents[1]
SECRET = "0123456789abcdef" * 2
API_KEY = "api-key-of-sixteen-or-more"


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the machine's own settings."""
    for name in list(os.environ):
        if name.lower() in Settings.model_fields:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def given(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return load_settings(None)


def refused(monkeypatch: pytest.MonkeyPatch, **values: str) -> str:
    with pytest.raises(ConfigError) as caught:
        given(monkeypatch, **values)
    assert caught.value.code == "bad_config"
    return caught.value.message


# --- defaults and sources ----------------------------------------------------------------------------------------


def test_without_anything_the_defaults_hold() -> None:
    settings = load_settings()
    assert (settings.host, settings.port, settings.language) == ("127.0.0.1", 3000, "es")
    assert settings.knowledge_file.name == "casas-del-turia.yaml"
    assert (settings.persona, settings.openai_model) == ("Sandra", "gpt-4o-mini")
    assert settings.openai_api_key is None
    assert settings.loopback
    assert settings.environment == "auto"
    assert settings.warnings == ()
    assert settings.secrets() == ()
    assert settings.threads >= 1


@pytest.mark.parametrize(
    ("environment", "terminal", "development"),
    [("auto", True, True), ("auto", False, False), ("development", False, True), ("production", True, False)],
)
def test_words_are_shown_to_developers_only(
    environment: str, terminal: bool, development: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    assert load_settings(given={"environment": environment}).development is development


def test_a_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("\ufeffPORT=4000\nPERSONA='Señora Pérez'\nOPENAI_API_KEY=\n", encoding="utf-8")
    monkeypatch.setenv("PORT", "5000")
    settings = load_settings()
    assert (settings.port, settings.persona, settings.openai_api_key) == (5000, "Señora Pérez", None)


def test_an_empty_value_in_the_environment_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert given(monkeypatch, PORT="", LANGUAGE="").port == 3000


def test_every_value_arrives(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    facts = tmp_path / "facts.yaml"
    facts.touch()
    settings = given(
        monkeypatch,
        OPENAI_API_KEY="sk-openai-0123456789",
        DEEPGRAM_API_KEY="d" * 40,
        HOST="0.0.0.0",
        PORT="0",
        LOG_LEVEL="DEBUG",
        LOG_FORMAT="JSON",
        ENVIRONMENT="Production",
        LANGUAGE="en",
        LANGUAGES="es, en ,fr,",
        OPENAI_MODEL="gpt-x",
        OPENAI_TEMPERATURE="0",
        OPENAI_MAX_TOKENS="50",
        DEEPGRAM_MODEL="nova-2",
        DEEPGRAM_LANGUAGE="multi",
        DEEPGRAM_SMART_FORMAT="false",
        PERSONA="Carmen",
        KNOWLEDGE_FILE=str(facts),
        XDG_CACHE_HOME=str(tmp_path / "cache"),
        MAX_SESSIONS="7",
        ENGINE_THREADS="3",
        IDLE_TIMEOUT_S="60",
        SESSION_SECRET=SECRET,
        API_KEYS=f"{API_KEY},{API_KEY}-2",
        ALLOWED_ORIGINS="https://www.example.com,http://localhost:5173",
    )
    assert (settings.port, settings.log_level, settings.log_format) == (0, "debug", "json")
    assert not settings.development
    assert not settings.loopback
    assert (settings.language, settings.languages) == ("en", ("es", "en", "fr"))
    assert (settings.openai_temperature, settings.openai_max_tokens) == (0.0, 50)
    assert (settings.deepgram_language, settings.deepgram_smart_format) == ("multi", False)
    assert settings.knowledge_file == facts
    assert settings.models_folder == tmp_path / "cache" / "enterprise-stream" / "models"
    assert (settings.max_sessions, settings.threads, settings.idle_timeout_s) == (7, 3, 60)
    assert settings.allowed_origins == ("https://www.example.com", "http://localhost:5173")
    assert settings.secrets() == ("sk-openai-0123456789", "d" * 40, SECRET, API_KEY, f"{API_KEY}-2")
    assert settings.warnings == ()


def test_settings_do_not_change() -> None:
    settings = load_settings()
    with pytest.raises(ValidationError):
        settings.port = 1


def test_a_relative_xdg_folder_is_passed_over_and_a_model_cache_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert given(monkeypatch, XDG_CACHE_HOME="relative").xdg_cache_home is None
    assert given(monkeypatch, MODEL_CACHE="models").models_folder == tmp_path / "models"


@pytest.mark.parametrize("value", ["en_US:en", "es_ES.UTF-8", "es:en", "C", "C.UTF-8", "POSIX"])
def test_gettext_s_language_is_not_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str) -> None:
    monkeypatch.setenv("LANGUAGE", value)
    assert load_settings().language == "es"
    (tmp_path / ".env").write_text("LANGUAGE=en\n", encoding="utf-8")
    assert load_settings().language == "en"
    (tmp_path / ".env").write_text("LANGUAGE=en_US\n", encoding="utf-8")
    with pytest.raises(ConfigError, match='LANGUAGE is "en_US": '):
        load_settings()


# --- refusals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("PORT", "abc", "a number from 0 to 65535"),
        ("PORT", "-1", "a number from 0 to 65535"),
        ("PORT", "65536", "a number from 0 to 65535"),
        ("HOST", "http://x", "an address or a name of this machine"),
        ("HOST", "not a host", "an address or a name of this machine"),
        ("LOG_LEVEL", "loud", "debug, info, warning or error"),
        ("LOG_FORMAT", "xml", "auto, console or json"),
        ("ENVIRONMENT", "staging", "development or production"),
        ("LANGUAGE", "spanish", "a language of two letters, one of LANGUAGES"),
        ("LANGUAGE", "fr", 'one of LANGUAGES, which is "es,en"'),
        ("LANGUAGES", "es,klingon", "languages of two letters with commas between them"),
        ("LANGUAGES", ",", "languages of two letters with commas between them"),
        ("OPENAI_TEMPERATURE", "3", "a number from 0 to 2"),
        ("OPENAI_TEMPERATURE", "nan", "a number from 0 to 2"),
        ("OPENAI_MAX_TOKENS", "0", "a number from 1 to 16384"),
        ("DEEPGRAM_LANGUAGE", "¡", "a language such as es or multi"),
        ("DEEPGRAM_SMART_FORMAT", "maybe", "true or false"),
        ("KNOWLEDGE_FILE", "/no/such/file.yaml", "a readable file"),
        ("MODEL_CACHE", __file__, "the path of a folder"),
        ("MAX_SESSIONS", "0", "a number from 1 to 100000"),
        ("ENGINE_THREADS", "-1", "a number from 0 to 256"),
        ("IDLE_TIMEOUT_S", "1", "a number of seconds from 5 to 86400"),
        ("TRUSTED_PROXIES", "proxy.example", "addresses or networks of your reverse proxies"),
        ("TRUSTED_PROXIES", "10.0.0.1/8", "addresses or networks of your reverse proxies"),
        ("TRUSTED_PROXIES", "*", "addresses or networks of your reverse proxies"),
        ("ALLOWED_ORIGINS", "*", "origins with commas between them"),
        ("ALLOWED_ORIGINS", "https://*.example.com", "origins with commas between them"),
        ("ALLOWED_ORIGINS", "https://example.com/", "origins with commas between them"),
        ("ALLOWED_ORIGINS", "example.com", "origins with commas between them"),
    ],
)  # fmt: skip
def test_a_bad_value_is_named_with_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, allowed: str
) -> None:
    message = refused(monkeypatch, **{name: value})
    assert message.startswith(f'{name} is "{value}": ')
    assert allowed in message
    assert "\n" not in message


def test_all_bad_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    message = refused(monkeypatch, PORT="abc", LOG_LEVEL="loud", LANGUAGES="a,b", SESSION_SECRET="short")
    assert [line.split(" is ")[0] for line in message.splitlines()] == [
        "SESSION_SECRET",
        "PORT",
        "LOG_LEVEL",
        "LANGUAGES",
    ]


def test_a_bad_value_in_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("port=abc\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r'^PORT is "abc": a number'):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SESSION_SECRET", "hunter2"),
        ("ADMIN_KEY", "hunter2"),
        ("API_KEYS", f"{API_KEY},hunter2"),
        ("API_KEYS", f"casas:{API_KEY},casas:hunter2"),
        ("API_KEYS", f"{API_KEY} hunter2"),
    ],
)
def test_a_bad_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    message = refused(monkeypatch, **{name: value})
    assert message.startswith(f"{name} is (set, hidden): ")
    assert "hunter2" not in message
    assert API_KEY not in message


def test_a_key_in_the_wrong_place_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    message = refused(monkeypatch, PORT="sk-0123456789abcdef")
    assert message.startswith('PORT is "sk-(hidden)": ')


def test_a_long_value_is_shortened(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(refused(monkeypatch, PORT="x" * 5000)) < 200


def test_secrets_do_not_show_in_a_representation(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = given(monkeypatch, OPENAI_API_KEY="sk-openai", SESSION_SECRET=SECRET, API_KEYS=API_KEY)
    assert {name for name in Settings.model_fields if "Secret" in str(Settings.model_fields[name].annotation)} == set(
        SECRET_FIELDS
    )
    for secret in settings.secrets():
        assert secret not in repr(settings)
        assert secret not in str(settings.model_dump())


@pytest.mark.requirement("S31")
@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "voice.example.com"])
def test_another_machine_may_only_connect_with_a_secret(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    message = refused(monkeypatch, HOST=host)
    assert message.startswith(f'SESSION_SECRET is not set, and HOST is "{host}"')
    assert given(monkeypatch, HOST=host, SESSION_SECRET=SECRET).host == host


@pytest.mark.requirement("S29")
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "8.8.8.8", "2606:4700::1111", "224.0.0.1", "voice.example.com"])
def test_the_owner_listens_on_no_address_that_others_reach(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    message = refused(monkeypatch, ADMIN_HOST=host)
    assert message.startswith(f'ADMIN_HOST is "{host}": an address of this machine that the internet does not reach')


@pytest.mark.requirement("S29")
@pytest.mark.parametrize("host", ["10.0.0.5", "192.168.1.5", "172.20.1.1", "100.64.0.9", "fd00::5"])
def test_what_other_machines_reach_of_the_owner_s_needs_its_keys(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    told = refused(monkeypatch, ADMIN_HOST=host, ADMIN_PORT="9000").splitlines()
    assert [line.split(" is not set")[0] for line in told] == ["ADMIN_KEY", "SESSION_SECRET"]
    assert f'ADMIN_HOST is "{host}", which other machines reach' in told[0]
    settings = given(monkeypatch, ADMIN_KEY=SECRET, SESSION_SECRET=SECRET)
    assert (settings.admin_host, settings.admin_port, settings.admin_loopback) == (host, 9000, False)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_on_this_machine_the_owner_s_needs_none(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    settings = given(monkeypatch, ADMIN_HOST=host, ADMIN_PORT="9000")
    assert (settings.admin_loopback, settings.warnings) == (True, ())


def test_guests_and_the_owner_share_no_port(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(monkeypatch, PORT="4000", ADMIN_PORT="4000").startswith("ADMIN_PORT is 4000, which is PORT")
    assert given(monkeypatch, PORT="0", ADMIN_PORT="0").admin_port == 0


@pytest.mark.parametrize(("given_one", "other"), [("TLS_CERT_FILE", "TLS_KEY_FILE"), ("TLS_KEY_FILE", "TLS_CERT_FILE")])
def test_tls_needs_a_certificate_and_its_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given_one: str, other: str
) -> None:
    file = tmp_path / "some.pem"
    file.write_text("some")
    assert refused(monkeypatch, **{given_one: str(file)}).startswith(f"{other} is not set, and {given_one} is")
    assert refused(monkeypatch, **{given_one: str(tmp_path / "none")}).startswith(f'{given_one} is "')


@pytest.mark.parametrize(
    ("host", "loopback"), [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("LocalHost", True),
                           ("0.0.0.0", False), ("::", False), ("localhost.example.com", False)],
)  # fmt: skip
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "settings.env"
    path.write_bytes(b"PORT=\xff\xfe")
    with pytest.raises(ConfigError, match=r"settings\.env cannot be read"):
        load_settings(path)


def test_a_virtual_environment_by_the_file_s_name_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    assert load_settings() == load_settings(None)


# --- doubts ------------------------------------------------------------------------------------------------------


def test_what_looks_like_a_slip_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "OPENAI_APIKEY=sk-0123456789\nLOGLEVEL=debug\nDATABASE_URL=x\nexport PORT=4000\n", encoding="utf-8"
    )
    settings = load_settings()
    assert settings.port == 4000
    assert settings.warnings == (
        ".env holds OPENAI_APIKEY, which is no setting; did you mean OPENAI_API_KEY?",
        ".env holds LOGLEVEL, which is no setting; did you mean LOG_LEVEL?",
    )


def test_what_the_owner_shares_with_the_guests_of_a_server_for_others_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    others = {"HOST": "0.0.0.0", "SESSION_SECRET": SECRET, "API_KEYS": API_KEY, "ADMIN_KEY": SECRET}
    (told,) = given(monkeypatch, **others).warnings
    assert told.startswith("The console and /metrics share 0.0.0.0:3000 with the guests")
    assert "ADMIN_PORT" in told
    assert given(monkeypatch, ADMIN_PORT="9000").warnings == ()


def test_an_address_without_a_port_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    (told,) = given(monkeypatch, ADMIN_HOST="127.0.0.2").warnings
    assert told.startswith("ADMIN_HOST is set but ADMIN_PORT is not")


def test_half_of_the_access_settings_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    (only_keys,) = given(monkeypatch, API_KEYS=API_KEY).warnings
    assert only_keys.startswith("API_KEYS is set but SESSION_SECRET is not")
    monkeypatch.delenv("API_KEYS")
    (only_secret,) = given(monkeypatch, SESSION_SECRET=SECRET).warnings
    assert only_secret.startswith("SESSION_SECRET is set but API_KEYS is not")


def test_a_named_key_is_hidden_without_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = given(monkeypatch, SESSION_SECRET=SECRET, API_KEYS=f"casas:{API_KEY},sha256:{'0' * 64}")
    assert settings.secrets() == (SECRET, API_KEY, f"sha256:{'0' * 64}")


def test_pages_of_others_on_a_loopback_server_without_a_named_proxy_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    page = "https://www.example.com"
    (doubt,) = given(monkeypatch, SESSION_SECRET=SECRET, API_KEYS=API_KEY, ALLOWED_ORIGINS=page).warnings
    assert doubt.startswith(f"ALLOWED_ORIGINS names {page}")
    assert given(monkeypatch, TRUSTED_PROXIES="127.0.0.1,::1").warnings == ()
    monkeypatch.delenv("TRUSTED_PROXIES")
    assert given(monkeypatch, ALLOWED_ORIGINS="http://localhost:5173").warnings == ()


# --- the example -------------------------------------------------------------------------------------------------


def test_the_example_names_every_setting_with_its_default(tmp_path: Path) -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    names = re.findall(r"^#([A-Z_]+)=", example, re.MULTILINE)
    assert sorted(names) == sorted(field.upper() for field in Settings.model_fields)
    path = tmp_path / "all.env"
    path.write_text(re.sub(r"^#([A-Z_]+=)", r"\1", example, flags=re.MULTILINE), encoding="utf-8")
    assert load_settings(path) == load_settings(None)
    for name in names:
        value = next(line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith(f"{name}="))
        default = Settings.model_fields[name.lower()].default
        assert (value == f"{name}=") == (default in (None, ()) or name == "KNOWLEDGE_FILE"), name


def test_the_example_changes_nothing_as_it_is(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes((ROOT / ".env.example").read_bytes())
    assert load_settings() == load_settings(None)


def test_every_setting_says_what_is_allowed() -> None:
    for name, field in Settings.model_fields.items():
        assert any(isinstance(part, Allowed) for part in field.metadata), name


def test_a_webhook_needs_what_signs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_URL", "https://owner.example/hooks")
    with pytest.raises(ConfigError, match="WEBHOOK_SECRET is not set, and WEBHOOK_URL is"):
        load_settings(None)
    monkeypatch.setenv("WEBHOOK_SECRET", "at least sixteen characters")
    assert load_settings(None).webhook_url is not None


def test_every_variable_is_there_for_files_that_name_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    file.write_text("CRM_KEY=from the file\nOTHER_KEY=from the file\n", encoding="utf-8")
    monkeypatch.setenv("CRM_KEY", "from the environment")
    found = load_environment(file)
    assert (found["CRM_KEY"], found["OTHER_KEY"]) == ("from the environment", "from the file")
