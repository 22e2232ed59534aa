"""What becomes of background work that breaks."""

import asyncio

import structlog

from enterprise_stream.contained import contained, kept_up


async def test_what_may_end_alone_ends_alone() -> None:
    async def work() -> None:
        raise ZeroDivisionError("a secret detail")

    with structlog.testing.capture_logs() as logged:
        await contained(work(), "clips")
    assert [(line["event"], line["what"], line["error"]) for line in logged] == [
        ("work_broke", "clips", "ZeroDivisionError")
    ]
    assert "secret" not in str(logged)


class Breaking:
    """Work that breaks each time after so many seconds, and ends well at last.

    Attributes:
        begun: when it was begun, in the loop's seconds.
    """

    def __init__(self, *lasts_s: float) -> None:
        self._lasts = [*lasts_s]
        self.begun: list[float] = []

    async def work(self) -> None:
        self.begun.append(asyncio.get_running_loop().time())
        if not self._lasts:
            return
        await asyncio.sleep(self._lasts.pop(0))
        raise ZeroDivisionError

    @property
    def gaps(self) -> list[float]:
        return [round(later - before, 3) for before, later in zip(self.begun, self.begun[1:], strict=False)]


async def test_what_is_always_needed_is_begun_again_later_and_later() -> None:
    breaking = Breaking(*[0.0] * 8)
    await kept_up(breaking.work, "load")
    assert breaking.gaps == [1, 2, 4, 8, 16, 32, 60, 60]


async def test_after_a_good_while_it_is_begun_again_soon() -> None:
    breaking = Breaking(0.0, 0.0, 0.0, 300.0, 0.0)
    await kept_up(breaking.work, "load")
    assert breaking.gaps == [1, 2, 4, 301, 2]


async def test_it_ends_when_it_is_cancelled_also_while_it_waits() -> None:
    breaking = Breaking(*[0.0] * 100)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(kept_up(breaking.work, "load"))
        await asyncio.sleep(5)
        task.cancel()
    assert len(breaking.begun) == 3
