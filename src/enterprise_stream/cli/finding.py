"""What `doctor` says of one thing that it looked at."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        state: `ok`, `advice` (it works without), or `missing` (it does not).
        advice: what to do; empty when nothing is.
    """

    subject: str
    state: Literal["ok", "advice", "missing"]
    found: str
    advice: str = ""
