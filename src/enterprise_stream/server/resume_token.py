"""The token that lets a client come back to its session: a new one at each connection."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Digests:
    """What is kept of a session's tokens; never a token itself.

    Attributes:
        current: of the token that the client was given last; None between its use and the next one.
        before: of the token that was used last, until its client has shown that it has the next one.
    """

    current: str | None = None
    before: str | None = None


class ResumeToken:
    """A session's token.

    The token that was used last counts once more while nobody is connected and its successor may not have reached the
    client: a connection that is lost right after it was made must not lock the guest out.
    """

    def __init__(self, digests: Digests = Digests()) -> None:
        self.digests = digests

    def issue(self) -> str:
        """A new token, in place of the current one."""
        token = secrets.token_urlsafe(24)
        self.digests = replace(self.digests, current=_digest(token))
        return token

    def settle(self) -> bool:
        """The client has the current token; says whether that is news."""
        news = self.digests.before is not None
        self.digests = replace(self.digests, before=None)
        return news

    def accepts(self, token: str, *, connected: bool) -> bool:
        """Whether a client may come back with this token; compared in constant time.

        Args:
            token: what the client shows.
            connected: whether somebody is.
        """
        known = (self.digests.current, None if connected else self.digests.before)
        given = _digest(token)
        return any(digest is not None and hmac.compare_digest(given, digest) for digest in known)

    def redeem(self, token: str, *, connected: bool) -> bool:
        """The same, and uses the token up."""
        if not self.accepts(token, connected=connected):
            return False
        self.digests = Digests(None, _digest(token))
        return True


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
