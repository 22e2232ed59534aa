"""A site of somebody else's: another origin, with the headers that a test gives it."""

import threading
from collections.abc import Mapping

from examples.embed.serve import site_server
from examples.embed.site import File


class HostSite:
    """Serves files from `http://localhost:PORT`, while our server is at `http://127.0.0.1:PORT`."""

    def __init__(self) -> None:
        self.files = {"/favicon.ico": File(b"", "image/x-icon")}
        self._server = site_server(self.files)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.origin = f"http://localhost:{self._server.server_address[1]}"

    def page(self, body: str, headers: Mapping[str, str] | None = None, path: str = "/") -> str:
        """Put a page up; returns its address."""
        html = f'<!doctype html><html lang="es"><head><meta charset="utf-8"><title>Casa</title></head><body>{body}'
        self.files[path] = File(html.encode(), headers=headers or {})
        return self.origin + path

    def start(self) -> None:
        """Serve, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
