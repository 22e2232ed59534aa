"""The knowledge file as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from enterprise_stream.thinking.ports import ResponseType

Texts = Mapping[str, str]
"""A text per language, keyed by ISO 639-1 code."""

Phrasings = Mapping[str, tuple[str, ...]]
"""Several texts per language, keyed by ISO 639-1 code."""

SMALL_TALK = ("greeting", "thanks", "goodbye", "how_are_you", "who_are_you", "are_you_ai", "unknown", "refusal")
"""Answers that a business may word itself; each has a built-in wording."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a knowledge file that its owner should change.

    Attributes:
        line: line of the file, from 1; 0 when it concerns the whole file.
        message: what is wrong, what is allowed and, where it can be guessed, what was meant.
        fatal: the file cannot be used; otherwise it is advice.
    """

    line: int
    message: str
    fatal: bool = True

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{'' if self.fatal else 'advice: '}{self.message}"


@dataclass(frozen=True, slots=True)
class Business:
    """Who answers.

    Attributes:
        disclosure: the sentence that tells a guest that an AI answers, per language.
        phones: telephone numbers as they are said, by use ("office", "emergency").
        office_hours: opening and closing time (H:MM), or None.
        confirm_within_hours: how soon a person confirms a booking, or None.
    """

    name: str
    invented: bool
    place: str
    persona: str
    voice: str
    languages: tuple[str, ...]
    disclosure: Texts
    phones: Mapping[str, str] = field(default_factory=dict)
    office_hours: tuple[str, str] | None = None
    confirm_within_hours: int | None = None

    def values(self) -> dict[str, str]:
        """What `{name}` in an answer may stand for."""
        return {"business": self.name, "persona": self.persona, "place": self.place, **self.phones}


@dataclass(frozen=True, slots=True)
class Season:
    """Months (1 to 12) in which every night costs `percent` more, or less when negative."""

    name: Texts
    months: tuple[int, ...]
    percent: int


@dataclass(frozen=True, slots=True)
class Feature:
    """Something that a lodging has: how guests name it, and how it is said after "it has"."""

    words: Phrasings
    text: Texts


@dataclass(frozen=True, slots=True)
class Lodging:
    """One place to stay.

    Attributes:
        also: other names that guests use, misheard ones included.
        called: its name inside a sentence, by language, where that differs: "el Ático Ruzafa".
        bedrooms: 0 for a studio.
        guests: most guests.
        price: list price of one night, in whole units of the currency.
    """

    id: str
    name: str
    also: tuple[str, ...]
    bedrooms: int
    guests: int
    price: int
    type: ResponseType = "general"
    features: tuple[Feature, ...] = ()
    called: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Price:
    """A fact's price, so that totals can be worked out."""

    amount: int
    per: Literal["day", "person", "stay"]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question that makes sense right after its fact, and its answer."""

    ask: Phrasings
    answer: Texts


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that the business knows.

    Attributes:
        words: words that give the subject away on their own.
        ask: ways to ask for it.
        price: what it costs, for totals; None when it has no price of its own.
    """

    id: str
    type: ResponseType
    ask: Phrasings
    answer: Texts
    words: Phrasings = field(default_factory=dict)
    price: Price | None = None
    follow_ups: tuple[FollowUp, ...] = ()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A whole, checked knowledge file."""

    business: Business
    lodgings: tuple[Lodging, ...]
    facts: tuple[Fact, ...]
    currency: str = "€"
    seasons: tuple[Season, ...] = ()
    small_talk: Mapping[str, Texts] = field(default_factory=dict)

    def fact(self, fact_id: str) -> Fact | None:
        """The fact with that id, or None."""
        return next((fact for fact in self.facts if fact.id == fact_id), None)

    def lodging(self, lodging_id: str) -> Lodging | None:
        """The lodging with that id, or None."""
        return next((lodging for lodging in self.lodgings if lodging.id == lodging_id), None)

    def fill(self, text: str) -> str:
        """`text` with its `{name}` replaced by the business's values."""
        for name, value in self.business.values().items():
            text = text.replace("{" + name + "}", value)
        return text
