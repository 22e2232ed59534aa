"""A vendor's socket on loopback that answers with a script."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.server import ServerConnection, serve

Answers = Callable[[dict[str, Any]], Sequence[Any] | None]
"""What a message is answered with: each as JSON; None for no answer."""


@asynccontextmanager
async def answering(answers: Answers, *, close: int | None = None) -> AsyncIterator[str]:
    """Serve, and give the address, http.

    Args:
        answers: to each message.
        close: code with which the socket ends after an answer; None keeps it open.
    """

    async def handle(connection: ServerConnection) -> None:
        async for data in connection:
            said = answers(json.loads(data))
            for message in said or ():
                await connection.send(json.dumps(message))
            if said is not None and close is not None:
                await connection.close(close)

    async with serve(handle, "127.0.0.1", 0, ping_interval=None) as server:
        yield f"http://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
