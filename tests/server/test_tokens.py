"""Session tokens at the real socket: who gets one, what it opens, and what it does not."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import structlog
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from enterprise_stream.server.access import AccessSettings
from enterprise_stream.server.access.tickets import LIFETIME_S
from enterprise_stream.testing import LoopClock

from .house import PERSONA, Client, House, client, house
from .returning import back, comeback, cut, last_seq

SECRET = "canary-of-the-secret-0123456789abcdef"
CASAS, HOTEL = "esk_canary-of-casas-0123456789", "esk_canary-of-hotel-0123456789"
PAGE = "https://www.example.com"
HOUR_MS = 3_600_000.0
ACCESS = AccessSettings(frozenset({PAGE}), SECRET, (f"casas:{CASAS}", f"hotel:{HOTEL}"))


@asynccontextmanager
async def doors(access: AccessSettings = ACCESS, **how: Any) -> AsyncIterator[tuple[House, httpx.AsyncClient]]:
    async with house(access=access, **how) as place, httpx.AsyncClient(base_url=place.http) as http:
        yield place, http


async def ask(http: httpx.AsyncClient, key: str | None = CASAS, **headers: str) -> httpx.Response:
    known = {} if key is None else {"authorization": f"Bearer {key}"}
    return await http.post("/api/sessions", headers=known | headers)


async def minted(http: httpx.AsyncClient, key: str = CASAS, **body: object) -> dict[str, Any]:
    answer = await http.post("/api/sessions", json=body, headers={"authorization": f"Bearer {key}"})
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def shown(token: str) -> list[str]:
    return ["enterprise-stream.v1", f"token.{token}"]


async def refused(place: House, status: int, query: str = "", **how: Any) -> dict[str, str]:
    """The JSON of a connection that is refused before the upgrade."""
    with pytest.raises(InvalidStatus) as raised:
        await connect(place.ws + query, compression=None, proxy=None, **how)
    response = raised.value.response
    assert response.status_code == status
    assert "sec-websocket-protocol" not in response.headers
    body: dict[str, str] = json.loads(bytes(response.body or b""))
    assert body["message"]
    return body


# --- asking -----------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("S3")
async def test_a_key_gets_a_token_that_opens_one_connection() -> None:
    async with doors() as (place, http):
        told = await minted(http)
        assert set(told) == {"token", "expires_at", "session_id"}
        assert told["expires_at"] == place.service.clock.wall_ms() + LIFETIME_S * 1000
        async with client(place, subprotocols=shown(told["token"])) as guest:
            assert guest.connection.subprotocol == "enterprise-stream.v1"
            assert guest.seen("ready")[0]["session_id"] == told["session_id"]
        assert (await refused(place, 401, subprotocols=shown(told["token"])))["code"] == "bad_token"


async def test_a_token_travels_as_a_bearer_too() -> None:
    async with doors() as (place, http):
        token = (await minted(http))["token"]
        async with client(place, headers={"authorization": f"Bearer {token}"}):
            pass
        await refused(place, 401, additional_headers={"authorization": f"Bearer {token}"})


@pytest.mark.requirement("S2")
async def test_a_token_in_the_address_opens_nothing() -> None:
    async with doors() as (place, http):
        token = (await minted(http))["token"]
        for query in (f"?token={token}", f"?access_token={token}", f"?token.{token}"):
            assert (await refused(place, 401, query))["code"] == "no_token"


@pytest.mark.parametrize("key", [None, "wrong", CASAS[:-1], f"casas:{CASAS}", SECRET])
async def test_without_a_key_no_token_is_made(key: str | None) -> None:
    async with doors() as (_, http):
        answer = await ask(http, key)
        assert (answer.status_code, answer.headers["cache-control"]) == (401, "no-store")
        assert "canary" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": PAGE}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}],
    ids=str,
)
async def test_no_other_page_gets_a_token_without_a_key(headers: dict[str, str]) -> None:
    async with doors() as (_, http):
        assert (await ask(http, None, **headers)).status_code == 403


async def test_our_own_page_on_this_machine_gets_a_token_for_itself_only() -> None:
    async with doors() as (place, http):
        answer = await ask(http, None, origin=place.http)
        assert answer.status_code == 201
        token = answer.json()["token"]
        await refused(place, 403, subprotocols=shown(token), origin=PAGE)
        await refused(place, 403, subprotocols=shown(token))
        async with client(place, subprotocols=shown(token), origin=place.http):
            pass


@pytest.mark.parametrize("proxied", ["x-forwarded-for", "forwarded", "via", "x-real-ip"])
async def test_our_own_page_through_a_proxy_gets_none(proxied: str) -> None:
    async with doors() as (place, http):
        assert (await ask(http, None, origin=place.http, **{proxied: "203.0.113.7"})).status_code == 401


async def test_our_own_page_by_another_name_gets_none_but_for_the_owner() -> None:
    key = "esk_canary-of-the-owner-0123456789abcdef"
    access = AccessSettings(ACCESS.origins, SECRET, ACCESS.api_keys, key)
    named = {"host": "voice.example", "origin": "https://voice.example"}
    async with doors(access) as (_, http):
        assert (await ask(http, None, **named)).status_code == 401
        await http.post("/console/login", data={"key": key}, headers=named)
        assert (await ask(http, None, **named)).status_code == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"language": "fr"}, "language"),
        ({"language": "spanish"}, "language"),
        ({"origin": "https://www.example.com/page"}, "origin"),
        ({"origin": "*"}, "origin"),
        ({"max_seconds": 0}, "max_seconds"),
        ({"max_seconds": "canary"}, "max_seconds"),
        ({"max_cost": -1}, "max_cost"),
        ({"max_costs": 1}, "max_costs"),
        ({"tenant": "hotel"}, "tenant"),
        (["canary"], "body"),
        ("canary", "body"),
    ],
)
async def test_what_cannot_be_had_is_named_and_not_repeated(body: object, field: str) -> None:
    async with doors() as (_, http):
        answer = await http.post("/api/sessions", json=body, headers={"authorization": f"Bearer {CASAS}"})
        assert (answer.status_code, answer.json()["message"].split(":")[0]) == (422, field)
        assert "canary" not in answer.text


async def test_a_body_that_is_no_json_or_too_long_is_refused() -> None:
    async with doors() as (_, http):
        key = {"authorization": f"Bearer {CASAS}"}
        assert (await http.post("/api/sessions", content=b"\xff{", headers=key)).status_code == 422
        assert (await http.post("/api/sessions", content=b" " * 5_000, headers=key)).status_code == 413
        assert (await http.post("/api/sessions", content=b"", headers=key)).status_code == 201


async def test_without_a_secret_this_machine_needs_no_token_and_nobody_gets_one() -> None:
    async with doors(AccessSettings(api_keys=(CASAS,))) as (place, http):
        for headers in ({}, {"origin": place.http}):
            assert (await ask(http, None, **headers)).status_code == 204
        for key in (CASAS, None):
            answer = await ask(http, key, **{"x-forwarded-for": "203.0.113.7"})
            assert (answer.status_code, "SESSION_SECRET" in answer.text) == (501, True)
        async with client(place):
            pass


# --- what it opens ----------------------------------------------------------------------------------------------------


@pytest.mark.requirement("S2")
async def test_without_a_token_nobody_connects() -> None:
    async with doors() as (place, _):
        assert (await refused(place, 401))["code"] == "no_token"
        assert (await refused(place, 401, origin=PAGE))["code"] == "no_token"
        assert (await refused(place, 401, origin=place.http))["code"] == "no_token"
        for token in ("", "x", "a.b.c", CASAS, SECRET):
            assert (await refused(place, 401, subprotocols=shown(token or "-")))["code"] == "bad_token"
        assert place.service.admission.inside == 0


@pytest.mark.requirement("S1")
@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", PAGE + ".evil.example", PAGE + ":444", "http://[::1]:1"]
)
async def test_a_page_that_is_not_listed_is_403_even_with_a_token(origin: str) -> None:
    async with doors() as (place, http):
        token = (await minted(http))["token"]
        assert (await refused(place, 403, subprotocols=shown(token), origin=origin))["code"] == "forbidden_origin"
        async with client(place, subprotocols=shown(token), origin=PAGE):  # and it has not been used up
            pass


async def test_a_token_for_a_page_opens_from_no_other_and_from_no_program() -> None:
    async with doors() as (place, http):
        token = (await minted(http, origin=PAGE))["token"]
        await refused(place, 403, subprotocols=shown(token), origin=place.http)
        await refused(place, 403, subprotocols=shown(token))
        async with client(place, subprotocols=shown(token), origin=PAGE):
            pass


@pytest.mark.requirement("S2")
async def test_a_token_waits_a_minute() -> None:
    async with doors() as (place, http):
        first, second = [(await minted(http))["token"] for _ in range(2)]
        await asyncio.sleep(LIFETIME_S - 1)
        async with client(place, subprotocols=shown(first)):
            pass
        await asyncio.sleep(1.01)  # steps of virtual time add up to a hair less than a minute
        await refused(place, 401, subprotocols=shown(second))


async def test_a_token_is_not_used_up_by_a_full_house() -> None:
    async with doors(max_sessions=1) as (place, http):
        inside, waiting = [(await minted(http))["token"] for _ in range(2)]
        async with client(place, subprotocols=shown(inside)):
            await refused(place, 503, subprotocols=shown(waiting))
        async with client(place, subprotocols=shown(waiting)):
            pass


@pytest.mark.requirement("S3")
async def test_of_two_who_show_a_token_at_once_one_gets_in() -> None:
    async with doors() as (place, http):
        token = (await minted(http))["token"]
        how: dict[str, Any] = {"subprotocols": shown(token), "compression": None, "proxy": None}
        came = await asyncio.gather(*(connect(place.ws, **how) for _ in range(8)), return_exceptions=True)
        inside = [each for each in came if not isinstance(each, BaseException)]
        assert len(inside) == 1
        assert {each.response.status_code for each in came if isinstance(each, InvalidStatus)} == {401}
        await inside[0].close()


async def test_a_token_s_language_is_the_session_s() -> None:
    async with doors() as (place, http):
        token = (await minted(http, language="en"))["token"]
        async with client(place, "?lang=es", subprotocols=shown(token)) as guest:
            assert guest.seen("ready")[0]["language"] == "en"


@pytest.mark.requirement("S16")
async def test_a_session_s_time_ends_with_a_goodbye_and_4001_whatever_the_clock_is_set_to() -> None:
    async with doors() as (place, http):
        clock = place.service.clock
        assert isinstance(clock, LoopClock)
        clock.set_wall(-HOUR_MS)
        told = await minted(http, max_seconds=30)
        async with client(place, subprotocols=shown(told["token"])) as guest:
            clock.set_wall(2 * HOUR_MS)
            how = comeback(guest)
            began = asyncio.get_running_loop().time()
            assert await guest.wait_closed() == 4001
            assert 30 <= asyncio.get_running_loop().time() - began <= 50
            assert guest.seen("response_complete")[-1]["text"] == PERSONA.farewell("es", "time")
            assert guest.audio()
        again = (await minted(http))["token"]
        async with client(place, subprotocols=shown(again)) as guest:
            await guest.send("start", resume=how.fields(1))
            assert (await guest.wait("error"))["code"] == "resume_refused"


# --- coming back ------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def lost(place: House, token: str, **how: Any) -> AsyncIterator[Client]:
    """A guest whose connection was cut."""
    async with client(place, subprotocols=shown(token), **how) as guest:
        await guest.ask("test", "test")
        cut(guest)
        await guest.wait_closed()
    yield guest


@pytest.mark.requirement("S16")
async def test_a_guest_comes_back_with_a_new_token_and_keeps_the_time_of_the_first() -> None:
    async with doors() as (place, http):
        began = asyncio.get_running_loop().time()
        first, second = await minted(http, max_seconds=70), await minted(http)
        async with lost(place, first["token"]) as gone:
            await asyncio.sleep(40)
            async with back(place, comeback(gone), last_seq(gone), subprotocols=shown(second["token"])) as guest:
                assert await guest.wait_closed() == 4001
                assert asyncio.get_running_loop().time() - began < 95


@pytest.mark.requirement("S4")
@pytest.mark.parametrize(
    ("key", "origin"), [(HOTEL, PAGE), (CASAS, None), (CASAS, "https://second.example")], ids=["tenant", "none", "page"]
)
async def test_nobody_else_s_token_and_no_other_page_goes_on_with_a_session(key: str, origin: str | None) -> None:
    access = AccessSettings(frozenset({PAGE, "https://second.example"}), SECRET, ACCESS.api_keys)
    async with doors(access) as (place, http):
        first, second, own = await minted(http), await minted(http, key), await minted(http)
        async with lost(place, first["token"], origin=PAGE) as gone:
            how = comeback(gone)
            async with client(place, subprotocols=shown(second["token"]), origin=origin) as thief:
                await thief.send("start", resume=how.fields(last_seq(gone)))
                assert (await thief.wait("error"))["code"] == "resume_refused"
            async with back(place, how, last_seq(gone), subprotocols=shown(own["token"]), origin=PAGE) as guest:
                assert (await guest.ask("test", "test"))["ok"] is True


@pytest.mark.requirement("S5")
async def test_without_tokens_too_a_session_is_its_page_s() -> None:
    async with doors(AccessSettings(frozenset({PAGE}))) as (place, _):
        async with client(place, origin=PAGE) as guest:
            how, after = comeback(guest), last_seq(guest)
            cut(guest)
            await guest.wait_closed()
        async with client(place, origin=place.http) as thief:
            await thief.send("start", resume=how.fields(after))
            assert (await thief.wait("error"))["code"] == "resume_refused"


# --- what is told -----------------------------------------------------------------------------------------------------


@pytest.mark.requirement("S19")
async def test_no_key_and_no_token_is_in_any_line_or_answer() -> None:
    with structlog.testing.capture_logs() as logged:
        async with doors() as (place, http):
            token = (await minted(http))["token"]
            spent = (await minted(http))["token"]
            answers = [
                await ask(http, "esk_canary-wrong"),
                await ask(http, None),
                await ask(http, None, origin="https://canary.example"),
                await http.post("/api/sessions?key=canary", headers={"authorization": "Basic canary"}),
            ]
            async with client(place, subprotocols=shown(spent)):
                pass
            told = [
                await refused(place, 401, subprotocols=shown(spent)),
                await refused(place, 401, subprotocols=shown("canary." + token)),
                await refused(place, 401, "?token=canary"),
                await refused(place, 403, subprotocols=shown(token), origin="https://canary.example"),
            ]
            metrics = place.service.metrics.render().decode()
    everything = str((logged, [(each.text, str(each.headers)) for each in answers], told, metrics))
    for secret in ("canary", SECRET, CASAS, token, spent):
        assert secret not in everything
    assert 'enterprise_stream_rejected_total{reason="bad_token"} 2.0' in metrics
