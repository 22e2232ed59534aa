"""Which tokens have been used, where several servers share a database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import httpx
import pytest
from sqlalchemy import URL, func, select, text
from tests.server.house import House, client, house
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from enterprise_stream.errors import StoreError
from enterprise_stream.server.access import AccessSettings, used_by_all
from enterprise_stream.server.access.door import RETRY_S
from enterprise_stream.server.access.tickets import LIFETIME_S, Ticket, Tickets
from enterprise_stream.server.access.used_by_all import UsedInDatabase
from enterprise_stream.store import Store
from enterprise_stream.store.engines import for_writing, make_engine
from enterprise_stream.store.privacy import Limits, retain
from enterprise_stream.store.tables import used_tokens
from enterprise_stream.store.tokens import KEPT_MS
from enterprise_stream.testing import FakeClock

SECRET = "a secret of tests, 32 characters or more"
KEY = "esk_canary-of-casas-0123456789"
ACCESS = AccessSettings(frozenset(), SECRET, (f"casas:{KEY}",))
LIMITS = Limits(transcripts=30, calls=365, requests=90, spending=0)


POSTGRES = pytest.mark.parametrize("url", ["postgresql"], indirect=True)


def a_ticket(clock: FakeClock | None = None) -> Ticket:
    return Tickets(SECRET, clock or FakeClock()).mint("hotel")[1]


@asynccontextmanager
async def held(url: URL) -> AsyncIterator[None]:
    """Somebody has the table and does not let go of it, as a database that stands still."""
    engine = for_writing(make_engine(url))
    async with engine.begin() as connection:
        await connection.execute(text("LOCK TABLE used_tokens IN ACCESS EXCLUSIVE MODE"))
        yield
    await engine.dispose()


@pytest.mark.requirement("S3")
async def test_of_many_servers_that_see_a_token_at_once_one_takes_it(url: URL) -> None:
    async with AsyncExitStack() as stack:
        servers = [UsedInDatabase(await stack.enter_async_context(Store.open(url))) for _ in range(3)]
        for ticket in (a_ticket(), a_ticket()):
            taken = await asyncio.gather(*(used.use(ticket) for used in servers for _ in range(4)))
            assert sorted(taken) == [False] * 11 + [True]


@pytest.mark.requirement("S3")
async def test_a_restart_forgets_no_token_and_refuses_none_that_was_not_used(url: URL) -> None:
    first, second = a_ticket(), a_ticket()
    async with Store.open(url) as store:
        assert await UsedInDatabase(store).use(first)
    async with Store.open(url) as store:
        assert [await UsedInDatabase(store).use(each) for each in (first, second, second)] == [False, True, False]


@pytest.mark.requirement("S3")
@POSTGRES
async def test_a_database_that_does_not_say_takes_no_token(url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = a_ticket()
    async with Store.open(url) as store:
        used = UsedInDatabase(store)
        monkeypatch.setattr(used_by_all, "WITHIN_S", 0.2)
        async with held(url):
            with pytest.raises(StoreError):
                await used.use(ticket)
        monkeypatch.undo()
        assert [await used.use(ticket) for _ in range(2)] == [True, False]


@pytest.mark.requirement("S3")
async def test_a_token_is_forgotten_a_day_after_its_time(url: URL) -> None:
    clock = FakeClock()
    async with Store.open(url) as store:
        used = UsedInDatabase(store)
        await used.use(a_ticket(clock))
        clock.advance(1)
        kept = a_ticket(clock)
        await used.use(kept)
        await retain(store, LIMITS, round(clock.wall_ms() + LIFETIME_S * 1000 + KEPT_MS))
        assert not await used.use(kept)
        async with store.reading() as connection:
            assert (await connection.execute(select(func.count()).select_from(used_tokens))).scalar_one() == 1


@asynccontextmanager
async def nodes(url: URL) -> AsyncIterator[list[House]]:
    """Two servers, each with connections of its own to one database."""
    async with AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(Store.open(url)) for _ in range(2)]
        yield [
            await stack.enter_async_context(house(access=ACCESS, used=UsedInDatabase(store), idle_s=1e6))
            for store in stores
        ]


async def shown(place: House) -> list[Subprotocol]:
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(f"{place.http}/api/sessions", headers={"authorization": f"Bearer {KEY}"})
    return [Subprotocol("enterprise-stream.v1"), Subprotocol(f"token.{answer.json()['token']}")]


@pytest.mark.requirement("S3")
async def test_a_token_opens_one_connection_on_all_servers_of_a_database(url: URL) -> None:
    async with nodes(url) as (one, other):
        token = await shown(one)
        async with client(other, subprotocols=token):
            for place in (one, other):
                with pytest.raises(InvalidStatus) as refused:
                    await connect(place.ws, subprotocols=token, compression=None, proxy=None)
                assert refused.value.response.status_code == 401


@pytest.mark.requirement("S3")
@POSTGRES
async def test_who_comes_while_the_database_does_not_say_is_told_when_to_come_again(
    url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with nodes(url) as (one, _):
        token = await shown(one)
        come = partial(connect, one.ws, subprotocols=token, compression=None, proxy=None)
        monkeypatch.setattr(used_by_all, "WITHIN_S", 0.2)
        async with held(url):
            with pytest.raises(InvalidStatus) as refused:
                await come()
        monkeypatch.undo()
        response = refused.value.response
        assert (response.status_code, response.headers["Retry-After"]) == (503, str(RETRY_S))
        assert b"token_unknown" in (response.body or b"")
        assert one.service.admission.inside == 0
        async with client(one, subprotocols=token):
            assert one.service.admission.inside == 1
