"""Messages to the owner's systems, each once at most as their receiver sees it, wherever a server dies."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enterprise_stream.store import Store, database_url
from enterprise_stream.store.outbox import Message
from enterprise_stream.store.requests import Booking, HandOver, keep, latest
from enterprise_stream.testing import FakeClock
from enterprise_stream.testing.clock import WALL_MS
from enterprise_stream.tools.webhooks import LEASE_MS, MAX_TRIES, PAUSES_S, Webhooks, signing_key

SECRET = "whsec_" + base64.b64encode(b"k" * 24).decode()
URL = "https://owner.example/hooks"


class Crash(BaseException):
    """The server dies here."""


class Receiver(httpx.AsyncBaseTransport):
    """Answers as it is told to, the last answer again and again, and remembers what it took."""

    def __init__(self, *answers: int | Exception | type[Crash]) -> None:
        self.answers = list(answers) or [200]
        self.requests: list[httpx.Request] = []
        self.taken: list[str] = []
        self.took = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, httpx.ConnectError):
            raise answer
        self.requests.append(request)
        if isinstance(answer, int) and not 200 <= answer < 300 and answer not in (502, 504):
            return httpx.Response(answer)
        self.taken.append(request.headers["webhook-id"])  # whatever becomes of the answer
        self.took.set()
        if isinstance(answer, int):
            return httpx.Response(answer)
        raise answer


def _hand_over(number: int = 1) -> HandOver:
    return HandOver(f"{number:032x}", f"s{number}", 1, round(WALL_MS), "es", f"Motivo {number}: ñ €", "", "")


async def _ask(store: Store, *numbers: int) -> None:
    for number in numbers or (1,):
        await store.write(lambda connection, n=number: keep(connection, _hand_over(n), tell=True))  # type: ignore[misc]


async def _states(store: Store) -> list[tuple[str | None, str | None]]:
    async with store.reading() as connection:
        rows = await latest(connection, HandOver, 50)
    return [(row["delivery"], row["outcome"]) for row in sorted(rows, key=lambda row: str(row["id"]))]


def _webhooks(store: Store, receiver: httpx.AsyncBaseTransport, clock: FakeClock) -> Webhooks:
    return Webhooks(store, URL, SECRET, clock, receiver)


async def test_a_message_is_signed_and_told_once(store: Store) -> None:
    receiver, clock = Receiver(), FakeClock()
    await _ask(store)
    await _ask(store)
    webhooks = _webhooks(store, receiver, clock)
    assert await webhooks.send_due() == 1
    assert await webhooks.send_due() == 0
    (request,) = receiver.requests
    body = request.content.decode()
    assert json.loads(body)["type"] == "hand_over.requested"
    assert json.loads(body)["data"]["reason"] == "Motivo 1: ñ €"
    assert json.loads(body)["timestamp"] == "2026-05-28T20:26:40.000+00:00"
    at = request.headers["webhook-timestamp"]
    assert int(at) == WALL_MS // 1000
    signed = hmac.new(b"k" * 24, f"{request.headers['webhook-id']}.{at}.{body}".encode(), hashlib.sha256).digest()
    assert request.headers["webhook-signature"] == f"v1,{base64.b64encode(signed).decode()}"
    assert await _states(store) == [("sent", "200")]


@pytest.mark.parametrize("answer", [500, 503, 429, 408, httpx.ConnectError("refused")])
async def test_who_has_not_taken_it_is_told_again_under_the_same_id(store: Store, answer: int | Exception) -> None:
    receiver, clock = Receiver(answer, answer, 204), FakeClock()
    await _ask(store)
    webhooks = _webhooks(store, receiver, clock)
    for pause_s in PAUSES_S[:2]:
        assert await webhooks.send_due() == 1
        clock.advance(pause_s * 1000 - 1)
        assert await webhooks.send_due() == 0
        clock.advance(1)
    assert await webhooks.send_due() == 1
    assert receiver.taken == ["hand_over_requested_" + _hand_over().id]
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1
    assert await _states(store) == [("sent", "204")]


async def test_who_never_takes_it_leaves_a_dead_letter(store: Store) -> None:
    receiver, clock = Receiver(503), FakeClock()
    await _ask(store)
    webhooks = _webhooks(store, receiver, clock)
    for pause_s in (*PAUSES_S, 1_000_000, 1_000_000):
        await webhooks.send_due()
        clock.advance(pause_s * 1000)
    assert len(receiver.requests) == MAX_TRIES
    assert await _states(store) == [("dead", "503")]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (400, ("dead", "400")),
        (401, ("dead", "401")),
        (410, ("dead", "410")),
        (301, ("dead", "301")),
        (502, ("unknown", "502")),
        (504, ("unknown", "504")),
        (httpx.ReadTimeout("late"), ("unknown", "no_answer")),
        (httpx.ReadError("reset"), ("unknown", "no_answer")),
        (httpx.RemoteProtocolError("half"), ("unknown", "no_answer")),
    ],
)
async def test_what_is_not_sent_again(store: Store, answer: int | Exception, state: tuple[str, str]) -> None:
    receiver, clock = Receiver(answer, 200), FakeClock()
    await _ask(store)
    webhooks = _webhooks(store, receiver, clock)
    await webhooks.send_due()
    clock.advance(10 * 86_400_000)
    assert await webhooks.send_due() == 0
    assert len(receiver.requests) == 1
    assert await _states(store) == [state]


async def test_a_receiver_that_asks_for_time_gets_it(store: Store) -> None:
    class Busy(Receiver):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await super().handle_async_request(request)
            return httpx.Response(429, headers={"retry-after": "90"})

    receiver, clock = Busy(429), FakeClock()
    await _ask(store)
    webhooks = _webhooks(store, receiver, clock)
    await webhooks.send_due()
    clock.advance(89_000)
    assert await webhooks.send_due() == 0
    clock.advance(1_000)
    assert await webhooks.send_due() == 1


@asynccontextmanager
async def _opened(folder: Path) -> AsyncIterator[Store]:
    async with Store.open(database_url(None, folder)) as store:
        yield store


@pytest.mark.parametrize("where", ["before it is sent", "after it was sent", "before it is noted"])
async def test_a_server_that_dies_tells_nothing_twice(
    tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()
    receiver = Receiver(Crash) if where == "after it was sent" else Receiver()
    async with _opened(tmp_path) as store:
        await _ask(store)
        webhooks = _webhooks(store, receiver, clock)
        with monkeypatch.context() as patch:
            if where == "before it is sent":
                patch.setattr(Webhooks, "_try", _die)
            elif where == "before it is noted":
                patch.setattr(Webhooks, "_send", _try_and_die)
            with pytest.raises((Crash, BaseExceptionGroup)):
                await webhooks.send_due()
        assert await _states(store) == [("sending", "")]
    async with _opened(tmp_path) as store:  # another process, some time later
        webhooks = _webhooks(store, Receiver(), clock)
        assert await webhooks.send_due() == 0
        clock.advance(LEASE_MS + 1)
        assert await webhooks.send_due() == 0
        assert await _states(store) == [("unknown", "server_gone")]
    assert len(receiver.taken) <= 1


def _die(*_: object) -> None:
    raise Crash


async def _try_and_die(webhooks: Webhooks, client: httpx.AsyncClient, message: Message) -> None:
    await webhooks._try(client, message)
    raise Crash


async def test_two_servers_share_the_work(tmp_path: Path) -> None:
    clock, receiver = FakeClock(), Receiver()
    async with _opened(tmp_path) as one, _opened(tmp_path) as other:
        await _ask(one, *range(1, 21))
        await asyncio.gather(*(_webhooks(store, receiver, clock).send_due() for store in (one, other)))
        assert len(receiver.taken) == len(set(receiver.taken)) == 20


FATES = st.lists(st.sampled_from([200, 500, 404, 502, "refused", "reset", "crash"]), min_size=1, max_size=25)


@given(FATES)
@settings(max_examples=25, deadline=None)
def test_whatever_happens_each_is_taken_once_at_most(fates: list[int | str]) -> None:
    asyncio.run(_suffer(fates))


async def _suffer(fates: list[int | str]) -> None:
    faults: dict[int | str, Exception | type[Crash]] = {
        "refused": httpx.ConnectError("refused"),
        "reset": httpx.ReadError("reset"),
        "crash": Crash,
    }
    receiver = Receiver(*(faults[fate] if isinstance(fate, str) else fate for fate in fates), 200)
    clock = FakeClock()
    with TemporaryDirectory() as folder:
        async with _opened(Path(folder)) as store:
            await _ask(store, 1, 2, 3)
            for _ in range(len(fates) + MAX_TRIES + 2):
                with suppress(Crash, BaseExceptionGroup):  # a new server takes over
                    await _webhooks(store, receiver, clock).send_due()
                clock.advance(86_400_000)
            states = await _states(store)
    assert len(receiver.taken) == len(set(receiver.taken))
    assert {state for state, _ in states} <= {"sent", "dead", "unknown"}
    assert len(receiver.taken) >= sum(state == "sent" for state, _ in states)


async def test_while_entered_it_sends_what_comes(store: Store) -> None:
    receiver = Receiver()
    async with _webhooks(store, receiver, FakeClock()) as webhooks:
        await _ask(store)
        webhooks.wake()
        async with asyncio.timeout(5):
            await receiver.took.wait()
    assert await _states(store) == [("sent", "200")]


async def test_nothing_goes_out_where_nothing_is_to_go_out(store: Store) -> None:
    await store.write(lambda connection: keep(connection, _hand_over(), tell=False))
    assert await _webhooks(store, Receiver(), FakeClock()).send_due() == 0
    assert await _states(store) == [(None, None)]
    async with store.reading() as connection:
        assert not await latest(connection, Booking, 5)


@pytest.mark.parametrize(("secret", "key"), [(SECRET, b"k" * 24), ("a plain long secret", b"a plain long secret")])
def test_secrets(secret: str, key: bytes) -> None:
    assert signing_key(secret) == key
