"""The ways in which an engine fails, as its port shows them."""

import asyncio
from dataclasses import dataclass
from typing import Literal, get_args

from enterprise_stream.errors import VendorError

FaultKind = Literal[
    "auth", "quota", "limited", "down", "reset", "model_gone", "bad_request", "garbled", "hang", "drip", "half_close"
]
"""How it fails; `drip` is a stream far slower than speech, `half_close` one that ends too early."""

Phase = Literal["before", "first", "mid"]
"""When: as it is asked, when its first piece is due, or in mid-answer."""

FAULTS: tuple[FaultKind, ...] = get_args(FaultKind)
PHASES: tuple[Phase, ...] = get_args(Phase)

REFUSAL_S = 0.06
"""How long a vendor takes to refuse, in s."""

DRIP_S = 0.8
"""Between two pieces of a drip, in s: less than any deadline for a single piece."""

_CODES = {
    "auth": "vendor_auth",
    "quota": "vendor_quota",
    "limited": "vendor_limited",
    "down": "vendor_down",
    "reset": "vendor_down",
    "model_gone": "model_gone",
    "bad_request": "vendor_bad_request",
    "garbled": "vendor_garbled",
    "half_close": "vendor_down",
}


@dataclass(slots=True)
class Fault:
    """A fault that is armed.

    Attributes:
        kind: how.
        phase: when.
        times: how many more uses it strikes; None strikes all.
    """

    kind: FaultKind
    phase: Phase
    times: int | None = None

    def strikes(self) -> bool:
        """Whether it strikes this use."""
        if self.times is None:
            return True
        self.times -= 1
        return self.times >= 0

    async def happen(self) -> None:
        """Fail, or be silent for ever; a drip only takes its time.

        Raises:
            VendorError: the vendor says so.
        """
        if self.kind == "hang":
            await asyncio.Event().wait()
        if self.kind == "drip":
            await asyncio.sleep(DRIP_S)
            return
        await asyncio.sleep(REFUSAL_S if self.phase == "before" else 0.0)
        after_s = 1.0 if self.kind == "limited" else None
        raise VendorError("The scripted vendor failed.", code=_CODES[self.kind], retry_after_s=after_s)
