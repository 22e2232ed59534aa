"""Spoken dates and stays, in Spanish and English, from folded words with digits (see `text`)."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

_MONTHS = (
    ("enero", "january"), ("febrero", "february"), ("marzo", "march"), ("abril", "april"), ("mayo", "may"),
    ("junio", "june"), ("julio", "july"), ("agosto", "august"), ("septiembre", "september"), ("octubre", "october"),
    ("noviembre", "november"), ("diciembre", "december"),
)  # fmt: skip
_MONTH = {word: number for number, words in enumerate(_MONTHS, 1) for word in words} | {"setiembre": 9}
_DAYS = (
    ("lunes", "monday"), ("martes", "tuesday"), ("miercoles", "wednesday"), ("jueves", "thursday"),
    ("viernes", "friday"), ("sabado", "saturday"), ("domingo", "sunday"),
)  # fmt: skip
_DAY = {word: number for number, words in enumerate(_DAYS) for word in words}

MAX_NIGHTS = 366
"""Longest stay that is taken for one; anything longer was misheard."""

_MONTH_WORDS = "|".join(word for word in _MONTH if word != "may")
_NOT_A_DAY = (
    r"(?! ?(?:noches?|dias?|nights?|days?|personas?|people|guests?|adult\w*|of us|huespedes|semanas?|weeks?|"
    r"am|pm|euros?|habitacion\w*|bedrooms?|amigos|friends|meses|months?|horas?|hours?|[:/]|minut\w*|por|percent|tarde|manana))"
)
_POINT = re.compile(
    rf"(?P<slash>\b(?P<sd>\d{{1,2}})/(?P<sm>\d{{1,2}})(?:/(?P<sy>\d{{2,4}}))?)"
    rf"|(?P<dm>\b(?P<d1>\d{{1,2}}) (?:de |del |of )?(?:mes de )?(?P<m1>{_MONTH_WORDS}|may)\b)"
    rf"|(?P<md>\b(?P<m2>{_MONTH_WORDS}|may) (?:the )?(?P<d2>\d{{1,2}})\b{_NOT_A_DAY})"
    rf"|(?P<after>\bpasado manana\b|\bday after tomorrow\b)"
    rf"|(?P<tomorrow>(?<!la )(?<!esta )(?<!por la )\bmanana\b|\btomorrow\b)"
    rf"|(?P<today>\bhoy\b|\besta noche\b|\btoday\b|\btonight\b)"
    rf"|(?P<weekday>\b(?:{'|'.join(_DAY)})\b)"
    rf"|(?P<day>(?:(?<=\bel )|(?<=\bdel )|(?<=\bal )|(?<=\bdia )|(?<=\bthe )|(?<=\bfrom )|(?<= - )|(?<=\bto )|"
    rf"(?<=\bhasta )|(?<=\buntil ))(?P<d3>\d{{1,2}})\b{_NOT_A_DAY})"
)
_DURATIONS: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"\b(\d{1,3}|una|one|a|couple of|par de) (?:noches?|nights?)\b"), 1),
    (re.compile(r"\b(\d{1,3}|un|one|a|couple of|par de) (?:dias?|days?)\b(?! (?:antes|before))"), 1),
    (re.compile(r"\b(\d{1,2}|una|one|a|couple of|par de) (?:semanas?|weeks?)\b(?! del)"), 7),
)
_WEEKEND = re.compile(r"\b(?:fin de semana|finde|weekend)\b")
_NEXT = re.compile(r"\b(?:proxim[oa]|que viene|siguiente|next)\b")
_WEEK_OF = re.compile(r"\b(?:semana del|week of|week from)\b")
_NEXT_WEEK = re.compile(r"\b(?:semana que viene|(?:proxima|siguiente) semana|next week)\b")
_MAY = re.compile(
    r"(?:\b(?:in|of|to|from|for|until|till|early|late|mid|next|this|about|during|not) may\b)|^(?:and )?may$"
)


@dataclass(frozen=True, slots=True)
class Stay:
    """What a guest said about when; whatever was not said is None.

    Attributes:
        arrival, departure: days.
        nights: how long.
        month: 1 to 12, said without a day.
    """

    arrival: date | None = None
    departure: date | None = None
    nights: int | None = None
    month: int | None = None

    def __bool__(self) -> bool:
        return any(value is not None for value in (self.arrival, self.departure, self.nights, self.month))


@dataclass(frozen=True, slots=True)
class _Point:
    start: int
    end: int
    day: int | None = None
    month: int | None = None
    year: int | None = None
    exact: date | None = None


def parse_stay(words: str, today: date, month_hint: int | None = None) -> Stay:
    """Find the stay in folded words with digits.

    Args:
        words: what was said.
        today: days and months without a year are the next ones from here.
        month_hint: month of a day that comes without one, when the conversation has settled it.
    """
    points = [point for match in _POINT.finditer(words) if (point := _point(match, today)) is not None]
    nights = _nights(words)
    month = _bare_month(words, points)
    weekend = _WEEKEND.search(words)
    if weekend is not None and len(points) < 2:
        return _weekend(words, weekend, points, today, month or month_hint, nights)
    if not points:
        if _NEXT_WEEK.search(words):
            monday = today + timedelta(days=7 - today.weekday())
            return Stay(monday, monday + timedelta(days=nights or 7), nights or 7)
        return Stay(nights=nights, month=month)
    if nights is None and _WEEK_OF.search(words):
        nights = 7
    return _from_points(words, points, today, month or month_hint, nights)


def _point(match: re.Match[str], today: date) -> _Point | None:
    start, end = match.span()
    if match["slash"]:
        year = int(match["sy"]) if match["sy"] else None
        return _Point(start, end, int(match["sd"]), int(match["sm"]), year + 2000 if year and year < 100 else year)
    if match["dm"]:
        return _Point(start, end, int(match["d1"]), _MONTH[match["m1"]])
    if match["md"]:
        return _Point(start, end, int(match["d2"]), _MONTH[match["m2"]])
    if match["day"]:
        return _Point(start, end, int(match["d3"])) if 1 <= int(match["d3"]) <= 31 else None
    if match["weekday"]:
        ahead = (_DAY[match["weekday"]] - today.weekday()) % 7
        return _Point(start, end, exact=today + timedelta(days=ahead or 7))
    ahead = 2 if match["after"] else 1 if match["tomorrow"] else 0
    return _Point(start, end, exact=today + timedelta(days=ahead))


def _from_points(words: str, points: list[_Point], today: date, month: int | None, nights: int | None) -> Stay:
    known = next((point.month for point in points if point.month is not None), month)
    first = _resolve(points[0], today, points[0].month or known)
    if first is None:
        return Stay(nights=nights, month=known)
    if len(points) > 1:
        second = _resolve(points[1], first + timedelta(days=1), points[1].month or points[0].month)
        if second is not None and 0 < (second - first).days <= MAX_NIGHTS:
            return Stay(first, second, (second - first).days)
    if len(points) == 1 and re.search(r"\b(?:hasta|until|till)(?: el| the)? $", words[: points[0].start]):
        return Stay(departure=first)
    if nights is not None:
        return Stay(first, first + timedelta(days=nights), nights)
    return Stay(arrival=first)


def _resolve(point: _Point, not_before: date, month: int | None) -> date | None:
    """The first such day that is not before `not_before`; None when there is none, such as 31 February."""
    if point.exact is not None:
        late = (not_before - point.exact).days
        return point.exact + timedelta(days=-(-late // 7) * 7) if late > 0 else point.exact
    if point.day is None:
        return None
    year, number = point.year or not_before.year, month or not_before.month
    for _ in range(60):
        try:
            found = date(year, number, point.day)
        except ValueError:
            found = None
        if found is not None and (found >= not_before or point.year is not None):
            return found
        if point.year is not None or not 2000 <= year <= 9000:
            return None
        if month is not None:
            year += 1
        else:
            year, number = (year + 1, 1) if number == 12 else (year, number + 1)
    return None


def _nights(words: str) -> int | None:
    for pattern, factor in _DURATIONS:
        match = pattern.search(words)
        if match is not None:
            said = match[1]
            count = int(said) if said.isdigit() else 2 if said in ("couple of", "par de") else 1
            if 1 <= count * factor <= MAX_NIGHTS:
                return count * factor
    if re.search(r"\bfortnight\b", words):
        return 14
    return 15 if re.search(r"\bquincena\b", words) else None


def _bare_month(words: str, points: list[_Point]) -> int | None:
    spans = [(point.start, point.end) for point in points]
    for match in re.finditer(rf"\b(?:{_MONTH_WORDS})\b", words):
        if not any(start <= match.start() < end for start, end in spans):
            return _MONTH[match[0]]
    return 5 if _MAY.search(words) and not any(point.month == 5 for point in points) else None


def _weekend(
    words: str, match: re.Match[str], points: list[_Point], today: date, month: int | None, nights: int | None
) -> Stay:
    after = [point for point in points if point.start > match.end()]
    if after:
        near = _resolve(after[0], today, after[0].month or month)
        if near is None:
            return Stay(nights=nights or 2, month=month)
    elif re.search(r"\b(?:un|a|one|cada|every) (?:fin de semana|finde|weekend)\b", words):
        return Stay(nights=nights or 2, month=month)
    else:
        near = today + timedelta(days=7) if _NEXT.search(words) and today.weekday() in (4, 5) else today
    if near.weekday() == 6 and not after:
        near += timedelta(days=1)
    friday = near + timedelta(days=4 - near.weekday())
    arrival = max(friday, today)
    departure = arrival + timedelta(days=nights) if nights else friday + timedelta(days=2)
    return Stay(arrival, departure, (departure - arrival).days)


def merged(before: Stay, said: Stay) -> Stay:
    """What was said before, with what is said now in its place."""
    if not said:
        return before
    if said.arrival is not None:
        if said.nights is None and before.nights is not None:
            return replace(said, nights=before.nights, departure=None)
        return said
    if said.month is not None:
        return Stay(nights=said.nights or before.nights, month=said.month)
    if said.nights is not None:
        return replace(before, nights=said.nights, departure=None)
    return before
