"""Prices, room and features of the lodgings, worked out from the facts."""

from datetime import date, timedelta

from enterprise_stream.engines.retrieval.dates import Stay
from enterprise_stream.engines.retrieval.phrases import Phrases
from enterprise_stream.thinking.knowledge import Knowledge, Lodging
from enterprise_stream.thinking.knowledge.stays import night_price, season_of, smallest_for, total_price


class Offers:
    """Answers about the lodgings, in one language."""

    def __init__(self, knowledge: Knowledge, say: Phrases) -> None:
        self._knowledge = knowledge
        self._say = say

    def day(self, day: date) -> str:
        """A day as it is said: "3 de agosto", "August 3"."""
        month = self._say.month(day.month)
        return f"{day.day} de {month}" if self._say.language == "es" else f"{month} {day.day}"

    def since(self, day: date) -> str:
        """A first day as it is said: "desde el 3 de agosto", "from August 3"."""
        return f"desde el {self.day(day)}" if self._say.language == "es" else f"from {self.day(day)}"

    def span(self, arrival: date, departure: date) -> str:
        """Two days as they are said: "del 3 al 10 de agosto", "from August 3 to August 10"."""
        if self._say.language == "en":
            return f"from {self.day(arrival)} to {self.day(departure)}"
        first = str(arrival.day) if arrival.month == departure.month else self.day(arrival)
        return f"del {first} al {self.day(departure)}"

    def price(self, lodging: Lodging, stay: Stay) -> str:
        """What a lodging costs: a night, a night in a month, or a whole stay."""
        say, nights = self._say, stay.nights
        month = stay.arrival.month if stay.arrival else stay.month
        night = say.money(night_price(self._knowledge, lodging, month))
        if nights is None:
            if month is None:
                return say("a_night", name=say.called(lodging), price=night)
            return say("a_night_month", name=say.called(lodging), price=night, month=say.month(month))
        if stay.arrival is None:
            total = say.money(nights * night_price(self._knowledge, lodging, month))
            when = (
                ""
                if month is None
                else (f"en {say.month(month)}, " if say.language == "es" else f"in {say.month(month)}, ")
            )
            counted = say.count(nights, "night")
            return say("nights_total", name=lodging.name, nights=counted, total=total, price=night, when=when)
        total = say.money(total_price(self._knowledge, lodging, stay.arrival, nights))
        span = self.span(stay.arrival, stay.arrival + timedelta(days=nights))
        counted = say.count(nights, "night")
        return say("nights_total_mixed", name=lodging.name, nights=counted, total=total, when_last=f", {span}")

    def price_list(self, lodgings: list[Lodging], stay: Stay) -> str:
        """A night's price of several lodgings and the season if it is asked for, or what a whole stay costs."""
        say = self._say
        if stay.nights is not None:
            return self._total_list(lodgings, stay, stay.nights)
        month = stay.arrival.month if stay.arrival else stay.month
        head = say("per_night") if month is None else say("per_night_month", month=say.month(month))
        cheapest_first = sorted(lodgings, key=lambda lodging: lodging.price)
        items = [f"{each.name}, {say.money(night_price(self._knowledge, each, month))}" for each in cheapest_first]
        return f"{head} {'; '.join(items)}." + self._season(month)

    def _total_list(self, lodgings: list[Lodging], stay: Stay, nights: int) -> str:
        items = []
        for each in sorted(lodgings, key=lambda lodging: lodging.price):
            if stay.arrival is None:
                total = nights * night_price(self._knowledge, each, stay.month)
            else:
                total = total_price(self._knowledge, each, stay.arrival, nights)
            items.append(f"{each.name}, {self._say.money(total)}")
        return f"{self._say('for_nights', nights=self._say.count(nights, 'night'))} {'; '.join(items)}."

    def _season(self, month: int | None) -> str:
        season = season_of(self._knowledge, month)
        if season is None:
            return ""
        key = "season" if season.percent >= 0 else "season_less"
        percent = f"{abs(season.percent)} %"
        return " " + self._say(key, season=season.name.get(self._say.language, ""), percent=percent)

    def extreme(self, cheapest: bool, stay: Stay) -> str:
        """The cheapest or the dearest lodging."""
        pick = min if cheapest else max
        lodging = pick(self._knowledge.lodgings, key=lambda lodging: lodging.price)
        month = stay.arrival.month if stay.arrival else stay.month
        price = self._say.money(night_price(self._knowledge, lodging, month))
        return self._say("cheapest" if cheapest else "dearest", name=self._say.called(lodging), price=price)

    def room_for(self, guests: int, stay: Stay) -> str:
        """Which lodgings hold that many."""
        say = self._say
        fitting = smallest_for(self._knowledge, guests)
        if not fitting:
            biggest = max(self._knowledge.lodgings, key=lambda lodging: lodging.guests)
            most = say.count(biggest.guests, "guest")
            return say("too_many", guests=say.count(guests, "guest"), name=say.called(biggest), most=most)
        month = stay.arrival.month if stay.arrival else stay.month
        offers = [
            say("offer", lodging=say.called(each), price=say.money(night_price(self._knowledge, each, month)))
            for each in fitting
        ]
        return f"{say('for_guests', guests=say.count(guests, 'guest'))} {say.listed(offers, 'or')}."

    def fits(self, lodging: Lodging, guests: int, stay: Stay) -> str:
        """Whether a lodging holds that many, and what does otherwise."""
        key = "fits" if guests <= lodging.guests else "fits_not"
        text = self._say(key, name=self._say.called(lodging), guests=self._say.count(lodging.guests, "guest"))
        return text if guests <= lodging.guests else f"{text} {self.room_for(guests, stay)}"

    def describe(self, lodging: Lodging) -> str:
        """A lodging in one sentence."""
        say, spanish = self._say, self._say.language == "es"
        studio = "un estudio" if spanish else "a studio"
        rooms = say.count(lodging.bedrooms, "bedroom") if lodging.bedrooms else studio
        most = f"{'hasta' if spanish else 'up to'} {say.count(lodging.guests, 'guest')}"
        extras = [feature.text.get(say.language, "") for feature in lodging.features]
        having = f"{'con' if spanish else 'with'} {say.listed(extras)}, " if extras else ""
        price = say("offer", lodging="", price=say.money(lodging.price)).lstrip(" ,")
        return f"{lodging.name}: {rooms}, {most}, {having}{price}."

    def features(self, named: dict[str, list[int]], asked_for: Lodging | None) -> str:
        """Which lodging has what was asked for, and whether it is the one that was meant."""
        sentences = []
        if asked_for is not None and asked_for.id not in named:
            sentences.append(self._say("has_not", name=self._say.called(asked_for)))
        chosen = [asked_for.id] if asked_for is not None and asked_for.id in named else list(named)
        for lodging_id in chosen:
            lodging = self._knowledge.lodging(lodging_id)
            if lodging is not None:
                texts = [lodging.features[number].text.get(self._say.language, "") for number in named[lodging_id]]
                sentences.append(self._say("has", name=self._say.called(lodging), feature=self._say.listed(texts)))
        return " ".join(sentences)
