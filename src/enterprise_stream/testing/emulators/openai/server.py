"""OpenAI on loopback: chat completions, speech and the list of models."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from enterprise_stream.speaking.ports import SAMPLE_RATE, TextToSpeech
from enterprise_stream.testing.emulators.billing import Charge
from enterprise_stream.testing.emulators.exchange import HttpExchange
from enterprise_stream.testing.emulators.languages import language_of
from enterprise_stream.testing.emulators.long_texts import say_all
from enterprise_stream.testing.emulators.openai import refusals
from enterprise_stream.testing.emulators.openai.chat_answer import REASONING_TOKENS, Delta, Frame, Tally, deltas
from enterprise_stream.testing.emulators.openai.chat_request import ChatRequest, read_chat
from enterprise_stream.testing.emulators.openai.minds import Mind, ScriptedMind
from enterprise_stream.testing.emulators.openai.models import CATALOGUE, CREATED, Catalogue, Model
from enterprise_stream.testing.emulators.openai.prompt_cache import PromptCache
from enterprise_stream.testing.emulators.openai.refusals import Refusal
from enterprise_stream.testing.emulators.openai.speech import (
    SpeechRequest,
    delta_event,
    done_event,
    read_speech,
    wav_head,
)
from enterprise_stream.testing.emulators.pace import Pace
from enterprise_stream.testing.emulators.server import Emulator, HttpEndpoint
from enterprise_stream.testing.emulators.timing import FIRST_AUDIO, FIRST_TOKEN, Latency, Timing
from enterprise_stream.testing.emulators.voices import ToneVoice
from enterprise_stream.thinking.tokens import count_tokens

TODAY = "2026-11-21"
"""The emulator's date, unless another is given: no announced end of a model has come by then."""

NEXT_TOKEN = Latency(12.0, 4.0)
"""From one token to the next: about 80 a second."""

REASONING = Latency(1500.0, 400.0)
"""What thinking takes a model that does."""


