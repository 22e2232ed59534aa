"""`/api/console/trials`: what an owner can try out, trying it, and ending it."""

from dataclasses import asdict
from typing import Final

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from enterprise_stream.errors import EnterpriseStreamError
from enterprise_stream.server.access.denied import DeniedError
from enterprise_stream.server.api.console.desk import iso
from enterprise_stream.server.api.reading import read_body
from enterprise_stream.server.trials import Fault, Present, Trials, TrialsFullError, Wish, WishError

log = structlog.get_logger(__name__)

MOST_BYTES: Final = 2 << 20
"""Of a request: a knowledge file as large as may be, with JSON's escapes."""

_PRIVATE = {"Cache-Control": "no-store"}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class PersonaWish(_Strict):
    """Who she is to be."""

    name: str | None = Field(default=None, min_length=1, max_length=40)
    greeting: dict[str, str] = Field(default_factory=dict, max_length=8)


class TrialWish(_Strict):
    """What to change; what is left out stays as it is."""

    persona: PersonaWish = PersonaWish()
    voice: str | None = Field(default=None, max_length=120)
    knowledge: str | None = None

    def wish(self) -> Wish:
        """The same as a value."""
        greeting = {language: text for language, text in self.persona.greeting.items() if text}
        return Wish(self.persona.name, greeting, self.voice or None, self.knowledge)


async def get_trials(request: Request) -> Response:
    """What there is to change."""
    try:
        return JSONResponse(_present(await _trials(request).present()), headers=_PRIVATE)
    except EnterpriseStreamError as error:
        return _failed(error)


async def open_trial(request: Request) -> Response:
    """Build a trial; answers when it can be talked with."""
    try:
        wish = TrialWish.model_validate_json(await read_body(request, MOST_BYTES)).wish()
        trial = await _trials(request).open(wish)
    except ValidationError as error:
        return _invalid(tuple(_fault(each) for each in error.errors(include_input=False)))
    except WishError as error:
        return _invalid(error.faults)
    except DeniedError as denied:
        return denied.response()
    except EnterpriseStreamError as error:
        return _failed(error)
    body = {"trial": trial.id, "expires_at": iso(trial.expires_at)}
    return JSONResponse(body, 201, headers=_PRIVATE)


async def close_trial(request: Request) -> Response:
    """End a trial; there is nothing wrong with one that is over."""
    await _trials(request).close(request.path_params["trial"])
    return Response(status_code=204)


def _trials(request: Request) -> Trials:
    trials: Trials = request.app.state.trials
    return trials


def _present(present: Present) -> dict[str, object]:
    return {
        "persona": {"name": present.name, "greeting": dict(present.greeting)},
        "voices": list(present.voices),
        "languages": list(present.languages),
        "knowledge": present.knowledge,
    }


def _fault(error: ErrorDetails) -> Fault:
    place = error["loc"]
    todo = f"Correct {'.'.join(map(str, place)) or 'the request'}, then try it again."
    where = str(place[0]) if place else "request"
    most = error.get("ctx", {}).get("max_length")
    if most is None:
        return Fault(where, 0, "bad_request", error["msg"], todo)
    return Fault(where, 0, "too_long", error["msg"], todo, {"most": str(most)})


def _invalid(faults: tuple[Fault, ...]) -> Response:
    errors = [asdict(fault) for fault in faults]
    return JSONResponse({"code": WishError.code, "errors": errors}, 422, headers=_PRIVATE)


def _failed(error: EnterpriseStreamError) -> Response:
    log.info("trial_refused", code=error.code)
    status = 429 if isinstance(error, TrialsFullError) else 503
    return JSONResponse({"code": error.code, "message": error.message}, status, headers=_PRIVATE)


routes = [
    Route("/api/console/trials", get_trials, methods=["GET"]),
    Route("/api/console/trials", open_trial, methods=["POST"]),
    Route("/api/console/trials/{trial}", close_trial, methods=["DELETE"]),
]
