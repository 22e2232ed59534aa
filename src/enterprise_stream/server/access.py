"""Who may connect: pages of our own or of the listed origins, and clients that are no browser."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class AccessRules:
    """Rules for a connection without a token, which only loopback is offered to.

    Attributes:
        origins: exact origins (`https://example.com`) whose pages may connect, beside our own.
    """

    origins: frozenset[str]

    def allows(self, headers: Mapping[str, str]) -> bool:
        """Whether a request with these headers may open a connection.

        A browser always tells the page's origin. It must be listed, or be the very host and port that it asks for, and
        that host must be a loopback name: a foreign page that has its own name resolve to 127.0.0.1 (DNS rebinding)
        has another one.
        """
        origin = headers.get("origin")
        host = headers.get("host", "")
        if origin is None:
            return True
        if origin in self.origins:
            return True
        try:
            parts = urlsplit(origin)
        except ValueError:  # no browser sends such an origin
            return False
        return parts.netloc == host and parts.scheme in {"http", "https"} and _name(host) in LOOPBACK_NAMES


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
