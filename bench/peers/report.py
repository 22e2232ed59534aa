"""Tables and plots from `bench/peers/results.json`: the section of docs/performance.md between its two marks.

.venv/bin/python -m bench.peers.report
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from bench.peers.run import FAILED_SHARE, RESULTS, WORSE_MS
from bench.peers.systems import SYSTEMS, System
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "performance.md"
IMAGES = ROOT / "docs" / "images"
BEGIN, END = "<!-- bench-peers: begin -->", "<!-- bench-peers: end -->"

FLOOR_MS = 470
"""Final words after 100 ms, first token after 250, first audio after 120: what waiting for each in turn costs."""

COLOURS = {"ours": "#0b6e4f", "pipecat": "#c1666b", "livekit": "#4a6fa5"}
MARKERS = ("o", "s", "^")

Figures = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        says: what it is.
        measure, figure: where it stands in the results.
        digits: after the point.
        more_is_better: which end wins.
        among: whether a system takes part.
    """

    says: str
    measure: str
    figure: Callable[[dict[str, Any]], float | None]
    digits: int = 0
    more_is_better: bool = False
    among: Callable[[System], bool] = lambda _: True


def _figure(name: str) -> Callable[[dict[str, Any]], float | None]:
    return lambda result: result.get(name)


ROWS = (
    Row("voice to voice, p50 (ms)", "single", _figure("p50")),
    Row("p95 (ms)", "single", _figure("p95")),
    Row("p99 (ms)", "single", _figure("p99")),
    Row("answers per turn", "single", _figure("answers"), 2, among=lambda _: False),
    Row("turns with pauses that were cut off (%)", "pauses", lambda r: 100 * r["cut"] / max(1, r["turns"])),
    Row("their wait when not cut, p50 (ms)", "pauses", _figure("p50")),
    Row("barge-in: onset to stop, p50 (ms)", "barge", _figure("stop_p50")),
    Row("barge-in: onset to a quieter voice, p50 (ms)", "barge", _figure("duck_p50")),
    Row("CPU of one conversation (% of a core)", "single", _figure("cpu"), 1),
    Row("memory of a server with one (MB)", "single", _figure("mb")),
    Row("CPU of an idle connection (% of a core)", "idle", _figure("cpu"), 2),
    Row("memory of an idle connection (MB)", "idle", _figure("mb"), 2),
    Row("conversations per core", "capacity", _figure("held"), more_is_better=True),
    Row("... with an end-of-turn model", "capacity", _figure("held"), 0, True, lambda system: system.judged),
    Row("... with silence or the recogniser alone", "capacity", _figure("held"), 0, True, lambda s: not s.judged),
)


def table(results: Figures) -> list[str]:
    """Rows of figures; the best of each row is bold, and named at its end."""
    shown = [system for system in SYSTEMS if system.name in results]
    lines = ["| | " + " | ".join(system.name for system in shown) + " | wins |"]
    lines.append("| --- |" + " ---: |" * len(shown) + " --- |")
    lines += [line for row in ROWS if (line := _line(row, shown, results)) is not None]
    return lines


def _line(row: Row, shown: Sequence[System], results: Figures) -> str | None:
    takes_part = [system for system in shown if row.among(system)] or list(shown)
    values: dict[str, float] = {}
    for system in takes_part:
        value = row.figure(results[system.name][row.measure]) if row.measure in results[system.name] else None
        if value is not None:
            values[system.name] = round(value, row.digits)
    if not values:
        return None
    contest = any(row.among(system) for system in shown)
    best = (max if row.more_is_better else min)(values.values())
    winners = [name for name, value in values.items() if value == best] if contest else []
    cells = []
    for system in shown:
        if system.name not in values:
            cells.append("")
            continue
        text = f"{values[system.name]:.{row.digits}f}"
        cells.append(f"**{text}**" if system.name in winners else text)
    return f"| {row.says} | " + " | ".join(cells) + f" | {', '.join(winners)} |"


