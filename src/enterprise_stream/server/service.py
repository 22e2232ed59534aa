"""What the server serves: the engines, the persona and the limits, as the composition root puts them together."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from enterprise_stream.clock import Clock, MonotonicClock
from enterprise_stream.conversation.policy import SpeculationPolicy, TurnPolicy
from enterprise_stream.cost.meter import Meter, free_meter
from enterprise_stream.ladder.state import LadderState
from enterprise_stream.log.ports import SessionLog
from enterprise_stream.observe.metrics import Metrics
from enterprise_stream.server.access import Access
from enterprise_stream.server.admission import Admission
from enterprise_stream.server.call_watch import CallLimits
from enterprise_stream.server.clips import Clips, NoClips
from enterprise_stream.server.keeping import Keeper, KeepsNothing
from enterprise_stream.server.load import Load, LoadLimits
from enterprise_stream.server.log_outage import LogOutage
from enterprise_stream.server.processors import Processors
from enterprise_stream.session.engines import Engines
from enterprise_stream.store.watch import Health
from enterprise_stream.thinking.knowledge import Business
from enterprise_stream.thinking.persona import Persona


def unnamed() -> Business:
    """For servers without a knowledge file: nothing is known of the business but who answers."""
    return Business("", False, "", "Sandra", "", ("es", "en"), {})


def nobody(_voice: str) -> Engines | None:
    """For servers whose sessions end with the process."""
    return None


async def nothing_paid(_session: str) -> int:
    """Nobody keeps accounts that outlive a process."""
    return 0


def unlimited_load() -> Load:
    """Measures, and refuses nobody."""
    return Load(LoadLimits(0, 0), MonotonicClock())


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that a connection needs; shared by all.

    Attributes:
        cast: the engines of a session that begins now; its voice stays for all of the session.
        recast: the engines of a session that speaks with a voice already, by its name; None where no engine has it.
        persona: who answers; her voice is that of the session's engines.
        mode: what answers, as `ready.server.mode` tells it.
        processors: who else is given what a guest says.
        idle_s: a connection on which nothing comes in for this long is closed.
        ready: names of what is not ready yet; empty when guests may come.
        openings: whether a word from the voice library may come before an answer that is not there yet.
        policy: when a guest's turn is over.
        speculation: when answers are begun ahead of a turn's end.
        session_log: where sessions are kept for those who come back; None keeps them in this process's memory.
        load: how busy the machine is.
        call_limits: how long a call that begins now may last, and its parts.
        drain_s: how long guests may finish what they are at, when the server is to stop.
        resume_window_s: how long a guest whose connection is lost may come back.
        meter: counts what is bought, and says when nothing more may be.
        paid_for: what a session of another process has cost, in micro-dollars.
        draft_microdollars: what an answer that is begun ahead may cost at most.
        ladders: how all ladders stand, every voice's among them.
        clips: recordings that a client plays by itself.
        keeper: keeps conversations beyond their end, and forgets them when the guest asks.
        business: what the knowledge file says of the business, as it is now.
        health: how what is kept stands.
        log_outage: told where the session log fails.
        retention_days: how long what was said in a call is kept; 0 keeps it no longer than the session may be resumed.
    """

    cast: Callable[[], Engines]
    persona: Persona
    clock: Clock
    language: str
    languages: tuple[str, ...]
    access: Access
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
    load: Load = field(default_factory=unlimited_load)
    call_limits: Callable[[], CallLimits] = CallLimits
    drain_s: float = 10.0
    recast: Callable[[str], Engines | None] = nobody
    meter: Meter = field(default_factory=free_meter)
    paid_for: Callable[[str], Awaitable[int]] = nothing_paid
    draft_microdollars: int = 0
    ladders: Callable[[], LadderState] = LadderState
    keeper: Keeper = field(default_factory=KeepsNothing)
    clips: Clips = field(default_factory=NoClips)
    business: Callable[[], Business] = unnamed
    health: Callable[[], Health] = Health
    log_outage: LogOutage = field(default_factory=lambda: LogOutage(MonotonicClock()))
    processors: Processors = field(default_factory=Processors)
    retention_days: int = 0
