"""`POST /api/sessions`: a token that opens one connection, for a business's own server and for our own pages."""

from typing import Annotated, Final

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from enterprise_stream.cost.money import micro
from enterprise_stream.observe.logs import short_id
from enterprise_stream.server.access.denied import DeniedError
from enterprise_stream.server.api.reading import read_body
from enterprise_stream.server.service import Service
from enterprise_stream.setting_types import Language, Origin

log = structlog.get_logger(__name__)

MAX_BODY_BYTES: Final = 4096


class SessionRequest(BaseModel):
    """What a session is to be.

    Attributes:
        language: that it begins in.
        origin: of the only page that may open it.
        max_seconds: how long it may last.
        max_cost: what it may cost, in US dollars.
    """

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    language: Language | None = None
    origin: Origin | None = None
    max_seconds: Annotated[float, Field(gt=0, le=86_400)] | None = None
    max_cost: Annotated[float, Field(ge=0.000_001, le=10_000)] | None = None


async def open_session(request: Request) -> Response:
    """Make a token; 204 where none is needed."""
    service: Service = request.app.state.service
    mint = service.access.mint
    try:
        if mint.tickets is None:
            return _without_tokens(request, service)
        asker = mint.asker(request)
        wanted = _wanted(await read_body(request, MAX_BODY_BYTES), service.languages)
    except DeniedError as denied:
        service.metrics.door.rejected(denied.code)
        return denied.response()
    token, ticket = mint.tickets.mint(
        asker.tenant,
        origin=asker.origin or wanted.origin,
        language=wanted.language,
        max_seconds=wanted.max_seconds,
        max_microdollars=micro(wanted.max_cost or 0),
    )
    log.info("session_token", tenant=asker.tenant, session=short_id(ticket.session_id))
    body = {"token": token, "expires_at": round(ticket.until_ms), "session_id": ticket.session_id}
    return JSONResponse(body, 201, {"Cache-Control": "no-store"})


routes = [Route("/api/sessions", open_session, methods=["POST"])]


def _without_tokens(request: Request, service: Service) -> Response:
    if service.access.mint.needless(request):
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    raise DeniedError(501, "no_session_secret", "No session tokens are made here: set SESSION_SECRET and API_KEYS.")


def _wanted(body: bytes, languages: tuple[str, ...]) -> SessionRequest:
    """What a body asks for.

    Raises:
        DeniedError: it cannot be had; the message names each field, never what it held.
    """
    try:
        wanted = SessionRequest.model_validate_json(body or b"{}")
    except ValidationError as error:
        told = [(".".join(map(str, each["loc"])) or "body", each["msg"]) for each in error.errors(include_input=False)]
        raise DeniedError(422, "bad_request", "; ".join(f"{field}: {problem}" for field, problem in told)) from None
    if wanted.language is not None and wanted.language not in languages:
        raise DeniedError(422, "unsupported_language", f"language: one of {', '.join(languages)} is spoken here.")
    return wanted
