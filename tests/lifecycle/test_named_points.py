"""A server that is killed just before and just after what its promises rest on: nobody's history has a hole."""

import asyncio
import signal
from pathlib import Path
from random import Random

from bench.chaos.guest import Guest
from bench.chaos.process import ServerProcess
from bench.chaos.storm import compare_items, compare_log

from .forked import ForkedServer

POINTS = (
    "before append 4", "after append 6", "before send 5", "after send 9", "before claim 2", "after claim 2",
    "before note 2", "after note 2",
)  # fmt: skip
"""Counted in each process from its start: the second claim takes up the session that the guest comes back for."""


async def _attend(server: ServerProcess, ended: list[int]) -> None:
    """One process after another, each killed at its point; the last one lives."""
    for point in (*POINTS[1:], ""):
        ended.append(await server.gone())
        await server.start(point)


async def test_a_guest_gets_everything_once_wherever_the_process_is_killed(tmp_path: Path) -> None:
    server, ended = ForkedServer(tmp_path), list[int]()
    await server.start(POINTS[0])
    guest = Guest(lambda: f"ws://127.0.0.1:{server.port}/ws/stream", Random(1))
    try:
        async with asyncio.TaskGroup() as group:
            attending = group.create_task(_attend(server, ended))
            await guest.talk(range(8), lambda: not attending.done())
            assert [*compare_items(guest, await guest.listing())] == []
            await guest.leave()
    finally:
        await server.end(signal.SIGTERM)
    assert ended == [-signal.SIGKILL] * len(POINTS)
    assert [*compare_log(guest.session, guest.history, tmp_path)] == []
    assert (guest.result.stuck, guest.result.forgotten, guest.history.wrong) == (0, [], {}), guest.history.cases
