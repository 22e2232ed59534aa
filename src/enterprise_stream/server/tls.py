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
    from cryptography import x509  # a tenth of a second to import, for who has a certificate

    _context(cert, key)
    return Certificate(x509.load_pem_x509_certificate(cert.read_bytes()).not_valid_after_utc)


def _context(cert: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION | ssl.OP_CIPHER_SERVER_PREFERENCE
    context.set_ciphers(CIPHERS)
    context.set_alpn_protocols(list(ALPN))
    _look_into("TLS_CERT_FILE", cert, "-----BEGIN CERTIFICATE-----", "certificate")
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
