"""Around the stream: health, the page, the contract's document, and the handshake's rules."""

import httpx
import pytest
import yaml
from jsonschema import Draft202012Validator
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from .client import guest
from .conftest import Server
from .facts import LONG_QUESTION
from .shapes import MESSAGES, JsonObject, faults

pytestmark = [pytest.mark.models, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
async def test_health(server: Server, path: str) -> None:
    async with httpx.AsyncClient(base_url=server.http) as http:
        assert (await http.get(path)).status_code == 200


async def test_the_page(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.http, follow_redirects=True) as http:
        page = await http.get("/")
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        assert "<html" in page.text.lower()
        assert (await http.get("/no-such-page")).status_code == 404
        assert (await http.get("/../../etc/passwd")).status_code in (400, 404)
        assert (await http.get("/%2e%2e/%2e%2e/etc/passwd")).status_code in (400, 404)


async def test_the_document_names_every_message(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.http) as http:
        answer = await http.get("/asyncapi.yaml")
    assert answer.status_code == 200
    document = yaml.safe_load(answer.text)
    assert str(document["asyncapi"]).startswith("3.")
    client_side = ("start", "stop", "text", "interrupt", "playback", "set_language", "get_history", "ping")
    missing = [name for name in (*MESSAGES, *client_side) if name not in answer.text]
    assert not missing


async def test_the_document_describes_what_is_sent(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.http) as http:
        document = yaml.safe_load((await http.get("/asyncapi.yaml")).text)
    async with guest(server.ws) as sandra:
        await sandra.start(language="es")
        for kind in ("get_status", "ping", "test", "get_history", "sing"):
            await sandra.send(kind)
        await sandra.send("text", text=LONG_QUESTION)
        start = await sandra.wait("audio_start", within=20)
        await sandra.wait_played(start["turn"], 500)
        await sandra.send("interrupt")
        await sandra.wait("interrupted")
        await sandra.send("set_language", language="en")
        await sandra.send("clear_history")
        await sandra.wait("history_cleared")
    sent = {message["type"] for message in sandra.seen()}
    assert len(sent) >= 12, sent
    wrong = [fault for message in sandra.seen() for fault in _undescribed(document, message)]
    assert not wrong


def _undescribed(document: JsonObject, message: JsonObject) -> list[str]:
    """How a message differs from the payload that the AsyncAPI document gives for its type."""
    kind = message["type"]
    payloads = [
        described["payload"]
        for described in document["components"]["messages"].values()
        if described.get("name") == kind
    ]
    checks = [Draft202012Validator({**payload, "components": document["components"]}) for payload in payloads]
    if any(check.is_valid(message) for check in checks):
        return []
    return [f"{kind}: {error.message}" for check in checks for error in check.iter_errors(message)] or [
        f"{kind}: absent"
    ]


async def test_the_examples_of_the_document_keep_the_contract(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.http) as http:
        document = yaml.safe_load((await http.get("/asyncapi.yaml")).text)
    examples = [
        example["payload"]
        for described in document["components"]["messages"].values()
        for example in described.get("examples", [])
        if isinstance(example.get("payload"), dict) and "seq" in example["payload"]
    ]
    assert {example["type"] for example in examples} >= set(MESSAGES) - {"test"}
    assert [fault for example in examples for fault in faults(example)] == []


async def test_the_stream_is_no_page(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.http) as http:
        assert 400 <= (await http.get("/ws/stream")).status_code < 500


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost.evil.example"]
)
async def test_a_foreign_page_is_refused_before_the_upgrade(url: str, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(url, origin=origin, proxy=None)  # type: ignore[arg-type]
    assert refused.value.response.status_code == 403


async def test_its_own_page_is_let_in(server: Server) -> None:
    async with guest(server.ws, origin=server.http) as sandra:
        await sandra.alive()


async def test_the_subprotocol_is_echoed_when_offered(url: str) -> None:
    async with guest(url, subprotocols=["something.else", "enterprise-stream.v1"]) as sandra:
        assert sandra.socket.subprotocol == "enterprise-stream.v1"
    async with guest(url) as sandra:
        assert sandra.socket.subprotocol is None


async def test_a_token_is_never_echoed(url: str) -> None:
    offered = [Subprotocol("enterprise-stream.v1"), Subprotocol("token.abc")]
    try:
        async with connect(url, subprotocols=offered, proxy=None) as socket:
            assert socket.subprotocol == "enterprise-stream.v1"
    except InvalidStatus as refused:
        assert refused.response.status_code == 401  # noqa: PT017  a bad token may be refused


async def test_compression_is_not_negotiated(url: str) -> None:
    async with guest(url, compression="deflate") as sandra:
        assert sandra.socket.response is not None
        assert "Sec-WebSocket-Extensions" not in sandra.socket.response.headers
        await sandra.alive()


async def test_an_unknown_path_is_no_stream(server: Server) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(server.ws + "/nothing", proxy=None)
    assert refused.value.response.status_code in (403, 404)


@pytest.mark.parametrize("lang", ["zz", "%00", "../es", "x" * 500])
async def test_a_language_that_is_none_is_survived(url: str, lang: str) -> None:
    async with guest(url, lang=lang) as sandra:
        assert sandra.seen("ready")[0]["language"] in ("es", "en")
        await sandra.alive()
