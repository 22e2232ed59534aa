"""Rungs in order, and what is counted of each use of one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Generic, Self, TypeVar

import structlog

from enterprise_stream.clock import Clock
from enterprise_stream.errors import CANNOT_GO_ON, BudgetError, EngineError, EnterpriseStreamError, OverloadedError
from enterprise_stream.ladder.breaker import Breaker
from enterprise_stream.ladder.state import KindState, RungState
from enterprise_stream.purchases import Kind

log = structlog.get_logger(__name__)

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Rung(Generic[E]):
    """One engine of a ladder.

    Attributes:
        name: as `STT`, `LLM` and `TTS` list it.
        engine: behind its port.
        first_s: how long its first piece may take, in s.
        stall_s: how long each further piece may take, in s.
        local: whether it runs on this machine, so that asking it beside another costs nothing but its work.
    """

    name: str
    engine: E
    first_s: float
    stall_s: float
    local: bool = False
    breaker: Breaker = field(default_factory=Breaker, compare=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """An engine was asked; `outcome` is `ok`, `late`, `abandoned` or the error's code."""

    kind: Kind
    engine: str
    outcome: str


@dataclass(frozen=True, slots=True)
class FellBack:
    """An engine was asked in the place of another that failed; `retry` where it is the same one again."""

    kind: Kind
    engine: str
    instead: str

    @property
    def retry(self) -> bool:  # noqa: D102 - see the class
        return self.engine == self.instead


@dataclass(frozen=True, slots=True)
class Hedged:
    """An engine was asked beside a late one; `won` where it was first."""

    kind: Kind
    engine: str
    won: bool


LadderEvent = Asked | FellBack | Hedged
Tell = Callable[[LadderEvent], None]


def nobody_listens(_event: LadderEvent) -> None:
    """For ladders that nobody counts."""


class Attempt(Generic[E]):
    """One use of a rung that its breaker has let through; settled once, by its first verdict.

    As a context manager it is settled by how the block ends.
    """

    def __init__(self, kind: Kind, rung: Rung[E], clock: Clock, tell: Tell) -> None:
        self.rung = rung
        self._kind = kind
        self._clock = clock
        self._tell = tell
        self._settled = False
        self._goes = False

    def goes(self) -> None:
        """A first result is there: from now on, breaking it off says that it was served."""
        self._goes = True

    def succeeded(self) -> None:
        """It was served."""
        if self._settle("ok"):
            self.rung.breaker.succeeded()

    def failed(self, error: EnterpriseStreamError) -> None:
        """It failed; one that cannot go on for another, or that nobody has time or money for, is none the worse."""
        if error.code == CANNOT_GO_ON or isinstance(error, OverloadedError | BudgetError):
            self.abandoned()
        elif self._settle(error.code):
            log.warning("engine_failed", kind=self._kind, engine=self.rung.name, code=error.code)
            self.rung.breaker.failed(self._clock.now_ms(), error)

    def beaten(self) -> None:
        """Another that was asked later was there before it: it failed as far as a guest can tell."""
        if self._settle("late"):
            self.rung.breaker.failed(self._clock.now_ms(), EngineError("late"))

    def abandoned(self) -> None:
        """Nobody waits for its end any more."""
        if self._goes:
            self.succeeded()
        elif self._settle("abandoned"):
            self.rung.breaker.abandoned(self._clock.now_ms())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if error is None:
            self.succeeded()
        elif isinstance(error, EnterpriseStreamError):
            self.failed(error)
        elif isinstance(error, Exception):
            self.failed(EngineError("a fault in the engine"))
        else:
            self.abandoned()

    def _settle(self, outcome: str) -> bool:
        if self._settled:
            return False
        self._settled = True
        self._tell(Asked(self._kind, self.rung.name, outcome))
        return True


def no_rung_left(failure: EnterpriseStreamError | None, message: str) -> EnterpriseStreamError:
    """What the caller is told: what this machine or the budget refused as it is, never a vendor's own code."""
    return failure if isinstance(failure, OverloadedError | BudgetError) else EngineError(message)


class Ladder(Generic[E]):
    """Rungs of one kind, best first; shared by all sessions.

    Args:
        kind: of the engines.
        rungs: at least one.
        clock: the breakers'.
        tell: told of each use.
    """

    def __init__(self, kind: Kind, rungs: Sequence[Rung[E]], clock: Clock, tell: Tell = nobody_listens) -> None:
        if not rungs:
            raise ValueError("a ladder has a rung")
        self.kind = kind
        self.rungs = tuple(rungs)
        self.clock = clock
        self._tell = tell

    def available(self) -> Rung[E] | None:
        """The rung that would be asked now."""
        now = self.clock.now_ms()
        return next((rung for rung in self.rungs if rung.breaker.position(now) != "open"), None)

    def begin(self) -> Attempt[E] | None:
        """Use the best rung that its breaker lets through; None where there is none."""
        return self._first_of(self.rungs)

    def below(self, rung: Rung[E]) -> Attempt[E] | None:
        """Use the best one under a rung that failed."""
        under = self.rungs[self.rungs.index(rung) + 1 :]
        attempt = self._first_of(under)
        if attempt is not None:
            self._tell(FellBack(self.kind, attempt.rung.name, rung.name))
        return attempt

    def again(self, rung: Rung[E]) -> Attempt[E] | None:
        """Use the same rung once more, if its breaker lets it."""
        attempt = self._first_of((rung,))
        if attempt is not None:
            self._tell(FellBack(self.kind, rung.name, rung.name))
        return attempt

    def spare(self, rung: Rung[E]) -> Rung[E] | None:
        """The last rung, where it is on this machine and under the given one, to be asked beside that."""
        last = self.rungs[-1]
        here = last.local and last is not rung and not rung.local
        return last if here and last.breaker.would_admit(self.clock.now_ms()) else None

    def beside(self, rung: Rung[E]) -> Attempt[E] | None:
        """Use a spare rung."""
        return self._first_of((rung,))

    def hedged(self, rung: Rung[E], *, won: bool) -> None:
        """A spare rung was asked beside a late one."""
        self._tell(Hedged(self.kind, rung.name, won))

    def state(self) -> KindState:
        """How it stands."""
        now = self.clock.now_ms()
        return KindState(self.kind, tuple(RungState(rung.name, rung.breaker.position(now)) for rung in self.rungs))

    def _first_of(self, rungs: Sequence[Rung[E]]) -> Attempt[E] | None:
        now = self.clock.now_ms()
        admitted = next((rung for rung in rungs if rung.breaker.admit(now)), None)
        return None if admitted is None else Attempt(self.kind, admitted, self.clock, self._tell)
