"""Who gets in, who is kept out and how, and what ends a connection."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import structlog
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from enterprise_stream.errors import OverloadedError
from enterprise_stream.server.access.origins import Origins
from enterprise_stream.server.admission import RETRY_AFTER_S, Admission
from enterprise_stream.session.outbox import ITEM_BYTES, MAX_BYTES
from enterprise_stream.store.watch import Health
from enterprise_stream.testing import (
    Heard,
    Reply,
    ScriptedBrain,
    ScriptedRecogniser,
    ScriptedVoice,
    quiet,
    scripted_engines,
    speech,
)
from enterprise_stream.wire.codes import MAX_BINARY_FRAME_BYTES, MAX_TEXT_FRAME_BYTES

from .house import House, client, house
from .test_limits import counted, rejected


async def _refused(place: House, *, status: int, **how: object) -> dict[str, str]:
    """The JSON of a connection that is refused before the upgrade."""
    with pytest.raises(InvalidStatus) as raised:
        await connect(place.ws, compression=None, proxy=None, **how)  # type: ignore[arg-type]
    response = raised.value.response
    assert response.status_code == status
    assert response.headers["content-type"] == "application/json"
    if status == 503:
        assert response.headers["retry-after"] == str(RETRY_AFTER_S)
    assert response.body is not None
    body: dict[str, str] = json.loads(bytes(response.body))
    assert body["message"]
    return body


@pytest.mark.requirement("S14")
async def test_a_full_house_says_so_before_the_upgrade_and_lets_in_who_comes_later() -> None:
    async with house(max_sessions=1) as place:
        async with client(place) as inside:
            assert (await _refused(place, status=503))["code"] == "overloaded"
            assert (await inside.ask("get_status", "status"))["state"] == "listening"
        async with client(place):
            assert place.service.admission.inside == 1
    assert place.service.admission.inside == 0


async def test_work_that_waits_makes_the_house_full() -> None:
    async with house() as place:
        place.waiting[0] = 8
        assert (await _refused(place, status=503))["code"] == "overloaded"
        place.waiting[0] = 7
        async with client(place):
            pass


async def test_a_house_that_is_not_ready_says_so() -> None:
    async with house() as place:
        place.missing.append("engines")
        assert (await _refused(place, status=503))["code"] == "not_ready"


@pytest.mark.requirement("S1")
@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://127.0.0.1.evil.example", "http://127.0.0.1:1", "https://good.example:444"],
)
async def test_a_foreign_page_is_kept_out(origin: str) -> None:
    async with house(origins=("https://good.example",)) as place:
        assert (await _refused(place, status=403, origin=origin))["code"] == "forbidden_origin"


@pytest.mark.requirement("S1")
async def test_a_page_whose_own_name_resolves_to_us_is_kept_out() -> None:
    """DNS rebinding: origin and host agree, but the name is not one of ours."""
    async with house() as place:
        evil = f"evil.example:{place.port}"
        request = (
            f"GET /ws/stream HTTP/1.1\r\nHost: {evil}\r\nOrigin: http://{evil}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        reader, writer = await asyncio.open_connection("127.0.0.1", place.port)
        writer.write(request.encode())
        assert b" 403 " in await reader.readline()
        writer.close()
        await writer.wait_closed()


async def test_our_own_page_a_listed_one_and_a_client_without_an_origin_get_in() -> None:
    async with house(origins=("https://good.example",)) as place:
        for origin in (f"http://127.0.0.1:{place.port}", "https://good.example", None):
            async with client(place, origin=origin):
                pass


async def test_the_subprotocol_is_selected_when_it_is_offered() -> None:
    async with house() as place:
        async with client(place, subprotocols=["token.x", "enterprise-stream.v1"]) as guest:
            assert guest.connection.subprotocol == "enterprise-stream.v1"
        async with client(place) as guest:
            assert guest.connection.subprotocol is None


@pytest.mark.parametrize(
    ("origin", "host", "allowed"),
    [
        (None, "anything", True),
        ("http://localhost:3000", "localhost:3000", True),
        ("http://[::1]:3000", "[::1]:3000", True),
        ("http://localhost:3000", "localhost:3001", False),
        ("http://evil.example", "evil.example", False),
        ("https://listed.example", "whatever", True),
        ("file://localhost:3000", "localhost:3000", False),
        ("http://[", "[", False),
        ("", "", False),
    ],
)
def test_the_rules_of_access(origin: str | None, host: str, allowed: bool) -> None:
    headers = {"host": host} | ({} if origin is None else {"origin": origin})
    assert Origins(frozenset({"https://listed.example"})).allow(headers) is allowed


def test_admission_gives_a_place_back_whatever_happens() -> None:
    admission = Admission(1, lambda: 0, 8)

    def visit() -> None:
        with admission.enter():
            assert admission.full
            with pytest.raises(OverloadedError), admission.enter():
                pass
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        visit()
    assert (admission.inside, admission.full) == (0, False)


# --- closing ----------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("S6")
async def test_a_text_frame_too_big_closes_with_1009() -> None:
    async with house() as place, client(place) as guest:
        most = json.dumps({"type": "test", "id": ""})
        fill = MAX_TEXT_FRAME_BYTES - len(most)
        await guest.ask("test", "test", id="x" * fill)
        await guest.connection.send(json.dumps({"type": "test", "id": "x" * (fill + 1)}))
        for _ in range(50):  # whoever talks meanwhile is told too
            await guest.connection.send(bytes(640))
        assert await guest.wait_closed() == 1009
    assert counted(place, "rejected", reason="text_size") == 1


@pytest.mark.requirement("S6")
async def test_bytes_count_not_characters() -> None:
    async with house() as place, client(place) as guest:
        await guest.connection.send(json.dumps({"type": "test", "id": "ñ" * 40_000}, ensure_ascii=False))
        assert await guest.wait_closed() == 1009


async def test_a_binary_frame_too_big_closes_with_1009() -> None:
    async with house() as place:
        async with client(place) as guest:
            await guest.connection.send(bytes(MAX_BINARY_FRAME_BYTES))
            await guest.ask("test", "test")
            assert guest.seen("error") == []
        for extra in (1, 4_096):
            async with client(place) as guest:
                await guest.connection.send(bytes(MAX_BINARY_FRAME_BYTES + extra))
                assert await guest.wait_closed() == 1009


@pytest.mark.requirement("S10")
async def test_audio_a_minute_ahead_closes_with_1008() -> None:
    async with house() as place, client(place) as guest:
        for _ in range(3):
            await guest.connection.send(bytes(32_000 * 25))
        assert await guest.wait_closed() == 1008


async def test_a_flood_is_told_and_dropped() -> None:
    async with house() as place, client(place) as guest:
        for _ in range(300):
            await guest.send("ping")
        limited = await guest.wait("rate_limited")
        assert 0 < limited["retry_after_ms"] <= 20
        assert limited["message"]
        await asyncio.sleep(3)
        await guest.ask("test", "test")
        assert 100 <= len(guest.seen("pong")) < 300
        assert counted(place, "errors", code="rate_limited") == len(guest.seen("rate_limited"))


async def test_the_history_counts_as_several_messages() -> None:
    async with house() as place, client(place) as guest:
        for _ in range(30):
            await guest.send("get_history")
        limited = await guest.wait("rate_limited")
        assert 0 < limited["retry_after_ms"] <= 200
        assert 10 <= len(guest.seen("history")) < 20


async def test_echoes_are_bounded_by_their_bytes() -> None:
    async with house() as place, client(place) as guest:
        for _ in range(20):
            await guest.send("test", id="x" * 60_000)
        limited = await guest.wait("rate_limited")
        assert 0 < limited["retry_after_ms"] <= 3_000
        await asyncio.sleep(3)
        echoes = guest.seen("test")
        assert [len(echo["id"]) for echo in echoes] == [60_000] * 4


async def test_a_flood_that_goes_on_is_closed_with_1008() -> None:
    async with house() as place, client(place) as guest:
        asked = 0
        while guest.closed is None:
            for _ in range(20):
                await guest.send("test", id="x" * 100)
            asked += 20
            await asyncio.sleep(0.1)
        assert guest.closed == 1008
        assert "50 a second" in (guest.connection.close_reason or "")
        assert 1_000 < asked < 3_000


async def test_a_guest_who_does_nothing_is_closed_with_4000() -> None:
    async with house(idle_s=1.5) as place, client(place) as guest:
        await asyncio.sleep(1)
        await guest.ask("ping", "pong")
        opened = asyncio.get_running_loop().time()
        assert await guest.wait_closed() == 4000
        assert asyncio.get_running_loop().time() - opened >= 1.45
        assert rejected(place, "idle") == 1


BUGS = {
    "brain": lambda e: scripted_engines(brain=ScriptedBrain(Reply(fail_after=1, failure=e))),
    "voice": lambda e: scripted_engines(voice=ScriptedVoice(fail_at=0, failure=e)),
    "recogniser": lambda e: scripted_engines(recogniser=ScriptedRecogniser(Heard(failure=e))),
}


@pytest.mark.parametrize("engine", BUGS)
async def test_a_fault_of_ours_closes_with_1011_is_logged_and_touches_nobody_else(engine: str) -> None:
    make: Callable[[Exception], object] = BUGS[engine]
    engines = make(ZeroDivisionError("a secret detail"))
    with structlog.testing.capture_logs() as logged:
        async with house(engines) as place, client(place) as other, client(place) as guest:  # type: ignore[arg-type]
            if engine == "recogniser":
                await guest.sound(speech(700))
                await guest.sound(quiet(700))
            else:
                await guest.send("text", text="¿Cuánto?")
            assert await guest.wait_closed() == 1011
            assert "secret" not in (guest.connection.close_reason or "")
            assert (await other.ask("get_status", "status"))["state"] == "listening"
            assert place.service.admission.inside == 1
    assert [entry["log_level"] for entry in logged if "exc_info" in entry] == ["error"]


SENTENCE = "Y también le cuento esta frase. "


@pytest.mark.requirement("S11")
@pytest.mark.parametrize(
    ("output", "sentences"),
    [("none", MAX_BYTES // ITEM_BYTES * 2), ("pcm_s16le", 300)],
    ids=["more words than may wait", "a minute of sound"],
)
async def test_a_guest_who_takes_nothing_is_let_go_within_ten_seconds_and_touches_nobody_else(
    output: str, sentences: int
) -> None:
    """A client whose network takes nothing any more: not even the close frame reaches it."""
    chatty = Reply((SENTENCE,) * sentences, piece_ms=0)
    brain = ScriptedBrain(by=lambda question: chatty if question.text == "todo" else Reply())
    async with house(scripted_engines(brain=brain), send_buffer=4_096) as place, client(place) as other:
        deaf = socket.socket()
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        deaf.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(deaf, ("127.0.0.1", place.port))
        request = (
            "GET /ws/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        await loop.sock_sendall(deaf, request.encode())
        assert b" 101 " in await loop.sock_recv(deaf, 1_024)
        for message in ({"type": "start", "audio": {"output": {"encoding": output}}}, {"type": "text", "text": "todo"}):
            data = json.dumps(message).encode()
            await loop.sock_sendall(deaf, bytes([0x81, 0x80 | len(data), 0, 0, 0, 0]) + data)
        async with asyncio.timeout(10):
            while not brain.questions or place.service.admission.inside > 1:
                await asyncio.sleep(0.05)
                assert all(live.session.outbox.waiting_bytes <= MAX_BYTES for live in place.app.state.sessions.all())
        await other.send("text", text="¿Cuánto?")
        await other.wait("audio_end")
        deaf.close()


async def test_connections_leave_nothing_behind() -> None:
    engines = scripted_engines(
        brain=ScriptedBrain(by=lambda q: Reply(fail_after=1, failure=ZeroDivisionError("a bug")))
    )
    async with house(engines, resume_window_s=0.5) as place:
        async with client(place) as first:  # whatever is made once is made now
            await first.ask("test", "test")
        await _settled(place)
        tasks, threads, files = len(asyncio.all_tasks()), _threads(), _open_files()
        async with client(place) as polite, client(place) as rude, client(place) as unlucky:
            for guest in (polite, rude):
                await guest.sound(speech(600))
                await guest.wait("speech_started")
            await unlucky.send("text", text="¿Cuánto?")
            assert await unlucky.wait_closed() == 1011
            rude.connection.transport.abort()
            assert len(asyncio.all_tasks()) > tasks
        await _settled(place)
        assert (len(asyncio.all_tasks()), _threads(), _open_files()) == (tasks, threads, files)


async def _settled(place: House) -> None:
    """Waits until the server has seen everybody leave."""
    async with asyncio.timeout(30):
        while place.service.admission.inside:  # noqa: ASYNC110 - polls virtual time
            await asyncio.sleep(0.1)
    await asyncio.sleep(1)


def _threads() -> int:
    """Threads but those of the loop's own executor, which decodes for everybody and is bounded."""
    return sum(not thread.name.startswith("asyncio_") for thread in threading.enumerate())


