"""What a session has for its guest, in order, bounded.

The one door at which stale sound is dropped: once a reply is revoked, none of its audio gets out.
"""

import asyncio
from dataclasses import dataclass
from typing import Generic, TypeVar

from enterprise_stream.conversation.actions import Notice
from enterprise_stream.errors import EnterpriseStreamError
from enterprise_stream.speaking.ports import Pcm

MAX_WAITING = 4096
"""Items that may wait: 30 s of audio in pieces of 100 ms, and every notice of a long answer, several times over."""

Extra = TypeVar("Extra")


class SlowReaderError(EnterpriseStreamError):
    """The client does not take what it is sent."""

    code = "slow_reader"


@dataclass(frozen=True, slots=True)
class Sound:
    """A piece of a reply's audio: int16 at 24 kHz, mono."""

    reply: int
    samples: Pcm


class Outbox(Generic[Extra]):
    """A queue from one session to its connection; the connection may add items of its own, to keep one order."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Notice | Sound | Extra] = asyncio.Queue(MAX_WAITING)
        self._revoked = 0

    def put(self, item: Notice | Sound | Extra) -> None:
        """Add an item.

        Raises:
            SlowReaderError: too much waits already; the session cannot go on without losing something.
        """
        try:
            self._queue.put_nowait(item)
        except asyncio.QueueFull:
            raise SlowReaderError("The client does not read what it is sent.") from None

    def revoke(self, reply: int) -> None:
        """Drop the audio of this reply and of all before it, waiting or still to come."""
        self._revoked = max(self._revoked, reply)

    async def get(self) -> Notice | Sound | Extra:
        """The next item that is not stale."""
        while True:
            item = await self._queue.get()
            if not (isinstance(item, Sound) and item.reply <= self._revoked):
                return item
