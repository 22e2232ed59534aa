"""Takes a booking: dates, guests and a name, in any order, read back and confirmed, corrected or left."""

import re
from dataclasses import replace
from datetime import date, timedelta

from enterprise_stream.engines.retrieval.dates import Stay
from enterprise_stream.engines.retrieval.hear import Heard
from enterprise_stream.engines.retrieval.offers import Offers
from enterprise_stream.engines.retrieval.phrases import Phrases
from enterprise_stream.engines.retrieval.state import Booking
from enterprise_stream.thinking.knowledge import Knowledge
from enterprise_stream.thinking.knowledge.stays import smallest_for, total_price


def fill(booking: Booking, heard: Heard) -> Booking:
    """The booking with what the guest just said; what was said before stays unless it was said anew."""
    filled = booking
    if heard.lodgings:
        filled = replace(filled, lodging=heard.lodgings[-1] if _corrects(heard) else heard.lodgings[0])
    guests = heard.guests
    if guests is None and (booking.asked == "guests" or (booking.asked == "dates" and booking.guests is None)):
        guests = heard.number if not heard.stay else None
    if guests is not None:
        filled = replace(filled, guests=guests)
    if heard.name is not None:
        filled = replace(filled, name=heard.name)
    return _fill_dates(filled, heard)


def _corrects(heard: Heard) -> bool:
    return re.match(r"(?:no|perdon|sorry|actually|mejor)\b", heard.words) is not None


def _fill_dates(booking: Booking, heard: Heard) -> Booking:
    stay = heard.stay
    if stay.arrival is not None and stay.departure is not None:
        return replace(booking, arrival=stay.arrival, departure=stay.departure, nights=None, month=None)
    if stay.departure is not None or (booking.asked == "departure" and stay.arrival is not None):
        last = stay.departure or stay.arrival
        if booking.arrival is None or (last is not None and booking.arrival < last):
            return replace(booking, departure=last, nights=None)
    elif stay.arrival is not None:
        nights = stay.nights or booking.nights or _length(booking)
        departure = stay.arrival + timedelta(days=nights) if nights else None
        return replace(booking, arrival=stay.arrival, departure=departure, nights=nights, month=None)
    if stay.nights is not None:
        moved = replace(booking, nights=stay.nights)
        if moved.arrival is not None:
            moved = replace(moved, departure=moved.arrival + timedelta(days=stay.nights))
        booking = moved
    if stay.month is not None:
        return _in_month(booking, stay.month)
    return booking


def _length(booking: Booking) -> int | None:
    if booking.arrival is None or booking.departure is None:
        return None
    return (booking.departure - booking.arrival).days


def _in_month(booking: Booking, month: int) -> Booking:
    """The same days in another month, when days are known; the year turns when that month is before the arrival's."""
    length = _length(booking)
    if booking.arrival is None or length is None:
        return replace(booking, month=month, arrival=None, departure=None)
    for year in (booking.arrival.year, booking.arrival.year + 1):
        try:
            arrival = date(year, month, booking.arrival.day)
        except ValueError:
            continue
        return replace(booking, arrival=arrival, departure=arrival + timedelta(days=length))
    return replace(booking, month=month, arrival=None, departure=None)


def not_past(booking: Booking, today: date) -> Booking:
    """The booking with dates that lie ahead."""
    if booking.arrival is None or booking.arrival >= today:
        return booking
    length = _length(booking)
    try:
        arrival = booking.arrival.replace(year=booking.arrival.year + 1)
    except ValueError:
        return replace(booking, arrival=None, departure=None)
    return replace(booking, arrival=arrival, departure=arrival + timedelta(days=length) if length else None)


