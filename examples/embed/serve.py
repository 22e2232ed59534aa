"""Serves the example pages: `python -m examples.embed.serve`, beside a running server.

The server must list the pages' origin: `ALLOWED_ORIGINS=http://localhost:8080 make run`.
"""

import argparse
import http.server
import tempfile
from collections.abc import Mapping
from pathlib import Path

from examples.embed.site import File, build_site


def site_server(files: Mapping[str, File], port: int = 0) -> http.server.ThreadingHTTPServer:
    """A server of these files, on this machine only; port 0 takes a free one."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer with the file of the path."""
            file = files.get(self.path.split("?")[0])
            self.send_response(file.status if file else 404)
            if file is not None:
                self.send_header("Content-Type", file.kind)
                for name, value in file.headers.items():
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(file.body if file else b"")

        do_POST = do_GET  # noqa: N815 - the name of its base

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of its base
            """Quiet."""

    return http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", default="http://127.0.0.1:3000", help="where Sandra is served (%(default)s)")
    parser.add_argument("--port", type=int, default=8080, help="where to serve the pages (%(default)s)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = site_server(build_site(chosen.server.rstrip("/"), Path(folder)), chosen.port)
        print(f"http://localhost:{chosen.port}/  (Ctrl+C ends it)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            server.server_close()


if __name__ == "__main__":
    main()
