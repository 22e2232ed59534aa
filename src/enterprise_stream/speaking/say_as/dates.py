"""Dates in digits and in words, days of the week, decades."""

import re
from collections.abc import Iterator

from enterprise_stream.speaking.number_words import english_ordinal, english_year, spanish
from enterprise_stream.speaking.say_as.locale import Locale
from enterprise_stream.speaking.say_as.numbers import DASH
from enterprise_stream.speaking.say_as.rule import Around, Match, Rule, group, says
from enterprise_stream.speaking.say_as.tables import Tables

_YEAR = r"(?P<year>\d{4}|\d{2})"
_TH = r"(?:st|nd|rd|th)?"
_ISO = r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"
_BESIDE_MONTH = frozenset(("a", "hasta", "to", "until", "in", "through"))
_DECADES = {
    "20": "twenties", "30": "thirties", "40": "forties", "50": "fifties", "60": "sixties", "70": "seventies",
    "80": "eighties", "90": "nineties",
}  # fmt: skip


class Dates:
    """Rules for dates in a locale."""

    def __init__(self, locale: Locale, words: Tables) -> None:
        self._locale = locale
        self._words = words
        self._spanish = locale.language == "es"
        shorts = sorted(words.month_short, key=len, reverse=True)
        self._short = "|".join(shorts if self._spanish else map(str.title, shorts))
        self._long = "|".join(words.months)

    def in_digits(self) -> Iterator[Rule]:
        """Dates that begin with a digit."""
        first, second = ("month", "day") if self._locale.month_first else ("day", "month")
        always = "las veinticuatro horas" if self._spanish else "twenty-four seven"
        yield Rule(re.compile(r"24/7"), says(always))
        yield Rule(re.compile(_ISO), self._digits)
        numbers = rf"(?P<{first}>\d{{1,2}})(?P<mark>[/.-])(?P<{second}>\d{{1,2}})(?P=mark){_YEAR}"
        yield Rule(re.compile(numbers), self._digits)
        yield Rule(re.compile(rf"(?P<{first}>\d{{1,2}})/(?P<{second}>\d{{1,2}})"), self._digits)
        if self._spanish:
            joint = r"(?:[\s/-](?:de\s)?)"
            short = rf"(?P<day>\d{{1,2}}){joint}(?P<short>{self._short})\b\.?(?:{joint}(?:del?\s)?(?P<year>\d{{4}}))?"
            yield Rule(re.compile(short, re.IGNORECASE), self._named)
            first_of = rf"(?P<day>1|1º|1\.º|1ro|1°)\s+de\s+(?P<name>{self._long})\b"
            yield Rule(re.compile(first_of, re.IGNORECASE), self._named)
        else:
            days = rf"(?P<day>\d{{1,2}}){_TH}(?:{DASH}(?P<last>\d{{1,2}}){_TH})?"
            named = rf"{days}[\s-]+(?:of\s+)?{self._name}(?:,?[\s-]+(?P<year>\d{{4}}))?"
            yield Rule(re.compile(named), self._named)
            yield Rule(re.compile(r"(?P<decade>(?:1[1-9]|20)?\d0)['’]?s"), self._decade)

    def in_words(self) -> Iterator[Rule]:
        """Dates and days that begin with a word."""
        flags = re.IGNORECASE if self._spanish else 0
        if not self._spanish:
            year = r"(?:,?\s+(?P<year>\d{4}))?"
            days = rf"(?P<day>\d{{1,2}}){_TH}(?:{DASH}(?P<last>\d{{1,2}}){_TH})?"
            yield Rule(re.compile(rf"{self._name}\s+{days}{year}(?!\d|:\d)"), self._named)
            yield Rule(re.compile(rf"[Tt]he\s+{days}\s+(?:of\s+)?{self._name}{year}"), self._named)
        yield Rule(re.compile(rf"(?P<alone>{self._short})\.?[\s-]+(?P<of>\d{{4}})", flags), self._month)
        yield Rule(re.compile(rf"(?P<alone>{self._short})\.", flags), self._month_alone)
        names = sorted(self._words.weekday_short, key=len, reverse=True)
        day = "|".join(names if self._spanish else map(str.title, names))
        joint = rf"(?:{DASH}|\s+{self._words.to}\s+)"
        yield Rule(re.compile(rf"(?P<from>{day})\.?{joint}(?P<until>{day})\b\.?", flags), self._days)
        yield Rule(re.compile(r"(?P<from>[^\W\d_]{2,4})\.", flags), self._weekday)
        if not self._spanish:
            yield Rule(re.compile(rf"(?P<from>{day})(?=,?\s+\d)"), self._weekday)

    @property
    def _name(self) -> str:
        return rf"(?:(?P<name>{self._long})|(?P<short>{self._short})\b\.?)"

    def _digits(self, match: Match, around: Around) -> str | None:
        del around
        day, month, year = int(match["day"]), int(match["month"]), group(match, "year")
        if self._locale.language == "en" and month > 12 >= day:
            day, month = month, day
        if not (1 <= day <= 31 and 1 <= month <= 12):
            return None
        return self._say(day, self._words.months[month - 1], year, month_first=self._locale.month_first)

    def _named(self, match: Match, around: Around) -> str | None:
        del around
        day, last = int(re.sub(r"\D", "", match["day"])), group(match, "last")
        if not 1 <= day <= 31 or int(last or 1) > 31:
            return None
        short = group(match, "short")
        name = self._words.months[self._words.month_short[short.lower()]] if short else match["name"]
        month_first = not match[0][0].isdigit() and not match[0].lower().startswith("the")
        return self._say(day, name, group(match, "year"), month_first=month_first, last=last)

    def _say(self, day: int, month: str, year: str | None, *, month_first: bool, last: str | None = None) -> str:
        number = int(year) + (2000 if len(year) == 2 else 0) if year else None
        if self._spanish:
            name = "primero" if day == 1 and self._locale.american else spanish(day)
            return f"{name} de {month}" + (f" de {spanish(number)}" if number is not None else "")
        said = english_ordinal(day) + (
            f" to {'' if month_first else 'the '}{english_ordinal(int(last))}" if last else ""
        )
        said = f"{month} {said}" if month_first else f"the {said} of {month}"
        if number is None:
            return said
        return f"{said}, {english_year(number, hundred_and=self._locale.hundred_and)}"

    def _month(self, match: Match, around: Around) -> str | None:
        del around
        name = self._words.months[self._words.month_short[match["alone"].lower()]]
        if self._spanish:
            return f"{name} de {spanish(int(match['of']))}"
        return f"{name} {english_year(int(match['of']), hundred_and=self._locale.hundred_and)}"

    def _month_alone(self, match: Match, around: Around) -> str | None:
        """Said beside the word of a range only ("de jun. a sept."), since "mar." is Tuesday, or the sea, too."""
        if around.after not in _BESIDE_MONTH and around.before not in _BESIDE_MONTH:
            return None
        return self._words.months[self._words.month_short[match["alone"].lower()]]

    def _days(self, match: Match, around: Around) -> str | None:
        first, last = (self._words.weekday_short[match[name].lower()] for name in ("from", "until"))
        if len(match["from"]) == 1 and not (match["from"].isupper() and match["until"].isupper()):
            return None
        to = self._words.to
        said = f"{self._words.weekdays[first]} {to} {self._words.weekdays[last]}"
        return f"de {said}" if self._spanish and around.before not in ("de", "desde") else said

    def _weekday(self, match: Match, around: Around) -> str | None:
        word = match["from"].lower()
        index = self._words.weekday_short.get(word)
        if index is None or (
            word in ("mar", "sun")
            and not (
                around.after[:1].isdigit() or around.after in ("y", "a", "-", "and", "to") or around.before == "and"
            )
        ):
            return None
        return self._words.weekdays[index]

    def _decade(self, match: Match, around: Around) -> str | None:
        del around
        text = match["decade"]
        if text[-2:] not in _DECADES:
            return f"{english_year(int(text))}s" if len(text) == 4 else None
        said = _DECADES[text[-2:]]
        return f"{english_year(int(text[:2]) * 100).removesuffix(' hundred')} {said}" if len(text) == 4 else said
