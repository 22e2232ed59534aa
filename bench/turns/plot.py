"""The curves of `bench.turns` as a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.turns.simulate import Score


@dataclass(frozen=True, slots=True)
class Curve:
    """One way to end turns, from its boldest setting to its most patient; `default` is the one that is in use."""

    name: str
    scores: Sequence[Score]
    default: Score | None = None


_STYLES = (("#0b6e4f", "-", "o"), ("#8d99ae", "--", "s"), ("#c1666b", "-.", "^"), ("#d4a373", ":", "v"))


def draw(panels: Mapping[str, Sequence[Curve]], path: Path) -> None:
    """Write one panel beside the other: median delay across, turns cut off upwards; down and left is better."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "turns"  # the same figures give the same file
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(panels), figsize=(4.6 * len(panels), 4.2), sharey=True, layout="constrained")
    for axis, (title, curves) in zip(axes, panels.items(), strict=True):
        for curve, (colour, line, marker) in zip(curves, _STYLES, strict=False):
            across, up = [s.median_ms for s in curve.scores], [s.cut_percent for s in curve.scores]
            axis.plot(across, up, line, color=colour, marker=marker, markersize=4, label=curve.name)
            if curve.default is not None:
                axis.plot(curve.default.median_ms, curve.default.cut_percent, "*", color=colour, markersize=16)
        axis.set_title(title)
        axis.set_xlabel("median delay at real ends, ms")
        axis.set_xlim(150, 1500)
        axis.set_ylim(0, 100)
        axis.grid(alpha=0.3)
    axes[0].set_ylabel("turns with a pause that were cut off, %")
    axes[-1].legend(fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
