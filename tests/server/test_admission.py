"""Who is let in: places, shares of an address and a tenant, and the load that is measured."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass

import httpx
import numpy as np
import pytest
from websockets.exceptions import InvalidStatus

from enterprise_stream.server.admission import Admission, NotAdmittedError, Shares, Visitor, network_of
from enterprise_stream.server.load import LEAST, LOOK_S, Load, LoadLimits, lag, p95
from enterprise_stream.testing import LoopClock, ScriptedRecogniser, VirtualTimeLoop, quiet, scripted_engines, speech
from enterprise_stream.testing.loop import SOCKET_STEP_S

from .house import Client, House, client, house
from .test_limits import decodes, rejected
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


def test_the_lag_is_what_is_usual_of_a_loop() -> None:
    assert lag([0.0] * 99 + [5_000.0]) == 0, "a hiccup, however long"
    assert lag([50.0] * 100) == 50
    assert lag([49.0] * 49 + [51.0] * 51) == 51
    assert lag([0.0] * 90 + [600.0] * 10) == 60, "one that stands still again and again"


class Hasty(LoopClock):
    """A clock by which the loop is late by so many ms in each look."""

    def __init__(self, late_ms: float) -> None:
        super().__init__()
        self._rate = 1 + late_ms / (LOOK_S * 1000)

    def now_ms(self) -> float:
        return super().now_ms() * self._rate


@asynccontextmanager
async def watched(load: Load) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(load.watch())
        yield
        watching.cancel()


@pytest.mark.requirement("S15")
@pytest.mark.parametrize(("late_ms", "strained"), [(0, False), (45, False), (50.5, True), (200, True)])
async def test_a_loop_that_is_late_by_50_ms_all_the_time_is_overloaded(late_ms: float, strained: bool) -> None:
    load = Load(LoadLimits(), Hasty(late_ms))
    async with watched(load):
        await asyncio.sleep(LOOK_S * (LEAST - 2))
        assert not load.strained, "nothing is known yet"
        await asyncio.sleep(LOOK_S * 4)
        assert load.strained is strained
        assert load.measured.lag_ms == pytest.approx(late_ms, abs=0.1)


@pytest.mark.requirement("S15")
@pytest.mark.parametrize(
    ("every_s", "ms", "strained"), [(2.0, 400, False), (0.5, 300, False), (0.55, 600, True), (30.0, 10_000, False)]
)
async def test_a_loop_that_stands_still_now_and_then_is_overloaded_only_where_that_is_often(
    every_s: float, ms: float, strained: bool
) -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    load = Load(LoadLimits(), LoopClock())
    async with watched(load):
        for _ in range(40):
            await asyncio.sleep(every_s)
            loop.jump(ms / 1000)
            await asyncio.sleep(0.01)
            assert strained or not load.strained
        assert load.strained is strained


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
    async with house(load=LoadLimits(wait_ms=0)) as place, client(place) as guest, httpx.AsyncClient() as http:
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


@pytest.mark.requirement("S15")
async def test_whoever_is_inside_is_served_as_ever_while_the_door_is_shut_and_knocked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever is refused costs those inside none of their frames, and none of the loop's (virtual) time."""
    decoded = decodes(monkeypatch)
    calm, busy = [await _call(decoded, knocking=knocking) for knocking in (0, 5)]
    assert calm.answers == busy.answers
    assert calm.sound == busy.sound
    assert calm.taken == busy.taken == 3 * 2_800 * 16
    for before, after in zip(calm.latencies, busy.latencies, strict=True):
        assert after == pytest.approx(before, abs=2_000 * SOCKET_STEP_S)


@dataclass(frozen=True)
class _Served:
    """What a guest got of three turns.

    Attributes:
        answers: words, both sides'.
        sound: all of hers.
        taken: samples of his that the server has taken.
        latencies: of her answers' first sound, in ms.
    """

    answers: list[tuple[str, str]]
    sound: bytes
    taken: int
    latencies: list[float]


async def _call(decoded: list[int], *, knocking: int) -> _Served:
    """A call of three turns; where anybody knocks, at a server that is overloaded and lets nobody else in."""
    before = sum(decoded)
    engines = scripted_engines(recogniser=ScriptedRecogniser("Una.", "Dos.", "Tres."))
    async with house(engines) as place, client(place) as guest:
        place.waiting[0] = 100 if knocking else 0
        async with asyncio.TaskGroup() as group:
            knocks = [group.create_task(_knock(place)) for _ in range(knocking)]
            for turn in range(1, 4):
                for samples in np.array_split(np.concatenate((speech(1_200), quiet(1_600))), 140):
                    await guest.sound(samples)
                    await asyncio.sleep(0.02)
                await guest.wait("audio_end", turn)
                await asyncio.sleep(2)
            assert guest.closed is None
            assert rejected(place, "busy") >= 3 * knocking
            for task in knocks:
                task.cancel()
        completed = guest.seen("response_complete")
        told = [(each["type"], each["text"]) for each in (*guest.seen("transcription"), *completed)]
        waits = [each["latency"]["first_audio"] for each in completed]
        return _Served(told, guest.audio(), sum(decoded) - before, waits)


async def _knock(place: House) -> None:
    """Come again and again, and be refused."""
    while True:
        with pytest.raises(InvalidStatus):
            async with client(place):
                pass
        await asyncio.sleep(0.5)


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
