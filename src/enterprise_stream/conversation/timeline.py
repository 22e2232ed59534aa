"""The ledger of a turn: how long the guest waited, from the end of his speech to the first sound he heard, by stage.

A stage is the wait that ends at the mark of its name; what each waits for is in `STAGES`. Stages are on the session's
clock, none is negative, and they add up to the whole wait, whatever is unknown.
"""

from dataclasses import dataclass
from typing import Literal

from enterprise_stream.conversation.state import Marks

StageName = Literal[
    "way_in", "endpoint", "transcript", "first_text", "first_clause", "first_audio", "sent", "arrived", "heard"
]

STAGES: dict[StageName, str] = {
    "way_in": "the guest's way in",
    "endpoint": "the end of the turn",
    "transcript": "the recogniser",
    "first_text": "the brain",
    "first_clause": "the first clause",
    "first_audio": "the voice",
    "sent": "the server's way out",
    "arrived": "the network",
    "heard": "the guest's player",
}
"""What is waited for in each stage, in the order in which the guest waits for them."""

_ANSWER: tuple[StageName, ...] = ("first_text", "first_clause", "first_audio", "sent", "arrived", "heard")


@dataclass(frozen=True, slots=True)
class Stage:
    """One wait in ms; None where the mark that ends it is not known: the next known stage holds it too."""

    name: StageName
    ms: float | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """A turn's stages, all of them, in order."""

    stages: tuple[Stage, ...]

    @property
    def total_ms(self) -> float:
        """All known stages together: voice-to-voice where the last of them is `heard`."""
        return sum(stage.ms for stage in self.known())

    @property
    def heard(self) -> bool:
        """Whether the client has said when its first sound was heard."""
        return any(stage.name == "heard" for stage in self.known())

    def known(self) -> tuple["Spent", ...]:
        """The stages whose length is known, each with when it began."""
        begin, known = 0.0, []
        for stage in self.stages:
            if stage.ms is not None:
                known.append(Spent(stage.name, begin, stage.ms))
                begin += stage.ms
        return tuple(known)

    def whole(self) -> "Timeline":
        """The same in whole ms; the stages still add up to the rounded total."""
        ends = {spent.name: (round(spent.begin), round(spent.begin + spent.ms)) for spent in self.known()}
        return Timeline(
            tuple(
                Stage(stage.name, None if stage.name not in ends else ends[stage.name][1] - ends[stage.name][0])
                for stage in self.stages
            )
        )


@dataclass(frozen=True, slots=True)
class Spent:
    """A stage on the turn's own axis: `begin` and `ms` since the end of the guest's speech."""

    name: StageName
    begin: float
    ms: float


def timeline(marks: Marks) -> Timeline:
    """The stages between a turn's marks.

    A mark that was passed before an earlier one cost the guest nothing. What of the answer came after its first sound
    was not waited for: an opening word sounds before the brain has said anything.
    """
    ends: dict[StageName, float | None] = {"endpoint": marks.endpoint, "transcript": marks.transcript}
    latest = float("inf")
    for name in reversed(_ANSWER):
        mark: float | None = getattr(marks, name)
        latest = latest if mark is None else min(latest, mark)
        ends[name] = None if mark is None else latest
    stages, last = [Stage("way_in", marks.way_in)], marks.speech_ended
    for name in tuple(STAGES)[1:]:
        end = ends[name]
        stages.append(Stage(name, None if end is None else max(0.0, end - last)))
        last = last if end is None else max(last, end)
    return Timeline(tuple(stages))
