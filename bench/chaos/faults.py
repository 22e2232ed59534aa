"""The faults, by name."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping
from random import Random
from typing import Final

from bench.chaos.process import ServerProcess

from enterprise_stream.testing.fault_proxy import (
    Bandwidth,
    Direction,
    FaultProxy,
    HalfOpen,
    Latency,
    ResetPeer,
    Slicer,
    Timeout,
    Toxic,
)

Fault = Callable[[ServerProcess, FaultProxy, Random], Awaitable[None]]


async def cut(_: ServerProcess, proxy: FaultProxy, random: Random) -> None:
    """Connections are reset, each with an even chance."""
    del random
    proxy.cut(0.5)


def spoilt(direction: Direction, seconds: float, *toxics: Toxic) -> Fault:
    """The network is like this for a while."""

    async def spoil(_: ServerProcess, proxy: FaultProxy, random: Random) -> None:
        for toxic in toxics:
            proxy.add(toxic, direction)
        await asyncio.sleep(seconds * random.uniform(0.5, 1.5))
        proxy.clear()

    return spoil


async def kill(server: ServerProcess, _: FaultProxy, random: Random) -> None:
    """The process is gone in mid-work; another follows."""
    del random
    await server.end(signal.SIGKILL)
    await server.start()


async def restart(server: ServerProcess, _: FaultProxy, random: Random) -> None:
    """The process is asked to end; another follows."""
    del random
    await server.end(signal.SIGTERM)
    await server.start()


async def pause(server: ServerProcess, _: FaultProxy, random: Random) -> None:
    """The process stands still, as a machine does that swaps or is moved."""
    await server.pause(random.uniform(0.3, 3.0))


async def fill_disk(server: ServerProcess, _: FaultProxy, random: Random) -> None:
    """Nothing can be written for a while."""
    await server.fill_disk(random.uniform(0.3, 1.0))


async def set_clock(server: ServerProcess, _: FaultProxy, random: Random) -> None:
    """Somebody sets the clock by an hour, on or back."""
    server.set_clock(back=random.random() < 0.5)


NETWORK: Final[Mapping[str, Fault]] = {
    "cut": cut,
    "slow": spoilt("downstream", 1.0, Latency(80, 60), Bandwidth(200_000)),
    "slices": spoilt("upstream", 1.0, Slicer(7, 5), Latency(10, 8)),
    "reset": spoilt("downstream", 0.2, ResetPeer()),
    "stall": spoilt("downstream", 1.5, Timeout()),
    "half open": spoilt("upstream", 1.5, HalfOpen()),
}
"""What networks do."""

MACHINE: Final[Mapping[str, Fault]] = {"pause": pause, "clock": set_clock}
"""What machines do to a process that lives on."""

ENDS: Final[Mapping[str, Fault]] = {"kill -9": kill, "restart": restart}
"""What ends a process."""

SUDDEN: Final = frozenset({"kill -9"})
"""Of these, what leaves it no time to write what waits."""

DISK: Final[Mapping[str, Fault]] = {"disk full": fill_disk}
"""What may cost a session its resume, if the process is killed before the log goes again: the guest is told so."""
