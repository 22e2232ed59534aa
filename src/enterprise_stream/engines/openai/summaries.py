"""Sums up older lines between the turns: made in the background, fetched by the next answer that can use it."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from enterprise_stream.engines.openai.history import SummaryOrder
from enterprise_stream.errors import VendorError

log = structlog.get_logger(__name__)

KEPT_S = 300.0
"""How long a summary that nobody fetches is kept: it holds what a guest said, and a draft may ask for it again."""

MOST_AT_ONCE = 256
"""Summaries that are made or kept at once; beyond them none is made, and the oldest lines are let go."""

Write = Callable[[str, SummaryOrder, str], Awaitable[str]]
"""Writes a summary: owner, order, language. Raises `VendorError`."""


class Summaries:
    """Summaries by the order that they were made for.

    Args:
        write: makes one.
    """

    def __init__(self, write: Write) -> None:
        self._write = write
        self._made: dict[str, str | None] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def waits(self, key: str) -> bool:
        """Whether an order is being carried out."""
        return key in self._tasks and key not in self._made

    def has(self, key: str) -> bool:
        """Whether an order has been carried out, or has failed."""
        return key in self._made

    def of(self, key: str) -> str | None:
        """The summary; None where it failed."""
        return self._made[key]

    def ask(self, group: asyncio.TaskGroup, owner: str, order: SummaryOrder, language: str) -> None:
        """Have an order carried out, unless it is already."""
        if order.key in self._tasks:
            return
        if len(self._tasks) >= MOST_AT_ONCE:
            log.warning("summary_not_made", reason="too many at once")
            return
        task = group.create_task(self._make(owner, order, language))
        self._tasks[order.key] = task
        task.add_done_callback(lambda _: self._forget(order.key))

    def stop(self) -> None:
        """End all work; what is kept is gone."""
        for task in self._tasks.values():
            task.cancel()

    async def _make(self, owner: str, order: SummaryOrder, language: str) -> None:
        try:
            self._made[order.key] = await self._write(owner, order, language)
        except VendorError as error:
            log.warning("summary_not_made", code=error.code)
            self._made[order.key] = None
        except Exception as error:  # noqa: BLE001 - one guest's fault must not end what all guests share
            log.error("summary_not_made", error=type(error).__name__)
            self._made[order.key] = None
        await asyncio.sleep(KEPT_S)

    def _forget(self, key: str) -> None:
        self._tasks.pop(key, None)
        self._made.pop(key, None)
