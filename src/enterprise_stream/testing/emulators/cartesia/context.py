"""One context of the socket: its transcripts come in parts and are said as one speech."""

import asyncio
import base64
from collections.abc import Callable, Coroutine, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from enterprise_stream.speaking.ports import SAMPLE_RATE, TextToSpeech, Word
from enterprise_stream.testing.emulators.cartesia.refusals import bad_request, no_such_model, no_such_voice
from enterprise_stream.testing.emulators.long_texts import say_all
from enterprise_stream.testing.emulators.pace import Pace

MODELS = frozenset({"sonic-3.5", "sonic-3", "sonic-2", "sonic-turbo", "sonic-latest"})

DEFAULT_BUFFER_MS = 3000
LONGEST_BUFFER_MS = 5000

SENTENCE_ENDS = (".", "?", "!", "…")

MOST_WAITING = 64
"""Parts of a context that may wait to be said."""

Tell = Callable[[dict[str, Any]], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Request:
    """A generation request.

    Attributes:
        more: further parts of the transcript will follow.
        rate: of the sound, in Hz.
        buffer_ms: how long text may wait for more of its sentence.
    """

    context: str
    text: str
    more: bool
    flush: bool
    model: str
    language: str
    rate: int
    timestamps: bool
    buffer_ms: float


def read_request(message: Mapping[str, Any], voices: frozenset[str] | None) -> Request:
    """Check a request.

    Args:
        message: as it came.
        voices: that exist; None lets any be asked for.

    Raises:
        Refusal: it cannot be served.
    """
    for name in ("model_id", "transcript", "voice", "output_format"):
        if name not in message:
            raise bad_request(f"{name} is required.")
    if message["model_id"] not in MODELS:
        raise no_such_model(str(message["model_id"]))
    voice = message["voice"].get("id") if isinstance(message["voice"], dict) else None
    if not voice or (voices is not None and voice not in voices):
        raise no_such_voice(str(voice))
    audio = message["output_format"]
    if audio.get("container") != "raw" or audio.get("encoding") != "pcm_s16le":
        raise bad_request("This is an emulator: it speaks raw pcm_s16le only.")
    buffer_ms = message.get("max_buffer_delay_ms")
    buffer_ms = DEFAULT_BUFFER_MS if buffer_ms is None else buffer_ms
    if not 0 <= buffer_ms <= LONGEST_BUFFER_MS:
        raise bad_request(f"max_buffer_delay_ms must be between 0 and {LONGEST_BUFFER_MS}.")
    more = bool(message.get("continue"))
    context = str(message.get("context_id") or "")
    if more and not context:
        raise bad_request("context_id is required to continue.")
    return Request(
        context,
        str(message["transcript"]),
        more,
        bool(message.get("flush")),
        str(message["model_id"]),
        str(message.get("language") or "en"),
        int(audio.get("sample_rate", SAMPLE_RATE)),
        bool(message.get("add_timestamps")),
        float(buffer_ms),
    )


class Context:
    """Says the parts of one transcript in order.

    Args:
        first: the request that opened it.
        voice: who speaks.
        pace: how fast.
        tell: says what belongs to the protocol.
        say: says a piece of the answer.
    """

    def __init__(self, first: Request, voice: TextToSpeech, pace: Pace, tell: Tell, say: Tell) -> None:
        self._first = first
        self._voice = voice
        self._pace = pace
        self._tell = tell
        self._say = say
        self._requests: asyncio.Queue[Request] = asyncio.Queue(MOST_WAITING)
        self._position_ms = 0.0
        self._flushes = 0

    async def add(self, request: Request) -> None:
        """Take a further part."""
        await self._requests.put(request)

    async def run(self) -> None:
        """Say all parts, then that it is done."""
        more = True
        while more:
            text, more, flush = await self._next_text()
            if text.strip():
                await self._pace.first()
                await self._speak(text)
            if flush:
                self._flushes += 1
                await self._tell(self._event("flush_done", flush_done=True, flush_id=self._flushes))
        await self._tell(self._event("done", status_code=200) | {"done": True})

    async def _next_text(self) -> tuple[str, bool, bool]:
        """What is to be said next, whether more follows, and whether a flush asked for it."""
        request = await self._requests.get()
        text = request.text
        due = self._pace.timing.now_ms() + request.buffer_ms
        while request.more and not request.flush and not text.rstrip().endswith(SENTENCE_ENDS):
            more = await self._within(due - self._pace.timing.now_ms())
            if more is None:
                break
            request = more
            text += request.text
        return text, request.more, request.flush

    async def _within(self, ms: float) -> Request | None:
        """The next request, if it comes within `ms`."""
        if not self._requests.empty():
            return self._requests.get_nowait()
        if ms <= 0:
            return None
        async with asyncio.TaskGroup() as group:
            coming = group.create_task(self._requests.get())
            waiting = group.create_task(_wait(self._pace, ms))
            await asyncio.wait((coming, waiting), return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            if not coming.done():
                coming.cancel()
        return None if coming.cancelled() else coming.result()

    async def _speak(self, text: str) -> None:
        begun = self._position_ms
        async with aclosing(say_all(self._voice, text, self._first.language, self._first.rate)) as pieces:
            async for piece in pieces:
                if self._position_ms > begun:
                    await self._pace.next()
                if self._first.timestamps and piece.words:
                    await self._tell(self._event("timestamps", word_timestamps=_timestamps(piece.words, begun)))
                await self._chunk(piece.data)
                self._position_ms += piece.duration_ms

    async def _chunk(self, audio: bytes) -> None:
        await self._say(self._event("chunk", data=base64.b64encode(audio).decode(), step_time=12.5))

    def _event(self, kind: str, *, status_code: int = 206, **fields: Any) -> dict[str, Any]:
        event = {"type": kind, "done": False, "status_code": status_code, "context_id": self._first.context}
        return event | fields


async def _wait(pace: Pace, ms: float) -> None:
    await pace.timing.wait(ms)


def _timestamps(words: tuple[Word, ...], begun_ms: float) -> dict[str, list[Any]]:
    """As the vendor has them: in seconds from the context's start."""
    return {
        "words": [word.text for word in words],
        "start": [round((begun_ms + word.start_ms) / 1000, 4) for word in words],
        "end": [round((begun_ms + word.end_ms) / 1000, 4) for word in words],
    }
