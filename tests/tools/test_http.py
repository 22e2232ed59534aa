"""An owner's HTTP endpoints, over real sockets where it matters."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from enterprise_stream.thinking.ports import ToolCall
from enterprise_stream.tools import ToolBox
from enterprise_stream.tools.http_endpoint import MAX_BYTES, TENANT_HEADER, HttpEndpoint
from enterprise_stream.tools.results import MAX_CHARS
from enterprise_stream.tools.tools_file import HttpTool

from .conftest import CALLER

TABLES = HttpTool(
    name="tables",
    description="Says whether a table is free.",
    url="http://owner.example/tables?house=1",
    method="GET",
    parameters={
        "type": "object",
        "properties": {"day": {"type": "string"}, "people": {"type": "integer"}, "inside": {"type": "boolean"}},
        "required": ["day"],
        "additionalProperties": False,
    },
    effect="none",
    cancellable=True,
    timeout_s=2.0,
    usual_ms=0.0,
    headers={"Authorization": "Bearer s3cret"},
    confirm={},
)
BOOK = replace(
    TABLES,
    name="book",
    method="POST",
    effect="changes",
    cancellable=False,
    confirm={"es": "¿Reservo mesa para {people} el {day}, dentro: {inside}?", "en": "Shall I book for {people}?"},
)


class Endpoint(httpx.AsyncBaseTransport):
    """Answers by script and remembers what it was asked."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


async def _run(described: HttpTool, endpoint: httpx.AsyncBaseTransport | None, /, **arguments: Any) -> dict[str, Any]:
    async with ToolBox(HttpEndpoint(described, endpoint)) as box:
        call = ToolCall("1", described.name, json.dumps(arguments))
        result: dict[str, Any] = json.loads(await box.begin(await box.check(call, CALLER), CALLER))
        return result


async def test_arguments_go_into_the_query() -> None:
    endpoint = Endpoint(httpx.Response(200, json={"free": True}))
    result = await _run(TABLES, endpoint, day="2027-05-01&x=/../é", people=4, inside=True)
    assert result["data"] == {"free": True}
    (request,) = endpoint.requests
    assert request.url.path == "/tables"
    assert dict(request.url.params) == {
        "house": "1", "day": "2027-05-01&x=/../é", "people": "4", "inside": "true",
    }  # fmt: skip
    assert request.headers["authorization"] == "Bearer s3cret"
    assert len(request.headers["idempotency-key"]) == 32


async def test_an_endpoint_is_told_whose_guest_it_serves_where_there_are_several_tenants() -> None:
    endpoint = Endpoint(httpx.Response(200, json={}), httpx.Response(200, json={}))
    async with ToolBox(HttpEndpoint(TABLES, endpoint)) as box:
        call = ToolCall("1", TABLES.name, '{"day": "2027-05-01", "people": 4, "inside": true}')
        for tenant in ("casas", ""):
            caller = replace(CALLER, tenant=tenant)
            await box.begin(await box.check(call, caller), caller)
    assert [request.headers.get(TENANT_HEADER) for request in endpoint.requests] == ["casas", None]


async def test_arguments_go_into_the_body_and_the_guest_is_asked() -> None:
    endpoint = Endpoint(httpx.Response(201, text="Hecho."), httpx.Response(201))
    async with ToolBox(HttpEndpoint(BOOK, endpoint)) as box:
        call = ToolCall("1", "book", '{"day": "el lunes", "people": 4, "inside": true}')
        checked = await box.check(call, CALLER)
        assert checked.tool.needs_consent
        assert checked.question == "¿Reservo mesa para 4 el el lunes, dentro: sí?"
        assert json.loads(await box.begin(checked, CALLER))["data"] == "Hecho."
        await box.begin(checked, CALLER)
    one, other = endpoint.requests
    assert json.loads(one.content) == {"day": "el lunes", "people": 4, "inside": True}
    assert one.url.query == b"house=1"
    assert one.headers["idempotency-key"] == other.headers["idempotency-key"]


@pytest.mark.parametrize(
    ("to", "followed"),
    [
        ("/there", True),
        ("http://owner.example/there", True),
        ("https://owner.example/there", False),
        ("http://owner.example:81/there", False),
        ("http://169.254.169.254/latest", False),
    ],
)
async def test_only_redirects_to_the_same_place_are_followed(to: str, followed: bool) -> None:
    endpoint = Endpoint(httpx.Response(302, headers={"location": to}), httpx.Response(200, json="there"))
    result = await _run(TABLES, endpoint, day="x")
    assert (result.get("data") == "there") is followed
    assert len(endpoint.requests) == (2 if followed else 1)


async def test_round_and_round() -> None:
    endpoint = Endpoint(*(httpx.Response(302, headers={"location": "/x"}) for _ in range(9)))
    assert (await _run(TABLES, endpoint, day="x"))["status"] == "failed"


@pytest.mark.parametrize(
    ("answer", "error", "unsure"),
    [
        (httpx.Response(500, text="hunter2 stack trace"), "tool_unavailable", True),
        (httpx.ConnectError("refused hunter2"), "tool_unavailable", False),
        (httpx.ReadError("reset hunter2"), "tool_unavailable", True),
        (httpx.ReadTimeout("late"), "tool_timeout", True),
    ],
)
@pytest.mark.parametrize("described", [TABLES, BOOK], ids=["none", "changes"])
async def test_what_fails_is_told_in_our_words(
    described: HttpTool, answer: httpx.Response | Exception, error: str, unsure: bool
) -> None:
    result = await _run(described, Endpoint(answer), day="x")
    assert (result["status"], result["error"]) == ("failed", error)
    assert "hunter2" not in json.dumps(result)
    assert ("nobody knows" in result["message"]) is (unsure and described is BOOK)


async def test_a_refusal_is_told_with_its_reason() -> None:
    result = await _run(BOOK, Endpoint(httpx.Response(409, json={"why": "full"})), day="x")
    assert (result["status"], result["http_status"], result["data"]) == ("failed", 409, {"why": "full"})


async def test_a_long_answer_is_cut_and_hidden_characters_go() -> None:
    result = await _run(TABLES, Endpoint(httpx.Response(200, text="a\u202eb\x00" + '"' * 10 * MAX_BYTES)), day="x")
    assert result["cut"] is True
    assert len(json.dumps(result, ensure_ascii=False)) <= MAX_CHARS
    assert "\u202e" not in json.dumps(result, ensure_ascii=False)


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def _listening(talk: Talk) -> AsyncIterator[str]:
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/tables"
    finally:
        server.close()
        await server.wait_closed()


async def test_over_a_real_socket_no_more_is_read_than_is_needed() -> None:
    stopped = asyncio.Event()

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n")
        try:
            while True:
                writer.write(b"x" * 65536)
                await writer.drain()
        except ConnectionError:
            stopped.set()
        finally:
            writer.close()

    async with _listening(pour) as url:
        result = await _run(replace(TABLES, url=url), None, day="x")
        assert result["cut"] is True
        async with asyncio.timeout(5):
            await stopped.wait()


async def test_cancelling_closes_the_connection() -> None:
    asked, gone = asyncio.Event(), asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asked.set()
        assert await reader.read() == b""
        gone.set()
        writer.close()

    async with _listening(hang) as url, ToolBox(HttpEndpoint(replace(TABLES, url=url))) as box:
        checked = await box.check(ToolCall("1", "tables", '{"day": "x"}'), CALLER)
        task = box.begin(checked, CALLER)
        async with asyncio.timeout(5):
            await asked.wait()
            task.cancel()
            await gone.wait()
