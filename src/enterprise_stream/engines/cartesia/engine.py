"""Cartesia's voice behind the port: one socket for all sessions, a context for each clause."""

import asyncio
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from functools import partial
from typing import Any, Self

from cartesia import AsyncCartesia
from websockets.exceptions import ConnectionClosed

from enterprise_stream.engines.cartesia.failures import failure, failure_of
from enterprise_stream.engines.cartesia.line import Line
from enterprise_stream.engines.socket_failures import SOCKET_FAILURES
from enterprise_stream.engines.sounding import Sounding
from enterprise_stream.engines.speaker import PATIENCE_S, Speaker, once
from enterprise_stream.purchases import Buy, Purchase
from enterprise_stream.speaking.ports import SAMPLE_RATE, Speech
from enterprise_stream.speaking.speech_text import DEFAULT_REGION

HOST = "https://api.cartesia.ai"

CONTEXTS = 10
"""Clauses at once; the vendor's plans allow from 2 to 15 and more."""

BUFFER_MS = 150
"""How long the vendor waits for more words of a clause that is still being written."""

STALLED_S = 0.4
"""A socket on which a clause that is given up had waited for so long serves no other: for its opening, or for sound
once the vendor had all of the text. A lively one takes less for either."""

CANCEL_S = 1.0
"""What telling the vendor to stop may take."""

_AUDIO = {"container": "raw", "encoding": "pcm_s16le", "sample_rate": SAMPLE_RATE}


class CartesiaVoice:
    """A `StreamingTextToSpeech` and `PreparedTextToSpeech`; use it as an async context manager, which owns the socket.

    Args:
        key: Cartesia's.
        buy: told of the characters as they are sent.
        voice_id: the vendor's identifier of the voice, which says all languages.
        base_url: where the service is, http or https; Cartesia's own by default.
        model: such as `sonic-3.5`.
        contexts: clauses that may be said at once.
        region: the business's country, whose habits numbers, money and times are said by.
    """

    def __init__(
        self,
        key: str,
        buy: Buy,
        *,
        voice_id: str,
        base_url: str | None = None,
        model: str = "sonic-3.5",
        contexts: int = CONTEXTS,
        region: str = DEFAULT_REGION,
    ) -> None:
        host = (base_url or HOST).rstrip("/")
        self._client = AsyncCartesia(api_key=key, base_url=host, websocket_base_url="ws" + host.removeprefix("http"))
        self._speaker = Speaker(failure_of, region)
        self._buy = buy
        self._voice = voice_id
        self._model = model
        self._room = asyncio.Semaphore(contexts)
        self._line: Line | None = None
        self._running: dict[Line, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        await self._speaker.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        for running in self._running.values():
            running.cancel()
        await self._speaker.__aexit__()
        await self._client.close()

    @property
    def voice(self) -> str:
        """Name of the voice, as `persona.voice` carries it."""
        return self._voice

    @property
    def speaking(self) -> int:
        """Clauses under way now."""
        return self._speaker.speaking

    def prepare(self, owner: str, language: str) -> None:
        """Have the socket open; see `PreparedTextToSpeech.prepare`. It is one for all sessions and languages."""
        del owner, language
        self._open_line()

    def leave(self, owner: str) -> None:
        """The guest has gone; see `PreparedTextToSpeech.leave`. Nothing is held for one guest."""

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        """Say one clause; see `TextToSpeech.speak`. Text that holds nothing to say costs nothing.

        Raises:
            VendorError: the service failed.
        """
        converse = partial(self._converse, owner, language, 0)
        async with aclosing(self._speaker.say(once(text), language, converse)) as speeches:
            async for speech in speeches:
                yield speech

    async def speak_along(self, owner: str, words: AsyncIterator[str], language: str) -> AsyncGenerator[Speech]:
        """Say one clause while it is written; see `StreamingTextToSpeech.speak_along`.

        Raises:
            VendorError: the service failed.
        """
        converse = partial(self._converse, owner, language, BUFFER_MS)
        async with aclosing(self._speaker.say(words, language, converse)) as speeches:
            async for speech in speeches:
                yield speech

    async def _converse(
        self, owner: str, language: str, buffer_ms: int, first: str, more: AsyncIterator[str], sounding: Sounding
    ) -> None:
        async with self._turn():
            line = await self._opened_line()
            whole_at = float("inf")
            asked = self._asked(language, buffer_ms)
            line.listen(asked["context_id"], sounding)
            try:
                with suppress(ConnectionClosed):  # whoever reads meets it too, and may have been told why
                    text: str | None = first
                    while text is not None:
                        await line.send({**asked, "transcript": text, "continue": True})
                        self._buy(Purchase(owner, "tts", "cartesia", self._model, chars=len(text)))
                        text = await anext(more, None)
                    await line.send({**asked, "transcript": "", "continue": False})
                whole_at = _now_s()
                sounding.hurry(PATIENCE_S)
                await sounding.over()
            finally:
                self._leave(line, asked["context_id"], whole_at)

    @asynccontextmanager
    async def _turn(self) -> AsyncGenerator[None]:
        """Be one of those who may speak at once."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._room.acquire()
        except TimeoutError as error:
            raise failure("vendor_limited") from error
        try:
            yield
        finally:
            self._room.release()

    def _asked(self, language: str, buffer_ms: int) -> dict[str, Any]:
        return {
            "context_id": uuid.uuid4().hex,
            "model_id": self._model,
            "voice": {"mode": "id", "id": self._voice},
            "language": language,
            "output_format": _AUDIO,
            "add_timestamps": True,
            "max_buffer_delay_ms": buffer_ms,
        }

    def _open_line(self) -> Line:
        """The socket, open or about to be."""
        if self._line is None or self._line.over:
            line = self._line = Line(self._client)
            self._running[line] = self._speaker.begin(line.run(), "cartesia")
            self._running[line].add_done_callback(lambda _: self._running.pop(line, None))
        self._line.use()
        return self._line

    async def _opened_line(self) -> Line:
        """The socket, open.

        Raises:
            VendorError: it cannot be had.
        """
        line, began_at = self._open_line(), _now_s()
        try:
            await line.opened()
        except asyncio.CancelledError:
            if _now_s() - began_at >= STALLED_S:
                self._give_up(line)
            raise
        return line

    def _leave(self, line: Line, context: str, whole_at: float) -> None:
        """A clause is over: where it was cut off the vendor is told, and a socket that let it wait serves no other."""
        if not line.forget(context) or line.over:
            return
        self._speaker.begin(_cancel(line, {"context_id": context, "cancel": True}), "cartesia")
        if _now_s() - max(whole_at, line.heard_at) >= STALLED_S:
            self._give_up(line)

    def _give_up(self, line: Line) -> None:
        self._line = None if self._line is line else self._line
        if line.quiet and line in self._running:
            self._running[line].cancel()


def _now_s() -> float:
    return asyncio.get_running_loop().time()


async def _cancel(line: Line, request: Mapping[str, Any]) -> None:
    with suppress(*SOCKET_FAILURES):  # a socket that has broken says nothing more either
        async with asyncio.timeout(CANCEL_S):
            await line.send(request)
