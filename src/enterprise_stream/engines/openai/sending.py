"""Whether a request has gone out whole: from then on the vendor is at work on it, and bills what it reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpx2

_SENT = "http11.send_request_body.complete"
"""The transport's event."""


@dataclass(slots=True)
class Sending:
    """A request on its way.

    Attributes:
        sent: it has gone out whole.
    """

    sent: bool = False

    async def trace(self, event: str, _: dict[str, Any]) -> None:
        """Take in an event of the transport."""
        if event == _SENT:
            self.sent = True


_now: ContextVar[Sending | None] = ContextVar("request_on_its_way", default=None)


@contextmanager
def sending() -> Iterator[Sending]:
    """Watch the request that is made inside; no other way leads through the SDK to the transport."""
    watched = Sending()
    token = _now.set(watched)
    try:
        yield watched
    finally:
        _now.reset(token)


def watch(request: httpx2.Request) -> None:
    """Let the transport tell whoever watches the request."""
    watched = _now.get()
    if watched is not None:
        request.extensions["trace"] = watched.trace
