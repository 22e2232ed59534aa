"""The real server with scripted engines in a thread of its own, behind a network that can be cut."""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from typing import Any, Self

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from tests.server.house import House, house

from enterprise_stream.session.engines import Engines
from enterprise_stream.testing.fault_proxy import FaultProxy

from ..hearing import TAP_WORKLET

WITHIN_S = 20.0


class Place:
    """A server to visit; enter it to start.

    Args:
        engines: of every session.
        how: what else `house` takes.

    Attributes:
        house: the server, in its own thread.
        proxy: all connections go through it; tests speak to it through `cut` and `mend`.
    """

    house: House
    proxy: FaultProxy

    def __init__(self, engines: Engines, **how: Any) -> None:
        self._engines = engines
        self._how = how
        self._open = threading.Event()
        self._failed: Exception | None = None
        self._loop: asyncio.AbstractEventLoop
        self._leave: asyncio.Event
        self._thread = threading.Thread(target=self._run, name="place")

    @property
    def url(self) -> str:
        """The page, through the network."""
        return f"http://127.0.0.1:{self.proxy.port}"

    def cut(self) -> None:
        """The network is gone: connections end without a word, and new ones are refused."""
        self._loop.call_soon_threadsafe(self.proxy.down)

    def mend(self) -> None:
        """The network is there again."""
        self.do(self.proxy.up())

    def do(self, action: Coroutine[Any, Any, Any]) -> Any:
        """Run something in the server's thread."""
        return asyncio.run_coroutine_threadsafe(action, self._loop).result(WITHIN_S)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._open.wait(WITHIN_S), "the server did not start"
        if self._failed is not None:
            raise self._failed
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._leave.set)
        self._thread.join(WITHIN_S)
        if self._failed is not None:
            raise self._failed

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as failed:  # noqa: BLE001 (it is raised in the test's thread)
            self._failed = failed
            self._open.set()

    async def _serve(self) -> None:
        self._loop, self._leave = asyncio.get_running_loop(), asyncio.Event()
        tap = Route("/__tap.js", _tap)
        async with contextlib.AsyncExitStack() as exits:
            self.house = await exits.enter_async_context(house(self._engines, routes=(tap,), **self._how))
            self.proxy = await exits.enter_async_context(FaultProxy("127.0.0.1", self.house.port))
            self._open.set()
            await self._leave.wait()


async def _tap(_: Request) -> Response:
    return Response(TAP_WORKLET, media_type="text/javascript")
