"""Settings of access: who may connect, who may ask for sessions, who is the owner."""

from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode

from enterprise_stream.keys import MIN_KEY_CHARS
from enterprise_stream.setting_types import (
    MIN_SECRET_CHARS,
    Allowed,
    ApiKey,
    Network,
    Origin,
    OwnerKey,
    PrivateAddress,
    ReadableFile,
    comma_separated,
    is_loopback,
)


class AccessSettings(BaseSettings):
    """What `Settings` holds of access; the variable's name is the field's in capitals."""

    session_secret: Annotated[
        SecretStr | None,
        Field(min_length=MIN_SECRET_CHARS),
        Allowed(
            f"at least {MIN_SECRET_CHARS} characters that nobody can guess, such as `enterprise-stream keys secret` "
            "prints"
        ),
    ] = None
    api_keys: Annotated[
        tuple[ApiKey, ...],
        NoDecode,
        comma_separated,
        Allowed(
            f"keys of at least {MIN_KEY_CHARS} characters with commas between them, each with its owner's name before "
            "it if you like (name:key), such as `enterprise-stream keys new` prints"
        ),
    ] = ()
    admin_key: Annotated[
        SecretStr | None,
        Field(min_length=MIN_SECRET_CHARS),
        Allowed(f"at least {MIN_SECRET_CHARS} characters, such as `enterprise-stream keys admin` prints"),
    ] = None
    owner_keys: Annotated[
        tuple[OwnerKey, ...],
        NoDecode,
        comma_separated,
        Allowed(
            f"keys of at least {MIN_KEY_CHARS} characters with commas between them, each with its tenant's name before "
            "it (name:key), such as `enterprise-stream keys owner` prints"
        ),
    ] = ()
    allowed_origins: Annotated[
        tuple[Origin, ...],
        NoDecode,
        comma_separated,
        Allowed("origins with commas between them, such as https://www.example.com, without a path or a *"),
    ] = ()
    trusted_proxies: Annotated[
        tuple[Network, ...],
        NoDecode,
        comma_separated,
        Allowed("addresses or networks of your reverse proxies with commas between them, such as 10.0.0.0/8"),
    ] = ()
    admin_host: Annotated[
        PrivateAddress,
        Allowed("an address of this machine that the internet does not reach, such as 127.0.0.1 or 10.0.0.5"),
    ] = "127.0.0.1"
    admin_port: Annotated[
        int | None, Field(ge=0, le=65535), Allowed("a number from 0 to 65535 that is not PORT; 0 takes any free port")
    ] = None
    tls_cert_file: Annotated[
        ReadableFile | None,
        Allowed("a readable file with the server's certificate and those up to its authority's, in PEM"),
    ] = None
    tls_key_file: Annotated[
        ReadableFile | None, Allowed("a readable file with the private key of TLS_CERT_FILE, in PEM")
    ] = None

    @property
    def admin_loopback(self) -> bool:
        """Whether only this machine reaches the owner's own listener."""
        return is_loopback(self.admin_host)

    def door_problems(self, port: int) -> list[str]:
        """What of the listeners' settings does not fit together, beside the guests' `port`."""
        problems = []
        if self.admin_port is not None and self.admin_port == port != 0:
            problems.append(f"ADMIN_PORT is {port}, which is PORT: guests and the owner each need a port of their own")
        if self.admin_port is not None and not self.admin_loopback:
            problems += [
                f'{name} is not set, and ADMIN_HOST is "{self.admin_host}", which other machines reach: set {name}, or '
                "ADMIN_HOST to 127.0.0.1"
                for name, held in (("ADMIN_KEY", self.admin_key), ("SESSION_SECRET", self.session_secret))
                if held is None
            ]
        files = {"TLS_CERT_FILE": self.tls_cert_file, "TLS_KEY_FILE": self.tls_key_file}
        missing = [name for name, file in files.items() if file is None]
        if len(missing) == 1:
            (given,) = files.keys() - missing
            problems.append(f"{missing[0]} is not set, and {given} is: TLS needs a certificate and its key")
        return problems
