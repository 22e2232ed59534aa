"""The part that all emulators share: faults at each phase, what is recorded, what is billed, time."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from random import Random

import httpx
import pytest
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus

from enterprise_stream.testing.emulators import (
    EVERY_FAULT,
    Bill,
    Emulator,
    Fault,
    HttpEndpoint,
    HttpExchange,
    Latency,
    Phase,
    SocketEndpoint,
    SocketExchange,
    SteppedTiming,
)

KEY = "sk-canary-12345"
SOON = 0.05
"""How long a test waits to see that nothing comes, in seconds."""

PATIENCE = 5.0
"""How long it waits for what does come."""


class Parrot(Emulator):
    """Says what it is told, word by word."""

    vendor = "nobody"

    def endpoints(self) -> Sequence[HttpEndpoint | SocketEndpoint]:
        return HttpEndpoint("chat", "/chat", self._chat), SocketEndpoint("listen", "/listen", self._listen)

    def key_of(self, connection: HTTPConnection) -> str | None:
        return connection.headers.get("authorization", "").removeprefix("Token ") or None

    def refusal(self, status: int) -> Response:
        return JSONResponse({"status": status}, status)

    async def _chat(self, exchange: HttpExchange) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            for word in exchange.json()["text"].split():
                yield f'data: {{"word": "{word}"}}\n\n'.encode()

        return exchange.stream(pieces(), media_type="text/event-stream", failure=b'data: {"error": {}}\n\n')

    async def _listen(self, exchange: SocketExchange) -> None:
        await exchange.tell({"type": "Connected"})
        while True:
            message = await exchange.receive()
            exchange.new_answer()
            for word in message["text"].split():
                await exchange.say({"word": word})


async def chat(parrot: Parrot, within: float = PATIENCE) -> list[str]:
    """The stream's lines."""
    async with (
        httpx.AsyncClient(headers={"Authorization": f"Token {KEY}"}, timeout=within, trust_env=False) as client,
        client.stream("POST", f"{parrot.base_url}/chat", json={"text": "a b c"}) as response,
    ):
        if response.status_code != 200:
            return [str(response.status_code)]
        return [line async for line in response.aiter_lines() if line]


@contextlib.asynccontextmanager
async def socket(parrot: Parrot, within: float = PATIENCE) -> AsyncIterator[ClientConnection]:
    """A session that is dropped at the end, however mute the other side is."""
    headers = {"Authorization": f"Token {KEY}"}
    connection = await connect(
        f"{parrot.ws_url}/listen", additional_headers=headers, proxy=None, compression=None, open_timeout=within
    )
    try:
        yield connection
    finally:
        connection.transport.abort()
        await connection.wait_closed()


async def words(connection: ClientConnection, count: int = 3, text: str = "a b c") -> list[str]:
    """The `count` words that come for a text; the greeting is left out."""
    await connection.send(json.dumps({"text": text}))
    came: list[str] = []
    while len(came) < count:
        said = str(await asyncio.wait_for(connection.recv(), PATIENCE))
        came += [] if "Connected" in said else [said]
    return came


async def silent(connection: ClientConnection) -> bool:
    """Whether nothing comes."""
    try:
        await asyncio.wait_for(connection.recv(), SOON)
    except TimeoutError:
        return True
    return False


async def test_it_answers_over_http_and_over_a_websocket() -> None:
    async with Parrot() as parrot:
        assert await chat(parrot) == ['data: {"word": "a"}', 'data: {"word": "b"}', 'data: {"word": "c"}']
        async with socket(parrot) as connection:
            assert await words(connection) == ['{"word": "a"}', '{"word": "b"}', '{"word": "c"}']


MUTE = {"hang", "silent", "stall", "slow_drip"}


async def chat_with(fault: Fault) -> list[str] | Exception:
    async with Parrot() as parrot:
        parrot.faults.arm(fault, "chat")
        try:
            came = await chat(parrot, SOON if fault.kind in MUTE else PATIENCE)
        except (httpx.HTTPError, json.JSONDecodeError) as error:
            return error
        finally:
            if fault.kind == "refused":
                parrot.faults.clear()
            assert not parrot.faults.armed
        assert len(await chat(parrot)) == 3
        return came


