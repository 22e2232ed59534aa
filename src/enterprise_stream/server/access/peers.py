"""Where a request comes from: its address, whether that is this machine, and the key that it shows."""

import ipaddress
from typing import Final

from starlette.requests import HTTPConnection

from enterprise_stream.server.access.origins import local_name
from enterprise_stream.server.admission import network_of

_FORWARDING: Final = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
"""Headers that a proxy adds: what carries one comes from further away than its peer."""


def address_of(connection: HTTPConnection) -> str:
    """The address that limits count by: the peer's, or the one that a trusted proxy names (`TRUSTED_PROXIES`)."""
    host = connection.client.host if connection.client else ""
    return network_of(host) or host


def on_this_machine(connection: HTTPConnection) -> bool:
    """Whether a request is from this machine, through no proxy, and asks for it by a name that only it has."""
    if any(name in connection.headers for name in _FORWARDING):
        return False
    local = connection.client is not None and _is_loopback(connection.client.host)
    return local and local_name(connection.headers)


def plain_from_afar(connection: HTTPConnection) -> bool:
    """Whether a request came over a network without TLS: from another machine, and for a name that others can reach.

    Where it is not this server that speaks TLS, it is a proxy before it, which says so (`X-Forwarded-Proto`); only
    trusted ones are believed.
    """
    if connection.scope["scheme"] in {"https", "wss"} or local_name(connection.headers):
        return False
    return connection.client is None or not _is_loopback(connection.client.host)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def bearer(connection: HTTPConnection) -> str | None:
    """What `Authorization: Bearer` holds; None without it."""
    scheme, _, shown = connection.headers.get("authorization", "").partition(" ")
    return shown.strip() if scheme.lower() == "bearer" else None
