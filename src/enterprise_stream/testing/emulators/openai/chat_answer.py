"""Chat completions, the answering half: an answer cut into the chunks that the vendor streams."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from string import ascii_letters, digits
from typing import Any, Literal

from enterprise_stream.testing.emulators.openai.chat_request import ChatRequest
from enterprise_stream.thinking.tokens import count_call, count_tokens

Finish = Literal["stop", "length", "tool_calls", "content_filter"]

PIECES = re.compile(r"\s*\w{1,8}|\s*[^\w\s]+|\s+")
"""Pieces that text is streamed in: about a token each."""

REASONING_TOKENS = 64
"""What a model that reasons thinks before each answer."""


@dataclass(frozen=True, slots=True)
class Call:
    """The model calls a function.

    Attributes:
        name: of the function.
        arguments: JSON text.
    """

    name: str
    arguments: str = "{}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model has to say: text, calls, or both.

    Attributes:
        finish: why it ends; None is what follows from its content.
    """

    text: str = ""
    calls: tuple[Call, ...] = ()
    finish: Finish | None = None


@dataclass(frozen=True, slots=True)
class Delta:
    """A step of the answer.

    Attributes:
        delta: of the chunk's choice.
        tokens: written by it.
        finish: why the answer ends here, if it does.
    """

    delta: dict[str, Any] = field(default_factory=dict)
    tokens: int = 0
    finish: Finish | None = None


def deltas(answer: Answer, limit: int | None, random: Random) -> Iterator[Delta]:
    """The answer in steps: the role first, then text, then calls, then why it ends; `limit` tokens at most."""
    content: str | None = "" if answer.text or not answer.calls else None
    yield Delta({"role": "assistant", "content": content, "refusal": None})
    spent = 0
    for step in _steps(answer, random):
        if limit is not None and spent + step.tokens > limit:
            yield Delta(finish="length")
            return
        spent += step.tokens
        yield step
    yield Delta(finish=answer.finish or ("tool_calls" if answer.calls else "stop"))


def _steps(answer: Answer, random: Random) -> Iterator[Delta]:
    before = 0
    text = ""
    for piece in PIECES.findall(answer.text):
        text += piece
        after = count_tokens(text)  # of the whole: the pieces' own counts do not add up to it
        yield Delta({"content": piece}, after - before)
        before = after
    for index, call in enumerate(answer.calls):
        yield from _call_steps(index, call, f"call_{_noise(random, 24)}")


def _call_steps(index: int, call: Call, name: str) -> Iterator[Delta]:
    head = {"index": index, "id": name, "type": "function", "function": {"name": call.name, "arguments": ""}}
    before = count_call(call.name, "")
    yield Delta({"tool_calls": [head]}, before)
    arguments = ""
    for piece in PIECES.findall(call.arguments):
        arguments += piece
        after = count_call(call.name, arguments)
        yield Delta({"tool_calls": [{"index": index, "function": {"arguments": piece}}]}, after - before)
        before = after


@dataclass(frozen=True, slots=True)
class Tally:
    """What an answer used, in tokens."""

    prompt: int
    cached: int
    completion: int = 0
    reasoning: int = 0

    @property
    def usage(self) -> dict[str, Any]:
        """As responses carry it."""
        return {
            "prompt_tokens": self.prompt,
            "completion_tokens": self.completion,
            "total_tokens": self.prompt + self.completion,
            "prompt_tokens_details": {"cached_tokens": self.cached, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": self.reasoning,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        }


@dataclass(frozen=True, slots=True)
class Frame:
    """What the chunks of one answer have in common."""

    id: str
    created: int
    request: ChatRequest
    random: Random

    def chunk(self, step: Delta) -> dict[str, Any]:
        """The chunk of a step."""
        choice = {"index": 0, "delta": step.delta, "logprobs": None, "finish_reason": step.finish}
        chunk = self._head("chat.completion.chunk") | {"choices": [choice]}
        if self.request.include_usage:
            chunk["usage"] = None
        if self.request.obfuscate:
            chunk["obfuscation"] = _noise(self.random, self.random.randint(1, 16))
        return chunk

    def usage_chunk(self, tally: Tally) -> dict[str, Any]:
        """The chunk of its own that tells what was used; it has no choice."""
        return self._head("chat.completion.chunk") | {"choices": [], "usage": tally.usage}

    def whole(self, steps: list[Delta], tally: Tally) -> dict[str, Any]:
        """The answer in one response."""
        text = "".join(step.delta.get("content") or "" for step in steps)
        message: dict[str, Any] = {"role": "assistant", "content": text or None, "refusal": None, "annotations": []}
        calls: list[dict[str, Any]] = []
        for step in steps:
            for part in step.delta.get("tool_calls", ()):
                if "id" in part:
                    calls.append({"id": part["id"], "type": "function", "function": dict(part["function"])})
                else:
                    calls[-1]["function"]["arguments"] += part["function"]["arguments"]
        if calls:
            message["tool_calls"] = calls
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": steps[-1].finish}
        return self._head("chat.completion") | {"choices": [choice], "usage": tally.usage}

    def _head(self, kind: str) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": kind,
            "created": self.created,
            "model": self.request.model.name,
            "service_tier": self.request.service_tier,
            "system_fingerprint": "fp_emulator",
        }


def _noise(random: Random, length: int) -> str:
    return "".join(random.choices(ascii_letters + digits, k=length))
