"""Measure our server and its rivals with the same simulated engines and the same recordings.

    make bench-peers            # everything, about an hour on two cores
    make bench-peers QUICK=1    # latency, cut-offs and interruptions of all systems in a few minutes
    .venv/bin/python -m bench.peers.run --systems "ours fast" "livekit fast" --measures capacity idle

Results are kept in bench/peers/results.json, a system's measure at a time, so a run may measure some of them anew.
`bench/peers/report.py` makes the tables and plots of docs/performance.md from that file.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from bench.peers.systems import RECORDINGS, SYSTEMS, System, pinned, serving

RESULTS = Path(__file__).with_name("results.json")
WORSE_MS = 100.0
"""p95 may worsen by this much over one conversation's while a core is taken to hold them."""

FAILED_SHARE = 0.02
"""Share of turns that may fail meanwhile."""

STEPS = (
    *(1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 28, 32, 36, 40, 44, 48, 52, 56, 64, 72, 80, 88, 96),
    *(112, 128, 144, 160, 176, 192, 208, 224, 256, 288, 320),
)

PRIORITY = -10
"""Niceness of a bench that goes first."""

Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured.

    Attributes:
        turns: counted turns of one guest.
        repeats: of them, each with a server of its own.
        barges: answers talked into.
        pausing: guests who share the turns with pauses.
        connections: idle ones.
        idle_s: how long they stream.
        step_s: how long each number of conversations is tried.
        parallel: systems whose latencies are measured side by side; then none is pinned to a core.
    """

    turns: int = 7
    repeats: int = 3
    barges: int = 7
    pausing: int = 3
    connections: int = 100
    idle_s: float = 15.0
    step_s: float = 40.0
    parallel: int = 1


QUICK = Plan(turns=3, repeats=1, barges=3, pausing=4, connections=20, idle_s=8.0, parallel=4)


def client(system: System, *, core: int | None, more: Sequence[str]) -> Result:
    """One run of the client against a server of its own.

    Raises:
        RuntimeError: the server did not start.
        subprocess.CalledProcessError: the client failed.
    """
    with serving(system, core=core) as served:
        command = [sys.executable, "-m", "bench.peers.client", "--system", system.wire, "--url", served.url]
        command += ["--recordings", str(RECORDINGS), "--pid", str(served.pid), *more]
        other = None if core is None else 1
        done = subprocess.run([*pinned(other), *command], stdout=subprocess.PIPE, check=True, text=True)
    result: Result = json.loads(done.stdout)
    return result


def single(system: System, plan: Plan, core: int | None) -> Result:
    """One conversation."""
    more = ["--turns", str(plan.turns), "--seconds", str(30 + plan.turns * 14)]
    runs = [client(system, core=core, more=more) for _ in range(plan.repeats)]
    medians = [statistics.median(waits(run)) for run in runs if waits(run)]
    pooled = [wait for run in runs for wait in waits(run)]
    turns = [turn for run in runs for turn in run["turns"]]
    return {
        "turns": len(turns),
        "p50": statistics.median(medians) if medians else None,
        "p95": percentile(pooled, 95),
        "p99": percentile(pooled, 99),
        "answers": sum(turn["answers"] for turn in turns) / max(1, len(turns)),
        "failed": sum(map(failed, turns)),
        "cpu": statistics.median(run["server_cpu"] for run in runs),
        "mb": statistics.median(run["server_mb"] for run in runs),
        **manners(runs),
    }


def pauses(system: System, plan: Plan, core: int | None) -> Result:
    """Turns in which the guest stops to think."""
    run = client(system, core=core, more=["--say", "pauses", "--guests", str(plan.pausing), "--seconds", "240"])
    turns = run["turns"]
    whole = [turn["v2v_ms"] for turn in turns if not turn["cuts"] and turn["v2v_ms"] is not None]
    return {
        "turns": len(turns),
        "cut": sum(turn["cuts"] > 0 for turn in turns),
        "answers": sum(turn["answers"] for turn in turns) / max(1, len(turns)),
        "p50": percentile(whole, 50),
        "unanswered": sum(turn["answers"] == 0 for turn in turns),
        **manners([run]),
    }


def barge(system: System, plan: Plan, core: int | None) -> Result:
    """Speech over the answer, one second into it."""
    run = client(system, core=core, more=["--interrupt", "--turns", str(plan.barges), "--seconds", "120"])
    turns = [turn for turn in run["turns"] if turn["over"]]
    stops = [turn["stop_ms"] for turn in turns if turn["stop_ms"] is not None]
    ducks = [turn["duck_ms"] for turn in turns if turn["duck_ms"] is not None]
    return {
        "turns": len(turns),
        "stop_p50": percentile(stops, 50),
        "stop_p95": percentile(stops, 95),
        "duck_p50": percentile(ducks, 50),
        "missed": len(turns) - len(stops),
        **manners([run]),
    }


def idle(system: System, plan: Plan, core: int | None) -> Result:
    """Connections on which nobody speaks, a quiet room's noise streaming."""
    more = ["--say", "nothing", "--guests", str(plan.connections), "--seconds", str(plan.idle_s)]
    run = client(system, core=core, more=more)
    number = plan.connections
    return {
        "connections": number,
        "cpu": run["server_cpu"] / number,
        "mb": (run["server_mb"] - run["before_mb"]) / number,
        "saturated": run["server_cpu"] > 97,
        "lost": run["closed"],
        **manners([run]),
    }


