"""How many guests at once: those inside keep their quality, the next gets a clear refusal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from enterprise_stream.errors import OverloadedError

RETRY_AFTER_S = 10
"""When a guest who was refused may try again, in seconds: about an answer's length."""


class Admission:
    """Counts the guests and knows when the machine is full.

    Args:
        max_sessions: guests at once.
        waiting: engine jobs that wait for a thread now.
        max_waiting: jobs that may wait before new guests are refused.
    """

    def __init__(self, max_sessions: int, waiting: Callable[[], int], max_waiting: int) -> None:
        self._max_sessions = max_sessions
        self._waiting = waiting
        self._max_waiting = max_waiting
        self._inside = 0

    @property
    def inside(self) -> int:
        """Guests connected now."""
        return self._inside

    @property
    def full(self) -> bool:
        """Whether the next guest would be refused."""
        return self._inside >= self._max_sessions or self._waiting() >= self._max_waiting

    @contextmanager
    def enter(self) -> Iterator[None]:
        """A place for one guest while the block runs.

        Raises:
            OverloadedError: the machine is full.
        """
        if self.full:
            raise OverloadedError(
                "Todas las líneas están ocupadas; inténtelo dentro de unos segundos. "
                "All lines are busy; please try again in a few seconds."
            )
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1
