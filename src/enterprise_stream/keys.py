"""Named keys of an owner's own programs: how they are written in a setting, kept, made and compared.

A key has 256 bits of chance, so a plain SHA-256 of it keeps it as well as a slow hash would.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

MIN_KEY_CHARS: Final = 16
"""Shortest key that a setting may hold."""

_PREFIX: Final = "esk_"
"""What our own keys begin with, so that people, logs and scanners of code know one when they see it."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_NAMED = re.compile(rf"(?P<name>{_NAME.pattern}):(?P<key>.+)")
_HASHED = re.compile(r"sha256:(?P<digest>[0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept.

    Attributes:
        name: whose it is; empty where there is only one. Several keys of one name are the same tenant's.
        digest: its SHA-256.
    """

    name: str
    digest: bytes

    @property
    def mark(self) -> str:
        """Tells it from other keys, and opens nothing."""
        return self.digest[:8].hex()


def read_key(text: str) -> Key:
    """A key as settings hold it: `KEY`, `name:KEY`, `sha256:DIGEST` or `name:sha256:DIGEST`.

    Raises:
        ValueError: it is none of these, or too short.
    """
    name, key = _parts(text)
    hashed = _HASHED.fullmatch(key)
    if hashed is not None:
        return Key(name, bytes.fromhex(hashed["digest"]))
    if len(key) < MIN_KEY_CHARS or not key.isascii() or not key.isprintable() or " " in key:
        raise ValueError("too short, or characters that no header can hold")
    return Key(name, _digest(key))


def is_name(text: str) -> bool:
    """Whether a key can have this name."""
    return _NAME.fullmatch(text) is not None


def whole_key(text: str) -> Key:
    """A key that has no name and is written as it is."""
    return Key("", _digest(text))


def secret_part(text: str) -> str:
    """The part of a key in a setting that nobody may see."""
    return _parts(text)[1]


def new_key() -> str:
    """A key that nobody can guess."""
    return _PREFIX + secrets.token_urlsafe(32)


def hashed(key: str) -> str:
    """A key as a setting may hold it that is not to show it."""
    return f"sha256:{_digest(key).hex()}"


class KeyRing:
    """The keys that open something, known by their digests only."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._keys = tuple(keys)

    def __bool__(self) -> bool:
        return bool(self._keys)

    def owner(self, shown: str) -> str | None:
        """Whose key this is; None for nobody's."""
        found = self.find(shown)
        return None if found is None else found.name

    def find(self, shown: str) -> Key | None:
        """The key that this is; None for none. Takes the same time for every key that is shown."""
        digest = _digest(shown)
        found = [key for key in self._keys if hmac.compare_digest(digest, key.digest)]
        return found[0] if found else None

    def has(self, name: str, mark: str) -> bool:
        """Whether a key of this name and mark is still there."""
        return any((key.name, key.mark) == (name, mark) for key in self._keys)


def _parts(text: str) -> tuple[str, str]:
    if _HASHED.fullmatch(text) is None and (named := _NAMED.fullmatch(text)) is not None:
        return named["name"], named["key"]
    return "", text


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