class BookingTalk:
    """What is said while a booking is taken, in one language."""

    def __init__(self, knowledge: Knowledge, say: Phrases, offers: Offers) -> None:
        self._knowledge = knowledge
        self._say = say
        self._offers = offers

    def go_on(self, booking: Booking, opening: str = "") -> tuple[str, Booking]:
        """The next question, or the read-back once everything is known."""
        booking, notes = self._with_room(booking)
        if booking.complete:
            text, booking = self._read_back(booking)
            return _joined(notes or opening, text), booking
        question, asked = self._question(booking)
        return _joined(notes or opening, question), replace(booking, stage="collecting", asked=asked)

    def noted(self, opening: str, before: Booking, after: Booking) -> str:
        """An opening that names what was just understood, so that a misheard detail is noticed at once."""
        say = self._say
        if after.complete:
            return say(opening)
        details = []
        lodging = self._knowledge.lodging(after.lodging) if after.lodging and after.lodging != before.lodging else None
        if lodging is not None:
            details.append(lodging.name)
        if after.arrival is not None and after.departure is not None and after.departure != before.departure:
            details.append(self._offers.span(after.arrival, after.departure))
        elif after.arrival is not None and after.arrival != before.arrival:
            details.append(self._offers.since(after.arrival))
        if after.guests is not None and after.guests != before.guests:
            details.append(say.count(after.guests, "guest"))
        if after.name is not None and after.name != before.name:
            details.append(after.name)
        return f"{say(opening)[:-1]}: {say.listed(details)}." if details else say(opening)

    def confirm(self, booking: Booking) -> tuple[str, Booking]:
        """The guest agreed: note it and say when a person confirms it."""
        text = self._say("booked", who=booking.name or "")
        hours = self._knowledge.business.confirm_within_hours
        if hours is not None:
            text += " " + self._say("booked_confirm", hours=self._say.count(hours, "hour"))
        return text, replace(booking, stage="done", asked=None)

    def change(self, booking: Booking) -> tuple[str, Booking]:
        """The guest does not agree and says no more."""
        return self._say("ask_change"), replace(booking, stage="confirming", asked="change")

    def _with_room(self, booking: Booking) -> tuple[Booking, str]:
        """The booking with a lodging that holds its guests, and what to say about it."""
        if booking.guests is None or not self._knowledge.lodgings:
            return booking, ""
        lodging = self._knowledge.lodging(booking.lodging) if booking.lodging else None
        fitting = smallest_for(self._knowledge, booking.guests)
        if not fitting:
            offers = self._offers.room_for(booking.guests, Stay())
            return replace(booking, guests=None, lodging=None), offers
        if lodging is not None and lodging.guests >= booking.guests:
            return booking, ""
        small = ""
        if lodging is not None:
            small = (
                self._say("too_small", name=self._say.called(lodging), most=self._say.count(lodging.guests, "guest"))
                + " "
            )
        elif not booking.complete:
            return booking, ""
        proposal = self._say("propose", name=self._say.called(fitting[0]))
        return replace(booking, lodging=fitting[0].id), f"{small}{proposal}"

    def _question(self, booking: Booking) -> tuple[str, str]:
        say = self._say
        if booking.arrival is None and booking.departure is not None:
            return say("ask_arrival"), "dates"
        if booking.arrival is None:
            if booking.month is not None:
                return say("ask_days", month=say.month(booking.month)), "dates"
            both = booking.guests is None
            return say("ask_dates_guests" if both else "ask_dates"), "dates"
        if booking.departure is None:
            return say("ask_departure"), "departure"
        if booking.guests is None:
            return say("ask_guests"), "guests"
        return say("ask_name"), "name"

    def _read_back(self, booking: Booking) -> tuple[str, Booking]:
        say = self._say
        arrival, departure = booking.arrival, booking.departure
        if arrival is None or departure is None or booking.guests is None or booking.name is None:
            return self.go_on(booking)
        nights = (departure - arrival).days
        values = {
            "when": self._offers.span(arrival, departure),
            "nights": say.count(nights, "night"),
            "guests": say.count(booking.guests, "guest"),
            "who": booking.name,
        }
        lodging = self._knowledge.lodging(booking.lodging) if booking.lodging else None
        read = replace(booking, stage="confirming", asked=None, nights=None)
        if lodging is None:
            return say("read_back_bare", **values), read
        total = say.money(total_price(self._knowledge, lodging, arrival, nights))
        return say("read_back", name=lodging.name, total=total, **values), read


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)
