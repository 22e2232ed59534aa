"""A bounded pool for model work, fair over sessions.

The event loop only moves data; whatever computes for longer than a millisecond runs here. Each owner has a queue of
its own and the owners are served in turn, so a guest who asks for a lot waits for himself and not the others.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from enterprise_stream.errors import OverloadedError

T = TypeVar("T")

WAITS_KEPT = 512
"""Jobs whose wait is remembered."""


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[], Any]
    done: "asyncio.Future[Any]"
    urgent: bool
    asked: float


class WorkerPool:
    """Threads that run blocking engine calls (which release the GIL), round robin over owners.

    Args:
        threads: calls that run at once.
        max_waiting: jobs that may wait, over all owners; one more raises `OverloadedError`.
    """

    def __init__(self, threads: int, max_waiting: int = 512) -> None:
        self._threads = threads
        self._max_waiting = max_waiting
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="engine")
        self._queues: OrderedDict[str, deque[_Job]] = OrderedDict()
        self._waiting = 0
        self._running = 0
        self._waits: deque[tuple[float, float]] = deque(maxlen=WAITS_KEPT)

    def waits_ms(self, within_s: float) -> list[float]:
        """How long the jobs of the last seconds have waited for a thread, in ms; those that still wait, so far."""
        now = asyncio.get_running_loop().time()
        begun = [waited for at, waited in self._waits if now - at <= within_s]
        return begun + [(now - job.asked) * 1000 for queue in self._queues.values() for job in queue]

    @property
    def waiting(self) -> int:
        """Jobs that wait for a thread."""
        return self._waiting

    @property
    def running(self) -> int:
        """Jobs that run now."""
        return self._running

    async def run(self, owner: str, work: Callable[[], T], *, urgent: bool = False) -> T:
        """Run `work` on a thread of the pool and return what it returns.

        A caller that is cancelled while its job waits takes the job out of the queue; a job that already runs ends
        unheard.

        Args:
            owner: whose turn it takes.
            work: a blocking call without arguments.
            urgent: goes before the owner's own other jobs.

        Raises:
            OverloadedError: too many jobs wait already.
        """
        if self._waiting >= self._max_waiting:
            raise OverloadedError("The machine is busy; try again in a moment.")
        loop = asyncio.get_running_loop()
        job = _Job(work, loop.create_future(), urgent, loop.time())
        queue = self._queues.setdefault(owner, deque())
        if urgent:
            queue.appendleft(job)
        else:
            queue.append(job)
        self._waiting += 1
        self._dispatch(loop)
        try:
            return await job.done  # type: ignore[no-any-return]
        except asyncio.CancelledError:
            self._withdraw(owner, job)
            raise

    def close(self) -> None:
        """Wait for the jobs that run and end the threads."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _withdraw(self, owner: str, job: _Job) -> None:
        queue = self._queues.get(owner)
        if queue is not None and job in queue:
            queue.remove(job)
            self._waiting -= 1
            if not queue:
                del self._queues[owner]

    def _dispatch(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._running < self._threads and self._queues:
            owner, queue = self._queues.popitem(last=False)
            job = queue.popleft()
            self._waiting -= 1
            if queue:
                self._queues[owner] = queue
            if job.done.done():
                continue
            self._waits.append((loop.time(), (loop.time() - job.asked) * 1000))
            self._running += 1
            ran = loop.run_in_executor(self._executor, job.work)  # the loop's own way: a virtual clock waits for it
            ran.add_done_callback(partial(self._finish, loop, job))

    def _finish(self, loop: asyncio.AbstractEventLoop, job: _Job, ran: "asyncio.Future[Any]") -> None:
        self._running -= 1
        error = None if ran.cancelled() else ran.exception()
        if not job.done.done():
            if ran.cancelled():
                job.done.cancel()
            elif error is not None:
                job.done.set_exception(error)
            else:
                job.done.set_result(ran.result())
        self._dispatch(loop)