@pytest.mark.parametrize("fault", EVERY_FAULT, ids=lambda fault: f"{fault.kind}-{fault.phase}")
async def test_each_fault_strikes_a_request_once(fault: Fault) -> None:
    came = await chat_with(fault)
    status = {"401": "401", "402": "402", "429": "429"}.get(fault.kind)
    if status is not None:
        assert came == [status]
        return
    match fault.kind, fault.phase:
        case "5xx", "before":
            assert came == ["503"]
        case "5xx", _:
            assert isinstance(came, list)
            assert came[-1] == 'data: {"error": {}}'
        case "refused", _:
            assert isinstance(came, httpx.ConnectError)
        case "malformed", "before":
            assert isinstance(came, httpx.RemoteProtocolError)
        case "malformed", _:
            assert isinstance(came, list)
            with pytest.raises(json.JSONDecodeError):
                json.loads(came[0 if fault.phase == "first_byte" else 1].removeprefix("data: "))
        case (("reset" | "half_close"), _):
            assert isinstance(came, httpx.ReadError | httpx.RemoteProtocolError)
        case (("hang" | "silent" | "stall" | "slow_drip"), _):
            assert isinstance(came, httpx.ReadTimeout) or fault.kind == "slow_drip"


@pytest.mark.parametrize("fault", [fault for fault in EVERY_FAULT if fault.phase == "before"], ids=lambda f: f.kind)
async def test_each_fault_strikes_a_handshake_once(fault: Fault) -> None:
    async with Parrot() as parrot:
        parrot.faults.arm(fault)
        with pytest.raises((OSError, InvalidHandshake, EOFError)) as caught:
            async with socket(parrot, SOON if fault.kind in MUTE else PATIENCE):
                pass
        match fault.kind:
            case "401" | "402" | "429" | "5xx":
                assert isinstance(caught.value, InvalidStatus)
                status = 503 if fault.kind == "5xx" else int(fault.kind)
                assert caught.value.response.status_code == status
                assert caught.value.response.headers.get("retry-after") == ("1" if status == 429 else None)
            case "refused":
                assert isinstance(caught.value, ConnectionRefusedError)
            case "malformed" | "half_close" | "reset":
                assert isinstance(caught.value, InvalidMessage)
            case _:
                assert isinstance(caught.value, TimeoutError)
        parrot.faults.clear()
        async with socket(parrot) as connection:
            assert len(await words(connection)) == 3
        assert len(parrot.faults.struck) == (0 if fault.kind == "refused" else 1)


@pytest.mark.parametrize("phase", ["first_byte", "mid_answer"])
@pytest.mark.parametrize("kind", ["hang", "silent", "stall"])
async def test_a_session_falls_silent(kind: str, phase: Phase) -> None:
    async with Parrot() as parrot:
        parrot.faults.arm(Fault(kind, phase))  # type: ignore[arg-type]  # they are kinds
        async with socket(parrot) as connection:
            assert (
                await words(connection, 0 if phase == "first_byte" else 1) == ['{"word": "a"}'][: phase != "first_byte"]
            )
            await connection.recv() if phase == "first_byte" else None  # the greeting
            assert await silent(connection)
            alive = True
            try:
                await asyncio.wait_for(await connection.ping(), PATIENCE if kind == "stall" else SOON)
            except TimeoutError:
                alive = False
            assert alive is (kind == "stall")


@pytest.mark.parametrize("phase", ["first_byte", "mid_answer"])
@pytest.mark.parametrize("kind", ["reset", "half_close", "5xx"])
async def test_a_session_ends(kind: str, phase: Phase) -> None:
    async with Parrot() as parrot:
        parrot.faults.arm(Fault(kind, phase))  # type: ignore[arg-type]  # they are kinds
        async with socket(parrot) as connection:
            with pytest.raises(ConnectionClosed) as caught:
                await words(connection)
            assert (caught.value.rcvd.code if caught.value.rcvd else None) == (1011 if kind == "5xx" else None)


@pytest.mark.parametrize("phase", ["first_byte", "mid_answer"])
async def test_a_malformed_piece_comes_amid_good_ones(phase: Phase) -> None:
    async with Parrot() as parrot:
        parrot.faults.arm(Fault("malformed", phase))
        async with socket(parrot) as connection:
            came = await words(connection)
            bad = [number for number, text in enumerate(came) if not text.endswith("}")]
            assert bad == [0 if phase == "first_byte" else 1]


