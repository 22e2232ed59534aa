"""What an operator's Prometheus reads at `/metrics`."""

from collections.abc import Mapping
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from enterprise_stream.conversation.timeline import StageName
from enterprise_stream.ladder.breaker import Position
from enterprise_stream.ladder.rung import Asked, FellBack, Hedged, LadderEvent
from enterprise_stream.ladder.state import LadderState
from enterprise_stream.observe.door_metrics import DoorMetrics

STAGE_BUCKETS_S = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0)
"""Edges around what a guest takes for an answer at once (0.3 s) and for a lost line (3 s)."""

AWAY_BUCKETS_S = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
"""From a gap that a full player hides to the default window."""

BREAKER_STATES: Mapping[Position, int] = {"closed": 0, "half_open": 1, "open": 2}


class Metrics:
    """The counters of one server; created once, by whoever puts the server together.

    Attributes:
        door: those of its door.
    """

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.door = DoorMetrics(self._registry)
        self._stages = Histogram(
            "enterprise_stream_turn_stage_seconds",
            "From the guest's last word (or the typed message) until a stage of the turn was passed.",
            ["stage"],
            buckets=STAGE_BUCKETS_S,
            registry=self._registry,
        )
        self._drafts = Counter(
            "enterprise_stream_drafts",
            "Answers begun ahead of the turn's end, by what became of them: used or dropped.",
            ["ended"],
            registry=self._registry,
        )
        self._draft_tokens = Counter(
            "enterprise_stream_draft_tokens",
            "Output tokens of answers begun ahead, until they were used or dropped; those of dropped ones are wasted.",
            ["ended"],
            registry=self._registry,
        )
        self._draft_sound = Counter(
            "enterprise_stream_draft_sound_seconds",
            "Sound made for answers begun ahead, until they were used or dropped; that of dropped ones is wasted.",
            ["ended"],
            registry=self._registry,
        )
        self._resumes, self._away = _returns(self._registry)
        self._cost = Counter(
            "enterprise_stream_cost_dollars",
            "What was paid to vendors, in US dollars, by stage and engine.",
            ["kind", "engine"],
            registry=self._registry,
        )
        self._requests = Counter(
            "enterprise_stream_provider_requests",
            "Requests to engines, by what came of them: ok, late, abandoned, or a code of `errors.py`.",
            ["provider", "kind", "code"],
            registry=self._registry,
        )
        self._fallbacks = Counter(
            "enterprise_stream_provider_fallbacks",
            "Requests to an engine in the place of another that failed; the same one is a second try.",
            ["provider", "kind", "instead_of"],
            registry=self._registry,
        )
        self._hedges = Counter(
            "enterprise_stream_provider_hedges",
            "Requests to an engine beside another that was late, by whether it was first.",
            ["provider", "kind", "won"],
            registry=self._registry,
        )
        self._breakers = Gauge(
            "enterprise_stream_provider_breaker_state",
            "Whether an engine is asked: 0 yes (closed), 1 once as a probe (half open), 2 no (open).",
            ["provider", "kind"],
            registry=self._registry,
        )

    def engine_used(self, event: LadderEvent) -> None:
        """A rung of a ladder was used."""
        match event:
            case Asked(kind=kind, engine=engine, outcome=outcome):
                self._requests.labels(engine, kind, outcome).inc()
            case FellBack(kind=kind, engine=engine, instead=instead):
                self._fallbacks.labels(engine, kind, instead).inc()
            case Hedged(kind=kind, engine=engine, won=won):
                self._hedges.labels(engine, kind, str(won).lower()).inc()

    def ladders_stand(self, ladders: LadderState) -> None:
        """How the breakers are at this moment."""
        for state in ladders.kinds:
            for rung in state.rungs:
                self._breakers.labels(rung.engine, state.kind).set(BREAKER_STATES[rung.breaker])

    def turn_answered(self, stages_ms: Mapping[StageName, float]) -> None:
        """A turn has its answer.

        Args:
            stages_ms: when each stage was passed, as far as that is known, in ms from the guest's last word.
        """
        for stage, ms in stages_ms.items():
            self._stages.labels(stage).observe(ms / 1000)

    def draft_ended(self, *, used: bool, text_tokens: int, sound_ms: float) -> None:
        """An answer that was begun ahead was let out or dropped."""
        ended = "used" if used else "dropped"
        self._drafts.labels(ended).inc()
        self._draft_tokens.labels(ended).inc(text_tokens)
        self._draft_sound.labels(ended).inc(sound_ms / 1000)

    def resumed(self, away_ms: float) -> None:
        """A guest is back.

        Args:
            away_ms: how long nobody was connected, as far as the server knows.
        """
        self._resumes.labels("resumed").inc()
        self._away.observe(away_ms / 1000)

    def not_resumed(self, why: Literal["refused", "lost"]) -> None:
        """A guest was not let back into a session."""
        self._resumes.labels(why).inc()

    def bought(self, kind: str, engine: str, dollars: float) -> None:
        """Something was bought from a vendor."""
        self._cost.labels(kind, engine).inc(dollars)

    def watch(self, collector: Collector) -> None:
        """Ask this too, whenever Prometheus asks."""
        self._registry.register(collector)

    def render(self) -> bytes:
        """The Prometheus text format."""
        return generate_latest(self._registry)


def _returns(registry: CollectorRegistry) -> tuple[Counter, Histogram]:
    """How guests come back, and after how long."""
    resumes = Counter(
        "enterprise_stream_resumes",
        "Clients that asked to go on with a session: resumed, refused (wrong, used or old token) or lost.",
        ["outcome"],
        registry=registry,
    )
    away = Histogram(
        "enterprise_stream_away_seconds",
        "From the loss of a connection, as the server noticed it, until the session went on.",
        buckets=AWAY_BUCKETS_S,
        registry=registry,
    )
    return resumes, away
