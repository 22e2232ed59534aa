"""A listening session: audio in, blocks of 10 ms to whoever cuts it into results, and what both versions share."""

import asyncio
from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from enterprise_stream.audio.decode import make_decoder
from enterprise_stream.audio.pcm import LISTEN_RATE, SILENCE
from enterprise_stream.errors import AudioError, EngineError
from enterprise_stream.listening.ports import Samples
from enterprise_stream.testing.emulators.billing import Charge
from enterprise_stream.testing.emulators.deepgram.outbox import Outbox
from enterprise_stream.testing.emulators.deepgram.query import AudioIn
from enterprise_stream.testing.emulators.deepgram.refusals import INTERNAL, NOT_AUDIO, Closed
from enterprise_stream.testing.emulators.ears import BLOCK, BLOCK_MS, LOUD, Hearing
from enterprise_stream.testing.emulators.exchange import SocketExchange
from enterprise_stream.testing.emulators.timing import Timing


class ListeningSession(ABC):
    """One WebSocket that listens.

    Args:
        exchange: the session.
        audio: how its audio is encoded.
        hearing: knows the words.
        charge: the session's entry of the bill.
        timing: for its idle limit and the latency of results.

    Attributes:
        now_ms: audio heard; all times of results count in it.
        loud_ms: end of the last loud block; None before the first.
    """

    def __init__(
        self, exchange: SocketExchange, audio: AudioIn, hearing: Hearing, charge: Charge, timing: Timing
    ) -> None:
        self.exchange = exchange
        self.hearing = hearing
        self.timing = timing
        self.outbox = Outbox(exchange, timing)
        self.now_ms = 0.0
        self.loud_ms: float | None = None
        self.began_ms = timing.now_ms()
        self._audio = audio
        self._charge = charge
        self._decoder = make_decoder(audio.fmt)
        self._rest: Samples = SILENCE
        self._heard = False

    @property
    def silent_ms(self) -> float:
        """Audio since the last loud block."""
        return self.now_ms - (self.loud_ms or 0.0)

    @property
    def has_audio(self) -> bool:
        """Whether any audio came."""
        return self._heard

    async def run(self) -> None:
        """Listen until the session ends."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.outbox.run())
                group.create_task(self._watch())
                await self.begin()
                while True:
                    await self._take(await self.exchange.receive())
        except* EngineError:  # an engine of ours that hears for the emulator
            await self.exchange.close(INTERNAL.code, INTERNAL.reason)
        finally:
            self.hearing.close()
            self._decoder.close()

    async def finish(self, closed: Closed) -> None:
        """End the session once what was put has been said."""
        await self.outbox.said()
        await self.exchange.close(closed.code, closed.reason)

    async def _take(self, message: Any) -> None:
        if isinstance(message, bytes):
            await (self.audio(message) if message else self.no_audio())
        else:
            await self.command(message.get("type") if isinstance(message, dict) else None, message)

    async def audio(self, data: bytes) -> None:
        """Hear encoded audio."""
        try:
            if not self._heard and not self._audio.is_audio(data):
                raise AudioError("no container")
            samples = self._decoder.feed(data)
        except AudioError:
            await self.finish(NOT_AUDIO)
            return
        self._heard = True
        raw = self._audio.bytes_per_s
        self._charge.add(audio_ms=len(data) * 1000.0 / raw if raw else samples.size * 1000.0 / LISTEN_RATE)
        samples = np.concatenate((self._rest, samples))
        whole = samples.size // BLOCK * BLOCK
        self._rest = samples[whole:]
        rows = samples[:whole].reshape(-1, BLOCK)
        loud = np.einsum("ij,ij->i", rows, rows) >= LOUD * LOUD * BLOCK
        for row, is_loud in zip(rows, loud.tolist(), strict=True):
            began = is_loud and (self.loud_ms is None or self.silent_ms > 0)
            self.hearing.hear(row, is_loud)
            self.now_ms += BLOCK_MS
            if is_loud:
                self.loud_ms = self.now_ms
            await self.block(began)

    @abstractmethod
    async def begin(self) -> None:
        """Say what a session begins with."""

    @abstractmethod
    async def no_audio(self) -> None:
        """An empty binary message came."""

    @abstractmethod
    async def block(self, began: bool) -> None:
        """10 ms more were heard; `began`: they are loud and those before were not."""

    @abstractmethod
    async def command(self, kind: str | None, message: Any) -> None:
        """A text message came; `kind` is its type, None where it has none."""

    @abstractmethod
    def idle(self) -> Closed | None:
        """Why the session is to be ended now, if it is."""

    async def end_idle(self, closed: Closed) -> None:
        """End a session that nobody uses."""
        await self.finish(closed)

    async def _watch(self) -> None:
        while (closed := self.idle()) is None:
            await self.timing.wait(WATCH_MS)
        await self.end_idle(closed)


WATCH_MS = 500.0
"""How often it is looked whether anybody still uses a session."""