def capacity(system: System, plan: Plan, core: int | None, alone_p95: float) -> Result:
    """How many conversations one core holds: from the expected number up while it holds, else down."""
    tried: dict[int, Result] = {}

    def holds(number: int) -> bool:
        if number not in tried:
            tried[number] = crowd(system, plan, core, number)
        step = tried[number]
        late = step["p95"] is None or step["p95"] > alone_p95 + WORSE_MS
        return not late and step["failed"] <= FAILED_SHARE * step["turns"]

    at = STEPS.index(max(step for step in STEPS if step <= system.expected))
    if holds(STEPS[at]):
        while at + 1 < len(STEPS) and holds(STEPS[at + 1]):
            at += 1
    else:
        while at > 0 and not holds(STEPS[at - 1]):
            at -= 1
        at -= 1
    return {"held": STEPS[at] if at >= 0 else 0, "limit_p95": alone_p95 + WORSE_MS, "steps": tried}


def crowd(system: System, plan: Plan, core: int | None, number: int) -> Result:
    """That many conversations at once."""
    run = client(system, core=core, more=["--guests", str(number), "--seconds", str(plan.step_s)])
    turns, heard = run["turns"], waits(run)
    return {
        "turns": len(turns),
        "p50": percentile(heard, 50),
        "p95": percentile(heard, 95),
        "failed": sum(map(failed, turns)),
        "cpu": run["server_cpu"] / number,
        "mb": (run["server_mb"] - run["before_mb"]) / number,
        **manners([run]),
    }


def waits(run: Result) -> list[float]:
    """Voice-to-voice of the turns that were not cut, in ms."""
    return [turn["v2v_ms"] for turn in run["turns"] if turn["v2v_ms"] is not None and not turn["cuts"]]


def failed(turn: Result) -> bool:
    """Whether a guest without pauses got something else than one answer after he had finished."""
    return bool(turn["v2v_ms"] is None or turn["cuts"] or turn["answers"] != 1)


def percentile(values: Sequence[float], of: float) -> float | None:
    """None without values."""
    return round(float(np.percentile(values, of)), 1) if values else None


def manners(runs: Sequence[Result]) -> Result:
    """How well the runs went: the client's own lateness and CPU, and what else the machine did."""
    return {
        "lag_p99": max(run["lag_ms"][1] for run in runs),
        "client_cpu": max(run["client_cpu"] for run in runs),
        "load": round(os.getloadavg()[0], 1),
        "at": datetime.now().astimezone().isoformat(timespec="seconds"),
    }