def section(results: dict[str, Any]) -> str:
    """The generated part of the page."""
    figures: Figures = results["systems"]
    runs = [run for of in figures.values() for result in of.values() for run in result.get("steps", {"": result}).values()]
    times = sorted(run["at"] for run in runs)
    loads = sorted(run["load"] for run in runs)
    lags = sorted(run["lag_p99"] for run in runs)
    counted = sorted({of["single"]["turns"] for of in figures.values() if "single" in of})
    parts = [
        BEGIN,
        f"Measured from {times[0]} to {times[-1]} on {results['machine']}. The machine's load average was {loads[0]} "
        f"to {loads[-1]} meanwhile, this bench included; in the worst run 1 in 100 of the client's frames was late by "
        f"{lags[-1]:.0f} ms or more. Turns of one guest that count, for each system: {', '.join(map(str, counted))}.",
        "",
        *table(figures),
        "",
        *(f"- **{system.name}**: {system.says}." for system in SYSTEMS if system.name in figures),
        "",
        "![Voice to voice](images/peers-latency.svg)",
        "",
        "![Cut-offs against waiting](images/peers-pauses.svg)",
    ]
    if any("capacity" in of for of in figures.values()):
        parts += ["", "![Conversations on one core](images/peers-capacity.svg)"]
    return "\n".join([*parts, END])


def plots(figures: Figures) -> None:
    """The pictures of the section, as SVG."""
    mpl.rcParams.update({"svg.hashsalt": "peers", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    IMAGES.mkdir(exist_ok=True)
    for name, draw in (("latency", _latency), ("pauses", _pauses), ("capacity", _capacity)):
        figure, axes = plt.subplots(figsize=(7.2, 3.6), layout="constrained")
        if draw(axes, figures):
            _save(figure, IMAGES / f"peers-{name}.svg")
        plt.close(figure)


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None})
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")


def _latency(axes: Axes, figures: Figures) -> bool:
    shown = [system for system in SYSTEMS if figures.get(system.name, {}).get("single", {}).get("p50") is not None]
    shown.sort(key=lambda system: figures[system.name]["single"]["p50"], reverse=True)
    for place, system in enumerate(shown):
        result = figures[system.name]["single"]
        axes.barh(place, result["p50"], color=COLOURS[system.wire])
        axes.plot([result["p50"], result["p99"]], [place, place], color="black", linewidth=1)
        axes.text(result["p99"] + 8, place, f"{result['p50']:.0f}", va="center")
    axes.axvline(FLOOR_MS, color="grey", linestyle=":", linewidth=1)
    axes.text(FLOOR_MS + 4, len(shown) - 0.45, "one engine after the other", color="grey", fontsize=8)
    axes.set_yticks(range(len(shown)), [system.name for system in shown])
    axes.set_xlabel("from the guest's last word to the answer's first sound, ms: p50, line to p99")
    return bool(shown)


def _pauses(axes: Axes, figures: Figures) -> bool:
    drawn = False
    for number, system in enumerate(SYSTEMS):
        result = figures.get(system.name, {})
        waiting = result.get("single", {}).get("p50")
        if "pauses" not in result or waiting is None:
            continue
        cut = 100 * result["pauses"]["cut"] / max(1, result["pauses"]["turns"])
        axes.scatter(waiting, cut, color=COLOURS[system.wire], marker=MARKERS[number % 3], label=system.name)
        drawn = True
    axes.set_xlabel("voice to voice without pauses, p50, ms")
    axes.set_ylabel("turns with pauses cut off, %")
    axes.set_ylim(-3, 103)
    axes.legend(frameon=False, fontsize=8, ncols=2)
    return drawn


def _capacity(axes: Axes, figures: Figures) -> bool:
    drawn = False
    for number, system in enumerate(SYSTEMS):
        steps = figures.get(system.name, {}).get("capacity", {}).get("steps", {})
        points = sorted((int(at), step["p95"]) for at, step in steps.items() if step["p95"] is not None)
        if not points:
            continue
        (line,) = axes.plot([at for at, _ in points], [p95 for _, p95 in points], label=system.name)
        line.set(color=COLOURS[system.wire], marker=MARKERS[number % 3], markersize=4.0, linewidth=1.2)
        drawn = True
    if not drawn:
        return False
    axes.set_xscale("log", base=2)
    axes.set_ylim(0, 2000)
    axes.set_xlabel("conversations at once on one core")
    axes.set_ylabel("voice to voice, p95, ms")
    axes.legend(frameon=False, fontsize=8, ncols=2)
    return True


def main() -> None:
    """Write the section and its pictures."""
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    plots(results["systems"])
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN, 1)
    PAGE.write_text(before + section(results) + rest.split(END, 1)[1], encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}: p95 may worsen by {WORSE_MS:.0f} ms, {FAILED_SHARE:.0%} of turns may fail")


if __name__ == "__main__":
    main()
