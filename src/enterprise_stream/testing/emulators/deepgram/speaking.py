"""`/v1/speak` (Aura-2): text in by `Speak`, sound out once it is flushed, over a WebSocket; or all of it over HTTP."""

import asyncio
import re
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from hashlib import sha256
from random import Random
from typing import Any, Final

from starlette.responses import Response

from enterprise_stream.errors import EngineError
from enterprise_stream.speaking.ports import TextToSpeech
from enterprise_stream.testing.emulators.billing import Bill, Charge
from enterprise_stream.testing.emulators.deepgram.listening import WATCH_MS
from enterprise_stream.testing.emulators.deepgram.query import SpeakQuery
from enterprise_stream.testing.emulators.deepgram.refusals import (
    INTERNAL,
    NO_TEXT,
    NOT_A_COMMAND,
    TOO_FAST,
    TOO_LONG,
    TOO_OLD,
    Closed,
    Refused,
)
from enterprise_stream.testing.emulators.exchange import HttpExchange, SocketExchange
from enterprise_stream.testing.emulators.timing import Latency, Timing
from enterprise_stream.testing.emulators.voices import Sound, sounds

MOST_CHARS: Final = 2000
"""Characters that one message may hold."""

CHARS_PER_MINUTE: Final = 2400
FLUSHES_PER_MINUTE: Final = 20
MINUTE_MS: Final = 60_000.0
LONGEST_MS: Final = 3_600_000.0
"""How long a session may last."""

UNFLUSHED_CHARS: Final = 200
"""Text from which whole sentences are spoken without a flush."""

ODD_BYTES: Final = 1021
"""Size of a response's chunks over HTTP: they split samples, as the network's do."""

