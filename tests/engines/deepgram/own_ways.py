"""A server that has Aura in a way of its own: without ends of clauses, without requests, or refusing sockets."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import Response

from enterprise_stream.testing.emulators import HttpEndpoint, SocketEndpoint, SocketExchange
from enterprise_stream.testing.emulators.deepgram import REALISTIC, DeepgramEmulator


class OwnWays(DeepgramEmulator):
    """The emulator, less something.

    Args:
        ends: whether it says where a clause ends.
        requests: whether it has the voice by requests.

    Attributes:
        refusing: the status that it refuses sockets with, where it does.
    """

    def __init__(self, *, ends: bool = True, requests: bool = True, refusing: int | None = None) -> None:
        super().__init__(latencies=REALISTIC)
        self._ends = ends
        self._has_requests = requests
        self._looked = 0
        self.refusing = refusing

    def endpoints(self) -> Sequence[HttpEndpoint | SocketEndpoint]:
        """Those that it has."""
        return [
            endpoint
            if isinstance(endpoint, HttpEndpoint)
            else replace(endpoint, admit=self._admit, handle=self._talk_on)
            for endpoint in super().endpoints()
            if endpoint.name == "speak" and (isinstance(endpoint, SocketEndpoint) or self._has_requests)
        ]

    def take_asked(self) -> list[str]:
        """The methods that it was asked by since it was looked at last."""
        asked = [request.method for request in self.requests][self._looked :]
        self._looked += len(asked)
        return asked

    async def _admit(self, _: HTTPConnection) -> Response | None:
        return None if self.refusing is None else Response(status_code=self.refusing)

    async def _talk_on(self, exchange: SocketExchange) -> None:
        tell = exchange.tell

        async def without_ends(message: Mapping[str, Any]) -> None:
            if self._ends or message["type"] != "Flushed":
                await tell(message)

        exchange.tell = without_ends  # type: ignore[method-assign]
        await self._speak(exchange)
