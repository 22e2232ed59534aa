"""What an utterance says, apart from which fact it asks for: lodgings, dates, guests, a name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz

from enterprise_stream.engines.retrieval.dates import Stay, parse_stay
from enterprise_stream.engines.retrieval.slots import bare_number, guests_in, name_in
from enterprise_stream.engines.retrieval.text import MAX_CHARS, fold, sound, with_digits, without_preface
from enterprise_stream.thinking.knowledge import Knowledge, Lodging
from enterprise_stream.thinking.language_switch import text_evidence

_MISHEARD = 86.0
"""rapidfuzz ratio of two sounds from which a long name counts as heard."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An utterance, taken apart.

    Attributes:
        text: as it was said, cut to what is looked at, without what only claims the floor.
        words: folded, numbers as digits, misheard names of lodgings put right.
        lodgings: ids, in the order they were said.
        number: the number of an utterance that is hardly more than that.
    """

    text: str
    words: str
    lodgings: tuple[str, ...]
    stay: Stay
    guests: int | None
    number: int | None
    name: str | None


def hear(text: str, language: str, knowledge: Knowledge, today: date, month: int | None, asked: str | None) -> Heard:
    """Take an utterance apart.

    Args:
        text: what was said.
        knowledge: names the lodgings.
        today: day that dates are counted from.
        language: what numbers are read as when the words do not tell ("once" is 11 or a time).
        month: the month that days without one belong to, if the conversation has settled it.
        asked: the booking slot that the guest was asked for last.
    """
    text = without_preface(text[:MAX_CHARS])
    spanish, english = text_evidence(text)
    read_as = language if spanish == english else "es" if spanish > english else "en"
    words = named_rightly(with_digits(fold(text), read_as), knowledge)
    name = name_in(text, expected=asked == "name")
    searched = fold(text)
    if name is not None:
        searched = searched.replace(fold(name), " ")
    lodgings = lodgings_in(searched, knowledge)
    if name is not None and asked == "name" and not re.search(r"\b(?:llamo|nombre|name|soy|under)\b", words):
        listed = lodgings_in(fold(name), knowledge)
        if listed and fold(name) in {fold(n) for n in _names(knowledge, listed[0])}:
            name, lodgings = None, listed
    guests, number = guests_in(words), bare_number(words)
    return Heard(text, words, lodgings, parse_stay(words, today, month), guests, number, name)


def _names(knowledge: Knowledge, lodging_id: str) -> tuple[str, ...]:
    lodging = knowledge.lodging(lodging_id)
    return (lodging.name, f"el {lodging.name}", f"la {lodging.name}", f"the {lodging.name}") if lodging else ()


def lodgings_in(words: str, knowledge: Knowledge) -> tuple[str, ...]:
    """Ids of the lodgings that folded words name, misheard names included, in the order they are said."""
    words = re.sub(r"\bplaya de (?:la )?\w+|\b\w+ beach\b", " ", words)
    tokens = words.split()
    found: dict[str, int] = {}
    for lodging in knowledge.lodgings:
        places = [place[0] for name in (lodging.name, *lodging.also) if (place := _heard_at(tokens, fold(name)))]
        if places:
            found[lodging.id] = min(places)
    return tuple(sorted(found, key=found.__getitem__))


def named_rightly(words: str, knowledge: Knowledge) -> str:
    """Folded words with the lodgings' misheard names put right: "la vigia malbarrosa" → "la villa malvarrosa"."""
    tokens = words.split()
    for lodging in knowledge.lodgings:
        names = sorted((fold(name) for name in (lodging.name, *lodging.also)), key=len, reverse=True)
        for name in names:
            place = _heard_at(tokens, name)
            if place is not None:
                at, length = place
                tokens[at : at + length] = name.split()
                break
    return " ".join(tokens)


def _heard_at(tokens: list[str], name: str) -> tuple[int, int] | None:
    """Where `name` is among `tokens`: the first word's index and how many words it takes."""
    wanted, size = sound(name), name.count(" ") + 1
    long = len(wanted) >= 7
    for length in {size, max(1, size - 1), size + 1} if long else {size}:
        for at in range(len(tokens) - length + 1):
            gram = sound(" ".join(tokens[at : at + length]))
            same = gram == wanted if length == size else gram.replace(" ", "") == wanted.replace(" ", "")
            if same or (long and length == size and gram[:1] == wanted[:1] and fuzz.ratio(gram, wanted) >= _MISHEARD):
                return at, length
    return None


def features_in(words: str, knowledge: Knowledge) -> Mapping[str, list[int]]:
    """Features that folded words name: numbers of a lodging's features, by lodging id."""
    found: dict[str, list[int]] = {}
    for lodging in knowledge.lodgings:
        named = [number for number in range(len(lodging.features)) if _names_feature(words, lodging, number)]
        if named:
            found[lodging.id] = named
    return found


def _names_feature(words: str, lodging: Lodging, number: int) -> bool:
    listed = [fold(word) for listed in lodging.features[number].words.values() for word in listed]
    return any(re.search(rf"\b{re.escape(word)}s?\b", words) for word in listed)
