"""What it would cost to decode a guest's Opus in a process of its own: `python -m bench.decode_child`.

The same packets of 20 ms are decoded here, and by a child at the other end of a socket whose answers an event loop
waits for. Prints the CPU time of both and the wait for an answer; read the ratios, for others share the machine.
"""

import asyncio
import resource
import socket
import struct
import time
from multiprocessing import Process
from statistics import median, quantiles
from typing import Any

import numpy as np

from enterprise_stream.audio.decode import make_decoder
from enterprise_stream.audio.formats import InputFormat
from enterprise_stream.audio.opus import OpusFrames

PACKETS = 2_000
RATE = 48_000
EVERY_S = 0.002
"""Between two packets: ten guests on one child."""


def packets() -> list[bytes]:
    """Packets of 20 ms of something that is no silence."""
    noise = np.random.default_rng(1).normal(0, 0.05, RATE).astype(np.float32)
    return OpusFrames(RATE).encode(noise)


def child(line: socket.socket, others: socket.socket) -> None:
    """Decode what comes until the line is closed; the other end of it is the parent's."""
    others.close()
    decoder = make_decoder(InputFormat.of("opus"))
    with line, line.makefile("rb") as given:
        while size := given.read(4):
            sound = decoder.feed(given.read(struct.unpack("<I", size)[0])).tobytes()
            line.sendall(struct.pack("<I", len(sound)) + sound)


def cpu_s(who: int) -> float:
    """CPU time so far."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def here(each: list[bytes]) -> tuple[list[float], float]:
    """Waits in µs, and CPU time in µs for each packet."""
    decoder, waits, before = make_decoder(InputFormat.of("opus")), [], cpu_s(resource.RUSAGE_SELF)
    for number in range(PACKETS):
        began = time.perf_counter()
        decoder.feed(each[number % len(each)])
        waits.append((time.perf_counter() - began) * 1e6)
    return waits, (cpu_s(resource.RUSAGE_SELF) - before) / PACKETS * 1e6


async def beside(each: list[bytes], paced: bool) -> tuple[list[float], float]:
    """The same by a child, whose CPU time counts too."""
    ours, theirs = socket.socketpair()
    process = Process(target=child, args=(theirs, ours))
    process.start()
    theirs.close()
    reader, writer = await asyncio.open_connection(sock=ours)
    waits: list[float] = []
    before = cpu_s(resource.RUSAGE_SELF) + cpu_s(resource.RUSAGE_CHILDREN)
    for number in range(PACKETS if not paced else PACKETS // 4):
        packet = each[number % len(each)]
        began = time.perf_counter()
        writer.write(struct.pack("<I", len(packet)) + packet)
        (size,) = struct.unpack("<I", await reader.readexactly(4))
        await reader.readexactly(size)
        waits.append((time.perf_counter() - began) * 1e6)
        if paced:
            await asyncio.sleep(EVERY_S)
    writer.close()
    await writer.wait_closed()
    await asyncio.to_thread(process.join)
    used = cpu_s(resource.RUSAGE_SELF) + cpu_s(resource.RUSAGE_CHILDREN) - before
    return waits, used / len(waits) * 1e6


def told(name: str, waits: list[float], cpu: float) -> str:
    """A line of the result."""
    return f"{name:28} {median(waits):8.0f} {quantiles(waits, n=20)[-1]:8.0f} {cpu:8.0f}"


def main() -> None:
    """Measure, and print."""
    each: Any = packets()
    here(each)
    print(f"{'µs a packet of 20 ms':28} {'p50':>8} {'p95':>8} {'CPU':>8}")
    print(told("in the process", *here(each)))
    print(told("in a child, at once", *asyncio.run(beside(each, paced=False))))
    print(told("in a child, every 2 ms", *asyncio.run(beside(each, paced=True))))


if __name__ == "__main__":
    main()
