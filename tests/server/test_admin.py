"""What only the owner may see: with the key, with the cookie of a login, or on this machine alone."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import jwt
import pytest
import structlog
from starlette.requests import HTTPConnection
from starlette.routing import Route

from enterprise_stream.keys import KeyRing, read_key
from enterprise_stream.server.access import AccessSettings
from enterprise_stream.server.access.admin import COOKIE, LOGGED_IN_S, WRONG_KEYS_AT_ONCE, Admin
from enterprise_stream.server.access.denied import DeniedError
from enterprise_stream.server.api.login_page import login_page
from enterprise_stream.testing import LoopClock

from .house import House, house

KEY = "esk_canary-of-the-owner-0123456789abcdef"
WEB = Path(__file__).parents[2] / "web"
SECRET = "canary-of-the-secret-0123456789abcdef"
WITH_KEY = AccessSettings(admin_key=KEY)


@asynccontextmanager
async def owners(access: AccessSettings) -> AsyncIterator[tuple[House, httpx.AsyncClient]]:
    async with house(access=access) as place, httpx.AsyncClient(base_url=place.http) as http:
        yield place, http


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


async def log_in(place: House, http: httpx.AsyncClient, key: str = KEY, **headers: str) -> httpx.Response:
    return await http.post("/console/login", data={"key": key}, headers={"origin": place.http} | headers)


def owners_only(place: House) -> list[tuple[str, str]]:
    """Method and path of all that is the owner's, but for the login and what ends it."""
    routes = [route for route in place.app.routes if isinstance(route, Route)]
    own = [route for route in routes if route.path.startswith(("/metrics", "/console", "/api/console"))]
    asked = [(method, re.sub("{.*?}", "some", route.path)) for route in own for method in route.methods or ()]
    return [(method, path) for method, path in asked if path not in {"/console/login", "/console/logout"}]


# --- without a key ----------------------------------------------------------------------------------------------------


async def test_without_a_key_this_machine_sees_the_metrics() -> None:
    async with owners(AccessSettings()) as (place, http):
        assert (await http.get("/metrics")).status_code == 200
        assert (await http.get("/metrics", headers={"origin": place.http})).status_code == 200


@pytest.mark.requirement("S29")
@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-for": "203.0.113.7"},
        {"forwarded": "for=203.0.113.7"},
        {"via": "1.1 proxy"},
        {"host": "evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
    ids=str,
)
async def test_without_a_key_nobody_from_further_away_does(headers: dict[str, str]) -> None:
    """A proxy on this machine, a name that resolves to it, a foreign page in the owner's browser."""
    async with owners(AccessSettings()) as (_, http):
        answer = await http.get("/metrics", headers=headers)
        assert (answer.status_code, "enterprise_stream" in answer.text) == (403, False)


@pytest.mark.requirement("S29")
async def test_a_server_for_others_without_a_key_shows_the_owner_s_pages_to_nobody() -> None:
    async with owners(AccessSettings(secret=SECRET)) as (place, http):
        answer = await http.get("/metrics")
        assert (answer.status_code, answer.json()["code"]) == (403, "admin_closed")
        assert "ADMIN_KEY" in answer.json()["message"]
        for method, path in owners_only(place):
            assert (await http.request(method, path)).status_code == 403, path
        assert "ADMIN_KEY" in (await http.get("/console/login")).text
        assert (await log_in(place, http, "")).status_code == 403


# --- the key ----------------------------------------------------------------------------------------------------------


async def test_prometheus_reads_the_metrics_with_the_key_as_a_bearer() -> None:
    async with owners(WITH_KEY) as (_, http):
        answer = await http.get("/metrics", headers=bearer(KEY) | {"x-forwarded-for": "203.0.113.7"})
        assert answer.status_code == 200
        assert "enterprise_stream_turn_stage_seconds" in answer.text


