"""Why was this turn slow? Compares a turn's stages with what they usually take and names the one that stands out."""

from collections.abc import Mapping
from dataclasses import dataclass

from enterprise_stream.conversation.timeline import STAGES, StageName, Timeline

Budgets = Mapping[StageName, float]

EMBEDDED: Budgets = {
    "way_in": 30,
    "endpoint": 250,
    "transcript": 10,
    "first_text": 40,
    "first_clause": 10,
    "first_audio": 280,
    "sent": 10,
    "arrived": 30,
    "heard": 110,
}
"""Ms that each stage may take with the embedded engines on two quiet cores: those inside the server add up to the goal
of 600 ms. `heard` is the page's: 60 ms of audio before it starts, and a device's usual 50 ms."""

REMOTE: Budgets = {**EMBEDDED, "transcript": 100, "first_text": 250, "first_clause": 80, "first_audio": 120}
"""The same with engines over a network: a final transcript 100 ms after the speech, a first token after 250, four words
at sixty tokens a second, a first sound after 120."""


def budgets(mode: str) -> Budgets:
    """The budgets for a server's mode, as `ready.server.mode` tells it: `embedded`, or the vendors in use."""
    return EMBEDDED if mode == "embedded" else REMOTE


@dataclass(frozen=True, slots=True)
class Slowest:
    """The stage that took the most over what it usually takes.

    Attributes:
        ms: what it took.
        over_ms: how much of that is beyond its budget; 0 when every stage kept its budget.
        total_ms: the whole wait.
    """

    name: StageName
    ms: float
    over_ms: float
    total_ms: float

    def sentence(self) -> str:
        """In words: "the voice took 640 of 1190 ms, 390 more than usual"."""
        said = f"{STAGES[self.name]} took {self.ms:.0f} of {self.total_ms:.0f} ms"
        return f"{said}, {self.over_ms:.0f} more than usual" if self.over_ms else f"{said}; nothing was slow"


def slowest(timeline: Timeline, usual: Budgets) -> Slowest | None:
    """The stage furthest beyond its budget, or nearest to it where all kept theirs; None when no stage is known.

    A known stage that follows unknown ones holds their wait too, and their budgets with it.
    """
    found: Slowest | None = None
    excess, carried = float("-inf"), 0.0
    for stage in timeline.stages:
        if stage.ms is None:
            carried += 0.0 if stage.name == "way_in" else usual[stage.name]
            continue
        over, carried = stage.ms - usual[stage.name] - carried, 0.0
        if over > excess:
            excess = over
            found = Slowest(stage.name, stage.ms, max(0.0, over), timeline.total_ms)
    return found
