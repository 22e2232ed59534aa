"""What the console's endpoints read from, and what they have in common."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import structlog
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from enterprise_stream.clock import Clock
from enterprise_stream.errors import EnterpriseStreamError, StoreError
from enterprise_stream.speaking.library.report import Report
from enterprise_stream.store import Store

log = structlog.get_logger(__name__)

MOST_DAYS = 400
"""Days that a chart may show: a year, and the month to compare with."""

MOST_A_PAGE = 200

LIBRARY_SEEN_MS = 60_000.0
"""How long a look at the voice library's clips serves; it reads each of them."""

_PRIVATE = {"Cache-Control": "no-store"}
"""What guests said stays in no cache."""

Endpoint = Callable[[Request], Awaitable[Response]]


class LibraryLook:
    """What the voice library holds and saved, looked at once a minute at most.

    Args:
        look: looks at all clips and counts, blocking.
        clock: counts the minute.
    """

    def __init__(self, look: Callable[[], Report], clock: Clock) -> None:
        self._look = look
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        self._seen: tuple[float, Report] | None = None

    async def report(self) -> Report:
        """The last look, or a new one; raises what `make_report` raises."""
        async with self._one_at_a_time:
            now = self._clock.now_ms()
            if self._seen is None or now - self._seen[0] > LIBRARY_SEEN_MS:
                self._seen = now, await asyncio.to_thread(self._look)
            return self._seen[1]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where an owner's questions are answered from.

    Attributes:
        library: None where there is none.
    """

    store: Store
    clock: Clock
    library: LibraryLook | None = None


class AskedWrongError(EnterpriseStreamError):
    """A parameter is not as it should be."""

    code = "bad_request"


class NotFoundError(EnterpriseStreamError):
    """There is no such thing."""

    code = "not_found"


_STATUS: Mapping[type[EnterpriseStreamError], int] = {AskedWrongError: 400, NotFoundError: 404, StoreError: 503}


def desk_of(request: Request) -> Desk:
    """The server's desk.

    Raises:
        StoreError: it has none.
    """
    found: Desk | None = getattr(request.app.state, "desk", None)
    if found is None:
        raise StoreError("This server keeps no calls: it was started without a database.")
    return found


def answering(endpoint: Callable[[Request], Awaitable[BaseModel]]) -> Endpoint:
    """The endpoint as the server serves it: its shape as JSON, its failures with their codes."""

    async def served(request: Request) -> Response:
        try:
            shape = await endpoint(request)
        except EnterpriseStreamError as error:
            log.info("console_refused", code=error.code, path=request.url.path)
            status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)
            return JSONResponse({"code": error.code, "message": error.message}, status, headers=_PRIVATE)
        return Response(shape.model_dump_json(by_alias=True), media_type="application/json", headers=_PRIVATE)

    return served


def number(request: Request, name: str, usual: int, most: int) -> int:
    """A parameter that is a number from 1 to `most`.

    Raises:
        AskedWrongError: it is none.
    """
    given = request.query_params.get(name)
    if given is None:
        return usual
    if not given.isascii() or not given.isdecimal() or not 1 <= int(given) <= most:
        raise AskedWrongError(f"`{name}` must be a number from 1 to {most}.")
    return int(given)


def first_day(request: Request, clock: Clock) -> str:
    """The first of the last `days` days, YYYY-MM-DD, today included.

    Raises:
        AskedWrongError: `days` is no number.
    """
    days = number(request, "days", 30, MOST_DAYS)
    return (date.fromisoformat(clock.today()) - timedelta(days=days - 1)).isoformat()


def iso(ms: float) -> str:
    """A moment as ISO 8601 in UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
