"""An event loop on virtual time: when nothing is left to do now, time jumps to the next timer.

Ten minutes of conversation take as long as their computing takes, and every run has the same times. Threads and
sockets are real: while a call runs in an executor of the loop, time stands still; while a socket is open, time runs at
most `SOCKET_STEP_S` for each `SOCKET_GRACE_S` of real time, so that data on its way comes before the timers that wait
for it.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

SOCKET_GRACE_S = 0.001
"""Real time that open sockets are watched before a step."""

SOCKET_STEP_S = 0.02
"""Furthest step while sockets are open: twenty times as fast as real time."""

PATIENCE_S = 10.0
"""Real time that a thread may take, before the loop is taken to be stuck."""


class StuckError(RuntimeError):
    """Nothing will ever happen on this loop: no timer is set and nothing has come from any thread or socket."""


class _JumpingSelector(selectors.DefaultSelector):
    """Selects without waiting; tells the loop how much time it would have waited."""

    loop: "VirtualTimeLoop"

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None or self.loop.threads:
            ready = super().select(PATIENCE_S)
            if not ready:
                raise StuckError(f"Nothing is scheduled, and nothing has come from a thread in {PATIENCE_S:.0f} s.")
            return ready
        if len(self.get_map()) == 1:  # the loop's own wake-up
            self.loop.jump(timeout)
            return ready
        ready = super().select(SOCKET_GRACE_S)
        if not ready:
            self.loop.jump(min(timeout, SOCKET_STEP_S))
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """A selector event loop whose time jumps.

    Attributes:
        threads: calls that run in an executor of this loop now.
    """

    def __init__(self) -> None:
        selector = _JumpingSelector()
        selector.loop = self
        self.threads = 0
        self._now = 1_000.0
        super().__init__(selector)

    def time(self) -> float:
        """Virtual seconds."""
        return self._now

    def jump(self, seconds: float) -> None:
        """Let virtual time pass at once."""
        self._now += seconds

    def run_in_executor(self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts) -> "asyncio.Future[T]":
        """As asyncio's; time stands still until the call returns."""
        future = super().run_in_executor(executor, func, *args)
        self.threads += 1
        future.add_done_callback(self._returned)
        return future

    def _returned(self, _: "asyncio.Future[Any]") -> None:
        self.threads -= 1


def run_virtual(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end on a new `VirtualTimeLoop`, as `asyncio.run` does."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)
