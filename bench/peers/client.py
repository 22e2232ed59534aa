"""The benchmark's client: any number of guests in one process, on one absolute clock.

    .venv/bin/python -m bench.peers.client --system ours --url ws://127.0.0.1:8100/ws/stream --recordings FOLDER \
        --guests 1 --turns 7

Prints one JSON object: what the guests saw, the server's CPU and memory (with `--pid`), and how punctual and how busy
this client itself was. CPU is measured from the end of the first turns on, so that what happens once is not counted.
"""

import argparse
import asyncio
import itertools
import json
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import uvloop
from bench.peers.clips import pauses_of, talk_of
from bench.peers.guest import FRAME_MS, Guest, Speech, room, speech_of
from bench.peers.process import Usage, usage
from bench.peers.wires import WIRES
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from enterprise_stream.testing.simulated.recordings import load_recordings

PHASES = 10
"""Guests' frames are spread over this many moments of each 20 ms."""

RAMP_S = 10.0
"""Guests begin to speak within this time: as long as a turn and its answer, so that there are always as many who speak
as who listen. Within 6 s the busiest second needed 1.6 times the CPU of the mean one, whatever the system."""

CONNECT_AT_ONCE = 4


class _Line(WSListener):
    """One guest's WebSocket."""

    def __init__(self) -> None:
        self.guest: Guest | None = None
        self.transport: WSTransport | None = None
        self.closed = False

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Keep it."""
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Hand it to the guest."""
        del transport
        if self.guest is not None and frame.msg_type in (WSMsgType.BINARY, WSMsgType.TEXT):
            now = time.monotonic()
            self.guest.hear(frame.get_payload_as_bytes(), now, text=frame.msg_type == WSMsgType.TEXT)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Remember it."""
        del transport
        self.closed = True

    def send(self, message: bytes | str) -> None:
        """Send a message, if the connection stands."""
        if self.transport is None or self.closed:
            return
        if isinstance(message, str):
            self.transport.send(WSMsgType.TEXT, message.encode())
        else:
            self.transport.send(WSMsgType.BINARY, message)


@dataclass(slots=True)
class Clock:
    """Ticks the guests every 20 ms by an absolute clock, and notes how late each tick is."""

    lags: list[float] = field(default_factory=list)

    async def run(self, guests: Sequence[Guest], until: float) -> None:
        """Tick until that moment, or until all guests are done."""
        groups = [guests[phase::PHASES] for phase in range(PHASES)]
        step = FRAME_MS / 1000 / PHASES
        began = time.monotonic()
        for number in itertools.count():
            due = began + number * step
            wait = due - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            group = groups[number % PHASES]
            now = time.monotonic()
            if group:
                self.lags.append(now - due)
            for guest in group:
                guest.tick(now)
            if now >= until or (number % 500 == 0 and all(guest.done for guest in guests)):
                return


@dataclass(slots=True)
class Meter:
    """The server's and this client's own use of the machine, over a stretch of the run."""

    pid: int | None
    at: float = 0.0
    server: Usage | None = None
    client_s: float = 0.0

    def start(self, now: float) -> None:
        """Begin the stretch."""
        self.at, self.client_s = now, _own_cpu_s()
        self.server = usage(self.pid) if self.pid is not None else None

    def report(self, now: float) -> dict[str, float]:
        """CPU in % of one core, memory in MB at its end."""
        seconds = max(1e-9, now - self.at)
        figures = {"measured_s": seconds, "client_cpu": (_own_cpu_s() - self.client_s) / seconds * 100}
        if self.pid is not None and self.server is not None:
            after = usage(self.pid)
            figures["server_cpu"] = (after.cpu_s - self.server.cpu_s) / seconds * 100
            figures["server_mb"] = after.memory_mb
        return {name: round(figure, 3) for name, figure in figures.items()}


def _own_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def run(given: argparse.Namespace) -> dict[str, Any]:
    """Connect, talk, measure."""
    wire_of = WIRES[given.system]
    recordings = load_recordings(given.recordings)
    encode = wire_of().microphone
    spoken = pauses_of(recordings) if given.say == "pauses" else talk_of(recordings)
    speeches = [speech_of(recording, encode) for recording in spoken]
    quiet = room(encode)
    before_mb = usage(given.pid).memory_mb if given.pid is not None else 0.0
    lines = await connect(given.url, given.guests)
    starts = time.monotonic() + 1.0
    guests = []
    for number, line in enumerate(lines):
        wire = wire_of()
        ramp = RAMP_S * number / len(lines) if given.guests > 1 else 0.0
        plan = _plan(given, number, speeches)
        line.guest = Guest(wire, line.send, plan, quiet, starts + ramp, interrupts=given.interrupt)
        opening = wire.opening()
        if opening is not None:
            line.send(opening)
        guests.append(line.guest)
    clock, meter = Clock(), Meter(given.pid)
    warm = asyncio.get_running_loop().call_later(_warm_s(given), lambda: meter.start(time.monotonic()))
    await clock.run(guests, time.monotonic() + given.seconds)
    warm.cancel()
    figures = meter.report(time.monotonic())
    closed = sum(line.closed for line in lines)
    for line in lines:
        if line.transport is not None:
            line.transport.disconnect()
    return {
        "guests": given.guests,
        "turns": [turn.facts() for guest in guests for turn in guest.seen()[0 if given.say == "pauses" else 1 :]],
        "before_mb": before_mb,
        "closed": closed,
        "lag_ms": [round(float(np.percentile(clock.lags, q)) * 1000, 2) for q in (50, 99, 100)],
        **figures,
    }


async def connect(url: str, number: int) -> list[_Line]:
    """Open the connections, a few at a time."""
    lines: list[_Line] = []
    for first in range(0, number, CONNECT_AT_ONCE):
        count = min(CONNECT_AT_ONCE, number - first)
        pairs = await asyncio.gather(*(ws_connect(_Line, url, websocket_handshake_timeout=30) for _ in range(count)))
        lines += [line for _, line in pairs if isinstance(line, _Line)]
    return lines


def _plan(given: argparse.Namespace, number: int, speeches: list[Speech]) -> Iterator[Speech]:
    if given.say == "nothing":
        return iter(())
    if given.say == "pauses":
        return iter(speeches[number :: given.guests])
    endless = itertools.islice(itertools.cycle(speeches), number % len(speeches), None)
    return itertools.islice(endless, given.turns + 1) if given.turns else endless


def _warm_s(given: argparse.Namespace) -> float:
    return 3.0 if given.say == "nothing" or given.guests > 1 else 11.0


def main() -> None:
    """Read the command line, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--system", choices=sorted(WIRES), required=True)
    parser.add_argument("--url", required=True)
    parser.add_argument("--recordings", type=Path, required=True)
    parser.add_argument("--say", choices=("talk", "pauses", "nothing"), default="talk")
    parser.add_argument("--guests", type=int, default=1)
    parser.add_argument("--turns", type=int, default=0, help="turns of each guest that count; 0 is as many as fit")
    parser.add_argument("--seconds", type=float, default=600.0, help="longest run")
    parser.add_argument("--interrupt", action="store_true", help="talk into every answer")
    parser.add_argument("--pid", type=int, help="the server, whose CPU and memory are read")
    given = parser.parse_args()
    json.dump(uvloop.run(run(given)), sys.stdout)


if __name__ == "__main__":
    main()
