"""What can go wrong with a vendor, armed by a test or a developer and counted down as it strikes.

A fault strikes at a phase of one exchange: `before` (instead of the handshake or the response's head), at the
`first_byte` of an answer, or in `mid_answer`, once a part of it has been sent. What an answer is depends on the
endpoint: an utterance's words, a flushed text's audio, a response's body.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, get_args

Kind = Literal[
    "401", "402", "429", "5xx", "refused", "reset", "half_close", "hang", "silent", "stall", "slow_drip", "malformed"
]
"""What goes wrong.

`401`, `402` and `429` are the vendor's own refusals, with its words and headers. `5xx` is 503 before the answer and,
once there is one, however the vendor says in mid-stream that it failed. `refused`: nobody listens on the port. `reset`:
the connection ends with RST. `half_close`: the emulator's side ends with FIN and says nothing more. `hang`: it neither
reads nor writes from here on. `silent`: it reads, and not even a ping or a close is answered. `stall`: the answer does
not go on, but the connection lives (pings, closes). `slow_drip`: bytes trickle. `malformed`: what comes is no protocol.
"""

Phase = Literal["before", "first_byte", "mid_answer"]

PHASES: Final[tuple[Phase, ...]] = get_args(Phase)

STATUS: Final[dict[Kind, int]] = {"401": 401, "402": 402, "429": 429, "5xx": 503}
"""HTTP status that a kind is told with before an answer."""

_ONLY_BEFORE: Final[frozenset[Kind]] = frozenset({"401", "402", "429", "refused"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of failure at one phase.

    Attributes:
        kind: what goes wrong.
        phase: when.
        times: how often it strikes; None until it is cleared. Who is refused is not seen, so `refused` cannot be
            counted and lasts until it is cleared, whatever this says.
        retry_after_s: what `429` tells in `Retry-After`, in seconds; None leaves the header out.
        after: pieces of the answer that come before one in mid-answer; the first of a chat's says only who speaks.
    """

    kind: Kind
    phase: Phase = "before"
    times: int | None = 1
    retry_after_s: float | None = 1.0
    after: int = 1

    def __post_init__(self) -> None:
        if self.phase != "before" and self.kind in _ONLY_BEFORE:
            raise ValueError(f"{self.kind} happens before an answer, not at {self.phase}")


EVERY_FAULT: Final[tuple[Fault, ...]] = tuple(
    Fault(kind, phase) for kind in get_args(Kind) for phase in PHASES if phase == "before" or kind not in _ONLY_BEFORE
)
"""Each kind at each phase that it can strike at, once; for matrices of tests."""


@dataclass(frozen=True, slots=True)
class Struck:
    """A fault that took effect."""

    endpoint: str
    fault: Fault


@dataclass(slots=True)
class _Armed:
    fault: Fault
    endpoint: str | None
    left: int | None


class Faults:
    """The faults of one emulator; the one that was armed first strikes first.

    Args:
        refuse: closes the port (True) or opens it again (False).

    Attributes:
        struck: what took effect, oldest first.
    """

    def __init__(self, refuse: Callable[[bool], None]) -> None:
        self._refuse = refuse
        self._armed: deque[_Armed] = deque()
        self.struck: list[Struck] = []

    @property
    def armed(self) -> tuple[Fault, ...]:
        """What has yet to strike."""
        return tuple(armed.fault for armed in self._armed)

    def arm(self, fault: Fault, endpoint: str | None = None) -> None:
        """Let `fault` strike.

        Args:
            fault: what, when and how often.
            endpoint: whom, by the emulator's name for it (`listen`, `speak`, `chat`, `speech`); None strikes whoever
                comes next. `refused` strikes all, since they share a port.
        """
        if fault.kind == "refused":
            self._armed.append(_Armed(fault, None, None))
            self._refuse(True)
        else:
            self._armed.append(_Armed(fault, endpoint, fault.times))

    def clear(self) -> None:
        """Disarm all: what comes next goes well."""
        refusing = any(armed.fault.kind == "refused" for armed in self._armed)
        self._armed.clear()
        if refusing:
            self._refuse(False)

    def strike(self, endpoint: str, phase: Phase, pieces: int = 0) -> Fault | None:
        """What strikes an exchange with `endpoint` in `phase`, `pieces` into its answer; counts it down."""
        for armed in self._armed:
            if armed.fault.kind == "refused" or armed.fault.phase != phase or armed.endpoint not in (None, endpoint):
                continue
            if phase == "mid_answer" and pieces < armed.fault.after:
                continue
            if armed.left is not None:
                armed.left -= 1
                if not armed.left:
                    self._armed.remove(armed)
            self.struck.append(Struck(endpoint, armed.fault))
            return armed.fault
        return None
