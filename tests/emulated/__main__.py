"""The product on emulated vendors in real time, for the protocol's cases from outside: `python -m tests.emulated`.

The vendors know the guests' recordings by their sound and hum, so no model of this machine slows them down. `--strange`
takes the vendors that somebody else would emulate. What it prints is `ES_URL`.
"""

import argparse
import asyncio
import signal
import tempfile
from pathlib import Path

from .server import cloud_server, strange_server
from .stranger import Have

SEGMENTS: tuple[Have, ...] = ("nova", "aura sockets", "chat")
"""What the strange ones have: segments, and a voice by sockets."""


async def serve(*, strange: bool) -> None:
    """Serve until SIGINT or SIGTERM; then no engine may have failed."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        async with strange_server(folder, SEGMENTS) if strange else cloud_server(folder) as server:
            print(f"ES_URL={server.http}", flush=True)
            await stopped.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.emulated", description=__doc__)
    parser.add_argument("--strange", action="store_true", help="vendors as somebody else would emulate them")
    asyncio.run(serve(strange=parser.parse_args().strange))
