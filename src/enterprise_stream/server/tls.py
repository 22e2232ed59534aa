"""The server's own TLS: a certificate and its key, offered as strictly as every browser of this decade can take it."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog

from enterprise_stream.errors import ConfigError

log = structlog.get_logger(__name__)

CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2: forward secrecy and authenticated encryption, nothing else. Those of TLS 1.3 are all such."""

ALPN: Final = ("http/1.1",)

_UTC_TIME, _VERSION = 0x17, 0xA0
"""Tags of DER: a time whose year has two digits, and a certificate's version, which may be left out."""


class Tls:
    """What TLS connections begin with, for as long as the server runs.

    Args:
        cert: file with the certificate and those up to its authority's, in PEM.
        key: file with its private key.

    Raises:
        ConfigError: as `certificate` does.

    Attributes:
        context: for the listeners; after `reload`, connections that begin from then on have the new certificate.
    """

    def __init__(self, cert: Path, key: Path) -> None:
        self._cert, self._key = cert, key
        self.context = _context(cert, key)

    def reload(self) -> None:
        """Read both files again; where they cannot be used, the certificate stays as it is, and the log says why."""
        try:
            found = certificate(self._cert, self._key)
            self.context.load_cert_chain(self._cert, self._key, _no_password)
        except (ConfigError, OSError) as error:
            log.error("certificate_not_reloaded", message=str(error))
        else:
            log.info("certificate_reloaded", until=found.ends.date().isoformat())


@dataclass(frozen=True, slots=True)
class Certificate:
    """What an owner wants to know of his certificate.

    Attributes:
        ends: the last moment at which a browser takes it.
    """

    ends: datetime

    def days_left(self, now_ms: float) -> int:
        """Whole days until it ends, at `now_ms` (ms since 1970); negative once it has."""
        return (self.ends - datetime.fromtimestamp(now_ms / 1000, UTC)).days


def certificate(cert: Path, key: Path) -> Certificate:
    """The certificate in a file, which can be served with its key.

    Raises:
        ConfigError: a file cannot be read, holds something else, or they do not belong together.
    """
    _context(cert, key)
    pem = cert.read_text(encoding="ascii", errors="replace")
    first = pem[pem.index(_CERTIFICATE) :]
    return Certificate(_not_after(ssl.PEM_cert_to_DER_cert(first[: first.index(_END) + len(_END)])))


_CERTIFICATE, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


def _context(cert: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION | ssl.OP_CIPHER_SERVER_PREFERENCE
    context.set_ciphers(CIPHERS)
    context.set_alpn_protocols(list(ALPN))
    _look_into("TLS_CERT_FILE", cert, _CERTIFICATE, "certificate")
    _look_into("TLS_KEY_FILE", key, "PRIVATE KEY-----", "private key")
    try:
        context.load_cert_chain(cert, key, _no_password)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise ConfigError(f"TLS_KEY_FILE ({key}) is not the key of the certificate in TLS_CERT_FILE.") from None
        why = error.reason or "damaged"
        raise ConfigError(f"TLS_CERT_FILE ({cert}) and TLS_KEY_FILE ({key}) cannot be used: {why}.") from None
    return context


def _look_into(setting: str, file: Path, mark: str, what: str) -> None:
    """OpenSSL says what is wrong, but not with which of the two files.

    Raises:
        ConfigError: the file cannot be read, or holds nothing of the kind.
    """
    try:
        held = file.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{setting} ({file}) cannot be read ({error.strerror}): let the server's user do so."
        ) from None
    if mark.encode() not in held:
        raise ConfigError(f"{setting} ({file}) holds no {what} in PEM, which begins with -----BEGIN.")


def _no_password() -> str:
    raise ConfigError("TLS_KEY_FILE is encrypted, and nobody is there to type its password: give it as it is.")


def _not_after(der: bytes) -> datetime:
    """When a certificate that OpenSSL has taken ends: the second time of its `validity` (RFC 5280, 4.1)."""
    _, at, _ = _element(der, 0)  # the certificate
    _, at, _ = _element(der, at)  # what is signed of it
    tag, _, end = _element(der, at)
    at = end if tag == _VERSION else at
    for _ in ("serial number", "algorithm", "issuer"):
        _, _, at = _element(der, at)
    _, at, _ = _element(der, at)
    _, _, at = _element(der, at)  # not before
    tag, start, end = _element(der, at)
    digits = der[start:end].decode("ascii")
    if tag == _UTC_TIME:
        digits = ("20" if digits[:2] < "50" else "19") + digits
    return datetime.strptime(digits, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _element(der: bytes, at: int) -> tuple[int, int, int]:
    """The element at a place in DER: its tag, where what it holds begins, and where it ends."""
    tag, size, start = der[at], der[at + 1], at + 2
    if size & 0x80:
        width = size & 0x7F
        size, start = int.from_bytes(der[start : start + width], "big"), start + width
    return tag, start, start + size
