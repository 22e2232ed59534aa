"""Trials beside the guests' service, on a scripted rehearsal: bounded, owned, expiring, and the owner's alone."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from starlette.applications import Starlette
from tests.server.house import House, client, house
from websockets.exceptions import InvalidStatus

from enterprise_stream.errors import EngineError
from enterprise_stream.server.access import AccessSettings
from enterprise_stream.server.service import Service
from enterprise_stream.server.trials import LASTS_S, MOST, Fault, Present, Trials, Wish, WishError
from enterprise_stream.testing import LoopClock, scripted_engines

PRESENT = Present("Sandra", {"es": "¡Hola!"}, ("scripted",), ("es", "en"), "business: {}\n")
KEY = "an-owner-s-key-of-32-characters-"


class Rehearsed:
    """A `Rehearsal` that changes her name; what it was asked for and what is left of it can be seen."""

    def __init__(self) -> None:
        self.service: Service | None = None
        self.wishes: list[Wish] = []
        self.open = 0

    def present(self) -> Present:
        return PRESENT

    @contextlib.asynccontextmanager
    async def built(self, wish: Wish) -> AsyncIterator[Service]:
        self.wishes.append(wish)
        if wish.knowledge == "wrong":
            raise WishError((Fault("knowledge", 3, "not_a_list", "It is wrong.", "Correct it."),))
        if wish.voice == "away":
            raise EngineError("This voice cannot be had now.", code="voice_out", retryable=True)
        assert self.service is not None
        self.open += 1
        try:
            persona = replace(self.service.persona, name=wish.name or "Sandra")
            yield replace(self.service, persona=persona, cast=scripted_engines)
        finally:
            self.open -= 1


@contextlib.asynccontextmanager
async def stage(
    access: AccessSettings | None = None, lasts_s: float = LASTS_S
) -> AsyncIterator[tuple[House, Rehearsed, httpx.AsyncClient]]:
    """A server with trials, and an owner's browser at it."""
    rehearsed = Rehearsed()

    @contextlib.asynccontextmanager
    async def with_trials(app: Starlette) -> AsyncIterator[None]:
        rehearsed.service = app.state.service
        app.state.trials = Trials(rehearsed, LoopClock(), lasts_s)
        async with app.state.trials.running():
            yield

    async with (
        house(access=access, also=with_trials) as place,
        httpx.AsyncClient(base_url=place.http, trust_env=False) as owner,
    ):
        yield place, rehearsed, owner


async def prepare(owner: httpx.AsyncClient, **wish: object) -> str:
    answer = await owner.post("/api/console/trials", json=wish)
    assert answer.status_code == 201, answer.text
    trial: str = answer.json()["trial"]
    return trial


async def test_what_there_is_to_change_is_told() -> None:
    async with stage() as (_, __, owner):
        told = (await owner.get("/api/console/trials")).json()
    assert told["persona"] == {"name": "Sandra", "greeting": {"es": "¡Hola!"}}
    assert told["voices"] == ["scripted"]
    assert told["knowledge"] == PRESENT.knowledge


async def test_a_trial_is_talked_with_by_its_name_and_guests_have_the_same_as_before() -> None:
    async with stage() as (place, rehearsed, owner):
        trial = await prepare(owner, persona={"name": "Lucía", "greeting": {"es": "¡Buenas!"}})
        assert rehearsed.wishes[0].greeting == {"es": "¡Buenas!"}
        async with client(place, subprotocols=("enterprise-stream.v1", f"trial.{trial}")) as tried:
            assert (await tried.wait("ready"))["persona"]["name"] == "Lucía"
            await tried.send("text", text="Hola")
            assert (await tried.wait("response_complete"))["text"]
        async with client(place) as guest:
            assert (await guest.wait("ready"))["persona"]["name"] == "Sandra"


async def test_a_trial_ends_by_itself_and_closes_the_call_in_it() -> None:
    async with stage(lasts_s=3) as (place, rehearsed, owner):
        trial = await prepare(owner)
        async with client(place, subprotocols=(f"trial.{trial}",)) as tried:
            assert await tried.wait_closed() == 4001
        assert rehearsed.open == 0
        with pytest.raises(InvalidStatus) as refused:
            async with client(place, subprotocols=(f"trial.{trial}",)):
                pass
        assert refused.value.response.status_code == 404


async def test_a_trial_that_is_ended_gives_its_place_back() -> None:
    async with stage() as (_, rehearsed, owner):
        trials = [await prepare(owner) for _ in range(MOST)]
        full = await owner.post("/api/console/trials", json={})
        assert (full.status_code, full.json()["code"]) == (429, "trials_full")
        assert (await owner.delete(f"/api/console/trials/{trials[0]}")).status_code == 204
        assert rehearsed.open == MOST - 1
        await prepare(owner)
    assert rehearsed.open == 0


async def test_errors_say_where_and_what_to_do() -> None:
    async with stage() as (_, rehearsed, owner):
        wrong = await owner.post("/api/console/trials", json={"knowledge": "wrong"})
        assert wrong.status_code == 422
        fault = {"code": "not_a_list", "problem": "It is wrong.", "todo": "Correct it.", "values": {}}
        assert wrong.json()["errors"] == [{"where": "knowledge", "line": 3} | fault]
        long = await owner.post("/api/console/trials", json={"persona": {"name": "a" * 41}})
        assert [(each["code"], each["values"]) for each in long.json()["errors"]] == [("too_long", {"most": "40"})]
        unknown = await owner.post("/api/console/trials", json={"persona": {"name": ""}, "colour": "red"})
        assert {each["where"] for each in unknown.json()["errors"]} == {"persona", "colour"}
        assert all(each["todo"] and each["code"] == "bad_request" for each in unknown.json()["errors"])
        assert (await owner.post("/api/console/trials", content=b"{")).status_code == 422
        away = await owner.post("/api/console/trials", json={"voice": "away"})
        assert (away.status_code, away.json()["code"]) == (503, "voice_out")
        assert rehearsed.open == 0
        assert (await owner.post("/api/console/trials", content=b" " * (3 << 20))).status_code == 413


async def test_only_the_owner_tries_and_talks_with_trials() -> None:
    async with stage(AccessSettings(admin_key=KEY)) as (place, _, owner):
        assert (await owner.post("/api/console/trials", json={})).status_code == 401
        owner.headers["Authorization"] = f"Bearer {KEY}"
        trial = await prepare(owner)
        with pytest.raises(InvalidStatus) as refused:
            async with client(place, subprotocols=(f"trial.{trial}",)):
                pass
        assert refused.value.response.status_code == 401
