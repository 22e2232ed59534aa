"""How uvicorn serves the application: the one place that says so, for the command, the tests and the benches."""

from typing import Final

import uvicorn
from starlette.types import ASGIApp

from enterprise_stream.server.websocket import LaneProtocol
from enterprise_stream.wire.codes import MAX_BINARY_FRAME_BYTES

STAMP_BYTES: Final = 8

GRACE_S: Final = 5
"""How long open connections may take to end when the server stops, in seconds."""


def server_config(app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0) -> uvicorn.Config:
    """Uvicorn's settings for the application.

    Args:
        app: the application.
        host: address to listen on.
        port: port to listen on; 0 takes a free one.
    """
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws=LaneProtocol,
        ws_max_size=MAX_BINARY_FRAME_BYTES + STAMP_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        access_log=False,
        server_header=False,
        log_config=None,
        timeout_graceful_shutdown=GRACE_S,
    )
