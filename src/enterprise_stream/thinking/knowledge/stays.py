"""What a stay costs and where it has room, worked out from the facts."""

from datetime import date, timedelta

from enterprise_stream.thinking.knowledge.model import Knowledge, Lodging, Season


def season_of(knowledge: Knowledge, month: int | None) -> Season | None:
    """The season that a month (1 to 12) falls in, if any."""
    return next((season for season in knowledge.seasons if month in season.months), None)


def night_price(knowledge: Knowledge, lodging: Lodging, month: int | None) -> int:
    """Price of one night in a month, rounded to whole units; the list price when no month is given."""
    season = season_of(knowledge, month)
    return lodging.price if season is None else round(lodging.price * (100 + season.percent) / 100)


def total_price(knowledge: Knowledge, lodging: Lodging, arrival: date, nights: int) -> int:
    """Price of a stay, each night at its own month's price."""
    days = (arrival + timedelta(days=night) for night in range(nights))
    return sum(night_price(knowledge, lodging, day.month) for day in days)


def smallest_for(knowledge: Knowledge, guests: int) -> list[Lodging]:
    """The lodgings of the smallest size that holds `guests`, cheapest first; empty when none does."""
    sizes = [lodging.guests for lodging in knowledge.lodgings if lodging.guests >= guests]
    fitting = [lodging for lodging in knowledge.lodgings if sizes and lodging.guests == min(sizes)]
    return sorted(fitting, key=lambda lodging: lodging.price)
