"""How uvicorn serves the application: the one place that says so, for the command, the tests and the benches."""

import asyncio
import faulthandler
import gc
import logging
import os
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

import structlog
import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import STARTUP_FAILURE

from enterprise_stream.contained import contained
from enterprise_stream.server.http import REQUEST_S, BoundedHttpProtocol
from enterprise_stream.server.websocket import LaneProtocol
from enterprise_stream.wire.codes import MAX_BINARY_FRAME_BYTES

log = structlog.get_logger(__name__)
_uvicorn = logging.getLogger("uvicorn.error")

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
    app: ASGIApp,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    trusted_proxies: Sequence[str] = (),
    tls: ssl.SSLContext | None = None,
) -> uvicorn.Config:
    """Uvicorn's settings for the application.

    Args:
        app: the application.
        host: address to listen on.
        port: port to listen on; 0 takes a free one.
        trusted_proxies: addresses and networks of the proxies before it; only these may name a client's address.
        tls: what TLS begins with; None speaks plain HTTP.
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
        ssl_context_factory=None if tls is None else lambda *_: tls,
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
        beside: another listener, whose application lives on the first one's state; None where there is one address.

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
        beside: uvicorn.Config | None = None,
    ) -> None:
        super().__init__(config)
        self._listeners = (config,) if beside is None else (config, beside)
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

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin the application's life, then listen, on all addresses or none; connections of all end together."""
        if sockets is not None:
            await super().startup(sockets)
            return
        await self.lifespan.startup()
        if self.lifespan.should_exit:
            sys.exit(STARTUP_FAILURE)
        self.servers = []
        for config in self._listeners:
            try:
                self.servers.append(await self._listen(config))
            except OSError as error:  # it was free when the settings were looked at
                why = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
                log.error("cannot_listen", host=config.host, port=config.port, why=why)
                for server in self.servers:
                    server.close()
                await self.lifespan.shutdown()
                sys.exit(STARTUP_FAILURE)
        self.started = True

    async def _listen(self, config: uvicorn.Config) -> asyncio.Server:
        if not config.loaded:
            config.load()
        protocol = partial(
            config.http_protocol_class,  # type: ignore[call-arg]  # uvicorn types it as any protocol
            config=config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )
        patience: dict[str, Any] = {}
        if config.ssl is not None:
            patience = {"ssl_handshake_timeout": REQUEST_S, "ssl_shutdown_timeout": REQUEST_S}
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            protocol, config.host, config.port, ssl=config.ssl, backlog=config.backlog, **patience
        )
        name = f"[{config.host}]" if ":" in config.host else config.host
        scheme, port = "http" if config.ssl is None else "https", server.sockets[0].getsockname()[1]
        _uvicorn.info("listening on %s://%s:%d", scheme, name, port)
        return server

    async def main_loop(self) -> None:
        """Serve until asked to stop and everybody has left."""
        _spare_what_stands()
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


def _spare_what_stands() -> None:
    """Leave what is there before the first guest out of later collections of garbage.

    It stays as long as the process, and to look through all of it kept every guest waiting for a tenth of a second.
    """
    gc.collect()
    gc.freeze()
