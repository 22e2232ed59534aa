"""Asks for one chat completion and listens to it: the right model and dialect, every odd ending, the bill."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import cast

import openai
from openai import AsyncOpenAI, AsyncStream
from openai.types.chat import ChatCompletionChunk

from enterprise_stream.engines.openai.client import READ_S
from enterprise_stream.engines.openai.deltas import Deltas
from enterprise_stream.engines.openai.dialects import Dialect, without
from enterprise_stream.engines.openai.ending import said_done
from enterprise_stream.engines.openai.faults import RAISED, failure, is_silence, refused_words, told
from enterprise_stream.engines.openai.models import Models
from enterprise_stream.engines.openai.receipt import Receipt
from enterprise_stream.engines.openai.request import Request
from enterprise_stream.engines.openai.sending import sending
from enterprise_stream.purchases import Buy
from enterprise_stream.thinking.ports import ToolCall, Usage

TAIL_S = 0.25
"""Most time from an answer's end to the chunk that tells what it used; after that, we count ourselves."""

MOST_TRIES = 8
"""Requests for one answer at most, while the vendor refuses models and parameters."""


@dataclass(frozen=True, slots=True)
class Completed:
    """An answer's end.

    Attributes:
        calls: functions that are to be called.
        usage: what it used.
    """

    calls: tuple[ToolCall, ...]
    usage: Usage


class Chat:
    """Chat completions of one client.

    Args:
        client: the SDK's; its owner closes it.
        models: which model is asked.
        temperature: 0 to 2, for models that take one.
        buy: told of every request that is billed.
    """

    def __init__(self, client: AsyncOpenAI, models: Models, temperature: float, buy: Buy) -> None:
        self._client = client
        self._models = models
        self._temperature = temperature
        self._buy = buy

    async def stream(self, owner: str, request: Request) -> AsyncGenerator[str | Completed]:
        """The answer's text as it comes, empty while a call is written, then its end. Closing early closes the request.

        Raises:
            VendorError: there is no answer, or it broke off.
        """
        receipt = Receipt(owner, request, self._buy)
        stream = await self._opened(request, receipt)
        try:
            async with stream, aclosing(_texts(stream, receipt.deltas)) as texts:
                async for text in texts:
                    yield text
        except RAISED as error:
            raise told(error) from None
        finally:
            usage = receipt.settle()
        _check(receipt.deltas)
        yield Completed(receipt.deltas.calls, usage)

    async def _opened(self, request: Request, receipt: Receipt) -> AsyncStream[ChatCompletionChunk]:
        """The stream; on the way there the next model or another dialect may have to be asked."""
        model, dialect = self._models.current, self._models.dialect(self._models.current)
        tried: set[tuple[str, Dialect]] = set()
        while len(tried) < MOST_TRIES:
            tried.add((model, dialect))
            receipt.asked(model, dialect)
            try:
                with sending() as request_out:
                    stream = await self._ask(request, model, dialect)
            except openai.APIStatusError as error:
                instead = self._instead(error, model, dialect)
                if instead is None or instead in tried:
                    raise told(error) from None
                model, dialect = instead
            except RAISED as error:
                if request_out.sent and is_silence(error):
                    receipt.settle()
                raise told(error) from None
            except asyncio.CancelledError:
                if request_out.sent:
                    receipt.settle()
                raise
            else:
                self._models.learn(model, dialect)
                return stream
        raise failure("vendor_bad_request")

    async def _ask(self, request: Request, model: str, dialect: Dialect) -> AsyncStream[ChatCompletionChunk]:
        body = dialect.parameters(request.max_tokens, self._temperature)
        body["messages"] = list(request.messages(late_system=dialect.late_system))
        if request.tools:
            body["tools"] = list(request.tools)
        async with asyncio.timeout(READ_S):
            asked = await self._client.chat.completions.create(model=model, stream=True, **body)
        return cast("AsyncStream[ChatCompletionChunk]", asked)

    def _instead(self, error: openai.APIStatusError, model: str, dialect: Dialect) -> tuple[str, Dialect] | None:
        """What to ask after a refusal, or None where nothing else would help."""
        code = told(error).code
        if code == "model_gone" and self._models.gone(model):
            return self._models.current, self._models.dialect(self._models.current)
        other = without(dialect, refused_words(error)) if code == "vendor_bad_request" else None
        return None if other is None else (model, other)


async def _texts(stream: AsyncStream[ChatCompletionChunk], deltas: Deltas) -> AsyncGenerator[str]:
    """The texts of a stream; once the answer is whole, nothing that befalls the rest matters.

    Each chunk has its time: the socket's own limit begins anew with every byte, so it lets a trickle pass.
    """
    while True:
        try:
            async with asyncio.timeout(READ_S if deltas.finish is None else TAIL_S):
                chunk = await anext(stream)
        except StopAsyncIteration:
            if said_done(stream.response):
                deltas.done()
            return
        except RAISED:
            if deltas.finish is None:
                raise
            return
        text = deltas.take(chunk)
        if text is not None:
            yield text


def _check(deltas: Deltas) -> None:
    """Raise `VendorError` where a stream has ended and what came is no answer."""
    nothing = not deltas.text and not deltas.calls
    match deltas.finish:
        case None:
            raise failure("vendor_garbled" if nothing else "vendor_down")
        case "content_filter":
            raise failure("vendor_bad_request")
        case "length" if nothing:  # all of its tokens went into thinking
            raise failure("vendor_bad_request")
        case _ if nothing:
            raise failure("vendor_garbled")
