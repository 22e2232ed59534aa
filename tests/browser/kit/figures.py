"""What tests measured, shown at the end of the run."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np


@dataclass(slots=True)
class Figures:
    """The lines of a run, in order."""

    lines: list[str] = field(default_factory=list)

    def tell(self, what: str, values: Sequence[float], unit: str = "ms") -> None:
        """Note a distribution."""
        p50, p95 = np.percentile(values, (50, 95))
        self.lines.append(
            f"{what}: p50 {p50:.1f}, p95 {p95:.1f}, max {max(values):.1f} {unit} of {len(values)}"
            if len(values) > 1
            else f"{what}: {values[0]:.1f} {unit}"
        )

    def note(self, line: str) -> None:
        """Note a line as it is."""
        self.lines.append(line)
