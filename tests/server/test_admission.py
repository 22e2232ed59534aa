"""Who is let in: places, shares of an address and a tenant, and the load that is measured."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, contextmanager

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from enterprise_stream.server.admission import Admission, NotAdmittedError, Shares, Visitor, network_of
from enterprise_stream.server.load import Load, LoadLimits, p95
from enterprise_stream.testing import LoopClock, VirtualTimeLoop

from .house import Client, client, house
from .test_limits import rejected
from .test_tokens import doors, minted, shown

SOMEBODY = Visitor()


def why(admission: Admission, visitor: Visitor = SOMEBODY) -> tuple[str, int] | None:
    """Why a visitor is refused."""
    try:
        with admission.enter(visitor):
            return None
    except NotAdmittedError as error:
        return error.reason, error.status


@contextmanager
def inside(admission: Admission, *visitors: Visitor) -> Iterator[None]:
    with ExitStack() as stack:
        for visitor in visitors:
            stack.enter_context(admission.enter(visitor))
        yield


@pytest.mark.requirement("S14")
def test_an_address_has_its_share() -> None:
    admission = Admission(10, lambda: 0, 8, shares=Shares(address=2))
    hotel = Visitor("203.0.113.9")
    with inside(admission, hotel, hotel):
        assert why(admission, hotel) == ("address", 429)
        assert why(admission, Visitor("203.0.113.10")) is None
        assert why(admission, Visitor("127.0.0.1")) is None
    assert why(admission, hotel) is None


def test_this_machine_has_all_places() -> None:
    admission = Admission(4, lambda: 0, 8, shares=Shares(address=1))
    with inside(admission, *[Visitor("127.0.0.1")] * 2, *[Visitor("::1")] * 2):
        assert why(admission) == ("full", 503)


@pytest.mark.requirement("S14")
def test_a_tenant_has_its_share_whatever_the_addresses() -> None:
    admission = Admission(10, lambda: 0, 8, shares=Shares(tenant=1))
    with inside(admission, Visitor("203.0.113.9", "casas")):
        assert why(admission, Visitor("203.0.113.10", "casas")) == ("tenant", 429)
        assert why(admission, Visitor("203.0.113.9", "hotel")) is None
        assert why(admission, Visitor("203.0.113.9")) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.9", "203.0.113.9", True),
        ("203.0.113.9", "203.0.113.8", False),
        ("unix", "unix", True),
    ],
)
def test_an_address_is_a_household(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same


def test_who_is_to_leave_lets_nobody_in() -> None:
    admission = Admission(10, lambda: 0, 8)
    with inside(admission, Visitor()):
        admission.close()
        assert why(admission) == ("restarting", 503)
        assert admission.inside == 1


# --- load -------------------------------------------------------------------------------------------------------------


def test_p95_is_by_nearest_rank() -> None:
    assert p95([*range(1, 101)]) == 95
    assert p95([7.0]) == 7.0


@pytest.mark.requirement("S15")
async def test_a_loop_that_is_late_refuses_and_lets_in_again_only_when_it_is_well_below() -> None:
    waits: list[float] = []
    load = Load(LoadLimits(wait_ms=1_000), LoopClock(), lambda _: waits)
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(load.watch())
        seen = []
        for value in (200, 900, 1_100, 900, 600, 400, 900, 1_000):
            waits[:] = [value] * 10
            await asyncio.sleep(0.2)
            seen.append(load.strained)
        watching.cancel()
    assert seen == [False, False, True, True, True, False, False, True]


async def test_too_little_is_no_measurement() -> None:
    load = Load(LoadLimits(lag_ms=1, wait_ms=1), LoopClock(), lambda _: [9_000.0] * 4)
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(load.watch())
        await asyncio.sleep(0.5)
        assert load.measured.lag_ms is None
        assert load.measured.wait_ms is None
        await asyncio.sleep(1)
        assert load.measured.lag_ms == pytest.approx(0, abs=1)
        assert not load.strained
        watching.cancel()


async def test_what_was_measured_long_ago_says_nothing() -> None:
    load = Load(LoadLimits(), LoopClock())
    assert load.fresh
    await asyncio.sleep(3)
    assert not load.fresh


@pytest.mark.requirement("S15")
async def test_a_loop_that_is_held_up_turns_the_next_guest_away_and_keeps_those_inside() -> None:
    limits = LoadLimits(lag_ms=50, wait_ms=0)
    async with house(load=limits) as place, client(place) as guest, httpx.AsyncClient() as http:
        await asyncio.sleep(2)
        assert (await http.get(f"{place.http}/readyz")).json()["status"] == "ready"
        async with held_up(200):
            await asyncio.sleep(6)
            answer = await http.get(f"{place.http}/readyz")
            assert (answer.status_code, answer.json()["status"]) == (503, "busy")
            with pytest.raises(InvalidStatus) as refused:
                async with client(place):
                    pass
            assert refused.value.response.status_code == 503
            assert refused.value.response.headers["Retry-After"] == "10"
            assert rejected(place, "busy") == 1
            await guest.send("text", text="¿Y bien?")
            await guest.wait("audio_end")
        await asyncio.sleep(7)
        assert (await http.get(f"{place.http}/readyz")).json()["status"] == "ready"
        async with client(place):
            pass


@asynccontextmanager
async def held_up(ms: float) -> AsyncIterator[None]:
    """Work that keeps the event loop for so long at a time, again and again."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)

    async def works() -> None:
        while True:
            loop.jump(ms / 1000)
            await asyncio.sleep(0.01)

    working = asyncio.create_task(works())
    try:
        yield
    finally:
        working.cancel()


@pytest.mark.requirement("S14")
@pytest.mark.parametrize(("shares", "reason"), [(Shares(address=1), "address"), (Shares(tenant=1), "tenant")])
async def test_whoever_has_his_share_is_told_before_the_upgrade_when_to_come_again(shares: Shares, reason: str) -> None:
    async with doors(shares=shares, trusted_proxies=("127.0.0.1",)) as (place, http):

        async def come() -> AbstractAsyncContextManager[Client]:
            token = (await minted(http))["token"]
            return client(place, subprotocols=shown(token), headers={"x-forwarded-for": "203.0.113.7"})

        async with await come():
            with pytest.raises(InvalidStatus) as refused:
                async with await come():
                    pass
            response = refused.value.response
            assert (response.status_code, rejected(place, reason)) == (429, 1)
            assert int(response.headers["Retry-After"]) > 0
        async with await come():
            pass
