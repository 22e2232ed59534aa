"""What the brain remembers between two answers; it travels with the session, never in the brain."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from enterprise_stream.engines.retrieval.dates import Stay
from enterprise_stream.thinking.ports import ResponseType

Stage = Literal["collecting", "confirming", "done"]


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking as far as it is known.

    Attributes:
        month: said without days, so that days without a month mean this one.
        asked: the slot that the guest was asked for last ("dates", "guests", "name" or "change").
    """

    lodging: str | None = None
    arrival: date | None = None
    departure: date | None = None
    month: int | None = None
    nights: int | None = None
    guests: int | None = None
    name: str | None = None
    stage: Stage = "collecting"
    asked: str | None = None

    @property
    def complete(self) -> bool:
        """Whether dates, guests and name are all known."""
        return None not in (self.arrival, self.departure, self.guests, self.name)


@dataclass(frozen=True, slots=True)
class DialogueState:
    """The conversation so far, as the embedded brain sees it.

    Attributes:
        intents: what the last answer answered: fact ids, or the names of the brain's own answers.
        topic: what a short follow-up is about: "price", "capacity", "lodging", or a fact's id.
        lodging: id of the lodging that is being talked about.
        stay, guests: when and how many, as far as they were said.
        booking: the booking under way, or the one just noted.
        pending: what a bare "yes" or a name of a lodging would answer ("office", "broken").
        misses: turns in a row that were not understood.
        last_text, last_type: the last answer, for a guest who wants it again.
    """

    intents: tuple[str, ...] = ()
    topic: str | None = None
    lodging: str | None = None
    stay: Stay = field(default_factory=Stay)
    guests: int | None = None
    booking: Booking | None = None
    pending: str | None = None
    misses: int = 0
    last_text: str = ""
    last_type: ResponseType = "general"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer and what to remember with it."""

    text: str
    type: ResponseType
    state: DialogueState
