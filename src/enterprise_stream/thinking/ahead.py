"""What she will say whoever asks: the sentences that are known before any guest calls."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from enterprise_stream.thinking.fillers import FILLERS
from enterprise_stream.thinking.knowledge import Knowledge
from enterprise_stream.thinking.openings import OPENINGS
from enterprise_stream.thinking.persona import FAREWELL_REASONS, WARNING_REASONS, Persona
from enterprise_stream.thinking.phrases import PhraseSplitter
from enterprise_stream.thinking.ports import ResponseType


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text that is said.

    Attributes:
        type: what kind of answer it belongs to.
    """

    text: str
    language: str
    type: ResponseType = "general"


def of_persona(persona: Persona, language: str) -> Iterator[Phrase]:
    """The disclosure, what she says when an engine fails, her openings, what covers a wait, warnings and farewells."""
    if persona.disclosure(language):
        yield Phrase(persona.disclosure(language), language, "welcome")
    for excuse in (persona.apology, persona.still_out, persona.broken_off, persona.unheard):
        yield Phrase(excuse(language), language, "error")
    yield from (Phrase(text, language) for text in (*OPENINGS.get(language, ()), *FILLERS.get(language, ())))
    yield from (Phrase(persona.warning(language, why), language) for why in WARNING_REASONS)
    yield from (Phrase(persona.farewell(language, why), language) for why in FAREWELL_REASONS)


def of_knowledge(knowledge: Knowledge, language: str) -> Iterator[Phrase]:
    """Every answer that stands in the knowledge file as it is said, follow-ups included."""
    for fact in knowledge.facts:
        texts = [fact.answer, *(follow_up.answer for follow_up in fact.follow_ups)]
        yield from (Phrase(knowledge.fill(text[language]), language, fact.type) for text in texts if language in text)


def clauses_of(text: str) -> list[str]:
    """The clauses that a text may be said in, each once: as the beginning of an answer, and after other words.

    The opening clause of an answer is cut shorter than later ones, so a sentence has two ways of being said.
    """
    opening, later = PhraseSplitter(), PhraseSplitter()
    later.feed("—. ")
    cut = [*opening.feed(text), *opening.flush(), *later.feed(text), *later.flush()]
    return list(dict.fromkeys(clause.strip() for clause in cut))


def in_clauses(phrases: Iterable[Phrase]) -> list[Phrase]:
    """Phrases cut into the clauses that the voice is given, each once, in order."""
    found: dict[tuple[str, str], Phrase] = {}
    for phrase in phrases:
        for clause in clauses_of(phrase.text):
            found.setdefault((phrase.language, clause), Phrase(clause, phrase.language, phrase.type))
    return list(found.values())
