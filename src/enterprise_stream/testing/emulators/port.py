"""A TCP port on loopback that can be closed and opened again while nobody else can have it."""

import socket


class Port:
    """A port of 127.0.0.1, kept by a socket that is bound to it and does not listen.

    Args:
        number: which; 0 takes one that is free.

    Raises:
        OSError: it is taken.
    """

    def __init__(self, number: int = 0) -> None:
        self._held = _reusing()
        try:
            self._held.bind(("127.0.0.1", number))
        except OSError:
            self._held.close()
            raise
        self.number: int = self._held.getsockname()[1]

    def listen(self) -> socket.socket:
        """Open it: from the return on, clients are queued. Closing the socket closes the port: clients are refused."""
        listener = _reusing()
        listener.bind(("127.0.0.1", self.number))
        listener.listen(128)
        listener.setblocking(False)
        return listener

    def close(self) -> None:
        """Give it back."""
        self._held.close()


def _reusing() -> socket.socket:
    # With the protocol by name: asyncio switches Nagle's algorithm off for such sockets only.
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return made
