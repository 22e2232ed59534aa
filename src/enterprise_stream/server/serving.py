"""How uvicorn serves the application: the one place that says so, for the command, the tests and the benches."""

import asyncio
import faulthandler
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import structlog
import uvicorn
from starlette.types import ASGIApp

from enterprise_stream.contained import contained
from enterprise_stream.server.http import BoundedHttpProtocol
from enterprise_stream.server.websocket import LaneProtocol
from enterprise_stream.wire.codes import MAX_BINARY_FRAME_BYTES

log = structlog.get_logger(__name__)

STAMP_BYTES: Final = 8

GRACE_S: Final = 5
"""How long open connections may take to end when the server stops, in seconds."""

LIMIT_S: Final = 20
"""How long a stop may take beyond what guests are given, in seconds; then the process ends whatever it is at."""

FORCED: Final = 1
"""Exit code of a process that was told twice to end."""

ASKED_TO_RELOAD: Final = signal.SIGHUP

ASKED_TO_END: Final = (signal.SIGTERM, signal.SIGINT)


def server_config(
    app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0, trusted_proxies: Sequence[str] = ()
) -> uvicorn.Config:
    """Uvicorn's settings for the application.

    Args:
        app: the application.
        host: address to listen on.
        port: port to listen on; 0 takes a free one.
        trusted_proxies: addresses and networks of the proxies before it; only these may name a client's address.
    """
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http=BoundedHttpProtocol,
        ws=LaneProtocol,
        ws_max_size=MAX_BINARY_FRAME_BYTES + STAMP_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        access_log=False,
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        log_config=None,
        timeout_graceful_shutdown=GRACE_S,
    )


async def nothing_to_reload() -> None:
    """For servers whose settings do not change."""


class Server(uvicorn.Server):
    """Uvicorn, but for its end: uvicorn closes every connection 14 ms after a signal, this lets guests finish.

    The first SIGTERM or SIGINT begins the leave-taking, the second ends the process at once.

    Args:
        config: see `server_config`.
        leave: lets the guests go.
        leave_s: how long that may take at most, in seconds.
        reload: reads the settings again, on SIGHUP.

    Attributes:
        asked_by: the signal that asked it to end, if one did.
        failed: whether it ended because what everything stands on has broken.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        leave: Callable[[], Awaitable[None]],
        leave_s: float,
        reload: Callable[[], Awaitable[None]] = nothing_to_reload,
    ) -> None:
        super().__init__(config)
        self.asked_by: signal.Signals | None = None
        self.failed = False
        self._leave = leave
        self._leave_s = leave_s
        self._asked = asyncio.Event()
        self._reload = reload
        self._reload_asked = asyncio.Event()

    def stop(self) -> None:
        """Begin the end."""
        self._asked.set()

    def fail(self) -> None:
        """Begin the end of a server that cannot serve any more."""
        if not self.should_exit:
            log.error("server_broke")
            self.failed = True
            self.stop()

    async def main_loop(self) -> None:
        """Serve until asked to stop and everybody has left."""
        async with asyncio.TaskGroup() as group:
            beside = [group.create_task(self._see_off()), group.create_task(self._reload_when_asked())]
            await super().main_loop()
            for task in beside:
                task.cancel()

    async def _reload_when_asked(self) -> None:
        while True:
            await self._reload_asked.wait()
            self._reload_asked.clear()
            await contained(self._reload(), "reload")

    async def _see_off(self) -> None:
        await self._asked.wait()
        if not self.failed:
            await contained(self._leave(), "drain")
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Heed signals in the event loop, in place of uvicorn's own way."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        for number in ASKED_TO_END:
            loop.add_signal_handler(number, self._on_signal, number)
        loop.add_signal_handler(ASKED_TO_RELOAD, self._reload_asked.set)
        try:
            yield
        finally:
            for number in (*ASKED_TO_END, ASKED_TO_RELOAD):
                loop.remove_signal_handler(number)

    def _on_signal(self, number: signal.Signals) -> None:
        if self.asked_by is not None:
            log.warning("forced", signal=number.name)
            os._exit(FORCED)
        self.asked_by = number
        if not self.started:
            self.should_exit = True  # still starting: there is nobody to see off
        faulthandler.dump_traceback_later(self._leave_s + LIMIT_S, exit=True)
        self.stop()
