"""What a process and those that it started use of the machine, from /proc."""

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Usage:
    """User and system time so far, in s, and resident memory, in MB; shared pages count for each process."""

    cpu_s: float
    memory_mb: float


def usage(pid: int) -> Usage:
    """Of a process and its descendants.

    Raises:
        FileNotFoundError: there is no such process.
    """
    own = _own(pid)
    for child in _children(pid):
        try:
            more = usage(child)
        except FileNotFoundError:
            continue
        own = Usage(own.cpu_s + more.cpu_s, own.memory_mb + more.memory_mb)
    return own


def _own(pid: int) -> Usage:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    memory = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    return Usage((int(fields[11]) + int(fields[12])) / _TICKS_PER_S, memory / 1024)


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in found.read_text(encoding="utf-8").split()] if found.is_file() else []