def _open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("S24")
async def test_every_page_carries_the_security_headers() -> None:
    async with house() as place, httpx.AsyncClient(base_url=place.http) as http:
        for path in ("/", "/livez", "/readyz", "/asyncapi.yaml", "/nothing-here"):
            answer = await http.get(path)
            assert "default-src 'self'" in answer.headers["content-security-policy"], path
            assert "frame-ancestors" in answer.headers["content-security-policy"]
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert answer.headers["permissions-policy"].startswith("microphone=(self)")
            assert "server" not in answer.headers


async def test_the_page_is_never_stale() -> None:
    async with house() as place, httpx.AsyncClient(base_url=place.http) as http:
        assert (await http.get("/")).headers["cache-control"] == "no-cache"


async def test_livez_says_that_the_process_answers() -> None:
    async with house() as place, httpx.AsyncClient(base_url=place.http) as http:
        place.missing.append("engines")
        answer = await http.get("/livez")
        assert (answer.status_code, answer.json()["status"]) == (200, "alive")


@pytest.mark.requirement("S15")
async def test_readyz_says_whether_the_next_guest_would_be_served() -> None:
    async with house(max_sessions=1) as place, httpx.AsyncClient(base_url=place.http) as http:
        place.missing.append("engines")
        answer = await http.get("/readyz")
        assert answer.status_code == 503
        told = {"status": "starting", "waiting_for": ["engines"], "sessions": 0, "mode": "scripted", "engines": {}}
        assert answer.json() == told | {"failing": [], "lag_ms": None, "engine_wait_ms": None}
        place.missing.clear()
        answer = await http.get("/readyz")
        assert (answer.status_code, answer.json()["status"]) == (200, "ready")
        async with client(place):
            answer = await http.get("/readyz")
            assert (answer.status_code, answer.json()["status"], answer.json()["sessions"]) == (503, "full", 1)


async def test_readyz_names_what_fails_and_refuses_only_once_something_would_be_lost() -> None:
    async with house() as place, httpx.AsyncClient(base_url=place.http) as http:
        for losing, status in ((False, "ready"), (True, "degraded")):
            place.health[0] = Health(("database", "disk"), losing)
            answer = await http.get("/readyz")
            assert (answer.status_code, answer.json()["status"]) == (503 if losing else 200, status)
            assert answer.json()["failing"] == ["database", "disk"]
            assert answer.json()["waiting_for"] == (["database"] if losing else [])


async def test_the_contract_is_served() -> None:
    async with house() as place, httpx.AsyncClient(base_url=place.http) as http:
        answer = await http.get("/asyncapi.yaml")
        assert answer.headers["content-type"] == "application/yaml"
        assert answer.text.startswith("asyncapi:") or "\nasyncapi:" in answer.text
