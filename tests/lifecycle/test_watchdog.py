"""A stop that hangs: the process ends all the same, before whoever supervises it would have to kill it."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from enterprise_stream.config import Settings
from enterprise_stream.server.serving import FORCED, LIMIT_S

HANGS = """
import sys, time
from enterprise_stream.server import serving

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()

async def leave():
    time.sleep(60)

class Server(serving.Server):
    async def main_loop(self):
        print("up", flush=True)
        await super().main_loop()

serving.LIMIT_S = float(sys.argv[1])
Server(serving.server_config(app), leave, leave_s=float(sys.argv[1])).run()
"""
"""A server whose leave-taking never gives the event loop back."""

EACH_S = 1.0
"""Of the grace and of what comes after it: time enough for a busy machine to get as far as the hang."""


def test_a_stop_that_hangs_is_ended_and_says_where() -> None:
    hung = subprocess.Popen(
        [sys.executable, "-c", HANGS, str(EACH_S)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert hung.stdout is not None
        assert hung.stdout.readline() == "up\n"
        hung.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        _, told = hung.communicate(timeout=30)
    finally:
        hung.kill()
    assert hung.returncode == FORCED
    assert time.monotonic() - asked >= 2 * EACH_S - 0.1
    assert "in leave" in told, "the trace says what it hung in"


def test_the_supervisor_waits_longer() -> None:
    unit = Path("deploy/enterprise-stream.service").read_text(encoding="utf-8")
    (waits_s,) = re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)
    assert Settings.model_fields["drain_s"].default + LIMIT_S < float(waits_s)
