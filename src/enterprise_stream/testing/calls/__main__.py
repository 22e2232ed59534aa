"""`python -m enterprise_stream.testing.calls`: the console's endpoints, and its page where it is built, over calls."""

import argparse
import asyncio
import tempfile
from pathlib import Path

import uvicorn
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from enterprise_stream.clock import MonotonicClock
from enterprise_stream.server.routes import STATIC
from enterprise_stream.store import Store, database_url
from enterprise_stream.testing.calls import seed
from enterprise_stream.testing.calls.serving import console_app


async def serve(port: int, number: int, folder: Path) -> None:
    """Fill a database and serve it until interrupted."""
    clock = MonotonicClock()
    page: list[BaseRoute] = [Mount("/", StaticFiles(directory=STATIC, html=True))] if STATIC.exists() else []
    async with Store.open(database_url(None, folder)) as store:
        await seed(store, number, now=round(clock.wall_ms()))
        config = uvicorn.Config(console_app(store, clock, *page), port=port, log_level="warning")
        print(f"http://127.0.0.1:{port}/api/console/calls and /console.html")  # noqa: T201 - it is a command
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=4020)
    options.add_argument("--calls", type=int, default=300)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(serve(given.port, given.calls, Path(folder)))
