"""Pacing: a microphone that never stops, and bytes sent at the speed at which they were spoken.

Real time is in the nature of this protocol, so this is the one place of the suite that waits on the clock.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable

from .client import Guest
from .sounds import RATE, Samples, pcm, silence

FRAME_MS = 20
FRAME_SAMPLES = RATE * FRAME_MS // 1000


async def paced(send: Callable[[bytes], object], frames: Iterable[bytes], every_ms: float) -> None:
    """Sends one frame every `every_ms`, on a fixed timetable (a late frame does not delay the next)."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    for index, frame in enumerate(frames):
        await asyncio.sleep(max(0.0, start + index * every_ms / 1000 - loop.time()))
        result = send(frame)
        if asyncio.iscoroutine(result):
            await result


class Microphone:
    """An open microphone: 20 ms frames of 16-bit PCM at 16 kHz at real time, a quiet room when nobody speaks."""

    def __init__(self, sandra: Guest, dress: Callable[[bytes], bytes]) -> None:
        self._sandra = sandra
        self._dress = dress
        self._queue: asyncio.Queue[tuple[bytes, asyncio.Event | None]] = asyncio.Queue()
        room = pcm(silence(1.0))
        self._room = [room[i : i + 2 * FRAME_SAMPLES] for i in range(0, len(room), 2 * FRAME_SAMPLES)]
        self._closing = False

    async def say(self, *parts: Samples) -> float:
        """Queues the samples and returns when the last of them was sent, with the connection's time then."""
        sent = asyncio.Event()
        data = b"".join(pcm(part) for part in parts)
        size = 2 * FRAME_SAMPLES
        frames = [data[i : i + size] for i in range(0, len(data), size)]
        frames[-1] = frames[-1].ljust(size, b"\0")
        for frame in frames[:-1]:
            self._queue.put_nowait((frame, None))
        self._queue.put_nowait((frames[-1], sent))
        await sent.wait()
        return self._sandra.now

    async def run(self) -> None:
        """Streams until closed."""
        loop = asyncio.get_running_loop()
        start, index = loop.time(), 0
        while not self._closing and not self._sandra.closed.is_set():
            await asyncio.sleep(max(0.0, start + index * FRAME_MS / 1000 - loop.time()))
            frame, sent = self._room[index % len(self._room)], None
            if not self._queue.empty():
                frame, sent = self._queue.get_nowait()
            await self._sandra.send_raw(self._dress(frame))
            if sent is not None:
                sent.set()
            index += 1

    def close(self) -> None:
        """Stops sending after the current frame."""
        self._closing = True


@contextlib.asynccontextmanager
async def microphone(sandra: Guest, dress: Callable[[bytes], bytes] = bytes) -> AsyncIterator[Microphone]:
    """Opens the microphone of a conversation; `dress` may put something before the samples of each frame."""
    mic = Microphone(sandra, dress)
    running = asyncio.create_task(mic.run())
    try:
        yield mic
    finally:
        mic.close()
        with contextlib.suppress(Exception):  # how the connection ended is the test's business
            await running
