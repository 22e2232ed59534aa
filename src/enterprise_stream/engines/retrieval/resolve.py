"""What one question asks for, and its answer from the facts."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from enterprise_stream.engines.retrieval import lexicon as lex
from enterprise_stream.engines.retrieval.dates import Stay, merged
from enterprise_stream.engines.retrieval.embedder import Vectors
from enterprise_stream.engines.retrieval.evidence import fact_of, near
from enterprise_stream.engines.retrieval.hear import Heard, features_in
from enterprise_stream.engines.retrieval.index import Index, Match, subject_of, without_diminutives
from enterprise_stream.engines.retrieval.offers import Offers
from enterprise_stream.engines.retrieval.phrases import Phrases
from enterprise_stream.engines.retrieval.state import DialogueState
from enterprise_stream.engines.retrieval.text import fold
from enterprise_stream.thinking.knowledge import Fact, Knowledge, Lodging
from enterprise_stream.thinking.knowledge.stays import night_price, smallest_for
from enterprise_stream.thinking.ports import ResponseType

_FOLLOW_UP = 0.5
_FACT_OVER_FEATURE = 0.6
LODGING_TOPICS = frozenset(("price", "capacity", "lodging", "feature", "luxury"))


@dataclass(frozen=True, slots=True)
class Finding:
    """An answer to one question.

    Attributes:
        intent: fact id, or "price", "capacity", "lodging", "feature".
        lodging: the lodging that it is about, if it is about one.
        stay: the dates that it is about.
        guests: how many it is about.
        by_word: a word gave its subject away, so that it was not only near in meaning.
    """

    intent: str
    text: str
    type: ResponseType = "general"
    lodging: str | None = None
    stay: Stay | None = None
    guests: int | None = None
    by_word: bool = False


class Resolver:
    """Answers single questions from one knowledge file, in one language."""

    def __init__(self, index: Index, say: Phrases, offers: Offers, embed: Callable[[str], Vectors]) -> None:
        self._index = index
        self._knowledge: Knowledge = index.knowledge
        self._say = say
        self._offers = offers
        self._embed = embed

    def resolve(self, heard: Heard, whole: Heard, state: DialogueState) -> Finding | None:
        """The answer to a question, or None when the facts do not hold one.

        Args:
            heard: the question.
            whole: the utterance that it is part of; tells what the question leaves out.
            state: the conversation; tells what both leave out.
        """
        vector = self._embed(heard.text)
        match = self._index.find(heard.text, vector)
        if self._is_broken(heard):
            return self.broken(heard.lodgings[0] if heard.lodgings else None)
        follow_up = self._follow_up(heard, state, match, vector)
        if follow_up is not None:
            return follow_up
        fact = fact_of(heard.words, match, self._index)
        if fact is not None and match is not None and match.word and self._beats_features(heard, match):
            return replace(self._tell(fact, heard), by_word=True)
        return (
            self._list(heard)
            or self._extreme(heard)
            or self._features(heard, whole, state)
            or self._price(heard, whole, state, match)
            or self._capacity(heard, whole, state, match)
            or self._lodging(heard, state)
            or (self._tell(fact, heard) if fact is not None else self._room(heard))
        )

    def price(self, heard: Heard) -> Finding | None:
        """What the named lodgings cost for the dates said, whatever else is asked."""
        named = [self._knowledge.lodging(each) for each in heard.lodgings]
        lodgings = [lodging for lodging in named if lodging is not None]
        return self._priced(lodgings, heard.guests, heard.stay, heard.stay, DialogueState()) if lodgings else None

    def broken(self, lodging_id: str | None) -> Finding | None:
        """Something is broken: sorry, and where; None when the business has no such fact."""
        fact = self._knowledge.fact("broken")
        if fact is None:
            return None
        text = self._knowledge.fill(fact.answer[self._say.language])
        if lodging_id is None and self._knowledge.lodgings:
            text = f"{text} {self._say('broken_where')}"
        return Finding("broken", text, fact.type, lodging_id, by_word=True)

    def _is_broken(self, heard: Heard) -> bool:
        return bool(lex.BROKEN.search(heard.words)) and not lex.BROKEN_NOT.search(heard.words)

    def _beats_features(self, heard: Heard, match: Match) -> bool:
        return match.score >= _FACT_OVER_FEATURE or not features_in(heard.words, self._knowledge)

    def _tell(self, fact: Fact, heard: Heard) -> Finding:
        text = self._knowledge.fill(fact.answer[self._say.language])
        total = self._fact_total(fact, heard)
        return Finding(fact.id, f"{text} {total}" if total else text, fact.type, guests=heard.guests)

    def _fact_total(self, fact: Fact, heard: Heard) -> str:
        if fact.price is None:
            return ""
        unit = {"day": "day", "person": "person", "stay": ""}[fact.price.per]
        count = heard.stay.nights if unit == "day" else (heard.guests or heard.number) if unit == "person" else None
        if count is None or count < 2:
            return ""
        total = self._say.money(count * fact.price.amount)
        return self._say("fact_total", count=self._say.count(count, unit), total=total)

    def _follow_up(self, heard: Heard, state: DialogueState, match: Match | None, vector: Vectors) -> Finding | None:
        fact = self._knowledge.fact(state.topic) if state.topic else None
        if fact is not None and self._same_again(fact, heard, match):
            return self._tell(fact, heard)
        if fact is None or heard.lodgings or (match is not None and match.word and match.fact != fact.id):
            return None
        short = len(heard.words.split()) <= 7
        total = self._fact_total(fact, heard)
        if total and short and not subject_of(heard.words, self._lodging_words()):
            return Finding(fact.id, total, fact.type, guests=heard.guests)
        if not short:
            return None
        number, score = self._index.follow_up(fact.id, vector)
        if number < 0 or score < _FOLLOW_UP or (match is not None and match.score > score + 0.1):
            return None
        return Finding(fact.id, self._knowledge.fill(fact.follow_ups[number].answer[self._say.language]), fact.type)

    def _same_again(self, fact: Fact, heard: Heard, match: Match | None) -> bool:
        """Whether the guest asks the same of a lodging ("¿y en el loft?"), or what a thing costs that has a price."""
        if fact.id in LODGING_TOPICS or len(heard.words.split()) > 6 or subject_of(heard.words, self._lodging_words()):
            return False
        if match is not None and match.word:
            return False
        priced = self._knowledge.currency in fact.answer[self._say.language] and not fact.follow_ups
        costs = lex.PRICE.search(heard.words) is not None
        if heard.lodgings:
            return bool(lex.FOLLOW_UP.search(heard.words)) and not costs
        return costs and priced and not heard.stay and heard.guests is None

    def _list(self, heard: Heard) -> Finding | None:
        """All lodgings, for a guest who asks which there are."""
        fact = self._knowledge.fact("lodgings")
        left = set(subject_of(heard.words, self._lodging_words())) - lex.ON_OFFER
        left -= set(fold(self._knowledge.business.place).split())
        specific = heard.guests or heard.stay or heard.lodgings or lex.PRICE.search(heard.words)
        if fact is None or left or specific or not lex.WHICH_PLACES.search(heard.words):
            return None
        return None if features_in(heard.words, self._knowledge) else self._tell(fact, heard)

    def _extreme(self, heard: Heard) -> Finding | None:
        if not self._knowledge.lodgings:
            return None
        for pattern, cheapest in ((lex.CHEAPEST, True), (lex.DEAREST, False)):
            if pattern.search(without_diminutives(heard.words)) and not heard.lodgings:
                return Finding("price", self._offers.extreme(cheapest, heard.stay))
        return None

    def _features(self, heard: Heard, whole: Heard, state: DialogueState) -> Finding | None:
        named = dict(features_in(heard.words, self._knowledge))
        if not named or lex.PRICE.search(heard.words):
            return None
        meant = self._meant(heard, whole, state)
        text = self._offers.features(named, meant)
        first = self._knowledge.lodging(next(iter(named)))
        lodging = meant if meant is not None and meant.id in named else first
        kind: ResponseType = lodging.type if lodging is not None else "general"
        return Finding("feature", text, kind, lodging.id if lodging else None)

    def _meant(self, heard: Heard, whole: Heard, state: DialogueState) -> Lodging | None:
        """The one lodging that the question is about."""
        for named in (heard.lodgings, whole.lodgings):
            if named:
                return self._knowledge.lodging(named[0])
        refers = len(heard.words.split()) <= 7 and not re.search(
            r"\b(?:algun\w*|any|cual\w*|which|todos|all|precios|prices|tarifas|rates|mas|apartamentos|apartments|flats|pisos)\b",
            heard.words,
        )
        recent = state.lodging if refers and state.topic in LODGING_TOPICS else None
        return self._knowledge.lodging(recent) if recent else None

    def _price(self, heard: Heard, whole: Heard, state: DialogueState, match: Match | None) -> Finding | None:
        is_near = match is not None and (heard.lodgings or heard.stay) and near(match.price, match)
        if not self._knowledge.lodgings or (subject_of(heard.words, self._lodging_words()) and not is_near):
            return None
        asks = lex.PRICE.search(heard.words) is not None or bool(is_near)
        goes_on = state.topic == "price" and bool(heard.stay or heard.lodgings or heard.guests)
        goes_on = goes_on or (state.topic in LODGING_TOPICS and bool(heard.stay and (state.lodging or heard.lodgings)))
        goes_on = goes_on or bool(heard.stay and lex.WANTS_PLACE.search(heard.words) and self._lodging_wanted(heard))
        if not asks and not (goes_on and len(heard.words.split()) <= 10):
            return None
        said = heard.stay or whole.stay
        stay = merged(state.stay, said) if state.topic == "price" and not (asks and heard.lodgings) else said
        named = [self._knowledge.lodging(each) for each in heard.lodgings or whole.lodgings]
        lodgings = [lodging for lodging in named if lodging is not None]
        guests = heard.guests or whole.guests
        if not lodgings and not guests:
            meant = self._meant(heard, whole, state)
            lodgings = [meant] if meant is not None else []
        return self._priced(lodgings, guests, stay, said, state)

    def _lodging_wanted(self, heard: Heard) -> bool:
        return bool(lex.PLACE.search(heard.words) or heard.lodgings)

    def _priced(
        self, lodgings: list[Lodging], guests: int | None, stay: Stay, said: Stay, state: DialogueState
    ) -> Finding | None:
        if not lodgings and guests:
            lodgings = smallest_for(self._knowledge, guests) if stay else []
            if not lodgings:
                fitting = smallest_for(self._knowledge, guests)
                only = fitting[0].id if len(fitting) == 1 else None
                return Finding("price", self._offers.room_for(guests, stay), "general", only, stay, guests)
        if not lodgings:
            lodgings = list(self._knowledge.lodgings)
        if len(lodgings) > 1:
            return Finding("price", self._offers.price_list(lodgings, stay), stay=stay, guests=guests)
        lodging = lodgings[0]
        text = self._offers.price(lodging, stay) + self._other_season(lodging, stay, said, state)
        if guests and guests > lodging.guests:
            text += " " + self._offers.fits(lodging, guests, stay)
        return Finding("price", text, lodging.type, lodging.id, stay, guests)

    def _other_season(self, lodging: Lodging, stay: Stay, said: Stay, state: DialogueState) -> str:
        """The list price too, when the month was only carried over from what was asked about another lodging."""
        if stay.month is None or said or lodging.id == state.lodging or stay.nights is not None:
            return ""
        if night_price(self._knowledge, lodging, stay.month) == lodging.price:
            return ""
        return " " + self._offers.price(lodging, Stay())

    def _capacity(self, heard: Heard, whole: Heard, state: DialogueState, match: Match | None) -> Finding | None:
        if not self._knowledge.lodgings:
            return None
        is_near = match is not None and heard.guests is not None and near(match.capacity, match)
        guests = heard.guests or whole.guests
        asks = lex.CAPACITY.search(heard.words) is not None
        if subject_of(heard.words, self._lodging_words()) and not asks and not is_near:
            return None
        meant = self._meant(heard, whole, state) if asks or heard.lodgings else None
        if meant is not None and (asks or heard.guests):
            text = self._offers.fits(meant, guests, heard.stay) if guests else self._up_to(meant)
            return Finding("capacity", text, meant.type, meant.id, guests=guests)
        if guests and (asks or is_near or lex.WANTS_PLACE.search(heard.words) or len(heard.words.split()) <= 5):
            return self._fitting(guests, heard.stay)
        return None

    def _room(self, heard: Heard) -> Finding | None:
        """Where so many fit, for a guest who says little more than how many they are."""
        if heard.guests is None or not self._knowledge.lodgings or ("?" in heard.text and not heard.lodgings):
            return None
        named = self._knowledge.lodging(heard.lodgings[0]) if heard.lodgings else None
        if named is not None:
            return Finding("capacity", self._offers.fits(named, heard.guests, heard.stay), named.type, named.id)
        if lex.QUESTION.search(heard.words):
            return None
        return self._fitting(heard.guests, heard.stay)

    def _fitting(self, guests: int, stay: Stay) -> Finding:
        """Where so many fit; it is what the talk is about from then on when there is one such place."""
        fitting = smallest_for(self._knowledge, guests)
        only = fitting[0].id if len(fitting) == 1 else None
        return Finding("capacity", self._offers.room_for(guests, stay), lodging=only, stay=stay, guests=guests)

    def _up_to(self, lodging: Lodging) -> str:
        return self._say("for_up_to", name=self._say.called(lodging), guests=self._say.count(lodging.guests, "guest"))

    def _lodging(self, heard: Heard, state: DialogueState) -> Finding | None:
        about = lex.BEDROOMS.search(heard.words) or lex.ABOUT.search(heard.words)
        bare = not subject_of(heard.words, self._lodging_words())
        meant = self._meant(heard, heard, state) if heard.lodgings or about else None
        if meant is None or not (bare or lex.BEDROOMS.search(heard.words)) or (heard.stay and not about):
            return None
        return Finding("lodging", self._offers.describe(meant), meant.type, meant.id)

    def _lodging_words(self) -> frozenset[str]:
        return self._index.lodging_words
