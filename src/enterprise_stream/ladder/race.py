"""Two that do the same work: the second begins when the first is late, and the one that is done first counts."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from enterprise_stream.errors import EnterpriseStreamError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Raced(Generic[T]):
    """A race's end.

    Attributes:
        result: the winner's.
        begun: whether the second one was asked.
        second: whether it won.
    """

    result: T
    begun: bool = False
    second: bool = False


async def race(first: Coroutine[Any, Any, T], second: Callable[[], Coroutine[Any, Any, T]], after_s: float) -> Raced[T]:
    """Do the work, twice if need be; nothing of it is left when this returns.

    Args:
        first: begins at once.
        second: makes the one that begins when the first is not done in time.
        after_s: that time, in s.

    Raises:
        EnterpriseStreamError: the first failed before the second began, or both did; the first one's error.
    """
    async with asyncio.TaskGroup() as group:
        one = group.create_task(_outcome(first))
        runners = [one]
        await asyncio.wait({one}, timeout=after_s)
        if not one.done():
            runners.append(group.create_task(_outcome(second())))
        waiting = set(runners)
        while waiting and _winner(runners) is None:
            _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        winner = _winner(runners)
        for runner in runners:
            runner.cancel()
    if winner is None:
        outcome = one.result()
        if isinstance(outcome, EnterpriseStreamError):
            raise outcome
        return Raced(outcome)
    return Raced(winner[0], begun=len(runners) > 1, second=winner[1] is not one)


def _winner(runners: list[asyncio.Task[T | EnterpriseStreamError]]) -> tuple[T, object] | None:
    for runner in runners:
        if runner.done():
            outcome = runner.result()
            if not isinstance(outcome, EnterpriseStreamError):
                return outcome, runner
    return None


async def _outcome(work: Coroutine[Any, Any, T]) -> T | EnterpriseStreamError:
    try:
        return await work
    except EnterpriseStreamError as error:
        return error
