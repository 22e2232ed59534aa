"""Packages that only some installations have."""

from collections.abc import Iterator
from contextlib import contextmanager

from enterprise_stream.errors import ConfigError


@contextmanager
def local_packages() -> Iterator[None]:
    """Turn a missing package of the `local` extra into help.

    Raises:
        ConfigError: the packages of the `local` extra are not installed.
    """
    with _extra("The embedded engines need", "local"):
        yield


@contextmanager
def vendor_packages() -> Iterator[None]:
    """The same for the `cloud` extra.

    Raises:
        ConfigError: the packages of the `cloud` extra are not installed.
    """
    with _extra("The vendors' engines need", "cloud"):
        yield


@contextmanager
def _extra(what: str, extra: str) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise ConfigError(f"{what} {error.name}: install `enterprise-stream[{extra}]`, or run `make setup`.") from error
