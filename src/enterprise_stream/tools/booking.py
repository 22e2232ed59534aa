"""Requests for a booking: checked against the business's own rules, read back to the guest, kept once he has agreed."""

import difflib
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from enterprise_stream.clock import Clock
from enterprise_stream.errors import ToolError
from enterprise_stream.store import Store
from enterprise_stream.store.requests import Booking, keep
from enterprise_stream.thinking.knowledge import Knowledge, Lodging
from enterprise_stream.thinking.knowledge.stays import smallest_for, total_price
from enterprise_stream.thinking.ports import ToolSpec
from enterprise_stream.thinking.tool_ports import Caller, Tool
from enterprise_stream.tools.booking_words import read_back
from enterprise_stream.tools.implementation import Prepared

NAME = "request_booking"

MAX_NIGHTS = 366
"""Longest stay; anything longer was misheard."""

MAX_AHEAD_DAYS = 730
"""Furthest arrival: prices beyond two years are nobody's."""

REFERENCE_CHARS = 6
"""Of a request's id, said to the guest."""

_TEXTS = {
    "name": (120, "Name that the booking is for."),
    "arrival": (10, "First day, YYYY-MM-DD."),
    "departure": (10, "Last day, YYYY-MM-DD."),
    "apartment": (120, "Which one, by its name, if the guest wants one in particular."),
    "contact": (200, "Telephone or e-mail, if the guest has given one."),
    "notes": (500, "Anything else that the guest wants known."),
}


def _tool() -> Tool:
    texts: dict[str, dict[str, Any]] = {
        name: {"type": "string", "maxLength": most, "description": is_} for name, (most, is_) in _TEXTS.items()
    }
    for name in ("name", "arrival", "departure"):
        texts[name]["minLength"] = 1
    for name in ("arrival", "departure"):
        texts[name]["format"] = "date"
    guests = {"type": "integer", "minimum": 1, "maximum": 200, "description": "How many people come."}
    parameters = {
        "type": "object",
        "properties": {**texts, "guests": guests},
        "required": ["name", "arrival", "departure", "guests"],
        "additionalProperties": False,
    }
    description = (
        "Takes down a booking request. Call it as soon as name, both days and the number of guests are known; ask "
        "for what is missing. It says what the guest has to confirm; call it again, unchanged, once he says yes."
    )
    return Tool(ToolSpec(NAME, description, parameters), timeout_s=5.0, usual_ms=50.0)


TOOL = _tool()


class RequestBooking:
    """Takes down a booking that a person of the business then confirms.

    Args:
        store: where it is kept.
        knowledge: the business: its lodgings, how many they hold, its prices and seasons.
        clock: dates it, and says what is past.
        tell: called when there is something new to go out by webhook; None where nothing goes out.
    """

    def __init__(
        self, store: Store, knowledge: Callable[[], Knowledge], clock: Clock, tell: Callable[[], None] | None
    ) -> None:
        self._store = store
        self._knowledge = knowledge
        self._clock = clock
        self._tell = tell

    @property
    def tool(self) -> Tool:
        """What it is."""
        return TOOL

    async def prepare(self, arguments: Mapping[str, Any], caller: Caller) -> Prepared:
        """Check days, guests and lodging against the business's rules; the question reads it all back."""
        knowledge = self._knowledge()
        arrival, departure = self._days(arguments)
        guests = int(arguments["guests"])
        lodging = _lodging(knowledge, arguments.get("apartment", ""), guests)
        nights = (departure - arrival).days
        total = total_price(knowledge, lodging, arrival, nights) if lodging is not None else None
        booking = {
            "name": " ".join(arguments["name"].split()),
            "arrival": arrival.isoformat(),
            "departure": departure.isoformat(),
            "guests": guests,
            "apartment": lodging.id if lodging is not None else "",
            "contact": arguments.get("contact", "").strip(),
            "notes": arguments.get("notes", "").strip(),
            "total": total,
        }
        if not booking["name"]:
            raise ToolError("name: it is empty; ask the guest.", code="bad_arguments")
        return Prepared(booking, read_back(booking, knowledge, lodging, caller.language))

    async def run(self, arguments: Mapping[str, Any], request: str, caller: Caller) -> Mapping[str, Any]:
        """Keep it, once for each session and meaning."""
        booking = Booking(
            id=request,
            session=caller.owner,
            turn=caller.turn,
            at=round(self._clock.wall_ms()),
            language=caller.language,
            tenant=caller.tenant,
            name=arguments["name"],
            contact=arguments["contact"],
            arrival=arguments["arrival"],
            departure=arguments["departure"],
            guests=arguments["guests"],
            lodging=arguments["apartment"],
            total=arguments["total"],
            notes=arguments["notes"],
        )
        kept = await self._store.write(lambda connection: keep(connection, booking, tell=self._tell is not None))
        if kept == "too_many":
            raise ToolError("This guest has asked too often in this call.", code="tool_refused")
        if kept == "new" and self._tell is not None:
            self._tell()
        result: dict[str, Any] = {
            "status": "requested" if kept == "new" else "requested_before",
            "reference": request[:REFERENCE_CHARS].upper(),
            "message": "It is noted; a person of the business confirms it.",
        }
        hours = self._knowledge().business.confirm_within_hours
        return result if hours is None else result | {"confirmed_within_hours": hours}

    def _days(self, arguments: Mapping[str, Any]) -> tuple[date, date]:
        arrival, departure = (date.fromisoformat(arguments[name]) for name in ("arrival", "departure"))
        today = date.fromisoformat(self._clock.today())
        if arrival < today:
            raise _refused(f"arrival: {arrival} is past; today is {today}.")
        if arrival > today + timedelta(days=MAX_AHEAD_DAYS):
            raise _refused(f"arrival: {arrival} is more than two years ahead; a person has to see to that.")
        if departure <= arrival:
            raise _refused("departure: it must be after the arrival.")
        if (departure - arrival).days > MAX_NIGHTS:
            raise _refused(f"departure: a stay has {MAX_NIGHTS} nights at most.")
        return arrival, departure


def _lodging(knowledge: Knowledge, wanted: str, guests: int) -> Lodging | None:
    """The lodging that is meant, and that holds the guests; None where none in particular is wanted."""
    most = max((lodging.guests for lodging in knowledge.lodgings), default=guests)
    if guests > most:
        raise _refused(f"guests: the largest lodging holds {most}; a person has to see to more.")
    if not wanted.strip():
        return None
    names = {_plain(name): each for each in knowledge.lodgings for name in (each.id, each.name, *each.also)}
    lodging = names.get(_plain(wanted))
    if lodging is None:
        near = difflib.get_close_matches(_plain(wanted), names, n=1, cutoff=0.7)
        listed = ", ".join(each.name for each in knowledge.lodgings)
        meant = f" Perhaps {names[near[0]].name}?" if near else ""
        raise _refused(f"apartment: there is none of that name.{meant} There are: {listed}.")
    if lodging.guests < guests:
        fits = ", ".join(each.name for each in smallest_for(knowledge, guests))
        raise _refused(f"apartment: {lodging.name} holds {lodging.guests} at most; for {guests} there is: {fits}.")
    return lodging


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.casefold())
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).split())


def _refused(message: str) -> ToolError:
    return ToolError(message, code="tool_refused")