class OpenAiEmulator(Emulator):
    """OpenAI's API, as far as the project uses it.

    Args:
        mind: who answers chats.
        voice: who speaks.
        models: what there is.
        today: the date, YYYY-MM-DD, that models end by.
        cache: which prompts were read before.
        first_token: from a request to its answer's head; the reading of the prompt is in it.
        next_token: between chunks.
        reasoning: what thinking adds to the first token.
        first_audio: from a text to its first sound.
        timing, seed, key: as for every emulator.
    """

    vendor = "OpenAI"

    def __init__(
        self,
        mind: Mind | None = None,
        voice: TextToSpeech | None = None,
        *,
        models: tuple[Model, ...] = CATALOGUE,
        today: str = TODAY,
        cache: PromptCache | None = None,
        first_token: Latency = FIRST_TOKEN,
        next_token: Latency = NEXT_TOKEN,
        reasoning: Latency = REASONING,
        first_audio: Latency = FIRST_AUDIO,
        timing: Timing | None = None,
        seed: int = 0,
        key: str | None = None,
    ) -> None:
        super().__init__(timing=timing, seed=seed, key=key)
        self.mind = mind or ScriptedMind()
        self.catalogue = Catalogue(models, today)
        self._voice = voice or ToneVoice()
        self._cache = cache or PromptCache()
        self._first_token = first_token
        self._next_token = next_token
        self._reasoning = reasoning
        self._pace = Pace(self.timing, self.random, first_audio)

    @property
    def api_url(self) -> str:
        """What `OPENAI_BASE_URL` is to be: the address with its version."""
        return f"{self.base_url}/v1"

    def endpoints(self) -> Sequence[HttpEndpoint]:
        """Chat, speech, models."""
        return (
            HttpEndpoint("chat", "/v1/chat/completions", self._chat),
            HttpEndpoint("speech", "/v1/audio/speech", self._speech),
            HttpEndpoint("models", "/v1/models", self._models, ("GET",)),
            HttpEndpoint("models", "/v1/models/{model}", self._model, ("GET",)),
        )

    def key_of(self, connection: HTTPConnection) -> str | None:
        """`Authorization: Bearer` carries the key."""
        scheme, _, key = connection.headers.get("authorization", "").partition(" ")
        return key if scheme.lower() == "bearer" else None

    def refusal(self, status: int) -> Response:
        """OpenAI's words; it says that nothing is left to spend with 429, not 402."""
        found = {401: refusals.bad_key(), 402: refusals.no_money(), 429: refusals.too_fast(None)}
        return self._refused(found.get(status, refusals.failed()))

    # Chat

    async def _chat(self, exchange: HttpExchange) -> Response:
        began = self.timing.now_ms()
        try:
            request = read_chat(_body(exchange), self.catalogue)
        except Refusal as refusal:
            return self._refused(refusal)
        prompt, cached = self._cache.read(request.model.name, request.messages, request.tools)
        reply_id = self._new_id("chatcmpl-")
        charge = self.bill.open(reply_id, "llm", "openai", request.model.name)
        charge.add(input_tokens=prompt, cached_tokens=cached)
        thought = REASONING_TOKENS if request.thinks else 0
        if thought:
            await self.pause(self._reasoning)
            charge.add(output_tokens=thought)
        await self.pause(self._first_token)
        frame = Frame(reply_id, CREATED, request, self.random)
        answer = deltas(self.mind.answer(request), _left(request, thought), self.random)
        headers = self._headers(self.timing.now_ms() - began)
        if request.stream:
            events = self._events(frame, list(answer), Tally(prompt, cached, thought, thought), charge)
            failure = _event(refusals.failed().body)
            return exchange.stream(events, media_type="text/event-stream", headers=headers, failure=failure)
        steps = list(answer)
        written = sum(step.tokens for step in steps)
        charge.add(output_tokens=written)
        whole = frame.whole(steps, Tally(prompt, cached, thought + written, thought))
        return JSONResponse(whole, headers=headers)

    async def _events(self, frame: Frame, steps: list[Delta], tally: Tally, charge: Charge) -> AsyncIterator[bytes]:
        """The chunks; each is charged once it has been sent."""
        written = tally.completion
        for number, step in enumerate(steps):
            if number:
                await self.pause(self._next_token)
            yield _event(frame.chunk(step))
            charge.add(output_tokens=step.tokens)
            written += step.tokens
        if frame.request.include_usage:
            yield _event(frame.usage_chunk(Tally(tally.prompt, tally.cached, written, tally.reasoning)))
        yield b"data: [DONE]\n\n"

    # Speech

    async def _speech(self, exchange: HttpExchange) -> Response:
        began = self.timing.now_ms()
        try:
            request = read_speech(_body(exchange), self.catalogue)
        except Refusal as refusal:
            return self._refused(refusal)
        tokens = count_tokens(request.text) + count_tokens(request.instructions)
        charge = self.bill.open(self._new_id("req_"), "tts", "openai-speech", request.model.name)
        charge.add(chars=len(request.text), input_tokens=tokens)
        await self._pace.first()
        headers = self._headers(self.timing.now_ms() - began)
        return exchange.stream(self._sound(request, tokens, charge), media_type=request.media_type, headers=headers)

    async def _sound(self, request: SpeechRequest, tokens: int, charge: Charge) -> AsyncIterator[bytes]:
        audio_ms = 0.0
        if request.format == "wav" and not request.events:
            yield wav_head()
        async with aclosing(say_all(self._voice, request.text, language_of(request.text), SAMPLE_RATE)) as pieces:
            async for piece in pieces:
                if audio_ms:
                    await self._pace.next()
                yield delta_event(piece.data) if request.events else piece.data
                audio_ms += piece.duration_ms
                charge.add(audio_ms=piece.duration_ms)
        if request.events:
            yield done_event(tokens, audio_ms)

    # Models

    async def _models(self, _: HttpExchange) -> Response:
        return JSONResponse(self.catalogue.listing(), headers=self._headers(0.0))

    async def _model(self, exchange: HttpExchange) -> Response:
        try:
            return JSONResponse(self.catalogue.entry(exchange.request.path_params["model"]), headers=self._headers(0.0))
        except Refusal as refusal:
            return self._refused(refusal)

    # What every response has

    def _refused(self, refusal: Refusal) -> Response:
        return JSONResponse(refusal.body, refusal.status, headers=self._headers(1.0) | dict(refusal.headers))

    def _headers(self, took_ms: float) -> dict[str, str]:
        limits = {"limit": ("10000", "2000000"), "remaining": ("9999", "1999000"), "reset": ("6ms", "30ms")}
        rates = {
            f"x-ratelimit-{what}-{of}": value
            for what, values in limits.items()
            for of, value in zip(("requests", "tokens"), values, strict=True)
        }
        return rates | {
            "x-request-id": self._new_id("req_"),
            "openai-processing-ms": f"{took_ms:.0f}",
            "openai-version": "2020-10-01",
        }

    def _new_id(self, prefix: str) -> str:
        return f"{prefix}{self.random.getrandbits(96):024x}"


def _body(exchange: HttpExchange) -> Mapping[str, Any]:
    body = exchange.json()
    if not isinstance(body, dict):
        raise refusals.bad_json()
    return body


def _left(request: ChatRequest, thought: int) -> int | None:
    return None if request.max_tokens is None else max(0, request.max_tokens - thought)


def _event(data: Mapping[str, Any]) -> bytes:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
