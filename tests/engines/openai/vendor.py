"""A vendor's chat completions in one process: scripted streams, and what was asked of it."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from enterprise_stream.engines.openai import OpenAIBrain
from enterprise_stream.purchases import Purchase
from enterprise_stream.testing import FakeClock
from enterprise_stream.thinking.facts import Facts, WrittenFacts
from enterprise_stream.thinking.knowledge import KnowledgeSource
from enterprise_stream.thinking.ports import AnswerEnd, AnswerPiece, AnswerText, Question

KNOWLEDGE = Path(__file__).parents[3] / "src" / "enterprise_stream" / "data" / "casas-del-turia.yaml"
KEY = "sk-canary-0123456789abcdef"

Sent = bytes | Exception | Callable[[], Any]


def chunk(delta: Mapping[str, Any] | None = None, finish: str | None = None, **more: Any) -> bytes:
    """A chunk as the vendor streams it."""
    choices = [] if delta is None else [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]
    told = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o-mini-2024-07-18"}
    return f"data: {json.dumps(told | {'choices': choices, 'usage': None} | more)}\n\n".encode()


def text(words: str) -> bytes:
    return chunk({"content": words})


def used(read: int, cached: int, written: int) -> bytes:
    details = {"cached_tokens": cached}
    usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": 0, "prompt_tokens_details": details}
    return chunk(None, usage=usage)


DONE = b"data: [DONE]\n\n"
START = chunk({"role": "assistant", "content": ""})
STOP = chunk({}, "stop")


def says(*pieces: str) -> tuple[bytes, ...]:
    return (START, *map(text, pieces), STOP, used(700, 512, 9), DONE)


@dataclass(slots=True)
class Refuses:
    """An answer that is no stream."""

    status: int
    error: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class _Body(httpx2.AsyncByteStream):
    def __init__(self, pieces: tuple[Sent, ...], vendor: "Vendor") -> None:
        self._pieces = pieces
        self._vendor = vendor

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, Exception):
                raise piece
            if callable(piece):
                await piece()
                continue
            yield piece

    async def aclose(self) -> None:
        self._vendor.closed += 1


async def sent(request: httpx2.Request) -> None:
    """Tell, as the network does, that the request has gone out whole."""
    await request.extensions["trace"]("http11.send_request_body.complete", {})


class Vendor(httpx2.AsyncBaseTransport):
    """Answers each request with the next script, the last one again and again.

    Attributes:
        asked: bodies of the requests.
        headers: of the requests.
        closed: streams that were closed.
    """

    def __init__(self, *scripts: tuple[Sent, ...] | Refuses | Exception | Callable[[], Any]) -> None:
        self._scripts = list(scripts)
        self.asked: list[dict[str, Any]] = []
        self.headers: list[httpx2.Headers] = []
        self.closed = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(json.loads(await request.aread()))
        self.headers.append(request.headers)
        await sent(request)
        script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
        if isinstance(script, Refuses):
            body = script.error if script.error is None else {"error": script.error}
            return httpx2.Response(script.status, json=body, headers=dict(script.headers))
        if isinstance(script, Exception):
            raise script
        if callable(script):
            await script()
            raise AssertionError("the script waits for ever")
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, stream=_Body(script, self))


def brain_on(
    vendor: Vendor, purchases: list[Purchase] | None = None, facts: Facts | None = None, **settings: Any
) -> OpenAIBrain:
    source = KnowledgeSource(KNOWLEDGE)
    settings = {"key": KEY} | settings
    bought = [] if purchases is None else purchases
    return OpenAIBrain(
        source=source,
        facts=facts or WrittenFacts(source),
        clock=FakeClock(),
        buy=bought.append,
        transport=vendor,
        **settings,
    )


async def answered(brain: OpenAIBrain, question: Question) -> tuple[str, list[AnswerPiece], AnswerEnd]:
    """The answer's text, the pieces between it and the end, and the end."""
    pieces = [piece async for piece in brain.answer(question)]
    *others, end = pieces
    assert isinstance(end, AnswerEnd)
    told = "".join(piece.text for piece in others if isinstance(piece, AnswerText))
    return told, [piece for piece in others if not isinstance(piece, AnswerText)], end
