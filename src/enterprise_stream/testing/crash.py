"""A process that is killed, as by `kill -9`, at a named point of what it does to keep its promises."""

import os
import re
import signal
from collections.abc import Awaitable, Callable
from functools import wraps
from itertools import count
from typing import Any, Final

from enterprise_stream.log.sqlite import SqliteLog
from enterprise_stream.server.line import Line

VARIABLE: Final = "CRASH_AT"
"""The environment variable that names the point: "before append 7" is the seventh time that it is about to append."""

WORKS: Final[dict[str, type]] = {"claim": SqliteLog, "append": SqliteLog, "note": SqliteLog, "send": Line}
"""What can be cut short, by name: a method, and whose."""


def crash_at(point: str) -> None:
    """Have this process killed there; it may come by there only once."""
    found = re.fullmatch(r"(before|after) (\w+) (\d+)", point)
    if found is None or found[2] not in WORKS:
        raise ValueError(f"{point!r} is no point to crash at; say 'before|after {'|'.join(WORKS)} N'")
    when, work, nth = found[1], found[2], int(found[3])
    owner = WORKS[work]
    setattr(owner, work, _cut_short(getattr(owner, work), before=when == "before", nth=nth))


def _cut_short(work: Callable[..., Awaitable[Any]], *, before: bool, nth: int) -> Callable[..., Awaitable[Any]]:
    times = count(1)

    @wraps(work)
    async def until(*given: Any) -> Any:
        last = next(times) == nth
        if last and before:
            os.kill(os.getpid(), signal.SIGKILL)
        result = await work(*given)
        if last:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return until
