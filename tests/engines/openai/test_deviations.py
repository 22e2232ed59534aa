"""Servers that speak OpenAI's protocol in ways of their own: each way that is seen in the field, and its answer."""

import json
import struct
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import numpy as np
import pytest

from enterprise_stream.errors import VendorError
from enterprise_stream.thinking.ports import AnswerEnd, Question, ToolCall, ToolSpec

from .test_voice import Service, spoken
from .vendor import DONE, START, STOP, Vendor, answered, brain_on, chunk, text, used

ASKED = Question("ana", "¿Cuánto cuesta el ático?", "es", today="2026-11-21")
LOOK_UP = ToolSpec("look_up", "Looks a fact up.", {"type": "object", "properties": {"q": {"type": "string"}}})
HOLA, ADIOS = text("Cuesta "), text("120 €.")


def bare(**told: Any) -> bytes:
    """A chunk with only what is given."""
    return f"data: {json.dumps(told)}\n\n".encode()


def delta(**said: Any) -> bytes:
    """A chunk with only a delta."""
    return bare(choices=[{"delta": said}])


WAYS: dict[str, tuple[bytes, ...]] = {
    "no usage": (START, HOLA, ADIOS, STOP, DONE),
    "usage beside the last choice": (
        START, HOLA, ADIOS,
        chunk({}, "stop", usage={"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}), DONE,
    ),
    "usage so far in every chunk": (
        START, chunk({"content": "Cuesta 120 €."}, usage={"prompt_tokens": 9, "completion_tokens": 1}), STOP, DONE,
    ),
    "usage without numbers": (START, HOLA, ADIOS, STOP, chunk(None, usage={}), DONE),
    "usage of nulls": (
        START, HOLA, ADIOS, STOP, chunk(None, usage={"prompt_tokens": None, "completion_tokens": None}), DONE,
    ),
    "usage without choices": (START, HOLA, ADIOS, STOP, bare(usage={"prompt_tokens": 9, "completion_tokens": 2}), DONE),
    "no role": (HOLA, ADIOS, STOP, DONE),
    "a first choice without a delta": (bare(choices=[{"index": 0, "finish_reason": None}]), HOLA, ADIOS, STOP, DONE),
    "a first chunk without choices": (chunk(None, prompt_filter_results=[]), START, HOLA, ADIOS, STOP, DONE),
    "null contents": (
        chunk({"role": "assistant", "content": None}), HOLA, ADIOS, chunk({"content": None}, "stop"), DONE,
    ),
    "fields that are new": (chunk({"reasoning_content": "mm"}), HOLA, ADIOS, chunk({}, "stop", x_groq={"id": 1}), DONE),
    "only deltas": (
        delta(content="Cuesta "), delta(content="120 €."), bare(choices=[{"delta": {}, "finish_reason": "stop"}]),
    ),
    "the end with the last word": (START, HOLA, chunk({"content": "120 €."}, "stop"), DONE),
    "no [DONE]": (START, HOLA, ADIOS, STOP),
    "no end but [DONE]": (START, HOLA, ADIOS, DONE),
    "no end but a [DONE] in pieces": (START, HOLA, ADIOS, DONE[:7], DONE[7:9], DONE[9:]),
    "comments": (b": keep-alive\n\n", START, b": PROCESSING\n\n", HOLA, ADIOS, b":\n\n", STOP, DONE),
    "CRLF": tuple(piece.replace(b"\n", b"\r\n") for piece in (START, HOLA, ADIOS, STOP, DONE)),
    "no blank after the colon": tuple(piece.replace(b"data: ", b"data:") for piece in (START, HOLA, ADIOS, STOP, DONE)),
    "numbered events": tuple(b"id: 7\nevent: message\n" + piece for piece in (START, HOLA, ADIOS, STOP, DONE)),
    "a blank line too many": (b"\n\n", START, HOLA, b"\n", ADIOS, STOP, b"\n\n", DONE),
    "pieces of any size": tuple(bytes([byte]) for byte in b"".join((START, HOLA, ADIOS, STOP, DONE))),
    "all at once": (b"".join((START, HOLA, ADIOS, STOP, used(9, 0, 2), DONE)),),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
async def test_an_answer_is_one_in_whatever_way_it_is_streamed(way: str) -> None:
    async with brain_on(Vendor(WAYS[way])) as brain:
        told, _, end = await answered(brain, ASKED)
    assert told == "Cuesta 120 €."
    assert end.usage is not None
    assert end.usage.output_tokens > 0


def calling(*parts: dict[str, Any], finish: str = "tool_calls") -> tuple[bytes, ...]:
    return (START, *(chunk({"tool_calls": [part]}) for part in parts), chunk({}, finish), DONE)


CALLS: dict[str, tuple[bytes, ...]] = {
    "argument by argument": calling(
        {"index": 0, "id": "c", "type": "function", "function": {"name": "look_up", "arguments": ""}},
        {"index": 0, "function": {"arguments": '{"q": "Ru'}},
        {"index": 0, "function": {"arguments": 'zafa"}'}},
    ),
    "the name in two": calling(
        {"index": 0, "id": "c", "function": {"name": "look", "arguments": None}},
        {"index": 0, "function": {"name": "_up", "arguments": '{"q": "Ruzafa"}'}},
    ),
    "id and name again and again": calling(
        {"index": 0, "id": "c", "function": {"name": "look_up", "arguments": '{"q": '}},
        {"index": 0, "id": "c", "function": {"name": "look_up", "arguments": '"Ruzafa"}'}},
    ),
    "no index": calling(
        {"id": "c", "function": {"name": "look_up", "arguments": '{"q": '}},
        {"function": {"arguments": '"Ruzafa"}'}},
    ),
    "an end that is a usual one": calling(
        {"index": 0, "id": "c", "function": {"name": "look_up", "arguments": '{"q": "Ruzafa"}'}}, finish="stop"
    ),
    "no end but [DONE]": (
        chunk(
            {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "look_up", "arguments": '{"q": "Ruzafa"}'}}]}
        ),
        DONE,
    ),
    "an empty name and id later": calling(
        {"index": 0, "id": "c", "function": {"name": "look_up", "arguments": '{"q": '}},
        {"index": 0, "id": "", "function": {"name": "", "arguments": '"Ruzafa"}'}},
    ),
}


