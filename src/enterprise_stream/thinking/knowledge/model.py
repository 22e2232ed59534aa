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
class Contact:
    """How a guest reaches a person where the concierge cannot help; "" for what there is not.

    Attributes:
        phone: as it is dialled from abroad or as it is said.
        whatsapp: the number of a WhatsApp account, in international form.
    """

    phone: str = ""
    whatsapp: str = ""
    email: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Privacy:
    """What a guest is told before the microphone, in the owner's words; empty for the built-in ones.

    Attributes:
        url: the owner's privacy notice.
        text: per language.
    """

    url: str = ""
    text: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Business:
    """Who answers.

    Attributes:
        disclosure: the sentence that tells a guest that an AI answers, per language.
        phones: telephone numbers as they are said, by use ("office", "emergency").
        office_hours: opening and closing time (H:MM), or None.
        confirm_within_hours: how soon a person confirms a booking, or None.
        examples: questions that the page offers to a guest who does not know what to ask.
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
    contact: Contact = Contact()
    privacy: Privacy = Privacy()
    examples: Phrasings = field(default_factory=dict)

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
