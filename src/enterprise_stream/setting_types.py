"""What a setting may hold: checks, types, and the words that tell a person what is allowed."""

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from enterprise_stream.keys import read_key

MIN_SECRET_CHARS = 32
"""Shortest `SESSION_SECRET`: 128 bits when written in hexadecimal."""

DEFAULT_REGION = "ES"
"""Region of a business that names none, ISO 3166-1 alpha-2."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a setting may hold, in words; completes "PORT is "abc": "."""

    text: str


def _lower(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


def _upper(value: Any) -> Any:
    return value.strip().upper() if isinstance(value, str) else value


def _split(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _address(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", value):
        ipaddress.ip_address(value)  # raises ValueError
    return value


def _private_address(value: str) -> str:
    if value.lower() == "localhost":
        return value
    parsed = ipaddress.ip_address(value)
    if parsed.is_global or parsed.is_unspecified or parsed.is_multicast:
        raise ValueError("an address that others may reach")
    return value


def _file(value: Path) -> Path:
    path = value.expanduser()
    if not path.is_file():
        raise ValueError("no such file")
    return path


def _folder(value: Path) -> Path:
    path = value.expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise ValueError("not a folder")
    return path


def _xdg_folder(value: Path) -> Path | None:
    """The XDG base directory specification has a relative path ignored."""
    return _folder(value) if value.is_absolute() else None


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "*" in value:
        raise ValueError("not an origin")
    if value != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
        raise ValueError("more than an origin")
    return value.lower()


def _http_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("not an http address")
    if parts.username or parts.password:
        raise ValueError("an address with a password in it")
    return value.rstrip("/")


def _api_key(value: SecretStr) -> SecretStr:
    read_key(value.get_secret_value())
    return value


def _owner_key(value: SecretStr) -> SecretStr:
    if not read_key(value.get_secret_value()).name:
        raise ValueError("a key without a name")
    return value


def _network(value: str) -> str:
    return str(ipaddress.ip_network(value)) if "/" in value else str(ipaddress.ip_address(value))


Word = Annotated[str, Field(min_length=1, max_length=200)]
Region = Annotated[str, BeforeValidator(_upper), Field(pattern=r"^[A-Z]{2}$")]
Language = Annotated[str, BeforeValidator(_lower), Field(pattern=r"^[a-z]{2}$")]
Folder = Annotated[Path, AfterValidator(_folder)]
XdgFolder = Annotated[Path, AfterValidator(_xdg_folder)]
Origin = Annotated[str, AfterValidator(_origin)]
HttpAddress = Annotated[str, AfterValidator(_http_address)]
ApiKey = Annotated[SecretStr, AfterValidator(_api_key)]
OwnerKey = Annotated[SecretStr, AfterValidator(_owner_key)]
Network = Annotated[str, AfterValidator(_network)]
Address = Annotated[str, AfterValidator(_address)]
PrivateAddress = Annotated[str, AfterValidator(_private_address)]
ReadableFile = Annotated[Path, AfterValidator(_file)]
lower_case = BeforeValidator(_lower)
comma_separated = BeforeValidator(_split)


def is_loopback(host: str) -> bool:
    """Whether an address or name is reached from this machine only."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
