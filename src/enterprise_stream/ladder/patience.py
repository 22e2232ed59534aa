"""How long an engine is waited for, and the error when it is late."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Generic, TypeVar

from enterprise_stream.errors import EngineError, VendorError
from enterprise_stream.ladder.rung import Rung

T = TypeVar("T")


def late(rung: Rung[Any]) -> EngineError:
    """What a rung failed with that did not answer in time."""
    if rung.local:
        return EngineError("An engine on this machine did not answer in time.")
    return VendorError("A vendor did not answer in time.", code="vendor_timeout")


async def within(result: Awaitable[T], rung: Rung[Any], more_s: float = 0.0) -> T:
    """The result, inside the rung's `first_s` and `more_s`.

    Raises:
        EngineError: it took longer.
    """
    try:
        async with asyncio.timeout(rung.first_s + more_s):
            return await result
    except TimeoutError:
        raise late(rung) from None


class Patience(Generic[T]):
    """Waits for each piece of a stream: for `first_s` at first, then for `stall_s`, less what earlier pieces were late.

    A piece is worth as much time as the guest takes to listen to it. So a stream that drips more slowly than she speaks
    is as late as one that stops, and a lively one has all of `stall_s` each time. Time in which the engine itself waits
    for words does not count.

    Args:
        rung: whose stream it is.
        worth_s: what a piece is worth, in s.
        first_s: for the first piece, in s; the rung's own by default.
    """

    def __init__(self, rung: Rung[Any], worth_s: Callable[[T], float], first_s: float | None = None) -> None:
        self._rung = rung
        self._worth_s = worth_s
        self._left_s = rung.first_s if first_s is None else first_s
        self._timeout: asyncio.Timeout | None = None
        self._since = 0.0
        self._held = False

    async def each(self, stream: AsyncGenerator[T]) -> AsyncGenerator[T]:
        """The stream's pieces; the caller closes the stream.

        Raises:
            EngineError: one was late.
        """
        first = True
        while True:
            try:
                async with asyncio.timeout(None) as self._timeout:
                    self._run()
                    piece = await anext(stream)
                    self._stop()
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise late(self._rung) from None
            finally:
                self._timeout = None
            stall_s = self._rung.stall_s
            self._left_s = stall_s if first else min(stall_s, self._left_s + self._worth_s(piece))
            first = False
            yield piece

    def hold(self) -> None:
        """The engine waits for us from now on."""
        self._stop()
        self._held = True

    def go(self) -> None:
        """The engine has work again."""
        self._held = False
        self._run()

    def _run(self) -> None:
        if self._timeout is not None and not self._held and not self._timeout.expired():
            self._since = asyncio.get_running_loop().time()
            self._timeout.reschedule(self._since + self._left_s)

    def _stop(self) -> None:
        if self._timeout is not None and not self._held and not self._timeout.expired():
            self._left_s -= asyncio.get_running_loop().time() - self._since
            self._timeout.reschedule(None)