@pytest.mark.parametrize("way", CALLS)
async def test_a_call_is_one_however_it_is_cut(way: str) -> None:
    async with brain_on(Vendor(CALLS[way])) as brain:
        question = Question("ana", "¿Cuánto cuesta el ático?", "es", tools=(LOOK_UP,), today="2026-11-21")
        pieces = [piece async for piece in brain.answer(question)]
    calls = [piece for piece in pieces if isinstance(piece, ToolCall)]
    end = pieces[-1]
    assert isinstance(end, AnswerEnd)
    assert [(call.id, call.name, json.loads(call.arguments)) for call in calls] == [("c", "look_up", {"q": "Ruzafa"})]


async def test_a_text_that_names_the_end_is_none() -> None:
    async with brain_on(Vendor((START, text("data: [DONE]\ndata: [DONE]")))) as brain:
        with pytest.raises(VendorError) as failed:
            await answered(brain, ASKED)
    assert failed.value.code == "vendor_down"


TONE = b"\x00\x20" * 24 * 400
"""400 ms of it."""


def wav(samples: bytes, rate: int = 24_000, *, size: int | None = None) -> bytes:
    """A file as servers stream it, whose length may not be known when it begins."""
    body = len(samples) if size is None else size
    fmt = struct.pack("<HHIIHH", 1, 1, rate, 2 * rate, 2, 16)
    return b"RIFF" + struct.pack("<I", min(body + 36, 0xFFFFFFFF)) + b"WAVEfmt " + struct.pack("<I", 16) + fmt + (
        b"LIST" + struct.pack("<I", 4) + b"INFO" + b"data" + struct.pack("<I", body) + samples
    )  # fmt: skip


class Pieces(httpx2.AsyncByteStream):
    """A body in pieces of one size, which may cut samples in two."""

    def __init__(self, body: bytes, size: int) -> None:
        self._body, self._size = body, size

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._body), self._size):
            yield self._body[start : start + self._size]


@pytest.mark.parametrize("size", [1, 3, 777, 100_000])
@pytest.mark.parametrize("body", [TONE, wav(TONE), wav(TONE, size=0xFFFFFFFF)], ids=["pcm", "wav", "endless wav"])
async def test_sound_is_the_same_in_pieces_of_any_size_and_behind_a_header(body: bytes, size: int) -> None:
    whole, _ = await spoken(Service(httpx2.Response(200, content=TONE)))
    pieces, _ = await spoken(Service(httpx2.Response(200, stream=Pieces(body, size))))
    one, other = (np.concatenate([piece.samples for piece in told]) for told in (whole, pieces))
    assert np.array_equal(one, other)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (wav(TONE, 22_050), "audio/wav"),
        (b"RIFF0000AVI LIST" + TONE, "audio/pcm"),
        (b"\xff\xfb\x90" + TONE, "audio/mpeg"),
        (b"OggS" + TONE, "audio/ogg"),
        (b'{"error": "out of voices"}', "application/json; charset=utf-8"),
        (b"<html>" * 100, "text/html"),
    ],
)
async def test_what_is_no_plain_sound_is_not_played(body: bytes, kind: str) -> None:
    service = Service(httpx2.Response(200, content=body, headers={"content-type": kind}))
    with pytest.raises(VendorError) as failed:
        await spoken(service)
    assert failed.value.code == "vendor_garbled"
