"""Whether the server's address can be listened on, asked before anything slow is done."""

import os
import socket


def why_not(host: str, port: int) -> str | None:
    """Why `host`:`port` cannot be listened on, as the system says it; None when it can."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
    return None
