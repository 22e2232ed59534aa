"""Settings from the environment and `.env`: the only reader of either.

Everything is checked at start. A bad value is told with its variable's name, what it held (never a secret) and what
is allowed; all bad values are told at once. An empty value counts as not set. The environment wins over `.env`.
"""

import difflib
import hashlib
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import (
    Field,
    PrivateAttr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from enterprise_stream.access_settings import AccessSettings
from enterprise_stream.conversation.policy import SpeculationPolicy, TurnPolicy
from enterprise_stream.cost.governor import Amounts
from enterprise_stream.cost.money import micro
from enterprise_stream.errors import ConfigError
from enterprise_stream.keys import secret_part
from enterprise_stream.limit_settings import LimitSettings
from enterprise_stream.observe.redaction import redact_text
from enterprise_stream.privacy_settings import PrivacySettings
from enterprise_stream.setting_types import (
    DEFAULT_REGION,
    Address,
    Allowed,
    Folder,
    Language,
    ReadableFile,
    Region,
    Word,
    XdgFolder,
    comma_separated,
    is_loopback,
    lower_case,
)
from enterprise_stream.vendor_settings import VendorSettings

if TYPE_CHECKING:
    from sqlalchemy import URL

_MAX_SHOWN = 80

_TURNS = TurnPolicy()

_ENCODING = "utf-8-sig"  # UTF-8, with or without the mark that some editors put first

_DEMO_KNOWLEDGE = Path(__file__).parent / "data" / "casas-del-turia.yaml"

_GETTEXT = re.compile(r"[a-z]{2,3}[_:.@]|C(\.|$)|POSIX$")
"""What GNU gettext's own variable LANGUAGE holds on many desktops ("en_US:en"), which is not meant for us."""


class _Environment(EnvSettingsSource):
    """The process's environment, without gettext's variable of the same name as one of ours."""

    def __call__(self) -> dict[str, Any]:
        held = super().__call__()
        if _GETTEXT.match(str(held.get("language", ""))):
            del held["language"]
        return held


class Settings(AccessSettings, VendorSettings, PrivacySettings, LimitSettings):
    """Every setting; the variable's name is the field's in capitals."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, env_file_encoding=_ENCODING, hide_input_in_errors=True
    )

    # The server
    host: Annotated[Address, Allowed("an address or a name of this machine, such as 127.0.0.1")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535), Allowed("a number from 0 to 65535; 0 takes any free port")] = 3000
    environment: Annotated[
        Literal["auto", "development", "production"], lower_case, Allowed("auto, development or production")
    ] = "auto"
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], lower_case, Allowed("debug, info, warning or error")
    ] = "info"
    log_format: Annotated[Literal["auto", "console", "json"], lower_case, Allowed("auto, console or json")] = "auto"
    session_log: Annotated[Literal["memory", "sqlite"], lower_case, Allowed("memory or sqlite")] = "memory"
    engine_threads: Annotated[
        int, Field(ge=0, le=256), Allowed("a number from 0 to 256; 0 takes one for each core")
    ] = 0

    # The conversation
    language: Annotated[Language, Allowed("a language of two letters, one of LANGUAGES, such as es")] = "es"
    languages: Annotated[
        tuple[Language, ...],
        NoDecode,
        comma_separated,
        Field(min_length=1),
        Allowed("languages of two letters with commas between them, such as es,en"),
    ] = ("es", "en")
    speculation: Annotated[Literal["off", "pause", "interim"], lower_case, Allowed("off, pause or interim")] = "pause"
    speculation_agreement: Annotated[Literal["words", "meaning"], lower_case, Allowed("words or meaning")] = "words"
    speculation_drafts: Annotated[int, Field(ge=1, le=20), Allowed("a number from 1 to 20")] = 8
    openings: Annotated[bool, Allowed("true or false")] = True
    region: Annotated[Region, Allowed("a country of two letters, such as ES or MX")] = DEFAULT_REGION
    persona: Annotated[Word, Allowed("the name that the voice gives herself, such as Sandra")] = "Sandra"
    knowledge_file: Annotated[
        ReadableFile, Allowed("a readable file that `enterprise-stream knowledge check FILE` finds good")
    ] = _DEMO_KNOWLEDGE

    # The end of a guest's turn
    turn_certainty: Annotated[
        float, Field(ge=0.5, le=0.999), Allowed("a probability from 0.5 (bold) to 0.999 (patient)")
    ] = _TURNS.certainty
    turn_sure_ms: Annotated[float, Field(ge=100, le=5000), Allowed("a number of ms from 100 to 5000")] = _TURNS.sure_ms
    turn_unsure_ms: Annotated[float, Field(ge=100, le=5000), Allowed("a number of ms from 100 to 5000")] = (
        _TURNS.unsure_ms
    )
    turn_unfinished_ms: Annotated[float, Field(ge=100, le=5000), Allowed("a number of ms from 100 to 5000")] = (
        _TURNS.unfinished_ms
    )

    # The database
    xdg_data_home: Annotated[XdgFolder | None, Allowed("the absolute path of a folder")] = None

    # Models
    xdg_cache_home: Annotated[XdgFolder | None, Allowed("the absolute path of a folder")] = None
    model_cache: Annotated[Folder | None, Allowed("the path of a folder")] = None

    # The voice library
    voice_library: Annotated[Literal["on", "built", "off"], lower_case, Allowed("on, built or off")] = "on"
    voice_library_folder: Annotated[Folder | None, Allowed("the path of a folder")] = None
    voice_library_mb: Annotated[int, Field(ge=1, le=1_000_000), Allowed("a number of MB from 1 to 1000000")] = 512
    voice_library_build: Annotated[Literal["idle", "off"], lower_case, Allowed("idle or off")] = "idle"
    voice_recordings: Annotated[Folder | None, Allowed("the path of a folder with recordings.yaml in it")] = None

    _warnings: tuple[str, ...] = PrivateAttr(default=())

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is allowed but hardly meant, each with what to do."""
        return self._warnings

    @property
    def development(self) -> bool:
        """Whether a developer is watching, so that the logs may show what guests say: `auto` asks for a terminal."""
        return self.environment == "development" or (self.environment == "auto" and sys.stderr.isatty())

    @property
    def loopback(self) -> bool:
        """Whether only this machine reaches the server."""
        return is_loopback(self.host)

    @property
    def turn_policy(self) -> TurnPolicy:
        """When a guest's turn is over."""
        return TurnPolicy(
            certainty=self.turn_certainty,
            sure_ms=self.turn_sure_ms,
            unsure_ms=self.turn_unsure_ms,
            unfinished_ms=self.turn_unfinished_ms,
        )

    @property
    def speculation_policy(self) -> SpeculationPolicy:
        """When an answer is begun ahead of the turn's end."""
        return SpeculationPolicy(self.speculation, self.speculation_agreement, self.speculation_drafts)

    @property
    def data_folder(self) -> Path:
        """Where what must not be lost is kept: the database, unless `database_url` names another."""
        return (self.xdg_data_home or Path.home() / ".local" / "share") / "enterprise-stream"

    @property
    def store_url(self) -> "URL":
        """The database; raises `ConfigError` when `database_url` names none that is known here."""
        from enterprise_stream.store.address import database_url

        return database_url(self.database_url.get_secret_value() if self.database_url else None, self.data_folder)

    @property
    def several_servers(self) -> bool:
        """Whether other servers may be on the same database: on PostgreSQL; a file of SQLite is one server's."""
        return self.store_url.get_backend_name() == "postgresql"

    @property
    def caps(self) -> Amounts:
        """The most that may be spent, in micro-dollars."""
        return Amounts(
            micro(self.max_cost_turn),
            micro(self.max_cost_call),
            micro(self.max_cost_day),
            micro(self.max_cost_tenant_day),
        )

    @property
    def models_folder(self) -> Path:
        """Where the models are kept."""
        return self.model_cache or self._cache / "models"

    @property
    def voices_folder(self) -> Path:
        """Where the clips of the voice library are kept."""
        return self.voice_library_folder or self._cache / "voices"

    @property
    def _cache(self) -> Path:
        return (self.xdg_cache_home or Path.home() / ".cache") / "enterprise-stream"

    @property
    def knowledge_vectors(self) -> Path:
        """Where the embedded knowledge is kept from one start to the next: one file for each knowledge file."""
        key = hashlib.sha256(str(self.knowledge_file.resolve()).encode()).hexdigest()[:12]
        return self.models_folder / "knowledge" / f"{self.knowledge_file.stem}-{key}.npz"

    @property
    def threads(self) -> int:
        """Threads for the engines' work: `engine_threads`, or one for each core that the process may use."""
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return self.engine_threads or cores

    def secrets(self) -> tuple[str, ...]:
        """Every secret value, for the logs to hide."""
        held = (getattr(self, field) for field in SECRET_FIELDS if field not in {"api_keys", "owner_keys"})
        keys = (secret_part(key.get_secret_value()) for key in (*self.api_keys, *self.owner_keys))
        return (*(secret.get_secret_value() for secret in held if secret is not None), *keys)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        problems = [*self.missing_for_engines(), *self.door_problems(self.port)]
        if self.language not in self.languages:
            problems.append(f'LANGUAGE is "{self.language}": one of LANGUAGES, which is "{",".join(self.languages)}"')
        if self.session_secret is None and not self.loopback:
            problems.append(
                f'SESSION_SECRET is not set, and HOST is "{self.host}", which other machines reach: set SESSION_SECRET '
                f"to {_allowed('session_secret')}, or HOST to 127.0.0.1"
            )
        if self.owner_keys and self.admin_key is None:
            problems.append(
                f"ADMIN_KEY is not set, and OWNER_KEYS is: set ADMIN_KEY to {_allowed('admin_key')}, which signs logins"
            )
        if not self.turn_sure_ms <= self.turn_unsure_ms <= self.turn_unfinished_ms:
            problems.append(
                f"TURN_SURE_MS ({self.turn_sure_ms:g}), TURN_UNSURE_MS ({self.turn_unsure_ms:g}) and "
                f"TURN_UNFINISHED_MS ({self.turn_unfinished_ms:g}) must rise in this order"
            )
        if self.webhook_url is not None and self.webhook_secret is None:
            problems.append(
                "WEBHOOK_SECRET is not set, and WEBHOOK_URL is: set it, so that the receiver can tell that it is you"
            )
        if problems:
            raise ValueError("\n".join(problems))
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - replaced by `_Environment`
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - not a source of ours
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then `.env`."""
        return init_settings, _Environment(settings_cls), dotenv_settings


SECRET_FIELDS = tuple(name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation))
"""Settings whose value is never shown."""


def load_settings(env_file: Path | None = Path(".env"), given: Mapping[str, Any] | None = None) -> Settings:
    """Read and check every setting.

    Args:
        env_file: a file of `NAME=value` lines; one that is not there counts as empty. None reads the environment only.
        given: settings by field name that win over both, as a command's options do.

    Raises:
        ConfigError: a value is wrong or missing; the message has one line for each.
    """
    in_file = _read(env_file)
    try:
        settings = Settings(_env_file=env_file, **(given or {}))  # type: ignore[call-arg]  # BaseSettings takes it; mypy sees only fields
    except ValidationError as error:
        told = in_file | {name.upper(): str(value) for name, value in (given or {}).items()}
        raise ConfigError(_explain(error, told)) from None
    settings._warnings = tuple(_doubts(settings, in_file, env_file))  # noqa: SLF001 - set once, here
    return settings


def load_environment(env_file: Path | None = Path(".env")) -> Mapping[str, str]:
    """Every variable of the environment and of `.env`, for files that name a secret instead of holding it.

    Raises:
        ConfigError: `.env` cannot be read.
    """
    return _read(env_file) | {name: value for name, value in os.environ.items() if value}


def _read(env_file: Path | None) -> dict[str, str]:
    """What `.env` holds, names in capitals."""
    if env_file is None or not env_file.exists():
        return {}
    try:
        values = dotenv_values(env_file, encoding=_ENCODING)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{env_file} cannot be read ({type(error).__name__}): a text file in UTF-8 is needed."
        ) from None
    return {name.upper(): value for name, value in values.items() if value is not None}


def _explain(error: ValidationError, in_file: dict[str, str]) -> str:
    told: dict[str, None] = {}
    for problem in error.errors(include_url=False, include_input=False):
        if problem["loc"]:
            told[_tell(str(problem["loc"][0]), in_file)] = None
        else:  # from `_fits_together`, in our own words
            told.update(dict.fromkeys(problem["msg"].removeprefix("Value error, ").split("\n")))
    return "\n".join(told)


def _tell(field: str, in_file: dict[str, str]) -> str:
    name = field.upper()
    if field in SECRET_FIELDS:
        return f"{name} is (set, hidden): {_allowed(field)}"
    held = redact_text(_held(name, in_file))
    shown = held if len(held) <= _MAX_SHOWN else held[: _MAX_SHOWN - 1] + "…"
    return f'{name} is "{shown}": {_allowed(field)}'


def _held(name: str, in_file: dict[str, str]) -> str:
    """What was given for a setting, by the rules that `Settings` reads by."""
    for given, value in os.environ.items():
        if given.upper() == name and value and not (name == "LANGUAGE" and _GETTEXT.match(value)):
            return value
    return in_file.get(name, "")


def _allowed(field: str) -> str:
    return next(part.text for part in Settings.model_fields[field].metadata if isinstance(part, Allowed))


def _doubts(settings: Settings, in_file: dict[str, str], env_file: Path | None) -> list[str]:
    known = [field.upper() for field in Settings.model_fields]
    doubts = []
    for name in in_file:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
        if name not in known and near:
            doubts.append(f"{env_file} holds {name}, which is no setting; did you mean {near[0]}?")
    if settings.session_secret is not None and not settings.api_keys:
        doubts.append("SESSION_SECRET is set but API_KEYS is not: nobody can ask for a session, so nobody can connect.")
    if settings.api_keys and settings.session_secret is None:
        doubts.append("API_KEYS is set but SESSION_SECRET is not: without it no session tokens are made or asked for.")
    if settings.admin_port is None and settings.admin_host != Settings.model_fields["admin_host"].default:
        doubts.append("ADMIN_HOST is set but ADMIN_PORT is not: without it the owner has no listener of his own.")
    if settings.admin_port is None and settings.admin_key is not None and not settings.loopback:
        doubts.append(
            f"The console and /metrics share {settings.host}:{settings.port} with the guests, behind ADMIN_KEY: set "
            "ADMIN_PORT, and they are on a private address (ADMIN_HOST, 127.0.0.1 by default) and nowhere else."
        )
    if settings.loopback and settings.session_secret is not None and not settings.trusted_proxies:
        doubts += [
            f"ALLOWED_ORIGINS names {origin}, which reaches a server on {settings.host} through a proxy only, and "
            "TRUSTED_PROXIES does not name it: set it (127.0.0.1 for one on this machine), or limits count all guests "
            "as one, and this server's own pages may take sessions without a key through it."
            for origin in settings.allowed_origins[:1]
            if not is_loopback(urlsplit(origin).hostname or "")
        ]
    return doubts
