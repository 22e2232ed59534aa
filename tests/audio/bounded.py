"""Reads each input in a process of its own, which the kernel ends at the bounds; prints what that came to, as JSON.

`python -m tests.audio.bounded`. A process is a fork of one that has read a recording already, so that what an input
takes is counted from there. A file of the fuzzers' corpus is read together with its mutations: the bounds hold for all.
"""

import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

from bench.hostile.sounds import SOUNDS
from tests.audio.conftest import mux
from tests.fuzz.targets import TARGETS

from enterprise_stream.audio.decode import make_decoder

CPU_S: Final = 1
MEMORY: Final = 64 << 20
MUTATIONS: Final = 4
FRAME: Final = 1 << 20
"""The largest binary frame."""

COMPRESSED: Final = ("webm", "ogg", "opus", "sniffed")
CORPUS: Final = Path(__file__).parents[1] / "fuzz" / "corpus"

ENVIRONMENT: Final = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_MMAP_THRESHOLD_": "131072",
    "MALLOC_TRIM_THRESHOLD_": "131072",
}
"""So that a process that begins holds no memory that is free, from which it could take without being seen."""

Read = Callable[[], object]

_FINE, _TOO_MUCH_MEMORY, _BROKE = 0, 3, 4


def ended(read: Read) -> tuple[str, float, float]:
    """How reading ends: `fine`, `cpu`, `memory`, `broke` or a signal; the seconds of CPU and the MB that it took."""
    told, tells = os.pipe()
    child = os.fork()
    if child == 0:
        os._exit(_reads(read, tells))
    os.close(tells)
    with os.fdopen(told) as pipe:
        grown = float(pipe.read() or 0)
    _, status, used = os.wait4(child, 0)
    seconds = used.ru_utime + used.ru_stime
    if os.WIFSIGNALED(status):
        number = signal.Signals(os.WTERMSIG(status))
        return "cpu" if number == signal.SIGXCPU else number.name, seconds, grown
    names = {_FINE: "fine", _TOO_MUCH_MEMORY: "memory"}
    return names.get(os.WEXITSTATUS(status), "broke"), seconds, grown


def _reads(read: Read, tells: int) -> int:
    begin = _memory("VmSize")
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 1))
    resource.setrlimit(resource.RLIMIT_AS, (begin + MEMORY, begin + MEMORY))
    try:
        read()
    except MemoryError:
        return _TOO_MUCH_MEMORY
    except BaseException as error:  # noqa: BLE001 - the parent tells of it
        print(type(error).__name__, error, file=sys.stderr)
        return _BROKE
    os.write(tells, str((_memory("VmPeak") - begin) / 1e6).encode())
    return _FINE


def _memory(name: str) -> int:
    """Bytes of address space."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) * 1024


def mutated(data: bytes, random: Random) -> bytes:
    """The same with bytes changed, taken out and said twice."""
    changed = bytearray(data)
    for _ in range(random.randrange(1, 8)):
        at = random.randrange(len(changed) + 1)
        end = at + random.randrange(1, 40)
        match random.randrange(3):
            case 0:
                changed[at:end] = random.randbytes(len(changed[at:end]))
            case 1:
                del changed[at:end]
            case _:
                changed[at:at] = changed[at:end] * random.randrange(1, 50)
    return bytes(changed[:FRAME])


def read_all(kind: str, each: Sequence[bytes]) -> None:
    """Have one of the fuzzers' targets read inputs; the first byte of each says where it is cut."""
    for data in each:
        TARGETS[kind](data)


def inputs() -> Iterator[tuple[str, Read]]:
    """Every input by its name."""
    random = Random(23)
    for kind in COMPRESSED:
        for file in sorted((CORPUS / kind).iterdir()):
            kept = file.read_bytes()
            each = [kept, *(mutated(kept, random) for _ in range(MUTATIONS))]
            yield f"{kind}/{file.name}", partial(read_all, kind, each)
    for name, make in SOUNDS.items():
        for number in range(6):
            yield f"{name} {number}", partial(read_all, "sniffed", [b"\xff" + make(random)[: FRAME - 1]])
    for container in ("webm", "ogg"):
        yield f"100 s of {container}", partial(read_all, "sniffed", [b"\xff" + mux(container, seconds=100.0)])


CONTROLS: Final[Mapping[str, Read]] = {
    "fine": lambda: None,
    "cpu": lambda: all(iter(lambda: True, False)),
    "memory": lambda: bytes(MEMORY + (4 << 20)),
    "broke": lambda: int("broken on purpose"),
    "SIGSEGV": lambda: os.kill(os.getpid(), signal.SIGSEGV),
}
"""What has to end otherwise, or the bounds are none."""


def main() -> None:
    """Read all, and tell."""
    if not ENVIRONMENT.items() <= os.environ.items():
        os.execve(sys.executable, [sys.executable, "-m", "tests.audio.bounded"], os.environ | ENVIRONMENT)
    decoder = make_decoder(None)
    decoder.feed(mux("webm"))
    decoder.flush()
    found = {name: ended(read) for name, read in list(inputs())}
    json.dump(
        {
            "inputs": len(found),
            "bad": {name: how for name, (how, _, _) in found.items() if how != "fine"},
            "most_cpu_s": max((seconds, name) for name, (_, seconds, _) in found.items()),
            "most_mb": max((grown, name) for name, (_, _, grown) in found.items()),
            "controls": {name: ended(read)[0] for name, read in CONTROLS.items()},
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
