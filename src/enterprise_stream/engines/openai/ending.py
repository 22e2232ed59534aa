"""Whether a stream has said `[DONE]`, which the SDK keeps to itself: some servers end an answer with nothing else."""

import re
from collections.abc import AsyncIterator

import httpx2

_DONE = re.compile(rb"(?:^|[\r\n])data: ?\[DONE\]")
"""At a line's beginning, where no text of an answer can stand: in JSON a line's end is written as two characters."""

_NAME = "said_done"


class _Watched(httpx2.AsyncByteStream):
    """The same bytes, watched for the end."""

    def __init__(self, stream: httpx2.AsyncByteStream, response: httpx2.Response) -> None:
        self._stream = stream
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        tail = b"\n"
        async for data in self._stream:
            tail += data
            if _DONE.search(tail):
                self._response.extensions[_NAME] = True
            tail = tail[-16:]
            yield data

    async def aclose(self) -> None:
        await self._stream.aclose()


async def watch_end(response: httpx2.Response) -> None:
    """Watch a response for the end; for the client's hooks."""
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Watched(response.stream, response)


def said_done(response: httpx2.Response) -> bool:
    """Whether its end was said."""
    return _NAME in response.extensions
