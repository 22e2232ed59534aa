"""Sessions that wait for their guests: who goes first where there are too many, and what they hold meanwhile."""

import asyncio
import gc
import weakref
from dataclasses import dataclass

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.server import waiting
from enterprise_stream.server.access.lease import UNLIMITED, Lease
from enterprise_stream.server.keeping import KeepsNothing
from enterprise_stream.server.waiting import AWAY_A_PLACE, UNBEGUN_A_PLACE, surplus, waits_s

from .house import client, house
from .returning import Comeback, back, comeback, cut, last_seq
from .test_limits import counted

PLACES = 2
MOST = AWAY_A_PLACE * PLACES


@dataclass
class Away:
    """One that waits."""

    lost_at: float
    lease: Lease = UNLIMITED
    begun: bool = True


def left(coming: list[Away]) -> list[Away]:
    """Who still waits once these have left, one after another."""
    waiting: list[Away] = []
    for one in coming:
        waiting.append(one)
        if (gone := surplus(waiting, PLACES)) is not None:
            waiting.remove(gone)
    return waiting


def test_one_tenant_s_guests_do_not_pay_for_another_s() -> None:
    theirs = [Away(number, Lease("hotel")) for number in range(3)]
    flood = [Away(10 + number, Lease("flood")) for number in range(100)]
    waiting = left(theirs + flood)
    assert waiting == theirs + flood[-(MOST - 3) :]


def test_sessions_in_which_nothing_was_done_go_first_and_are_fewer() -> None:
    done = [Away(number) for number in range(MOST)]
    bounced = [Away(100 + number, begun=False) for number in range(50)]
    assert left(done + bounced) == done
    assert left(bounced) == bounced[-UNBEGUN_A_PLACE * PLACES :]


def test_a_moment_is_not_waited_for() -> None:
    """What is left of a time that is told in floats may be less than a clock ever moves by."""
    assert waits_s(299.9999, 300, begun=True) == 0
    assert waits_s(59, 300, begun=False) == pytest.approx(1)
    assert waits_s(5, 10, begun=False) == pytest.approx(5)


SOME = st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=60)


@given(SOME)
def test_there_are_never_too_many_and_a_small_tenant_loses_nobody(some: list[tuple[str, bool]]) -> None:
    coming = [Away(at, Lease(tenant), begun) for at, (tenant, begun) in enumerate(some)]
    waiting = left(coming)
    assert len(waiting) <= MOST
    assert sum(not one.begun for one in waiting) <= UNBEGUN_A_PLACE * PLACES
    for tenant in "abc":
        begun = [one for one in coming if one.lease.tenant == tenant and one.begun]
        if len(begun) <= MOST // 3:
            assert [one for one in waiting if one in begun] == begun


async def test_who_has_said_something_is_not_lost_to_those_who_come_and_go() -> None:
    async with house(max_sessions=1) as place:
        async with client(place) as guest:
            how = comeback(guest)
            await guest.send("text", text="¿Y bien?")
            await guest.wait("audio_end")
            had = last_seq(guest)
            cut(guest)
        for _ in range(AWAY_A_PLACE + 1):
            async with client(place) as passer:
                await passer.connection.send("]")
                await passer.ask("ping", "pong")
            await asyncio.sleep(0.1)
        async with httpx.AsyncClient(base_url=place.http) as http:
            waiting = f"enterprise_stream_sessions_waiting {1 + UNBEGUN_A_PLACE:.1f}\n"
            assert waiting in (await http.get("/metrics")).text
        ended = AWAY_A_PLACE + 1 - UNBEGUN_A_PLACE
        assert [counted(place, "sessions_surplus", begun=begun) for begun in ("false", "true")] == [ended, 0]
        async with back(place, how, had):
            pass


async def test_a_session_in_which_nothing_was_done_waits_for_less_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "UNBEGUN_S", 2.0)
    async with house() as place:
        async with client(place) as guest:
            await guest.send("text", text="¿Y bien?")
            await guest.wait("audio_end")
            cut(guest)
        async with client(place) as passer:
            await passer.ask("ping", "pong")
            cut(passer)
        sessions = place.app.state.sessions
        await asyncio.sleep(1)
        assert [live.begun for live in sessions.all()] == [True, False]
        await asyncio.sleep(2)
        assert [live.begun for live in sessions.all()] == [True]


class _Down(KeepsNothing):
    """A store that is down."""

    def __init__(self) -> None:
        self.ending: list[str] = []

    async def ended(self, session: str, reason: str, ago_ms: float = 0.0) -> None:
        self.ending.append(session)
        await asyncio.Event().wait()


async def test_what_a_session_holds_goes_though_the_store_does_not_take_its_end() -> None:
    store = _Down()
    async with house(keeper=store, resume_window_s=5) as place:
        async with client(place) as guest:
            how: Comeback = comeback(guest)
            await guest.send("text", text="¿Y bien?")
            await guest.wait("audio_end")
            (live,) = map(weakref.ref, place.app.state.sessions.all())
            cut(guest)
        await asyncio.sleep(8)
        gc.collect()
        assert store.ending == [how.session_id]
        assert live() is None
