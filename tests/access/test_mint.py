"""How often tokens are made: by tenant, by address of our own pages, and by address of whoever shows wrong keys."""

import pytest
from starlette.requests import HTTPConnection

from enterprise_stream.server.access import Access, AccessSettings
from enterprise_stream.server.access.denied import DeniedError
from enterprise_stream.server.access.mint import (
    OWN_AT_ONCE,
    TOKENS_A_SECOND,
    TOKENS_AT_ONCE,
    WRONG_A_SECOND,
    WRONG_AT_ONCE,
    Mint,
)
from enterprise_stream.testing import FakeClock

CASAS, HOTEL = "esk_of-casas-0123456789", "esk_of-hotel-0123456789"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def mint(clock: FakeClock) -> Mint:
    settings = AccessSettings(frozenset(), "s" * 32, (f"casas:{CASAS}", f"casas:{CASAS}-2", f"hotel:{HOTEL}"))
    return Access(settings, clock).mint


def request(key: str | None, host: str = "203.0.113.7") -> HTTPConnection:
    told = {"host": "localhost"} | (
        {"origin": "http://localhost"} if key is None else {"authorization": f"Bearer {key}"}
    )
    headers = [(name.encode(), value.encode()) for name, value in told.items()]
    return HTTPConnection({"type": "http", "method": "POST", "headers": headers, "client": (host, 1)})


def status(mint: Mint, asked: HTTPConnection) -> int:
    try:
        mint.asker(asked)
    except DeniedError as denied:
        return denied.status
    return 201


def test_a_tenant_s_tokens_are_counted_whichever_of_his_keys_asks(mint: Mint, clock: FakeClock) -> None:
    asked = [request(CASAS), request(f"{CASAS}-2", "203.0.113.8")] * (int(TOKENS_AT_ONCE) // 2)
    assert {status(mint, each) for each in asked} == {201}
    assert status(mint, request(CASAS)) == 429
    assert status(mint, request(HOTEL)) == 201
    clock.advance(1000 / TOKENS_A_SECOND)
    assert [status(mint, request(CASAS)) for _ in range(2)] == [201, 429]


def test_our_own_page_s_tokens_are_counted(mint: Mint) -> None:
    assert {status(mint, request(None, "127.0.0.1")) for _ in range(int(OWN_AT_ONCE))} == {201}
    assert status(mint, request(None, "127.0.0.1")) == 429
    assert status(mint, request(HOTEL, "127.0.0.1")) == 201


def test_wrong_keys_are_counted_by_address_and_then_none_is_looked_at(mint: Mint, clock: FakeClock) -> None:
    assert {status(mint, request("esk_wrong")) for _ in range(int(WRONG_AT_ONCE))} == {401}
    assert status(mint, request(CASAS)) == 429
    assert status(mint, request(CASAS, "203.0.113.8")) == 201
    clock.advance(1000 / WRONG_A_SECOND)
    assert status(mint, request(CASAS)) == 201
