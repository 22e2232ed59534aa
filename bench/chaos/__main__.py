"""What faults cost guests who are in mid-conversation.

    python -m bench.chaos [--guests 20] [--speaking 5] [--answers 250] [--faults 500] [--every 0.25] [--seed 1]

A real server process with the SQLite log and scripted engines, guests behind a fault proxy who ask, some aloud, and
come back as the page does, and faults at random: cuts, resets, stalls, half-open and slow lines, kill -9, SIGTERM,
SIGSTOP, a clock that is set by an hour, a disk that is full. At the end each guest's history is held against the
server's and its log, and what was done against what was planned.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.chaos.faults import DISK, ENDS, MACHINE, NETWORK, Fault
from bench.chaos.process import ServerProcess
from bench.chaos.progress import tell
from bench.chaos.storm import Account, Plan, storm

SHARES = ((NETWORK, 0.7), (MACHINE, 0.12), (ENDS, 0.16), (DISK, 0.02))
"""How many of the faults are of which sort."""


def only(names: Sequence[str], count: int) -> Mapping[str, tuple[Fault, int]]:
    """So many faults, of these names in equal shares."""
    known = {each: fault for sort, _ in SHARES for each, fault in sort.items()}
    return {name: (known[name], count // len(names)) for name in names}


def mixed(count: int) -> Mapping[str, tuple[Fault, int]]:
    """So many faults, of all sorts, and at least one of each."""
    faults = [(name, fault, count * share / len(sort)) for sort, share in SHARES for name, fault in sort.items()]
    counts = {name: max(1, int(part)) for name, _, part in faults}
    by_remainder = sorted(faults, key=lambda each: int(each[2]) - each[2])
    for name, _, _ in by_remainder[: max(0, count - sum(counts.values()))]:
        counts[name] += 1
    return {name: (fault, counts[name]) for name, fault, _ in faults}


def told(account: Account, seconds: float) -> str:
    """The account, for a person."""
    lines = [
        f"{account.struck.total()} faults over {account.answers} answers in {seconds:.0f} s: {account.lost} lost, "
        f"{account.twice} said twice, {account.stuck} stuck",
        f"answers cut by the end of a process, and told so: {sum(result.cut for result in account.results)}",
        f"sessions not gone on with, and told so, killed on a full disk: {len(account.forgotten(excused=True))}",
        f"spoken questions lost without a word: {sum(result.unheard for result in account.results)}",
    ]
    for name, served in (("to the same process", True), ("to the next process", False)):
        gaps = sorted(account.gaps_ms(served=served))
        if len(gaps) > 1:
            marks = statistics.quantiles(gaps, n=100, method="inclusive")
            lines.append(
                f"comebacks {name}: {len(gaps)}, gap p50 {marks[49]:.0f} ms, p95 {marks[94]:.0f} ms, "
                f"max {gaps[-1]:.0f} ms"
            )
    lines += [f"  {name:>10}: {count}" for name, count in sorted(account.struck.items())]
    lines += [f"  not gone on with, for no reason: {each}" for each in account.forgotten(excused=False)]
    lines += [f"  left undone: {each}" for each in account.left()]
    lines += [f"  wrong: {name}: {count}" for name, count in sorted(account.wrong().items())]
    cases = [
        f"  {session}: {case}"
        for result in account.results
        for session, history in result.histories.items()
        for case in history.cases
    ]
    return "\n".join([*lines, *cases[:20], *(f"  {difference}" for difference in account.differences[:20])])


async def main(plan: Plan) -> bool:
    """Run it once; whether all is as it should be."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        server = ServerProcess(Path(folder))
        await server.start()
        began = time.monotonic()
        account = Account(plan)
        async with asyncio.TaskGroup() as group:
            telling = group.create_task(tell(account))
            await storm(server, plan, telling.cancel, account)
        print(told(account, time.monotonic() - began))
    return account.sound


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guests", type=int, default=20)
    parser.add_argument("--speaking", type=int, default=5, help="guests of these who speak, the others type")
    parser.add_argument("--answers", type=int, default=250, help="of each guest")
    parser.add_argument("--faults", type=int, default=500)
    parser.add_argument("--every", type=float, default=0.25, help="seconds from one fault to the next, on average")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--only", metavar="FAULT", action="append", help="such as 'kill -9', again for another; all sorts by default"
    )
    given = parser.parse_args()
    faults = only(given.only, given.faults) if given.only else mixed(given.faults)
    plan = Plan(given.guests, given.answers, faults, given.every, given.seed, min(given.speaking, given.guests))
    raise SystemExit(0 if asyncio.run(main(plan)) else 1)
