"""Deepgram's voice, Aura-2, behind the port: over pooled sockets, and by single requests where none is to be had."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any, Self

import structlog

from enterprise_stream.clock import Clock
from enterprise_stream.engines.deepgram.failures import FAILURES, NotServedError, failure_of
from enterprise_stream.engines.deepgram.sdk import DeepgramClient
from enterprise_stream.engines.deepgram.voice_pool import SOCKETS, VoicePool
from enterprise_stream.purchases import Buy, Purchase
from enterprise_stream.speaking.patience import pieces_in_time
from enterprise_stream.speaking.plain_sound import plain
from enterprise_stream.speaking.ports import SAMPLE_RATE, Speech
from enterprise_stream.speaking.speech_text import DEFAULT_REGION, segments
from enterprise_stream.speaking.streamed import spoken_text, streamed
from enterprise_stream.speaking.word_clock import Pace

log = structlog.get_logger(__name__)

WHOLE_SHARE = 0.7
"""Of the length that a clause should have by the voice's pace, what may be all of it: from there on quiet is its end,
at a service that has told no end yet."""

_AUDIO: dict[str, Any] = {"encoding": "linear16", "sample_rate": SAMPLE_RATE}


class DeepgramAura:
    """A `StreamingTextToSpeech` and `PreparedTextToSpeech`; use it as an async context manager, which owns the sockets.

    Args:
        key: Deepgram's.
        buy: told of the characters that were sent, clause by clause.
        clock: for what the service allows in a minute.
        base_url: where the service is, http or https; Deepgram's own by default.
        model: the voice, such as `aura-2-diana-es`, which says all languages.
        sockets: how many there may be at once.
        region: the business's country, whose habits numbers, money and times are said by.
    """

    def __init__(
        self,
        key: str,
        buy: Buy,
        clock: Clock,
        *,
        base_url: str | None = None,
        model: str = "aura-2-diana-es",
        sockets: int = SOCKETS,
        region: str = DEFAULT_REGION,
    ) -> None:
        self._client = DeepgramClient(key, base_url)
        self._buy = buy
        self._model = model
        self._region = region
        self._pace = Pace()
        self._pool = VoicePool(self._connect, clock, sockets)

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        self._group = await asyncio.TaskGroup().__aenter__()
        self._pool.begin(self._group)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._pool.end()
        await self._group.__aexit__(None, None, None)
        await self._client.__aexit__()

    @property
    def voice(self) -> str:
        """Name of the voice, as `persona.voice` carries it."""
        return self._model

    def prepare(self, owner: str, language: str) -> None:
        """Have a socket open; see `PreparedTextToSpeech.prepare`. The voice is one for all languages."""
        del language
        self._pool.expect(owner)

    def leave(self, owner: str) -> None:
        """The guest has gone; see `PreparedTextToSpeech.leave`."""
        self._pool.forget(owner)

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        """Say one clause; see `TextToSpeech.speak`. Text that holds nothing to say costs nothing.

        Raises:
            VendorError: the service failed.
        """
        said = segments(text, language, self._region)
        spoken = spoken_text(said)
        pcm = self._sound(owner, spoken, language) if spoken else _no_sound()
        pieces = pieces_in_time(pcm)
        async with aclosing(pcm), aclosing(pieces), aclosing(streamed(pieces, said, self._pace, language)) as speeches:
            async for speech in speeches:
                yield speech

    async def speak_along(self, owner: str, words: AsyncIterator[str], language: str) -> AsyncGenerator[Speech]:
        """Say one clause while it is written: the socket is opened meanwhile, and the clause goes out when it is whole.

        Aura's melody suffers from words that come in crumbs, and what was not sent costs nothing when it is dropped.

        Raises:
            VendorError: the service failed.
        """
        text = ""
        async for piece in words:
            if not text:
                self.prepare(owner, language)
            text += piece
        async with aclosing(self.speak(owner, text.strip(), language)) as speeches:
            async for speech in speeches:
                yield speech

    async def _sound(self, owner: str, spoken: str, language: str) -> AsyncGenerator[bytes]:
        socket = await self._pool.take(owner, len(spoken))
        if socket is None:
            log.info("voice_without_socket", engine="deepgram-aura2")
            try:
                async with aclosing(plain(self._by_request(owner, spoken))) as sounds:
                    async for sound in sounds:
                        yield sound
                return
            except NotServedError as refused:
                socket = await self._pool.instead(owner, len(spoken), refused)
        self._bill(owner, spoken)
        whole_ms = None if self._pool.tells_ends else WHOLE_SHARE * self._pace.lasts_ms(language, spoken)
        async with aclosing(plain(socket.say(spoken, whole_ms))) as sounds:
            async for sound in sounds:
                yield sound

    async def _by_request(self, owner: str, spoken: str) -> AsyncGenerator[bytes]:
        """The same voice over HTTP, which has neither flushes to count nor sockets to run out of."""
        generate = self._client.speak_audio.with_raw_response.generate
        try:
            async with generate(text=spoken, model=self._model, container="none", **_AUDIO) as response:
                self._bill(owner, spoken)
                async for sound in response.data:
                    yield sound
        except FAILURES as error:
            raise failure_of(error) from None

    def _bill(self, owner: str, spoken: str) -> None:
        self._buy(Purchase(owner, "tts", "deepgram-aura2", self._model, chars=len(spoken)))

    def _connect(self) -> Any:
        return self._client.speak_v1.connect(model=self._model, **_AUDIO)


async def _no_sound() -> AsyncGenerator[bytes]:
    return
    yield
