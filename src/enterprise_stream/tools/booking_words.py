"""How a booking is read back to the guest before it is taken down."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from enterprise_stream.calendar_names import MONTHS
from enterprise_stream.thinking.knowledge import Knowledge, Lodging

_UNITS = {
    "es": {"night": ("noche", "noches"), "guest": ("persona", "personas")},
    "en": {"night": ("night", "nights"), "guest": ("guest", "guests")},
}
_SENTENCES = {
    "es": ("Le leo la reserva: {what}, a nombre de {name}.", "Serían {total} en total.", "¿Es correcto?"),
    "en": ("Let me read it back: {what}, under the name {name}.", "That is {total} in total.", "Is that right?"),
}


def read_back(booking: Mapping[str, Any], knowledge: Knowledge, lodging: Lodging | None, language: str) -> str:
    """The question that the guest has to say yes to.

    Args:
        booking: as `request_booking` prepares it.
        knowledge: for the currency.
        lodging: the one that is wanted, or None.
        language: ISO 639-1 code; English where it is not known here.
    """
    language = language if language in _SENTENCES else "en"
    arrival, departure = (date.fromisoformat(booking[name]) for name in ("arrival", "departure"))
    parts = [
        *([lodging.name] if lodging is not None else []),
        _span(arrival, departure, language),
        _count((departure - arrival).days, "night", language),
        _count(booking["guests"], "guest", language),
    ]
    opening, price, question = _SENTENCES[language]
    told = [opening.format(what=", ".join(parts), name=booking["name"])]
    if booking["total"] is not None:
        told.append(price.format(total=f"{booking['total']} {knowledge.currency}"))
    return " ".join([*told, question])


def _span(arrival: date, departure: date, language: str) -> str:
    first, last = (_day(day, language) for day in (arrival, departure))
    year = departure.year if arrival.year != departure.year else None
    if language == "es":
        return f"del {first} al {last}" + (f" de {year}" if year else "")
    return f"from {first} to {last}" + (f", {year}" if year else "")


def _day(day: date, language: str) -> str:
    month = MONTHS[language][day.month - 1]
    return f"{day.day} de {month}" if language == "es" else f"{month} {day.day}"


def _count(number: int, unit: str, language: str) -> str:
    one, many = _UNITS[language][unit]
    return f"{number} {one if number == 1 else many}"
