"""What one microphone frame of 20 ms costs the server, by stage, without the kernel and the event loop.

Each stage is run alone, many times over, in this process; the figures are the best of several rounds. What the whole
costs in a running server, kernel and event loop included, is in bench/sessions.py.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN

from enterprise_stream.clock import MonotonicClock
from enterprise_stream.engines.silero import Silero
from enterprise_stream.listening.intake import Intake
from enterprise_stream.listening.ports import SAMPLE_RATE, Samples
from enterprise_stream.models import ModelStore
from enterprise_stream.server.limits import AudioBudget
from enterprise_stream.server.microphone import Microphone
from enterprise_stream.server.websocket import LaneProtocol
from enterprise_stream.testing.listening import EnergyActivity

FRAME = SAMPLE_RATE // 50
FRAMES = 2_000
ROUNDS = 7


def best_us(work: Callable[[int], object]) -> float:
    """Time of one call in µs, the best round's mean."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for number in range(FRAMES):
            work(number)
        rounds.append(time.perf_counter() - began)
    return min(rounds) * 1e6 / FRAMES


def room() -> Samples:
    """A quiet room, a whole number of frames."""
    noise = np.random.default_rng(3).normal(0.0, 10 ** (-55 / 20), FRAMES * FRAME)
    return noise.astype(np.float32)


def lane() -> LaneProtocol:
    """A WebSocket that is open and whose application waits."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive, send

    config = uvicorn.Config(app, lifespan="off", log_config=None)
    config.load()
    protocol = LaneProtocol(config=config, server_state=ServerState(), app_state={})
    protocol.conn.state = OPEN
    protocol._parked = True  # noqa: SLF001 - as in `receive`
    protocol.take_with(lambda _: True)
    return protocol


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    samples = room()
    pieces = samples.reshape(FRAMES, FRAME)
    payloads = [(piece * 32767).astype("<i2").tobytes() for piece in pieces]
    wires = [Frame(Opcode.BINARY, payload).serialize(mask=True) for payload in payloads]
    protocol, microphone, budget, clock = lane(), Microphone(), AudioBudget(), MonotonicClock()
    intake, silero = Intake(EnergyActivity()), Silero(ModelStore().path("silero-vad"))()
    rows = (
        ("taken off the WebSocket", best_us(lambda n: protocol.data_received(wires[n]))),
        ("decoded", best_us(lambda n: microphone.take(payloads[n]))),
        ("counted against the limits", best_us(lambda _: budget.add(20.0, clock.now_ms()))),
        ("framed, measured, judged", best_us(lambda n: list(intake.hear(pieces[n], 0.0)))),
    )
    for name, us in rows:
        print(f"{name:<30}{us:8.1f} µs a frame{us * 50 / 1000:8.2f} ms a second")
    whole = np.ascontiguousarray(samples[: FRAMES * 512 // 4].reshape(-1, 512))
    us = best_us(lambda n: silero.probability(whole[n % len(whole)]))
    print(f"{'Silero, where it is asked':<30}{us:8.1f} µs a frame{us * 31.25 / 1000:8.2f} ms a second")


if __name__ == "__main__":
    main()
