"""Tools behind an owner's HTTP endpoints: the address is fixed, arguments travel in the query or the body only."""

import json
from collections.abc import Mapping
from typing import Any

import httpx

from enterprise_stream.errors import ToolError
from enterprise_stream.thinking.ports import ToolSpec
from enterprise_stream.thinking.tool_ports import Caller, Tool
from enterprise_stream.tools.implementation import Prepared
from enterprise_stream.tools.results import from_outside, uncertain
from enterprise_stream.tools.tools_file import HttpTool

MAX_BYTES = 64 * 1024
"""Most that is read of an answer; a brain is told 4000 characters of it."""

MAX_REDIRECTS = 3

TENANT_HEADER = "enterprise-stream-tenant"
"""Tells an endpoint whose guest it serves, where a server has several tenants."""

_IN_QUERY = frozenset({"GET", "DELETE"})
_NOT_REACHED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class HttpEndpoint:
    """One endpoint as a tool.

    Args:
        described: what the owner's file says.
        transport: what requests go through; the network by default.
    """

    def __init__(self, described: HttpTool, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._described = described
        self._transport = transport
        spec = ToolSpec(described.name, described.description, described.parameters)
        self._tool = Tool(
            spec,
            effect=described.effect,
            cancellable=described.cancellable,
            timeout_s=described.timeout_s,
            usual_ms=described.usual_ms,
        )

    @property
    def tool(self) -> Tool:
        """What it is."""
        return self._tool

    async def prepare(self, arguments: Mapping[str, Any], caller: Caller) -> Prepared:
        """The schema has said it all; the question is the owner's, with the arguments in it."""
        confirm = self._described.confirm
        question = confirm.get(caller.language) or next(iter(confirm.values()), "")
        for name in self._described.parameters["properties"]:
            question = question.replace("{" + name + "}", _spoken(arguments.get(name), caller.language))
        return Prepared(arguments, " ".join(question.split()))

    async def run(self, arguments: Mapping[str, Any], request: str, caller: Caller) -> Mapping[str, Any]:
        """Ask the endpoint; `Idempotency-Key` is the same for the same call of the same session."""
        headers = {**self._described.headers, "idempotency-key": request, "accept-language": caller.language}
        if caller.tenant:
            headers[TENANT_HEADER] = caller.tenant
        method = self._described.method
        query = {name: _in_query(value) for name, value in arguments.items()} if method in _IN_QUERY else None
        body = None if method in _IN_QUERY else dict(arguments)
        async with httpx.AsyncClient(
            transport=self._transport, timeout=self._described.timeout_s, follow_redirects=False, trust_env=False
        ) as client:
            url = httpx.URL(self._described.url)
            asked = client.build_request(
                method, url.copy_merge_params(query) if query else url, json=body, headers=headers
            )
            try:
                return _told(self._tool, *await self._answer(client, asked))
            except _NOT_REACHED:
                raise ToolError("It cannot be reached at the moment.", code="tool_unavailable") from None
            except httpx.TimeoutException:
                raise TimeoutError from None
            except httpx.HTTPError:
                raise uncertain(self._tool, "The connection to it broke", code="tool_unavailable") from None

    async def _answer(self, client: httpx.AsyncClient, asked: httpx.Request) -> tuple[httpx.Response, bytes]:
        for _ in range(MAX_REDIRECTS + 1):
            response = await client.send(asked, stream=True)
            try:
                if response.next_request is None:
                    return response, await _read(response)
                if not _same_origin(asked.url, response.next_request.url):
                    raise ToolError("It sends its callers to another address, which is not followed.")
                asked = response.next_request
            finally:
                await response.aclose()
        raise ToolError("It sends its callers round and round.")


async def _read(response: httpx.Response) -> bytes:
    """The answer's beginning."""
    read = bytearray()
    async for chunk in response.aiter_bytes():
        read += chunk
        if len(read) >= MAX_BYTES:
            break
    return bytes(read[:MAX_BYTES])


def _told(tool: Tool, response: httpx.Response, body: bytes) -> Mapping[str, Any]:
    text = body.decode(errors="replace")
    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError):
        data = text
    result = from_outside(data)
    if response.is_success:
        return result
    if response.is_client_error:  # what was asked for cannot be had; why may stand in it
        return result | {"status": "failed", "http_status": response.status_code}
    raise uncertain(tool, "It failed", code="tool_unavailable")


def _same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)


def _in_query(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _spoken(value: Any, language: str) -> str:
    if isinstance(value, bool):
        return ("sí" if value else "no") if language == "es" else ("yes" if value else "no")
    return "" if value is None else str(value)
