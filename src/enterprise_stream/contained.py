"""Background work whose faults stay its own: task groups that all guests share end with the first fault in them.

Work is of three kinds (docs/operations.md). What is done once and may be missed is `contained`. What the server needs
all the time is `kept_up`. What nothing can go on without, such as the writer of the session log, is neither: its fault
ends the server, which whoever started it starts again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

log = structlog.get_logger(__name__)

FIRST_WAIT_S: Final = 1.0
"""Before work that broke is begun again, in seconds; doubles with each fault."""

LONGEST_WAIT_S: Final = 60.0
"""The longest such wait; work that went well for as long begins at `FIRST_WAIT_S` again."""


async def contained(work: Awaitable[None], what: str) -> None:
    """Do some work; a fault that nobody foresaw ends it, is logged by its kind only, and ends nothing else.

    Args:
        work: handles the failures that are expected itself.
        what: its name in the log.
    """
    try:
        await work
    except Exception as error:  # noqa: BLE001 - see above
        log.error("work_broke", what=what, error=type(error).__name__)


async def kept_up(work: Callable[[], Awaitable[None]], what: str) -> None:
    """Do work that is always needed; after a fault it is begun again, later and later while it goes on breaking.

    Args:
        work: begins it; it handles the failures that are expected itself.
        what: its name in the log.
    """
    wait_s, loop = FIRST_WAIT_S, asyncio.get_running_loop()
    while True:
        began = loop.time()
        try:
            return await work()
        except Exception as error:  # noqa: BLE001 - see `contained`
            if loop.time() - began >= LONGEST_WAIT_S:
                wait_s = FIRST_WAIT_S
            log.error("work_broke", what=what, error=type(error).__name__, again_in_s=wait_s)
        await asyncio.sleep(wait_s)
        wait_s = min(LONGEST_WAIT_S, wait_s * 2)
