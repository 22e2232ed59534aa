"""Whether a server that has been talked to for long, with faults, is as it was: memory, tasks and descriptors.

    python -m bench.soak [--guests 20] [--turns 360] [--faults 120] [--every 2]

One real server process that lives through it all, with the SQLite log and scripted engines: the turns of an hour of
twenty conversations, six a minute each, said one after another without the pauses between them, and two faults a minute
of that hour that no process ends with: of the network, a process that stands still, a clock that is set. Measured after
a tenth of it, when everything that is made once has been made, and then on; the slopes are by least squares.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.chaos.faults import MACHINE, NETWORK
from bench.chaos.process import ServerProcess
from bench.chaos.progress import tell
from bench.chaos.storm import Account, Plan, storm

LOOK_S: Final = 2.0
WARM: Final = 0.1
"""Share of the looks that come before everything is made that is made once."""

LEAST_FOR_MEMORY: Final = 1000
"""Answers of a run whose memory is judged: of fewer, what an allocator sets aside once would count as growth."""

MOST_MB_PER_1000: Final = 2.0
"""Resident memory that a thousand answers may add, in MB; the allocator's own noise is below one."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """By how much a count may seem to grow, by the line that fits its looks.

    Attributes:
        once: in a run of any length, since guests come and go while it is looked at.
        per_1000: with a thousand answers more, since a longer run may end with more guests away than it began with.
    """

    once: float
    per_1000: float


MOST_TASKS: Final = Allowed(12.0, 2.0)
"""One guest has nine tasks, three of them of his connection, which four guests may lack at one look and have at the
next. One task that is left behind at each comeback would be 170 a thousand answers: half of the guests come back at a
fault, and there is one in sixty answers of twenty."""

TASKS_AWAY: Final = 6
"""Tasks of a session that waits for its guest; one more in each would show as growth wherever many wait."""

TASKS_HERE: Final = 9
"""Tasks of a session whose guest is there."""

MOST_DESCRIPTORS: Final = Allowed(5.0, 1.0)
"""A guest has one, and while he comes back two; the database opens and closes up to three. A leak would be as above."""


@dataclass(frozen=True, slots=True)
class Look:
    """The process at one moment.

    Attributes:
        at: seconds since the first.
        nobodys: sessions that wait and are no guest's: how many do is what the last fault has left.
        here: sessions whose guests are there.
        away: sessions that wait for theirs.
    """

    at: float
    memory_mb: float
    tasks: int
    descriptors: int
    nobodys: int = 0
    here: int = 0
    away: int = 0

    @property
    def guests_tasks(self) -> int:
        """Tasks without those of the sessions that are no guest's."""
        return self.tasks - TASKS_AWAY * self.nobodys

    @property
    def unaccounted(self) -> tuple[int, int]:
        """Tasks and descriptors of no session: a leak adds to them, whether guests are there or away."""
        return self.tasks - TASKS_HERE * self.here - TASKS_AWAY * self.away, self.descriptors - self.here


async def watch(server: ServerProcess, account: Account, looks: list[Look], every_s: float) -> None:
    """Look at it from when all guests are there, until cancelled."""
    began = time.monotonic()
    while True:
        await asyncio.sleep(every_s)
        if not account.talking:
            continue
        tasks, here, away = await server.metrics("tasks", "sessions", "sessions_waiting")
        nobodys = max(0, round(here + away) - account.plan.guests)
        at = time.monotonic() - began
        seen = at, server.memory_mb(), round(tasks), server.descriptors()
        looks.append(Look(*seen, nobodys, round(here), round(away)))


def slope(xs: Sequence[float], ys: Sequence[float]) -> float:
    """By least squares."""
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread if spread else 0.0


async def soak(server: ServerProcess, plan: Plan, look_s: float = LOOK_S) -> tuple[Account, list[Look]]:
    """Run it once, with a server that does not run yet."""
    looks, account = list[Look](), Account(plan)
    await server.start()
    async with asyncio.TaskGroup() as group:
        beside = [group.create_task(watch(server, account, looks, look_s)), group.create_task(tell(account))]
        await storm(server, plan, lambda: [task.cancel() for task in beside], account)
    return account, looks


@dataclass(frozen=True, slots=True)
class Growth:
    """How much of something a server has had, look after look.

    Attributes:
        values: of the looks that count.
        per_1000: what a thousand answers add, by least squares.
        most: that they may add; None where the run is too short to say.
    """

    name: str
    unit: str
    values: Sequence[float]
    per_1000: float
    most: float | None

    @property
    def flat(self) -> bool:
        """Whether it has not grown."""
        return self.most is None or self.per_1000 <= self.most


def growths(looks: Sequence[Look], answers: int) -> list[Growth]:
    """Of memory, tasks and descriptors, once everything is made that is made once."""
    kept = looks[max(1, round(len(looks) * WARM)) :]
    thousands = answers / 1000
    at = [look.at / looks[-1].at * thousands for look in kept]

    def growth(name: str, unit: str, values: Sequence[float], most: float | None) -> Growth:
        return Growth(name, unit, values, slope(at, values), most)

    def most(allowed: Allowed) -> float:
        return allowed.per_1000 + allowed.once / thousands

    memory = MOST_MB_PER_1000 if answers >= LEAST_FOR_MEMORY else None
    return [
        growth("memory", " MB", [look.memory_mb for look in kept], memory),
        growth("tasks", "", [float(look.guests_tasks) for look in kept], most(MOST_TASKS)),
        growth("descriptors", "", [float(look.descriptors) for look in kept], most(MOST_DESCRIPTORS)),
    ]


def report(plan: Plan, account: Account, looks: Sequence[Look]) -> bool:
    """Print the slopes; whether they are flat."""
    print(
        f"{account.answers} answers of {plan.guests} guests, {account.struck.total()} faults in {looks[-1].at:.0f} s: "
        f"{account.lost} lost, {account.twice} said twice, {account.stuck} stuck"
    )
    for undone in account.left():
        print(f"left undone: {undone}")
    found = growths(looks, account.answers)
    for growth in found:
        most = "not judged" if growth.most is None else f"at most {growth.most:+.2f}"
        print(
            f"{growth.name:>12}: from {growth.values[0]:.1f} to {growth.values[-1]:.1f}{growth.unit}, slope "
            f"{growth.per_1000:+.2f}{growth.unit} per 1000 answers, {most}"
        )
    return account.sound and all(growth.flat for growth in found)


async def _run(plan: Plan) -> bool:
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        return report(plan, *await soak(ServerProcess(Path(folder)), plan))


def main() -> int:
    """Soak, and say whether all is flat."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guests", type=int, default=20)
    parser.add_argument("--turns", type=int, default=360, help="of each guest")
    parser.add_argument("--faults", type=int, default=120)
    parser.add_argument("--every", type=float, default=2.0, help="seconds from one fault to the next, on average")
    given = parser.parse_args()
    sorts = {**NETWORK, **MACHINE}
    faults = {name: (fault, max(1, given.faults // len(sorts))) for name, fault in sorts.items()}
    plan = Plan(given.guests, given.turns, faults, given.every)
    return 0 if asyncio.run(_run(plan)) else 1


if __name__ == "__main__":
    raise SystemExit(main())
