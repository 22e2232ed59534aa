"""One `stream-input` session: text comes in, sound and alignment go out, and the end of the text ends it."""

import asyncio
import base64
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from enterprise_stream.speaking.ports import TextToSpeech
from enterprise_stream.testing.emulators.billing import Charge
from enterprise_stream.testing.emulators.elevenlabs.alignment import Aligner
from enterprise_stream.testing.emulators.elevenlabs.refusals import bad_message, no_text
from enterprise_stream.testing.emulators.exchange import SocketExchange
from enterprise_stream.testing.emulators.languages import language_of
from enterprise_stream.testing.emulators.long_texts import say_all
from enterprise_stream.testing.emulators.pace import Pace

SCHEDULE = (120, 160, 250, 290)
"""Characters that are waited for before each part is said, unless the client says otherwise (vendor's default)."""

MOST_WAITING = 64
"""Parts of text that may wait to be said; a client that sends more is not read until there is room."""

SENTENCE_ENDS = (".", "?", "!", "…", ",", ";", ":")
"""Where `auto_mode` takes a part to be whole."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a session is to speak, by its query.

    Attributes:
        rate: of the sound, in Hz.
        auto: say each part as soon as it is whole, instead of by the schedule.
        patience_ms: how long it waits for text.
    """

    voice: str
    model: str
    rate: int
    auto: bool = False
    patience_ms: float = 20_000.0
    language: str = ""


@dataclass(slots=True)
class TextIn:
    """Text on its way to be said: gathered until there is enough of it."""

    auto: bool
    schedule: tuple[int, ...] = SCHEDULE
    _parts: int = 0
    _text: str = field(default="")

    def take(self, text: str, flush: bool) -> str:
        """Add text; returns what is to be said now, which may be nothing."""
        self._text += text
        enough = self._text.rstrip().endswith(SENTENCE_ENDS) if self.auto else len(self._text) >= self._wanted
        if not (flush or enough):
            return ""
        self._parts += 1
        whole, self._text = self._text, ""
        return whole

    @property
    def _wanted(self) -> int:
        return self.schedule[min(self._parts, len(self.schedule) - 1)]


class Session:
    """Speaks what one client sends.

    Args:
        exchange: the socket.
        manner: what its query asked for.
        voice: who speaks.
        pace: how fast.
        charge: what it costs: every character but the opening blank, once it has come.
    """

    def __init__(
        self, exchange: SocketExchange, manner: Manner, voice: TextToSpeech, pace: Pace, charge: Charge
    ) -> None:
        self._exchange = exchange
        self._manner = manner
        self._voice = voice
        self._pace = pace
        self._charge = charge
        self._parts: asyncio.Queue[str | None] = asyncio.Queue(MOST_WAITING)
        self._heard_at = pace.timing.now_ms()

    async def run(self) -> None:
        """Talk until the text ends, the client leaves or nothing comes any more.

        Raises:
            Refusal: in a group; the session is over because of what the client did.
        """
        async with asyncio.TaskGroup() as group:
            watching, reading = group.create_task(self._watch()), group.create_task(self._read())
            await self._speak()
            if self._exchange.stalled:
                await reading
            watching.cancel()
            reading.cancel()

    async def _watch(self) -> None:
        timing = self._pace.timing
        while (left := self._heard_at + self._manner.patience_ms - timing.now_ms()) > 0:
            await timing.wait(left)
        raise no_text(self._manner.patience_ms)

    async def _read(self) -> None:
        gathered = self._opening(await self._exchange.receive())
        while True:
            message = await self._message()
            part = gathered.take(message["text"], bool(message.get("flush")) or not message["text"])
            if part.strip():
                await self._parts.put(part)
            if not message["text"]:
                await self._parts.put(None)

    async def _message(self) -> dict[str, Any]:
        message = await self._exchange.receive()
        if not isinstance(message, dict) or not isinstance(message.get("text"), str):
            raise bad_message("A message must be JSON with a text.")
        self._heard_at = self._pace.timing.now_ms()
        self._charge.add(chars=len(message["text"]))
        return message

    def _opening(self, message: Any) -> TextIn:
        self._heard_at = self._pace.timing.now_ms()
        if not isinstance(message, dict) or message.get("text") != " ":
            raise bad_message("The first message's text must be a blank.")
        config = message.get("generation_config") or {}
        return TextIn(self._manner.auto, tuple(config.get("chunk_length_schedule") or SCHEDULE))

    async def _speak(self) -> None:
        while (part := await self._parts.get()) is not None:
            await self._pace.first()
            await self._say(part)
        await self._exchange.say({"audio": None, "isFinal": True, "normalizedAlignment": None, "alignment": None})
        if not self._exchange.stalled:
            await self._exchange.close()

    async def _say(self, part: str) -> None:
        aligner, begin = Aligner(), 0.0
        language = self._manner.language or language_of(part)
        async with aclosing(say_all(self._voice, part, language, self._manner.rate)) as pieces:
            async for piece in pieces:
                if begin:
                    await self._pace.next()
                end = begin + piece.duration_ms
                await self._exchange.say(_sound(piece.data, aligner.piece(piece.words, begin, end)))
                begin = end
        if (alignment := aligner.rest(begin)) is not None:
            await self._exchange.say(_sound(b"", alignment))


def _sound(audio: bytes, alignment: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "audio": base64.b64encode(audio).decode(),
        "isFinal": None,
        "normalizedAlignment": alignment,
        "alignment": alignment,
    }
