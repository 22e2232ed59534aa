"""OpenAI's voice: one request a clause, its sound as it is made."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from typing import Self

import httpx2
from openai import omit

from enterprise_stream.engines.openai.client import connect
from enterprise_stream.engines.openai.faults import RAISED, failure, is_silence, told
from enterprise_stream.engines.openai.sending import sending
from enterprise_stream.purchases import Buy, Purchase, nobody_counts
from enterprise_stream.speaking.patience import pieces_in_time
from enterprise_stream.speaking.plain_sound import is_samples, plain
from enterprise_stream.speaking.ports import SAMPLE_RATE, Speech
from enterprise_stream.speaking.speech_text import DEFAULT_REGION, segments
from enterprise_stream.speaking.streamed import spoken_text, streamed
from enterprise_stream.speaking.word_clock import Pace
from enterprise_stream.thinking.tokens import count_tokens, load_tokens

ENGINE = "openai-speech"
"""What the voice is called in `TTS` and on the bill."""

INSTRUCTIONS = {
    "es": "Habla en español de España: cálida, cercana y profesional, a ritmo de conversación.",
    "en": "Speak warm, friendly, professional English, at the pace of a conversation.",
}
"""How to speak; the same in every clause, so that the voice is. Others are spoken as the model sees fit."""

_PLAIN_MODELS = ("tts-1", "tts-1-hd")
"""Models that take no instructions."""


class OpenAIVoice:
    """A `TextToSpeech`; in use while it is entered. The vendor takes whole texts only, so each clause is a request.

    Args:
        key: of the vendor's; None for a server that needs none.
        base_url: of a server that speaks the protocol, `…/v1`; None is OpenAI.
        model: that speaks.
        voice: the vendor's name of it.
        buy: told of every clause that is billed.
        region: the business's country, whose habits numbers, money and times are said by.
        transport: what carries requests instead of the network.
    """

    def __init__(
        self,
        key: str | None,
        *,
        base_url: str | None = None,
        model: str = "gpt-4o-mini-tts",
        voice: str = "coral",
        buy: Buy = nobody_counts,
        region: str = DEFAULT_REGION,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._client = connect(key, base_url, transport)
        self._model = model
        self._voice = voice
        self._buy = buy
        self._region = region
        self._pace = Pace()

    @property
    def voice(self) -> str:
        """Name of the voice, as `persona.voice` carries it."""
        return self._voice

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(load_tokens)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        """Say one clause; see `TextToSpeech.speak`. Text that holds nothing to say costs nothing.

        Raises:
            VendorError: the service failed.
        """
        said = segments(text, language, self._region)
        spoken = spoken_text(said)
        pcm = self._sound(owner, spoken, language) if spoken else _no_sound()
        samples = plain(pcm)
        pieces = pieces_in_time(samples)
        async with (
            aclosing(pcm),
            aclosing(samples),
            aclosing(pieces),
            aclosing(streamed(pieces, said, self._pace, language)) as speeches,
        ):
            async for speech in speeches:
                yield speech

    async def _sound(self, owner: str, spoken: str, language: str) -> AsyncGenerator[bytes]:
        """The clause as plain PCM; whatever of it was made is paid for."""
        how = "" if self._model in _PLAIN_MODELS else INSTRUCTIONS.get(language, "")
        heard = 0
        create = self._client.audio.speech.with_streaming_response.create
        request = create(
            model=self._model, voice=self._voice, input=spoken, instructions=how or omit, response_format="pcm"
        )
        async with AsyncExitStack() as stack:
            try:
                with sending() as request_out:
                    response = await stack.enter_async_context(request)
            except RAISED as error:
                if request_out.sent and is_silence(error):
                    self._bill(owner, spoken, how, heard)
                raise told(error) from None
            except asyncio.CancelledError:
                if request_out.sent:
                    self._bill(owner, spoken, how, heard)
                raise
            try:
                if not is_samples(response.headers.get("content-type", "")):
                    raise failure("vendor_garbled")
                async for sound in response.iter_bytes():
                    heard += len(sound)
                    yield sound
            except RAISED as error:
                raise told(error) from None
            finally:
                self._bill(owner, spoken, how, heard)
        if not heard:
            raise failure("vendor_garbled")

    def _bill(self, owner: str, spoken: str, how: str, heard: int) -> None:
        self._buy(
            Purchase(
                owner,
                "tts",
                ENGINE,
                self._model,
                audio_ms=heard / 2 * 1000 / SAMPLE_RATE,
                input_tokens=count_tokens(spoken) + count_tokens(how),
                chars=len(spoken),
            )
        )


async def _no_sound() -> AsyncGenerator[bytes]:
    return
    yield