LATENCIES: dict[str, Callable[[System, Plan, int | None], Result]] = {
    "single": single,
    "pauses": pauses,
    "barge": barge,
}
MEASURES = (*LATENCIES, "idle", "capacity")


class Book:
    """The results, written after every measure."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.results: Result = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"systems": {}}
        cores = f"{os.cpu_count()} cores of {_processor()}"
        self.results["machine"] = f"{cores}, Python {platform.python_version()}, {platform.system()}"

    def add(self, system: System, measure: str, result: Result) -> None:
        """Keep a result, and say so."""
        self.results["systems"].setdefault(system.name, {})[measure] = result
        self._path.write_text(json.dumps(self.results, indent=1) + "\n", encoding="utf-8")
        shown = {name: value for name, value in result.items() if name not in ("steps", "at")}
        print(f"{system.name:<14}{measure:<10}{json.dumps(shown)}", file=sys.stderr, flush=True)

    def alone_p95(self, system: System) -> float | None:
        """p95 of one conversation, if it was measured."""
        found = self.results["systems"].get(system.name, {}).get("single", {}).get("p95")
        return None if found is None else float(found)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def measure(systems: Sequence[System], measures: Sequence[str], plan: Plan, book: Book) -> None:
    """Everything asked for: latencies side by side if the plan says so, the rest one at a time."""

    def latencies(system: System) -> None:
        for name, of in LATENCIES.items():
            if name in measures:
                book.add(system, name, of(system, plan, None if plan.parallel > 1 else 0))

    with ThreadPoolExecutor(plan.parallel) as pool:
        list(pool.map(latencies, systems))
    for system in systems:
        if "idle" in measures:
            book.add(system, "idle", idle(system, plan, 0))
        if "capacity" in measures:
            alone = book.alone_p95(system)
            if alone is None:
                print(f"{system.name}: no capacity without `single` before it", file=sys.stderr)
                continue
            book.add(system, "capacity", capacity(system, plan, 0, alone))


def go_first() -> None:
    """Put this bench, its servers and its client before what else the machine does, if that is allowed here.

    Both the niceness and that of the session's scheduler group are lowered, where the kernel has such groups.
    """
    try:
        os.setsid()
    except PermissionError:
        print("not a session of its own, so others of this terminal share its priority", file=sys.stderr)
    try:
        os.nice(PRIORITY)
        group = Path("/proc/self/autogroup")
        if group.is_file():
            group.write_text(str(PRIORITY), encoding="ascii")
    except PermissionError:
        print("priority is not allowed here; run as root for it", file=sys.stderr)


def main() -> None:
    """Read the command line and measure."""
    names = [system.name for system in SYSTEMS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--systems", nargs="+", choices=names, default=names)
    parser.add_argument("--measures", nargs="+", choices=MEASURES, help="all; with --quick all but capacity")
    parser.add_argument("--quick", action="store_true", help="fewer turns, latencies of four systems side by side")
    parser.add_argument("--parallel", type=int, help="latencies of this many systems side by side")
    parser.add_argument("--repeats", type=int, help="runs of one conversation for each system")
    parser.add_argument("--priority", action="store_true", help="go before what else the machine does; needs root")
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args()
    if given.priority:
        go_first()
    plan = QUICK if given.quick else Plan()
    changed = {name: getattr(given, name) for name in ("parallel", "repeats") if getattr(given, name) is not None}
    plan = Plan(**{**{name: getattr(plan, name) for name in Plan.__dataclass_fields__}, **changed})
    measures = given.measures or [name for name in MEASURES if name != "capacity" or not given.quick]
    chosen = [system for system in SYSTEMS if system.name in given.systems]
    measure(chosen, measures, plan, Book(given.results))


if __name__ == "__main__":
    main()
