"""The owner's login: a form that makes a cookie of `ADMIN_KEY`."""

from typing import Final
from urllib.parse import parse_qs

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from enterprise_stream.server.access.admin import COOKIE, LOGGED_IN_S, LOGIN, admin_of
from enterprise_stream.server.access.denied import DeniedError
from enterprise_stream.server.access.origins import own_page
from enterprise_stream.server.access.peers import address_of
from enterprise_stream.server.api.login_page import LOGIN_HEADERS, language_of, login_page
from enterprise_stream.server.api.reading import read_body

log = structlog.get_logger(__name__)

MAX_FORM_BYTES: Final = 4096


async def show(request: Request) -> Response:
    """The form."""
    return _form(request, None if admin_of(request).has_key else DeniedError(200, "admin_closed", ""))


async def log_in(request: Request) -> Response:
    """Make the cookie, and go to the console."""
    try:
        _from_own_page(request)
        body = await read_body(request, MAX_FORM_BYTES)
        shown = parse_qs(body.decode("utf-8", "replace")).get("key", [""])[0].strip()
        cookie = admin_of(request).log_in(request, shown)
    except DeniedError as denied:
        return _form(request, denied)
    answer = RedirectResponse("/console", 303, {"Cache-Control": "no-store"})
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, cookie, LOGGED_IN_S, path="/", secure=secure, httponly=True, samesite="strict")
    log.info("admin_logged_in", client=address_of(request))
    return answer


async def log_out(request: Request) -> Response:
    """Have the browser forget the cookie."""
    try:
        _from_own_page(request)
    except DeniedError as denied:
        return denied.response()
    answer = RedirectResponse(LOGIN, 303, {"Cache-Control": "no-store"})
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return answer


routes = [
    Route(LOGIN, show, methods=["GET"]),
    Route(LOGIN, log_in, methods=["POST"]),
    Route("/console/logout", log_out, methods=["POST"]),
]


def _from_own_page(request: Request) -> None:
    if not own_page(request.headers):
        raise DeniedError(403, "forbidden_origin", "Only a page of this very server may do this.")


def _form(request: Request, denied: DeniedError | None) -> Response:
    language = language_of(request.query_params, request.cookies, request.headers.get("accept-language", ""))
    text = login_page(language, denied.code if denied else "")
    headers = dict(LOGIN_HEADERS)
    if denied is not None and denied.retry_after_s > 0:
        headers["Retry-After"] = str(denied.retry_after_s)
    return HTMLResponse(text, denied.status if denied else 200, headers)
