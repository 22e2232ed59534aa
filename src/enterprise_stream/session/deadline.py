"""An engine that hangs is one that failed."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from enterprise_stream.errors import EngineError

T = TypeVar("T")


@asynccontextmanager
async def engine_deadline(seconds: float, engine: str) -> AsyncIterator[None]:
    """Give what is awaited inside this long.

    Args:
        seconds: the limit, the wait for the pool included.
        engine: what is waited for, as the error names it.

    Raises:
        EngineError: it took longer; `retryable`.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise _late(seconds, engine) from None


async def each_within(stream: AsyncGenerator[T], seconds: float, engine: str) -> AsyncGenerator[T]:
    """The stream's items, each of which may take this long; the caller closes the stream.

    Raises:
        EngineError: one took longer.
    """
    while True:
        try:
            async with asyncio.timeout(seconds):
                item = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise _late(seconds, engine) from None
        yield item


def _late(seconds: float, engine: str) -> EngineError:
    return EngineError(f"The {engine} did not answer within {seconds:.0f} s.")