@pytest.mark.requirement("S29")
@pytest.mark.parametrize("shown", [None, KEY[:-1], KEY + "x", KEY.upper(), "esk_other"])
async def test_without_the_right_key_the_metrics_are_401(shown: str | None) -> None:
    async with owners(WITH_KEY) as (_, http):
        answer = await http.get("/metrics", headers={} if shown is None else bearer(shown))
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["cache-control"] == "no-store"
        assert KEY not in answer.text


async def test_wrong_keys_are_counted_by_address_and_then_no_key_is_looked_at() -> None:
    async with owners(WITH_KEY) as (_, http):
        for _ in range(WRONG_KEYS_AT_ONCE):
            assert (await http.get("/metrics", headers=bearer("wrong"))).status_code == 401
        answer = await http.get("/metrics", headers=bearer(KEY))
        assert answer.status_code == 429
        await asyncio.sleep(int(answer.headers["retry-after"]))
        assert (await http.get("/metrics", headers=bearer(KEY))).status_code == 200


# --- the login --------------------------------------------------------------------------------------------------------


async def test_a_browser_without_a_login_is_sent_to_the_form() -> None:
    async with owners(WITH_KEY) as (_, http):
        answer = await http.get("/metrics", headers={"accept": "text/html,*/*"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/login")
        form = await http.get("/console/login", headers={"accept-language": "de, en;q=0.8"})
        assert (form.status_code, "Log in" in form.text) == (200, True)
        assert "<script" not in form.text
        policy = form.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "form-action 'self'" in policy
        assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    ("query", "cookie", "accepted", "language"),
    [
        ("", "", "de, en;q=0.8", "en"), ("", "", "de", "es"), ("", "en", "es-ES", "en"), ("", "de", "en", "en"),
        ("?lang=es", "en", "en", "es"), ("?lang=de", "en", "es", "en"),
    ],
)  # fmt: skip
async def test_the_login_speaks_the_consoles_language(query: str, cookie: str, accepted: str, language: str) -> None:
    async with owners(WITH_KEY) as (_, http):
        headers = {"accept-language": accepted} | ({"cookie": f"sandra_console_language={cookie}"} if cookie else {})
        form = await http.get(f"/console/login{query}", headers=headers)
        assert f'<html lang="{language}">' in form.text


def test_the_login_has_the_colours_of_the_design_language() -> None:
    tokens = (WEB / "src" / "panel" / "styles" / "tokens.css").read_text(encoding="utf-8")
    named = re.compile(r"--([\w-]+): (#[0-9a-f]+);")
    assert set(named.findall(login_page("es", ""))) <= set(named.findall(tokens))
    assert not re.search(r"(?<!: )#[0-9a-f]{3,6}", login_page("es", "")), "and none beside them"


async def test_the_login_makes_a_cookie_that_scripts_and_other_sites_never_have() -> None:
    async with owners(WITH_KEY) as (place, http):
        answer = await log_in(place, http)
        assert (answer.status_code, answer.headers["location"]) == (303, "/console")
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "samesite=strict" in cookie.lower()
        assert KEY not in cookie
        assert (await http.get("/metrics")).status_code == 200


async def test_a_wrong_key_leaves_the_form_with_what_is_wrong() -> None:
    async with owners(WITH_KEY) as (place, http):
        answer = await log_in(place, http, "canary-that-was-typed")
        assert answer.status_code == 401
        assert 'role="alert"' in answer.text
        assert "canary" not in answer.text
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
async def test_no_other_page_logs_an_owner_in_or_out(origin: str) -> None:
    async with owners(WITH_KEY) as (place, http):
        headers = {"origin": origin} if origin else {}
        assert (await http.post("/console/login", data={"key": KEY}, headers=headers)).status_code == 403
        await log_in(place, http)
        assert (await http.post("/console/logout", headers=headers)).status_code == 403
        assert (await http.get("/metrics")).status_code == 200


async def test_a_login_ends_with_the_logout_and_with_another_key() -> None:
    async with owners(WITH_KEY) as (place, http):
        cookie = (await log_in(place, http)).cookies
        await http.post("/console/logout", headers={"origin": place.http})
        assert (await http.get("/metrics")).status_code == 401
        http.cookies = httpx.Cookies(cookie)
        assert (await http.get("/metrics")).status_code == 200
    async with owners(AccessSettings(admin_key=KEY[::-1])) as (_, http):
        http.cookies = httpx.Cookies(cookie)
        assert (await http.get("/metrics")).status_code == 401


async def test_a_login_ends_with_the_day() -> None:
    clock = LoopClock()
    admin = Admin(KEY, KeyRing(()), open_here=False, clock=clock)
    scope = {"type": "http", "method": "GET", "path": "/metrics", "headers": [], "client": ("127.0.0.1", 1)}
    cookie = admin.log_in(HTTPConnection(scope), KEY)
    request = HTTPConnection(scope | {"headers": [(b"cookie", f"{COOKIE}={cookie}".encode())]})
    await asyncio.sleep(LOGGED_IN_S - 1)
    admin.check(request)
    await asyncio.sleep(1)
    with pytest.raises(DeniedError):
        admin.check(request)


async def test_a_form_without_end_is_not_read_to_its_end() -> None:
    async with owners(WITH_KEY) as (place, http):
        assert (await log_in(place, http, "x" * 5_000)).status_code == 413


@pytest.mark.requirement("S19")
async def test_no_key_is_in_a_line_of_the_log() -> None:
    with structlog.testing.capture_logs() as logged:
        async with owners(WITH_KEY) as (place, http):
            await log_in(place, http, "canary-that-was-typed")
            await log_in(place, http)
            await http.get("/metrics", headers=bearer("canary-that-was-shown"))
    assert {line.get("reason") for line in logged} >= {"admin_key"}
    assert "canary" not in str(logged)


# --- owners of tenants ------------------------------------------------------------------------------------------------

OWNER = "esk_canary-of-casas-0123456789abcdef"
WITH_OWNER = AccessSettings(admin_key=KEY, owner_keys=(f"casas:{OWNER}",), secret=SECRET)


@pytest.mark.requirement("S33")
@pytest.mark.parametrize("path", ["/metrics", "/api/console/library", "/api/console/trials"])
async def test_what_all_tenants_share_is_not_for_one_tenant_s_owner(path: str) -> None:
    async with owners(WITH_OWNER) as (place, http):
        assert (await http.get(path, headers=bearer(OWNER))).json()["code"] == "operator_only"
        assert (await log_in(place, http, OWNER)).status_code == 303
        assert (await http.get(path)).status_code == 403
        assert (await http.get("/api/console/viewer")).json() == {"tenant": "casas"}


@pytest.mark.requirement("S33")
async def test_a_login_ends_with_the_key_that_made_it() -> None:
    clock = LoopClock()
    here = HTTPConnection({"type": "http", "headers": [], "client": ("127.0.0.1", 1)})
    cookie = Admin(KEY, KeyRing([read_key(f"casas:{OWNER}")]), open_here=False, clock=clock).log_in(here, OWNER)
    shown = HTTPConnection({"type": "http", "headers": [(b"cookie", f"{COOKIE}={cookie}".encode())]})
    renewed = Admin(KEY, KeyRing([read_key("casas:esk_another-key-0123456789")]), open_here=False, clock=clock)
    assert renewed.logged_in(shown) is None


@pytest.mark.requirement("S33")
async def test_guests_of_an_owner_who_is_logged_in_are_his_tenant_s() -> None:
    async with owners(WITH_OWNER) as (place, http):
        await log_in(place, http, OWNER)
        away = {"origin": place.http, "x-forwarded-for": "203.0.113.7"}
        token = (await http.post("/api/sessions", headers=away)).json()["token"]
        assert jwt.decode(token, options={"verify_signature": False})["tenant"] == "casas"
