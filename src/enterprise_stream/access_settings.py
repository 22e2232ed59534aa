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
    comma_separated,
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
