"""What a session has for its guest, in order, bounded.

The one door at which stale sound is dropped: once a reply is revoked, none of its audio gets out.
"""

import asyncio
import math
from collections import deque
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.events import Words
from enterprise_stream.errors import EnterpriseStreamError
from enterprise_stream.speaking.ports import SAMPLE_RATE, Pcm

MAX_BYTES: Final = 896 << 10
"""Bytes that may wait; with what the connection's own buffers hold (128 KiB), 1 MiB. That is all of the sound that may
wait, and every notice of a long answer besides."""

ITEM_BYTES: Final = 512
"""What an item counts beside its text and its sound, more than most take; so at most 1,792 items wait."""

MAX_SOUND_MS: Final = 10_000.0
"""Sound that waits (480 kB) at which a reply makes no more for now."""

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
    """A queue from one session to its connection; the connection may add items of its own, to keep one order.

    Attributes:
        waiting_bytes: what waits, about.
        sound_ms: sound that waits.
    """

    def __init__(self) -> None:
        self._items: deque[tuple[act.Notice | Sound | Extra, int]] = deque()
        self._news = asyncio.Event()
        self._revoked = 0
        self.waiting_bytes = 0
        self.sound_ms = 0.0

    def put(self, item: act.Notice | Sound | Extra, size: int = 0) -> None:
        """Add an item; sound of a reply that was revoked is dropped.

        Args:
            item: the item.
            size: bytes of an item of the connection's own, beside `ITEM_BYTES`.

        Raises:
            SlowReaderError: too much waits already; the session cannot go on without losing something.
        """
        if self._stale(item):
            return
        size += _bytes(item)
        if self.waiting_bytes + size > MAX_BYTES:
            raise SlowReaderError("The client does not read what it is sent.")
        self._items.append((item, size))
        self._count(item, size)
        self._news.set()

    def revoke(self, reply: int) -> None:
        """Drop the audio of this reply and of all before it, waiting or still to come."""
        self._revoked = max(self._revoked, reply)
        for item, size in self._items:
            if self._stale(item):
                self._count(item, -size)
        self._items = deque(waiting for waiting in self._items if not self._stale(waiting[0]))

    async def get(self) -> act.Notice | Sound | Extra:
        """The next item."""
        while not self._items:
            self._news.clear()
            await self._news.wait()
        item, size = self._items.popleft()
        self._count(item, -size)
        return item

    def _stale(self, item: act.Notice | Sound | Extra) -> bool:
        return isinstance(item, Sound) and item.reply <= self._revoked

    def _count(self, item: act.Notice | Sound | Extra, size: int) -> None:
        self.waiting_bytes += size
        if isinstance(item, Sound):
            self.sound_ms += math.copysign(item.samples.size * 1000 / SAMPLE_RATE, size)


def _bytes(item: object) -> int:
    """About what it takes; the lines of a history are the conversation's own, and written one history at a time."""
    match item:
        case Sound(samples=samples):
            return ITEM_BYTES + samples.nbytes
        case (
            act.WordsShown(words=Words(text=text))
            | act.AnswerGrew(text=text)
            | act.Captioned(text=text)
            | act.VoiceMissing(text=text)
            | act.AnswerComplete(text=text)
            | act.AnswerInterrupted(heard_text=text)
        ):
            return ITEM_BYTES + len(text.encode("utf-8", "surrogatepass"))
        case _:
            return ITEM_BYTES
