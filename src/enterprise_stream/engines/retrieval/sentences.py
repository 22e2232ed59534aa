"""What the embedded brain may say without knowing who asks: its fixed sentences, and what it says of each lodging."""

from collections.abc import Iterator, Mapping

from enterprise_stream.engines.retrieval.dates import Stay
from enterprise_stream.engines.retrieval.offers import Offers
from enterprise_stream.engines.retrieval.phrases import BUILT_IN, Phrases
from enterprise_stream.thinking.ahead import Phrase
from enterprise_stream.thinking.knowledge import Knowledge, Lodging
from enterprise_stream.thinking.ports import ResponseType

_TYPES: Mapping[str, ResponseType] = {
    "greeting": "welcome",
    "not_understood": "error",
    "not_understood_again": "error",
    "ask_office": "support",
    "broken_where": "support",
    "broken_sorry": "support",
}


def sentences(knowledge: Knowledge, language: str) -> Iterator[Phrase]:
    """Sentences of the embedded brain, the most frequent first; what is worked out for one guest is not among them."""
    say = Phrases(knowledge, language)
    if say.language != language:
        return
    for key in BUILT_IN:
        text = say(key)
        if "{" not in text:
            yield Phrase(text, language, _TYPES.get(key, "general"))
    yield from _of_the_office(knowledge, say)
    offers = Offers(knowledge, say)
    for lodging in knowledge.lodgings:
        for text in _of_lodging(knowledge, lodging, say, offers):
            yield Phrase(text, language, lodging.type)
    for text in _of_all(knowledge, offers):
        yield Phrase(text, language)


def _of_the_office(knowledge: Knowledge, say: Phrases) -> Iterator[Phrase]:
    business = knowledge.business
    if "office" in business.phones:
        text = f"{say('ask_office')} {say('office_phone', phone=business.phones['office'])}"
        if business.office_hours is not None:
            start, end = business.office_hours
            text += say("office_hours", start=start, end=end)
        yield Phrase(f"{text}.", say.language, "support")
    if "emergency" in business.phones:
        yield Phrase(say("call_emergency", phone=business.phones["emergency"]), say.language, "support")
    if business.confirm_within_hours is not None:
        yield Phrase(say("booked_confirm", hours=say.count(business.confirm_within_hours, "hour")), say.language)


def _of_lodging(knowledge: Knowledge, lodging: Lodging, say: Phrases, offers: Offers) -> Iterator[str]:
    name, most = say.called(lodging), say.count(lodging.guests, "guest")
    for month in (None, *range(1, 13)):
        yield offers.price(lodging, Stay(month=month))
    yield say("fits", name=name, guests=most)
    yield say("fits_not", name=name, guests=most)
    yield say("for_up_to", name=name, guests=most)
    yield say("broken_noted", lodging=name)
    yield say("propose", name=name)
    yield say("has_not", name=name)
    yield offers.describe(lodging)
    for number in range(len(lodging.features)):
        yield offers.features({lodging.id: [number]}, lodging)
    others = [each for each in knowledge.lodgings if each.guests >= lodging.guests]
    if others:
        yield offers.room_for(lodging.guests, Stay())


def _of_all(knowledge: Knowledge, offers: Offers) -> Iterator[str]:
    if not knowledge.lodgings:
        return
    yield offers.price_list(list(knowledge.lodgings), Stay())
    yield offers.extreme(True, Stay())
    yield offers.extreme(False, Stay())
    most = max(lodging.guests for lodging in knowledge.lodgings)
    for guests in range(1, most + 1):
        yield offers.room_for(guests, Stay())
