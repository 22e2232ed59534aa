"""How the ladders stand, for people and for load balancers."""

from dataclasses import dataclass

from enterprise_stream.ladder.breaker import Position
from enterprise_stream.purchases import Kind


@dataclass(frozen=True, slots=True)
class RungState:
    """An engine and where its breaker stands."""

    engine: str
    breaker: Position


@dataclass(frozen=True, slots=True)
class KindState:
    """A ladder.

    Attributes:
        kind: of its engines.
        rungs: best first.
        best: the engine of this kind that is better than all, where it is on another ladder.
    """

    kind: Kind
    rungs: tuple[RungState, ...]
    best: str | None = None

    @property
    def in_use(self) -> str | None:
        """The engine that would be asked now; None where none is left."""
        return next((rung.engine for rung in self.rungs if rung.breaker != "open"), None)

    @property
    def degraded(self) -> bool:
        """Whether another than the best would be asked."""
        return self.in_use != (self.best or self.rungs[0].engine)


@dataclass(frozen=True, slots=True)
class LadderState:
    """All ladders of a server, or of a session; a kind may have several, one for each voice."""

    kinds: tuple[KindState, ...] = ()

    def in_use(self, kind: Kind) -> str | None:
        """The engine of this kind that would be asked now."""
        return next((state.in_use for state in self.kinds if state.kind == kind and state.in_use is not None), None)

    @property
    def degraded(self) -> bool:
        """Whether any engine in use is not the best of its ladder."""
        return any(state.degraded for state in self.kinds)

    def positions(self) -> dict[Kind, dict[str, Position]]:
        """Each engine's breaker, by kind and name."""
        found: dict[Kind, dict[str, Position]] = {}
        for state in self.kinds:
            found.setdefault(state.kind, {}).update({rung.engine: rung.breaker for rung in state.rungs})
        return found

    @property
    def out(self) -> tuple[Kind, ...]:
        """The kinds that no engine is left of."""
        kinds = dict.fromkeys(state.kind for state in self.kinds)
        return tuple(kind for kind in kinds if self.in_use(kind) is None)
