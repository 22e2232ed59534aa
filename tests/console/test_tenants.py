"""A tenant's owner sees his own calls, and of the others' not a word, a number or that there are any."""

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial

import httpx
import pytest
from sqlalchemy import URL
from starlette.routing import Route
from tests.console.conftest import Console

from enterprise_stream.server.access import AccessSettings
from enterprise_stream.server.api import console as endpoints
from enterprise_stream.store import Store
from enterprise_stream.store.calls import Conversation, Turn, keep
from enterprise_stream.store.console.days import days_over, keep_days
from enterprise_stream.testing import FakeClock
from enterprise_stream.testing.calls import seed
from enterprise_stream.testing.calls.serving import console_app
from enterprise_stream.testing.clock import TODAY, WALL_MS

ADMIN = "esk_canary-of-the-operator-0123456789abcdef"
KEYS = {"casas": "esk_canary-of-casas-0123456789", "spa": "esk_canary-of-spa-0123456789"}
ACCESS = AccessSettings(admin_key=ADMIN, owner_keys=tuple(f"{name}:{key}" for name, key in KEYS.items()))
CALLS = {"casas": 12, "spa": 9, "": 5}

CANARY = "zarzamora"
"""A word that the spa's guests alone say, and their voice and call's name."""

WAIT_MS = 1_234_567
"""How long only one of them waited."""

PATHS = (
    "calls?limit=200", f"calls?q={CANARY}", "calls?live=true", "calls?language=es&limit=200", f"calls/{CANARY}",
    "latency", "latency?days=90", "costs", "gaps", "engines", "library", "viewer",
)  # fmt: skip

TELLING = {"calls?limit=200", f"calls?q={CANARY}", "calls?language=es&limit=200", f"calls/{CANARY}", "gaps"}
"""Those whose answer to the spa's owner holds the canary."""


@pytest.fixture
async def console(url: URL) -> AsyncIterator[Console]:
    clock = FakeClock()
    async with Store.open(url) as store:
        for number, (tenant, calls) in enumerate(CALLS.items(), 1):
            await seed(store, calls, number, days=20, live=1, tenant=tenant)
        await store.write(partial(keep, calls=[_call()], changed=[_turn()]))
        async with store.reading() as connection:
            over = await days_over(connection, TODAY)
        await store.write(partial(keep_days, over=over))
        transport = httpx.ASGITransport(app=console_app(store, clock, access=ACCESS))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
            yield Console(http, store, clock)


def _call() -> Conversation:
    at = round(WALL_MS) - 5_000
    call = Conversation(CANARY, 9, at, at + 4_000, "es", CANARY, at + 4_000, "left", tenant="spa")
    return replace(call, turns=1, unanswered=1, first_words=f"¿Hay {CANARY}?", words=f"hay {CANARY}")


def _turn() -> Turn:
    at = round(WALL_MS) - 4_000
    turn = Turn(CANARY, 1, 9, at, "es", f"¿Hay {CANARY}?", f"No sé de {CANARY}.", answered=False)
    return replace(turn, total_ms=WAIT_MS, stages=(("heard", WAIT_MS),))


async def ask(console: Console, path: str, who: str | None) -> httpx.Response:
    """An owner asks, or the operator (None)."""
    key = ADMIN if who is None else KEYS[who]
    return await console.http.get(f"/api/console/{path}", headers={"authorization": f"Bearer {key}"})


def test_every_endpoint_is_asked_here() -> None:
    served = {route.path for route in (*endpoints.routes, *endpoints.operator_routes) if isinstance(route, Route)}
    assert served == {f"/api/console/{path.partition('?')[0].replace(CANARY, '{session}')}" for path in PATHS}


@pytest.mark.requirement("S33")
async def test_nothing_of_another_tenant_is_in_any_answer(console: Console) -> None:
    for path in PATHS:
        to_other, to_spa, to_operator = [(await ask(console, path, who)).text for who in ("casas", "spa", None)]
        assert CANARY not in to_other, path
        assert "spa" not in to_other, path
        for told in (to_spa, to_operator):
            assert (CANARY in told) == (path in TELLING), path
    waits = [(await ask(console, "latency", who)).json()["overall"]["p99"] for who in KEYS]
    assert waits[0] < 60_000 < WAIT_MS * 0.98 < waits[1]


@pytest.mark.requirement("S33")
async def test_each_owner_sees_all_of_his_own_and_the_operator_everybody_s(console: Console) -> None:
    for who, calls in (("casas", 12), ("spa", 10), (None, 27)):
        assert len((await ask(console, "calls?limit=200", who)).json()["calls"]) == calls
    whole, *parts = [(await ask(console, "costs", who)).json() for who in (None, *KEYS)]
    for measure in ("calls", "dollars"):
        of_owners = sum(day[measure] for part in parts for day in part["days"])
        assert 0 < of_owners < sum(day[measure] for day in whole["days"])  # the rest is nobody's in particular
    turns = {who: (await ask(console, "latency", who)).json()["overall"]["turns"] for who in (*KEYS, None)}
    assert 0 < turns["casas"] + turns["spa"] < turns[None]
    assert [cap["cap"] for cap in parts[0]["caps"]] == ["turn", "call", "tenant_day"]
    assert [(await ask(console, f"calls/{CANARY}", who)).status_code for who in ("casas", "spa")] == [404, 200]


@pytest.mark.requirement("S33")
async def test_what_all_tenants_share_is_the_operator_s(console: Console) -> None:
    for name in KEYS:
        answer = await ask(console, "library", name)
        assert (answer.status_code, answer.json()["code"]) == (403, "operator_only")
    assert [(await ask(console, "viewer", who)).json()["tenant"] for who in ("casas", None)] == ["casas", None]
    assert (await console.http.get("/api/console/viewer")).status_code == 401
