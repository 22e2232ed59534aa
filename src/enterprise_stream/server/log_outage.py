"""Which sessions' log fails, for whoever watches the server."""

from typing import Protocol
from weakref import WeakKeyDictionary

from enterprise_stream.clock import Clock
from enterprise_stream.observe.log_metrics import LogState


class Waiting(Protocol):
    """A session's part of the log."""

    @property
    def behind(self) -> int:
        """Messages that the log does not have yet."""
        ...


class LogOutage:
    """Told of each try; a session that is over counts no more.

    Args:
        clock: says how long it has failed.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since = WeakKeyDictionary[Waiting, float]()
        self._errors = 0
        self._given_up = 0

    def failed(self, session: Waiting) -> None:
        """The log did not do what a session asked of it."""
        self._errors += 1
        self._since.setdefault(session, self._clock.now_ms())

    def over(self, session: Waiting) -> None:
        """It has done all of it, or the session is over."""
        self._since.pop(session, None)

    def gave_up(self, session: Waiting) -> None:
        """Too much waited: the log is not asked for this session any more."""
        self._given_up += 1
        self.over(session)

    @property
    def state(self) -> LogState:
        """As it is now."""
        now = self._clock.now_ms()
        since = dict(self._since)
        return LogState(
            errors=self._errors,
            given_up=self._given_up,
            sessions=len(since),
            waiting=sum(session.behind for session in since),
            out_s=max(((now - at) / 1000 for at in since.values()), default=0.0),
        )
