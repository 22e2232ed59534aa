"""`/ws/stream`: lets a guest in or says why not, serves the connection, closes it with the right code."""

import asyncio

import structlog
from starlette.responses import JSONResponse
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from enterprise_stream.errors import EnterpriseStreamError, OverloadedError
from enterprise_stream.server.admission import RETRY_AFTER_S
from enterprise_stream.server.closing import ClosedByUsError, leaves
from enterprise_stream.server.connection import Connection
from enterprise_stream.server.service import Service
from enterprise_stream.wire.codes import SUBPROTOCOL, CloseCode

log = structlog.get_logger(__name__)

CLOSE_TIMEOUT_S = 5.0
"""How long the close frame may wait for the client's network, in seconds."""


async def stream(socket: WebSocket) -> None:
    """One guest, from the handshake to the close."""
    service: Service = socket.app.state.service
    if not service.access.allows(socket.headers):
        log.warning("refused", reason="origin")
        await _deny(socket, 403, "forbidden_origin", "This page may not connect; add its origin to ALLOWED_ORIGINS.")
        return
    if service.ready():
        await _deny(socket, 503, "not_ready", "Still starting; try again in a few seconds.")
        return
    try:
        with service.admission.enter():
            await _serve(socket, service)
    except OverloadedError as error:
        log.warning("refused", reason="full", inside=service.admission.inside)
        await _deny(socket, 503, error.code, error.message)


async def _serve(socket: WebSocket, service: Service) -> None:
    offered = socket.scope.get("subprotocols", [])
    await socket.accept(subprotocol=SUBPROTOCOL if SUBPROTOCOL in offered else None)
    connection = Connection(socket, service, socket.app.state.sessions, _language(socket, service))
    code, reason = CloseCode.NORMAL, ""
    try:
        await connection.serve()
    except WebSocketDisconnect:
        pass
    except (ClosedByUsError, ExceptionGroup) as error:
        code, reason = _verdict(error, connection)
    finally:
        connection.leave(code)
    if socket.client_state is not WebSocketState.DISCONNECTED:
        await _close(socket, code, reason)
    connection.log.closed(int(code), reason)


def _verdict(error: Exception, connection: Connection) -> tuple[CloseCode, str]:
    """Why the connection ends; a fault of ours is logged, never told."""
    for cause in leaves(error):
        if isinstance(cause, ClosedByUsError):
            return cause.code, cause.reason
        if isinstance(cause, EnterpriseStreamError) and cause.code == "slow_reader":
            return CloseCode.POLICY, cause.message
    connection.log.lines.failed(code="internal", turn=None, error=error)
    return CloseCode.INTERNAL, "a fault of the server; it has been logged"


async def _close(socket: WebSocket, code: CloseCode, reason: str) -> None:
    try:
        async with asyncio.timeout(CLOSE_TIMEOUT_S):
            await socket.close(int(code), reason)
    except TimeoutError:
        log.debug("close_not_taken")  # a client that takes nothing takes no close either; its place is given back
    except (RuntimeError, WebSocketDisconnect):
        log.debug("already_closed")  # both sides may close at once


async def _deny(socket: WebSocket, status: int, code: str, message: str) -> None:
    headers = {"Retry-After": str(RETRY_AFTER_S)} if status == 503 else {}
    await socket.send_denial_response(JSONResponse({"code": code, "message": message}, status, headers))


def _language(socket: WebSocket, service: Service) -> str:
    wanted = socket.query_params.get("lang", "").lower().replace("_", "-").split("-")[0]
    return wanted if wanted in service.languages else service.language
