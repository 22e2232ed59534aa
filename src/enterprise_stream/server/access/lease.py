"""For whom a session is, and how far it may go: what stays with it, whichever connection or server it is on."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Lease:
    """What a session was opened under.

    Attributes:
        tenant: who pays and whose data it is; empty where there is only one.
        origin: of the page that opened it; None where it was no page.
        until_ms: when its time is over, in ms since 1970; 0 for no end.
        max_microdollars: what it may cost; 0 for no limit of its own.
    """

    tenant: str = ""
    origin: str | None = None
    until_ms: float = 0.0
    max_microdollars: int = 0

    def opens(self, other: "Lease") -> bool:
        """Whether a connection under this lease may go on with a session under the other."""
        return (self.tenant, self.origin) == (other.tenant, other.origin)

    def left_s(self, wall_ms: float) -> float | None:
        """Seconds until its time is over, 0.0 at least; None for no end."""
        return max(0.0, self.until_ms - wall_ms) / 1000 if self.until_ms else None


UNLIMITED: Final = Lease()
"""What no token says anything else about: the only tenant, and no limit of its own."""
