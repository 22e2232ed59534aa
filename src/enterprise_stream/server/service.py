"""What the server serves: the engines, the persona and the limits, as the composition root puts them together."""

from collections.abc import Callable
from dataclasses import dataclass, field

from enterprise_stream.clock import Clock
from enterprise_stream.conversation.policy import SpeculationPolicy, TurnPolicy
from enterprise_stream.cost.meter import Meter, free_meter
from enterprise_stream.ladder.state import LadderState
from enterprise_stream.log.ports import SessionLog
from enterprise_stream.observe.metrics import Metrics
from enterprise_stream.server.access import AccessRules
from enterprise_stream.server.admission import Admission
from enterprise_stream.session.engines import Engines
from enterprise_stream.thinking.persona import Persona


def nobody(_voice: str) -> Engines | None:
    """For servers whose sessions end with the process."""
    return None


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that a connection needs; shared by all.

    Attributes:
        cast: the engines of a session that begins now; its voice stays for all of the session.
        recast: the engines of a session that speaks with a voice already, by its name; None where no engine has it.
        persona: who answers; her voice is that of the session's engines.
        mode: what answers, as `ready.server.mode` tells it.
        idle_s: a connection on which nothing comes in for this long is closed.
        ready: names of what is not ready yet; empty when guests may come.
        openings: whether a word from the voice library may come before an answer that is not there yet.
        policy: when a guest's turn is over.
        speculation: when answers are begun ahead of a turn's end.
        session_log: where sessions are kept for those who come back; None keeps them in this process's memory.
        resume_window_s: how long a guest whose connection is lost may come back.
        meter: counts what is bought, and says when nothing more may be.
        draft_microdollars: what an answer that is begun ahead may cost at most.
        ladders: how all ladders stand, every voice's among them.
    """

    cast: Callable[[], Engines]
    persona: Persona
    clock: Clock
    language: str
    languages: tuple[str, ...]
    access: AccessRules
    admission: Admission
    mode: str
    idle_s: float
    ready: Callable[[], tuple[str, ...]]
    openings: bool = False
    policy: TurnPolicy = field(default_factory=TurnPolicy)
    speculation: SpeculationPolicy = field(default_factory=SpeculationPolicy)
    metrics: Metrics = field(default_factory=Metrics)
    session_log: SessionLog | None = None
    resume_window_s: float = 300.0
    recast: Callable[[str], Engines | None] = nobody
    meter: Meter = field(default_factory=free_meter)
    draft_microdollars: int = 0
    ladders: Callable[[], LadderState] = LadderState
