"""What hostile clients can do to a server and to its guests: nothing.

    python -m bench.hostile [--inputs 10000] [--a-second 150] [--guests 6] [--seed 1]

A real server process with the SQLite log and scripted engines, under tokens, with keys that must never be seen. Guests
talk; in turns with quiet, attackers in another process send what no client of ours sends: text, sound and frames on
streams that they have got into, and HTTP of all sorts, fast and slow. At the end: whether the process lived, whether
anybody was told what is another's, whether a key or a token is in any answer or log, and how much longer the others
waited for her first sound.
"""

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench.chaos.process import ServerProcess
from bench.hostile.siege import MOST_SLOWER, Account, Plan, Secrets, percentiles, siege


def told(account: Account, seconds: float) -> str:
    """The account, for a person."""
    (p50, p95), (slower_p50, slower_p95) = percentiles(account.attacked_ms), account.slower
    before, after = account.memory_mb
    lines = [
        f"{account.told.sent.total()} hostile inputs in {seconds:.0f} s: {len(account.crashed)} crashes, "
        f"{len(account.leaked)} leaks between sessions, {len(account.shown)} secrets shown",
        f"{len(account.attacked_ms)} answers to others under attack: first sound p50 {p50:.0f} ms, p95 {p95:.0f} ms; "
        f"{slower_p50:.2f} and {slower_p95:.2f} times those of {len(account.quiet_ms)} in quiet",
        f"memory of the server: {before:.0f} MB before, {after:.0f} MB after; {account.waiting} sessions wait",
        "answers: " + ", ".join(f"{name} {count}" for name, count in account.told.answered.most_common()),
    ]
    lines += [f"  {name:>28}: {count}" for name, count in sorted(account.told.sent.items())]
    wrong = Counter((*account.crashed, *account.leaked, *account.shown))
    return "\n".join(lines + [f"  wrong: {what} ({count} times)" for what, count in wrong.most_common(20)])


async def main(plan: Plan) -> bool:
    """Run it once; whether all is as it should be."""
    known = Secrets()
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        server = ServerProcess(Path(folder), log_level="info", **known.settings())
        await server.start()
        began = time.monotonic()
        account = await siege(server, known, plan, lambda line: print(line, flush=True))
        print(told(account, time.monotonic() - began))
    return account.harmless and max(account.slower) <= MOST_SLOWER


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--a-second", type=float, default=150.0)
    parser.add_argument("--guests", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    plan = Plan(given.inputs, given.a_second, given.guests, seed=given.seed)
    raise SystemExit(0 if asyncio.run(main(plan)) else 1)
