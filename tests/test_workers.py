"""The pool: fair, bounded, and gone when it is closed. Real threads, held by events, never by time."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from enterprise_stream.errors import EngineError, OverloadedError
from enterprise_stream.workers import WorkerPool

PATIENCE_S = 10.0


class Plug:
    """A job that holds its thread until it is let go."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.let_go = threading.Event()

    def __call__(self) -> str:
        self.began.set()
        assert self.let_go.wait(PATIENCE_S)
        return "plug"

    async def running(self) -> None:
        """Waits until it holds its thread."""
        assert await asyncio.to_thread(self.began.wait, PATIENCE_S)


@pytest_asyncio.fixture
async def pool() -> AsyncIterator[WorkerPool]:
    """One thread, so that the order of jobs is the pool's own; room for eight that wait."""
    pool = WorkerPool(1, max_waiting=8)
    yield pool
    await asyncio.to_thread(pool.close)


async def _plugged(pool: WorkerPool) -> tuple[Plug, "asyncio.Task[str]"]:
    plug = Plug()
    task = asyncio.create_task(pool.run("plug", plug))
    await plug.running()
    return plug, task


async def _queued(pool: WorkerPool, owner: str, work: Callable[[], Any], **how: bool) -> "asyncio.Task[Any]":
    task = asyncio.create_task(pool.run(owner, work, **how))
    await asyncio.sleep(0)
    return task


async def test_a_job_runs_on_a_thread_of_the_pool_and_its_result_comes_back(pool: WorkerPool) -> None:
    name = await pool.run("a", lambda: threading.current_thread().name)
    assert name.startswith("engine")
    assert (pool.waiting, pool.running) == (0, 0)


async def test_owners_are_served_in_turn(pool: WorkerPool) -> None:
    plug, held = await _plugged(pool)
    done: list[str] = []
    jobs = [await _queued(pool, "greedy", lambda n=n: done.append(f"g{n}")) for n in range(4)]  # type: ignore[misc]
    jobs += [await _queued(pool, owner, lambda o=owner: done.append(o)) for owner in ("b", "c")]  # type: ignore[misc]
    assert (pool.waiting, pool.running) == (6, 1)
    plug.let_go.set()
    await asyncio.gather(held, *jobs)
    assert done == ["g0", "b", "c", "g1", "g2", "g3"]


async def test_an_urgent_job_goes_before_the_owners_own_only(pool: WorkerPool) -> None:
    plug, held = await _plugged(pool)
    done: list[str] = []
    jobs = [
        await _queued(pool, "a", lambda: done.append("a1")),
        await _queued(pool, "b", lambda: done.append("b1")),
        await _queued(pool, "b", lambda: done.append("b urgent"), urgent=True),
    ]
    plug.let_go.set()
    await asyncio.gather(held, *jobs)
    assert done == ["a1", "b urgent", "b1"]


async def test_one_job_too_many_is_refused_and_the_others_are_not_hurt(pool: WorkerPool) -> None:
    plug, held = await _plugged(pool)
    jobs = [await _queued(pool, f"o{n}", lambda: "done") for n in range(8)]
    with pytest.raises(OverloadedError) as refused:
        await pool.run("late", lambda: "never")
    assert refused.value.retryable
    plug.let_go.set()
    assert await asyncio.gather(held, *jobs) == ["plug", *["done"] * 8]
    assert await pool.run("late", lambda: "now") == "now"


async def test_a_cancelled_caller_takes_his_waiting_job_along(pool: WorkerPool) -> None:
    plug, held = await _plugged(pool)
    done: list[str] = []
    kept = await _queued(pool, "a", lambda: done.append("kept"))
    dropped = await _queued(pool, "a", lambda: done.append("dropped"))
    alone = await _queued(pool, "b", lambda: done.append("alone"))
    for task in (dropped, alone):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert pool.waiting == 1
    plug.let_go.set()
    await asyncio.gather(held, kept)
    assert done == ["kept"]


async def test_a_running_jobs_late_result_is_dropped_and_its_thread_comes_back(pool: WorkerPool) -> None:
    plug, held = await _plugged(pool)
    held.cancel()
    with pytest.raises(asyncio.CancelledError):
        await held
    assert pool.running == 1
    following = await _queued(pool, "a", lambda: "after")
    assert pool.waiting == 1
    plug.let_go.set()
    assert await following == "after"
    assert (pool.waiting, pool.running) == (0, 0)


@pytest.mark.parametrize("error", [EngineError("the model failed"), ZeroDivisionError("a bug")])
async def test_an_exception_reaches_the_caller_and_nobody_else(pool: WorkerPool, error: Exception) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(type(error)) as raised:
        await pool.run("a", fail)
    assert raised.value is error
    assert await pool.run("b", lambda: 1) == 1


async def test_threads_work_side_by_side_up_to_their_number() -> None:
    pool = WorkerPool(2)
    plugs = [Plug(), Plug(), Plug()]
    tasks = [await _queued(pool, f"o{n}", plug) for n, plug in enumerate(plugs)]
    for plug in plugs[:2]:
        await plug.running()
    assert not plugs[2].began.is_set()
    assert (pool.waiting, pool.running) == (1, 2)
    for plug in plugs:
        plug.let_go.set()
    await asyncio.gather(*tasks)
    await asyncio.to_thread(pool.close)


async def test_closing_ends_the_threads() -> None:
    before = set(threading.enumerate())
    pool = WorkerPool(3)
    await asyncio.gather(*(pool.run(f"o{n}", lambda: None) for n in range(6)))
    started = set(threading.enumerate()) - before
    assert started
    pool.close()
    assert not any(thread.is_alive() for thread in started)


async def test_a_job_on_a_loop_that_is_gone_is_no_traceback(pool: WorkerPool) -> None:
    """The server stops while a model runs: the late result has nowhere to go."""
    closing = WorkerPool(1)
    plug = Plug()

    def other_loop() -> None:
        async def leave() -> None:
            task = asyncio.create_task(closing.run("a", plug))
            await asyncio.to_thread(plug.began.wait, PATIENCE_S)
            task.cancel()

        asyncio.run(leave())

    await asyncio.to_thread(other_loop)
    plug.let_go.set()
    await asyncio.to_thread(closing.close)
