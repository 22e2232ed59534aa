"""Whether the server's addresses can be listened on, asked before anything slow is done."""

import os
import socket
from collections.abc import Iterator
from typing import NamedTuple

from enterprise_stream.config import Settings


class Listener(NamedTuple):
    """Where the server is to listen.

    Attributes:
        instead: how to choose another port.
    """

    setting: str
    host: str
    port: int
    instead: str

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def listeners(settings: Settings) -> Iterator[Listener]:
    """For the guests, and for the owner where he has one of his own."""
    yield Listener("PORT", settings.host, settings.port, "PORT=3001")
    if settings.admin_port is not None:
        yield Listener("ADMIN_PORT", settings.admin_host, settings.admin_port, "ADMIN_PORT=9001")


def why_not(host: str, port: int) -> str | None:
    """Why `host`:`port` cannot be listened on, as the system says it; None when it can."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
    return None
