"""ElevenLabs' voice behind the port: a clause is a socket's whole life, and the next socket is open before it ends."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from functools import partial
from typing import Self

from websockets.exceptions import ConnectionClosed

from enterprise_stream.engines.elevenlabs.failures import failure_of
from enterprise_stream.engines.elevenlabs.pool import SOCKETS, Pool
from enterprise_stream.engines.elevenlabs.session import Address, Session
from enterprise_stream.engines.socket_failures import SOCKET_FAILURES
from enterprise_stream.engines.sounding import Sounding
from enterprise_stream.engines.speaker import PATIENCE_S, Speaker, once
from enterprise_stream.errors import VendorError
from enterprise_stream.purchases import Buy, Purchase
from enterprise_stream.speaking.ports import Speech
from enterprise_stream.speaking.speech_text import DEFAULT_REGION


class ElevenLabsVoice:
    """A `StreamingTextToSpeech` and `PreparedTextToSpeech`; use it as an async context manager, which owns the sockets.

    Args:
        key: ElevenLabs's.
        buy: told of the characters as they are sent.
        voice_id: the vendor's identifier of the voice, which says all languages.
        base_url: where the service is, http or https; ElevenLabs's own by default.
        model: such as `eleven_flash_v2_5`.
        sockets: how many there may be at once.
        region: the business's country, whose habits numbers, money and times are said by.
    """

    def __init__(
        self,
        key: str,
        buy: Buy,
        *,
        voice_id: str,
        base_url: str | None = None,
        model: str = "eleven_flash_v2_5",
        sockets: int = SOCKETS,
        region: str = DEFAULT_REGION,
    ) -> None:
        self._speaker = Speaker(failure_of, region)
        self._pool = Pool(Address(key, base_url, voice_id, model), sockets)
        self._buy = buy
        self._voice = voice_id
        self._model = model

    async def __aenter__(self) -> Self:
        await self._speaker.__aenter__()
        self._pool.begin(self._speaker.group)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._pool.end()
        await self._speaker.__aexit__()

    @property
    def voice(self) -> str:
        """Name of the voice, as `persona.voice` carries it."""
        return self._voice

    @property
    def speaking(self) -> int:
        """Clauses under way now."""
        return self._speaker.speaking

    def prepare(self, owner: str, language: str) -> None:
        """Have a socket open; see `PreparedTextToSpeech.prepare`."""
        self._pool.expect(owner, language)

    def leave(self, owner: str) -> None:
        """The guest has gone; see `PreparedTextToSpeech.leave`."""
        self._pool.forget(owner)

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        """Say one clause; see `TextToSpeech.speak`. Text that holds nothing to say costs nothing.

        Raises:
            VendorError: the service failed.
        """
        async with aclosing(self.speak_along(owner, once(text), language)) as speeches:
            async for speech in speeches:
                yield speech

    async def speak_along(self, owner: str, words: AsyncIterator[str], language: str) -> AsyncGenerator[Speech]:
        """Say one clause while it is written; see `StreamingTextToSpeech.speak_along`.

        Raises:
            VendorError: the service failed.
        """
        converse = partial(self._converse, owner, language)
        async with aclosing(self._speaker.say(words, language, converse)) as speeches:
            async for speech in speeches:
                yield speech

    async def _converse(
        self, owner: str, language: str, first: str, more: AsyncIterator[str], sounding: Sounding
    ) -> None:
        session = await self._pool.take(owner, language)
        reading = self._speaker.group.create_task(_read(session, sounding))
        try:
            with suppress(ConnectionClosed):  # whoever reads meets it too, and may have been told why
                text: str | None = first
                while text is not None:
                    await session.send(text)
                    self._buy(Purchase(owner, "tts", "elevenlabs", self._model, chars=len(text)))
                    text = await anext(more, None)
                await session.finish()
            sounding.hurry(PATIENCE_S)
            await reading
        finally:
            reading.cancel()
            self._pool.give_back(session)


async def _read(session: Session, sounding: Sounding) -> None:
    try:
        while (sounded := await session.receive()) is not None:
            sounding.put(sounded)
    except (VendorError, *SOCKET_FAILURES) as error:
        sounding.fail(failure_of(error))
    except Exception as error:  # noqa: BLE001 (who listens is told of it; nobody else hears of it)
        sounding.fail(error)
