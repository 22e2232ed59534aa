"""Whose page a request comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Origins:
    """The pages that may connect.

    A browser always tells the page's origin. It must be listed, or be the very host that it asks for. Where no token
    is asked for, that host must be a loopback name besides: a foreign page that has its own name resolve to 127.0.0.1
    (DNS rebinding) has another one.

    Attributes:
        listed: exact origins (`https://example.com`).
        tokens: whether a token is asked for, so that a page alone opens nothing.
    """

    listed: frozenset[str]
    tokens: bool = False

    def allow(self, headers: Mapping[str, str]) -> bool:
        """Whether a request with these headers is from a page that may connect, or from no page at all."""
        origin = headers.get("origin")
        if origin is None or origin in self.listed:
            return True
        return own_page(headers) and (self.tokens or local_name(headers))


def own_page(headers: Mapping[str, str]) -> bool:
    """Whether the request is from a page of the very host and port that it asks for."""
    try:
        parts = urlsplit(headers.get("origin", ""))
    except ValueError:  # no browser sends such an origin
        return False
    return parts.netloc != "" and parts.netloc == headers.get("host", "") and parts.scheme in {"http", "https"}


def local_name(headers: Mapping[str, str]) -> bool:
    """Whether the request asks for this machine by a name that no other can have."""
    try:
        return (urlsplit(f"//{headers.get('host', '')}").hostname or "") in LOOPBACK_NAMES
    except ValueError:
        return False


def foreign(headers: Mapping[str, str]) -> bool:
    """Whether the request says that it is from another page than our own."""
    site = headers.get("sec-fetch-site", "none")
    return ("origin" in headers and not own_page(headers)) or site not in {"same-origin", "none"}