async def test_a_dripping_session_trickles() -> None:
    timing = SteppedTiming()
    async with Parrot(timing=timing) as parrot:
        parrot.faults.arm(Fault("slow_drip", "first_byte"))
        async with socket(parrot) as connection:
            await words(connection, 0)
            await connection.recv()  # the greeting
            assert await silent(connection)
            for _ in range(5):
                timing.advance(100)
                await asyncio.sleep(0.001)
            assert await asyncio.wait_for(connection.recv(), 1) == '{"word": "a"}'


async def test_a_fault_strikes_as_often_as_it_says_and_only_its_endpoint() -> None:
    async with Parrot() as parrot:
        parrot.faults.arm(Fault("5xx", times=2), "chat")
        async with socket(parrot) as connection:
            assert len(await words(connection)) == 3
        assert [len(await chat(parrot)) for _ in range(3)] == [1, 1, 3]
        assert [struck.endpoint for struck in parrot.faults.struck] == ["chat", "chat"]


async def test_a_fault_may_come_in_a_session_that_is_under_way() -> None:
    async with Parrot() as parrot, socket(parrot) as connection:
        assert len(await words(connection)) == 3
        parrot.faults.arm(Fault("stall", "mid_answer"))
        assert await words(connection, 1) == ['{"word": "a"}']
        assert await silent(connection)


async def test_open_sessions_live_on_while_others_are_refused() -> None:
    async with Parrot() as parrot, socket(parrot) as connection:
        parrot.faults.arm(Fault("refused"))
        assert len(await words(connection)) == 3
        with pytest.raises(httpx.ConnectError):
            await chat(parrot)
        parrot.faults.clear()
        parrot.faults.arm(Fault("refused"))
        parrot.faults.clear()
        assert len(await chat(parrot)) == 3


def test_a_refusal_is_no_part_of_an_answer() -> None:
    with pytest.raises(ValueError, match="before an answer"):
        Fault("401", "mid_answer")


async def test_what_was_asked_is_recorded_without_the_key() -> None:
    async with Parrot() as parrot:
        await chat(parrot)
        async with socket(parrot) as connection:
            await words(connection)
        asked, talked = parrot.requests
        assert (asked.method, asked.path, asked.body) == ("POST", "/chat", {"text": "a b c"})
        assert (talked.endpoint, talked.messages) == ("listen", [{"text": "a b c"}])
        assert KEY not in repr([asked, talked])
        assert not parrot.requests.leaks


async def test_a_key_outside_of_its_header_is_noticed() -> None:
    async with Parrot() as parrot, socket(parrot) as connection:
        await words(connection, text=f"my key is {KEY}")
        assert parrot.requests.leaks == ["listen: message"]


@pytest.mark.parametrize("shown", [None, "another"])
async def test_only_its_key_is_let_in(shown: str | None) -> None:
    async with Parrot(key=KEY) as parrot:
        assert len(await chat(parrot)) == 3
        headers = {} if shown is None else {"Authorization": f"Token {shown}"}
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.post(f"{parrot.base_url}/chat", headers=headers, json={})).status_code == 401


async def test_nothing_is_left_when_it_ends() -> None:
    before = asyncio.all_tasks()
    async with Parrot() as parrot:
        parrot.faults.arm(Fault("hang"), "chat")
        with pytest.raises(httpx.ReadTimeout):
            await chat(parrot, SOON)
        connection = await connect(f"{parrot.ws_url}/listen", additional_headers={"Authorization": "Token x"})
    await connection.wait_closed()
    assert asyncio.all_tasks() == before


def test_a_bill_is_exact_while_it_grows() -> None:
    bill = Bill()
    charge = bill.open("r1", "tts", "deepgram-aura2", "aura-2-celeste-es")
    assert not bill.purchases
    charge.add(chars=10)
    charge.add(chars=7)
    bill.open("r2", "stt", "deepgram-nova3", "nova-3").add(audio_ms=20.0)
    assert [bought.chars for bought in bill.purchases] == [17, 0]
    assert bill.total("deepgram-aura2").chars == 17
    assert bill.total("deepgram-nova3").audio_ms == 20.0


def test_latencies_vary_as_they_say_and_the_same_each_time() -> None:
    latency, first, second = Latency(260, 80), Random(1), Random(1)
    drawn = [latency.draw(first) for _ in range(2000)]
    assert drawn == [latency.draw(second) for _ in range(2000)]
    assert 255 < sum(drawn) / 2000 < 265
    assert 26 <= min(drawn) < 100 < 450 < max(drawn) <= 500
    assert Latency().draw(first) == 0
