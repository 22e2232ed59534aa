"""`/ws/stream`: lets a guest in or says why not, serves the connection, closes it with the right code."""

import asyncio
from collections.abc import Callable

import structlog
from starlette.responses import JSONResponse
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from enterprise_stream.server.access.denied import DeniedError
from enterprise_stream.server.access.tickets import Ticket
from enterprise_stream.server.admission import RETRY_AFTER_S, NotAdmittedError, Visitor
from enterprise_stream.server.begin import Begin
from enterprise_stream.server.closing import ClosedByUsError, leaves
from enterprise_stream.server.connection import Connection
from enterprise_stream.server.limits import Limit
from enterprise_stream.server.service import Service
from enterprise_stream.server.sessions import Sessions
from enterprise_stream.server.trials import PREFIX, Trial, Trials
from enterprise_stream.session.outbox import SlowReaderError
from enterprise_stream.wire.codes import SUBPROTOCOL, CloseCode

log = structlog.get_logger(__name__)

CLOSE_TIMEOUT_S = 5.0
"""How long the close frame may wait for the client's network, in seconds."""

SLOW_CLOSE_S = 1.0
"""The same, of one that has taken nothing for `line.SEND_TIMEOUT_S`: its place is given back within 10 s."""


async def stream(socket: WebSocket) -> None:
    """One guest, or an owner who tries something out, from the handshake to the close."""
    await _stream(socket, _trial)


async def guests_stream(socket: WebSocket) -> None:
    """The same for guests alone."""
    await _stream(socket, _no_trial)


async def _stream(socket: WebSocket, look_for_trial: Callable[[WebSocket], Trial | None]) -> None:
    service: Service = socket.app.state.service
    try:
        trial = look_for_trial(socket)
        ticket = service.access.door.look(socket) if trial is None else Ticket()
    except DeniedError as denied:
        await _turn_away(socket, service, denied)
        return
    if service.ready():
        service.metrics.door.rejected("not_ready")
        await _deny(socket, 503, "not_ready", "Still starting; try again in a few seconds.")
        return
    visitor = Visitor(socket.client.host if socket.client else "", ticket.tenant)
    try:
        with service.admission.enter(visitor):
            if trial is not None:
                await _serve(socket, trial.service, trial.sessions, ticket)
            else:
                await service.access.door.enter(ticket)
                await service.meter.fund(ticket.tenant)
                await _serve(socket, service, socket.app.state.sessions, ticket)
    except NotAdmittedError as error:
        log.warning("refused", reason=error.reason, inside=service.admission.inside)
        service.metrics.door.rejected(error.reason)
        await _deny(socket, error.status, error.code, error.message)
    except DeniedError as denied:
        await _turn_away(socket, service, denied)


def _trial(socket: WebSocket) -> Trial | None:
    """The owner's trial that this client wants to talk with; None for a guest.

    Raises:
        DeniedError: it is not the owner, or the trial is over.
    """
    offered: list[str] = socket.scope.get("subprotocols", [])
    wanted = next((name.removeprefix(PREFIX) for name in offered if name.startswith(PREFIX)), None)
    if wanted is None:
        return None
    service: Service = socket.app.state.service
    service.access.admin.check(socket)
    trials: Trials = socket.app.state.trials
    trial = trials.find(wanted)
    if trial is None:
        raise DeniedError(404, "trial_over", "This trial is over; prepare another one.")
    return trial


def _no_trial(_: WebSocket) -> None:
    """Where guests come there are no trials: whoever names one is a guest as any other."""


async def _serve(socket: WebSocket, service: Service, sessions: Sessions, ticket: Ticket) -> None:
    offered = socket.scope.get("subprotocols", [])
    await socket.accept(subprotocol=SUBPROTOCOL if SUBPROTOCOL in offered else None)
    lease = ticket.lease(socket.headers.get("origin"), service.clock.wall_ms())
    begin = Begin(ticket.session_id, ticket.language or _language(socket, service), lease)
    connection = Connection(socket, service, sessions, begin)
    code, reason, limit = CloseCode.NORMAL, "", None
    try:
        await connection.serve()
    except WebSocketDisconnect:
        pass
    except (ClosedByUsError, ExceptionGroup) as error:
        verdict = _verdict(error, connection)
        code, reason, limit = verdict.code, verdict.reason, verdict.limit
        if limit is not None:
            service.metrics.door.rejected(limit)
    finally:
        connection.leave(code)
    if socket.client_state is not WebSocketState.DISCONNECTED:
        await _close(socket, code, reason, SLOW_CLOSE_S if limit is Limit.SLOW_READER else CLOSE_TIMEOUT_S)
    connection.log.closed(int(code), reason)


def _verdict(error: Exception, connection: Connection) -> ClosedByUsError:
    """Why the connection ends; a fault of ours is logged, never told."""
    for cause in leaves(error):
        if isinstance(cause, ClosedByUsError):
            return cause
        if isinstance(cause, SlowReaderError):
            return ClosedByUsError(CloseCode.POLICY, cause.message, Limit.SLOW_READER)
    connection.log.lines.failed(code="internal", turn=None, error=error)
    return ClosedByUsError(CloseCode.INTERNAL, "a fault of the server; it has been logged")


async def _close(socket: WebSocket, code: CloseCode, reason: str, within_s: float) -> None:
    try:
        async with asyncio.timeout(within_s):
            await socket.close(int(code), reason)
    except TimeoutError:
        log.debug("close_not_taken")  # a client that takes nothing takes no close either; its place is given back
    except (RuntimeError, WebSocketDisconnect):
        log.debug("already_closed")  # both sides may close at once


async def _deny(socket: WebSocket, status: int, code: str, message: str) -> None:
    headers = {"Retry-After": str(RETRY_AFTER_S)} if status in {429, 503} else {}
    await socket.send_denial_response(JSONResponse({"code": code, "message": message}, status, headers))


async def _turn_away(socket: WebSocket, service: Service, denied: DeniedError) -> None:
    log.warning("refused", reason=denied.code)
    service.metrics.door.rejected(denied.code)
    await socket.send_denial_response(denied.response())


def _language(socket: WebSocket, service: Service) -> str:
    wanted = socket.query_params.get("lang", "").lower().replace("_", "-").split("-")[0]
    return wanted if wanted in service.languages else service.language