_SENTENCES: Final = re.compile(r".*[.!?…]\s", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose voice it is, and how fast it comes.

    Attributes:
        voice: says it.
        timing: for latencies and limits.
        first_audio: from a text to its first sound.
        speed: how much faster than real time the sound comes after that; None for at once.
        random: source of all that varies.
    """

    voice: TextToSpeech
    timing: Timing
    first_audio: Latency
    speed: float | None
    random: Random

    async def say(self, text: str, query: SpeakQuery) -> AsyncGenerator[Sound]:
        """The sound of `text`, as it is made."""
        due_ms = self.timing.now_ms() + self.first_audio.draw(self.random)
        async with aclosing(sounds(self.voice, text, query.language, query.fmt)) as pieces:
            async for sound in pieces:
                early_ms = due_ms - self.timing.now_ms()
                if early_ms > 0:
                    await self.timing.wait(early_ms)
                due_ms += sound.duration_ms / self.speed if self.speed else 0.0
                yield sound


class SpeakingSession:
    """One WebSocket of `/v1/speak`.

    Args:
        exchange: the session.
        query: what it asks for.
        speaker: the voice.
        charge: the session's entry of the bill.
    """

    def __init__(self, exchange: SocketExchange, query: SpeakQuery, speaker: Speaker, charge: Charge) -> None:
        self._exchange = exchange
        self._query = query
        self._speaker = speaker
        self._timing = speaker.timing
        self._charge = charge
        self._began_ms = self._timing.now_ms()
        self._text = ""
        self._sequence = 0
        self._flushes: deque[float] = deque()
        self._chars: deque[tuple[float, int]] = deque()
        self._queue: asyncio.Queue[tuple[str, bool]] = asyncio.Queue()  # the limits of a minute bound it
        self._speaking: asyncio.Task[None]
        self._group: asyncio.TaskGroup

    async def run(self) -> None:
        """Speak until the session ends."""
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                self._speaking = group.create_task(self._speak())
                group.create_task(self._watch())
                await self._exchange.tell(self._metadata())
                while True:
                    await self._take(await self._exchange.receive())
        except* EngineError:  # an engine of ours that speaks for the emulator
            await self._end(INTERNAL)

    async def _take(self, message: Any) -> None:
        kind = message.get("type") if isinstance(message, dict) else None
        match kind:
            case "Speak" if isinstance(message.get("text"), str):
                await self._speak_text(message["text"])
            case "Flush":
                await self._flush()
            case "Clear":
                await self._clear()
            case "Close":
                await self._exchange.close(1000)
            case _:
                await self._end(NO_TEXT if isinstance(message, bytes) else NOT_A_COMMAND)

    async def _end(self, closed: Closed) -> None:
        await self._exchange.close(closed.code, closed.reason)

    async def _speak_text(self, text: str) -> None:
        if len(text) > MOST_CHARS:
            await self._end(TOO_LONG)
            return
        now_ms = self._timing.now_ms()
        self._chars.append((now_ms, len(text)))
        while self._chars[0][0] <= now_ms - MINUTE_MS:
            self._chars.popleft()
        if sum(chars for _, chars in self._chars) > CHARS_PER_MINUTE:
            await self._end(TOO_FAST)
            return
        self._charge.add(chars=len(text))
        self._text += text
        whole = _SENTENCES.match(self._text) if len(self._text) >= UNFLUSHED_CHARS else None
        if whole is not None:
            self._text = self._text[whole.end() :]
            self._queue.put_nowait((whole.group(), False))

    async def _flush(self) -> None:
        now_ms = self._timing.now_ms()
        while self._flushes and self._flushes[0] <= now_ms - MINUTE_MS:
            self._flushes.popleft()
        if len(self._flushes) >= FLUSHES_PER_MINUTE:
            description = f"At most {FLUSHES_PER_MINUTE} Flush messages are processed in 60 seconds."
            warning = {"type": "Warning", "code": "EXCESSIVE_FLUSH", "description": description}
            await self._exchange.tell(warning)
            return
        self._flushes.append(now_ms)
        self._queue.put_nowait((self._text, True))
        self._text = ""

    async def _clear(self) -> None:
        self._text = ""
        self._speaking.cancel()
        await asyncio.wait((self._speaking,))
        while not self._queue.empty():
            self._queue.get_nowait()
        await self._exchange.tell({"type": "Cleared", "sequence_id": self._next()})
        self._speaking = self._group.create_task(self._speak())

    async def _speak(self) -> None:
        first = True
        while True:
            text, flushed = await self._queue.get()
            if first:
                self._exchange.new_answer()
            async with aclosing(self._speaker.say(text, self._query)) as pieces:
                async for sound in pieces:
                    await self._exchange.say(sound.data)
            if flushed:
                await self._exchange.tell({"type": "Flushed", "sequence_id": self._next()})
            first = flushed

    async def _watch(self) -> None:
        while self._timing.now_ms() - self._began_ms < LONGEST_MS:
            await self._timing.wait(WATCH_MS)
        await self._end(TOO_OLD)

    def _next(self) -> int:
        self._sequence += 1
        return self._sequence - 1

    def _metadata(self) -> dict[str, Any]:
        model = self._query.model
        return {
            "type": "Metadata",
            "request_id": self._exchange.request_id,
            "model_name": model,
            "model_version": "emulated",
            "model_uuid": sha256(model.encode()).hexdigest()[:32],
        }


async def speak_over_http(exchange: HttpExchange, speaker: Speaker, bill: Bill) -> Response:
    """`POST /v1/speak`: the sound of the body's `text`."""
    text = exchange.json().get("text") if isinstance(exchange.json(), dict) else None
    try:
        query = SpeakQuery.of(exchange.request.query_params, "mp3")
        if query.encoding == "mp3":
            raise Refused(400, "UNSUPPORTED_AUDIO_FORMAT", "This emulator makes no mp3; ask for linear16.")
        if not isinstance(text, str) or not text.strip():
            raise Refused(400, "PAYLOAD_ERROR", "Failed to deserialize JSON payload. Please specify `text`.")
        if len(text) > MOST_CHARS:
            raise Refused(413, "PAYLOAD_TOO_LARGE", "Input text exceeds maximum character limit of 2000.")
    except Refused as refused:
        return refused.response()
    bill.open(exchange.request_id, "tts", "deepgram-aura2", query.model).add(chars=len(text))
    headers = {"dg-model-name": query.model, "dg-char-count": str(len(text)), "dg-request-id": exchange.request_id}
    kind = "audio/wav" if query.container == "wav" else f"audio/l16;rate={query.rate};channels=1"
    return exchange.stream(_body(text, query, speaker), media_type=kind, headers=headers)


async def _body(text: str, query: SpeakQuery, speaker: Speaker) -> AsyncIterator[bytes]:
    held = _wav_header(query) if query.container == "wav" else b""
    async for sound in speaker.say(text, query):
        held += sound.data
        while len(held) >= ODD_BYTES:
            yield held[:ODD_BYTES]
            held = held[ODD_BYTES:]
    if held:
        yield held


def _wav_header(query: SpeakQuery) -> bytes:
    """A header of a file whose length is not known yet, as streams have it."""
    kind, width = {"linear16": (1, 2), "mulaw": (7, 1), "alaw": (6, 1)}[query.encoding]
    numbers = ((16, 4), (kind, 2), (1, 2), (query.rate, 4), (query.rate * width, 4), (width, 2), (width * 8, 2))
    fmt = b"".join(number.to_bytes(size, "little") for number, size in numbers)
    unknown = b"\xff\xff\xff\x7f"
    return b"RIFF" + unknown + b"WAVEfmt " + fmt + b"data" + unknown
