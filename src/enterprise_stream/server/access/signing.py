"""Claims under a signature (JWT, HS256), for one purpose each."""

import hashlib
import hmac
from typing import Any, Final

import jwt

from enterprise_stream.clock import Clock

_ALGORITHM: Final = "HS256"
"""The only one that is read, whatever a token's head says: neither `none` nor a key of another kind passes."""

_READ: Final[Any] = {
    "require": ["aud", "exp"],
    "verify_exp": False,  # by our own clock, below
    "verify_iat": False,
    "verify_nbf": False,
}


class BadTokenError(Exception):
    """It is not signed by us for this purpose, or its time is over."""


class Signer:
    """Signs and reads claims for one purpose.

    Args:
        secret: that all that is signed hangs on; only a key made from it is kept.
        purpose: what the claims are for; what was signed for another one is not read.
        clock: what is over is over by its wall time.
    """

    def __init__(self, secret: str, purpose: str, clock: Clock) -> None:
        self._key = hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).digest()
        self._purpose = purpose
        self._clock = clock

    def sign(self, claims: dict[str, Any], until_ms: float) -> str:
        """The claims as a token, good until then (ms since 1970)."""
        payload = {**claims, "aud": self._purpose, "exp": until_ms / 1000}
        return jwt.encode(payload, self._key, _ALGORITHM)

    def read(self, token: str) -> dict[str, Any]:
        """The claims of a token.

        Raises:
            BadTokenError: whatever is wrong with it; which of it, nobody is told.
        """
        claims = self.verify(token)
        if not self._clock.wall_ms() < claims["exp"] * 1000:  # NaN is over, too
            raise BadTokenError
        return claims

    def verify(self, token: str) -> dict[str, Any]:
        """The same of a token whose time may be over: by `exp`, in seconds since 1970.

        Raises:
            BadTokenError: it is not signed by us for this purpose, or has no such time.
        """
        try:
            claims: dict[str, Any] = jwt.decode(token, self._key, [_ALGORITHM], audience=self._purpose, options=_READ)
            return claims | {"exp": float(claims["exp"])}
        except (jwt.PyJWTError, TypeError, ValueError, OverflowError, RecursionError):
            raise BadTokenError from None
