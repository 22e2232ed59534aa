"""Times of day, and from when to when."""

import re
from collections.abc import Iterator

from enterprise_stream.speaking.number_words import english, spanish
from enterprise_stream.speaking.say_as.locale import Locale
from enterprise_stream.speaking.say_as.numbers import DASH
from enterprise_stream.speaking.say_as.rule import Around, Match, Rule, group


class Clock:
    """Rules for times in a locale."""

    def __init__(self, locale: Locale) -> None:
        self._locale = locale
        self._spanish = locale.language == "es"

    def rules(self, *, after_article: bool) -> Iterator[Rule]:
        """Times that begin with a digit, or with the Spanish article before it, which the time then brings along."""
        if after_article and not self._spanish:
            return
        hour, minute = r"(?P<h{0}>\d{{1,2}})", r":(?P<m{0}>[0-5]\d)(?::[0-5]\d)?"
        first, second = (f"{hour}{minute}".format(index) for index in (1, 2))
        loose, loose_second = (f"{hour}(?:{minute})?".format(index) for index in (1, 2))
        half, half_second = (rf"(?:\s?(?P<half{index}>[ap]\.?\s?m\b\.?))" for index in (1, 2))
        hours, part, to = self._words_of_time()
        patterns = [
            rf"{loose}{half}?{to}{loose_second}{half_second}",
            rf"{loose}{half}",
            rf"{hour.format(1)}\.(?P<m1>[0-5]\d){half}",
            rf"{first}{hours}?{to}{second}{hours}?",
            rf"{first}{hours}?{part}",
        ]
        if after_article:
            patterns.append(rf"{hour.format(1)}{hours}")
        article = r"(?P<article>las?)\s+" if after_article else ""
        for pattern in patterns:
            yield Rule(re.compile(article + pattern, re.IGNORECASE), self._time)
        if self._spanish:
            point = r"\d{1,2})\.(?P<m"
            open_from, until = (rf"(?P<h{index}>{point}{index}>[0-5]\d)" for index in (1, 2))
            yield Rule(re.compile(rf"{article}{open_from}{hours}?{to}{until}{hours}?", re.IGNORECASE), self._opening)
            dotted = rf"{article}{hour.format(1)}(?P<mark>[.h])(?P<m1>[0-5]\d)(?:\s?h)?\b{part}"
            yield Rule(re.compile(dotted, re.IGNORECASE), self._dotted)
        else:
            yield Rule(re.compile(r"(?P<h1>\d{1,2})\s?o['’]clock", re.IGNORECASE), self._oclock)
        if after_article:
            yield Rule(re.compile(rf"{article}{hour.format(1)}(?![:.,]?\d)", re.IGNORECASE), self._hour)

    def _words_of_time(self) -> tuple[str, str, str]:
        """Patterns for the word "hours", for a part of the day, and for what stands between two times."""
        if self._spanish:
            part = r"(?:de|por) la (?:mañana|tarde|noche|madrugada)|del mediodía"
            to = r"(?:\s?[-–—−]\s?|\s+(?P<to>a|hasta)\s+)(?:las?\s+)?"
            return r"(?:\s?(?:horas|hrs|hs|h)\b\.?)", rf"(?P<part>\s+(?:{part}))?", to
        part = r"in the (?:morning|afternoon|evening)|at night"
        return r"(?:\s?(?:hours|hrs|h)\b\.?)", rf"(?P<part>\s+(?:{part}))?", rf"(?:{DASH}|\s+(?P<to>to|until|till)\s+)"

    def _dotted(self, match: Match, around: Around) -> str | None:
        """10.30 and 10h30: only where a time is meant, since 10.30 may be a number as well."""
        article = group(match, "article") or around.before in ("las", "la")
        if match["mark"] in "hH" and not article and int(match["h1"]) <= _LONGEST_DRIVE and around.before != "a":
            return self._lasts(int(match["h1"]), int(match["m1"]))
        meant = re.search(r"h\b|\dh", match[0], re.IGNORECASE) or article
        return self._time(match, around) if meant else None

    def _opening(self, match: Match, around: Around) -> str | None:
        """From 9.00 to 13.30: only where nothing that is counted follows, since they may be numbers as well."""
        opens = around.before in ("de", "desde", "entre") or group(match, "article") or re.search(r"\dh", match[0])
        return self._time(match, around) if opens and around.noun in _AFTER_OPENING else None

    def _lasts(self, hours: int, minutes: int) -> str:
        """How long something takes: 1h30."""
        said = "una hora" if hours == 1 else f"{spanish(hours, feminine=True)} horas"
        known = {0: "", 15: " y cuarto", 30: " y media", 45: " y tres cuartos"}
        return said + known.get(minutes, f" y {spanish(minutes, before_noun=True)} minutos")

    def _hour(self, match: Match, around: Around) -> str | None:
        """An hour alone: "las 8" before a noun counts things instead ("las 8 personas")."""
        hour = int(match["h1"])
        if hour > 24 or (around.after[:1].isalpha() and around.noun not in _AFTER_HOUR) or not hour >= 1:
            return None
        if (hour == 1) != (match["article"].lower() == "la"):
            return None
        return f"{match['article']} {spanish(hour, feminine=True)}"

    def _oclock(self, match: Match, around: Around) -> str | None:
        del around
        return f"{english(int(match['h1']))} o'clock"

    def _time(self, match: Match, around: Around) -> str | None:
        del around
        times = []
        for index in ("1", "2"):
            if (hour := group(match, f"h{index}")) is not None:
                half = group(match, f"half{index}") or group(match, "half2")
                times.append((_hour24(int(hour), half), int(group(match, f"m{index}") or 0)))
        if any(hour > 24 for hour, _ in times):
            return None
        article, part = group(match, "article"), group(match, "part")
        if len(times) == 1:
            return self._say(*times[0], part=part is None, article=article) + (f" {part.strip()}" if part else "")
        (first, second), to = times, group(match, "to") or ("a" if self._spanish else "to")
        same = self._part(first[0]) == self._part(second[0])
        return f"{self._say(*first, part=not same, article=article)} {to} {self._say(*second)}"

    def _say(self, hour: int, minute: int, *, part: bool = True, article: str | None = None) -> str:
        if not self._spanish:
            return self._english(hour, minute, part=part)
        shown = hour
        if minute == 45 and not self._locale.american:
            shown, minutes = hour + 1, " menos cuarto"
        else:
            minutes = {0: "", 15: " y cuarto", 30: " y media"}.get(minute, f" y {spanish(minute)}")
        name = spanish(shown % 12 or 12, feminine=True)
        the = "la" if shown % 12 == 1 else "las"
        the = the.capitalize() if article and article[0].isupper() else the
        return f"{the} {name}{minutes}{f' {self._part(hour, minute)}' if part else ''}"

    def _english(self, hour: int, minute: int, *, part: bool) -> str:
        if not minute and hour in (0, 12, 24) and part:
            return "noon" if hour == 12 else "midnight"
        said = english(hour % 12 or 12)
        if minute:
            said += f" {'oh ' if minute < 10 else ''}{english(minute)}"
        return f"{said} {self._part(hour)}" if part else said

    def _part(self, hour: int, minute: int = 0) -> str:
        """The part of the day; Spain's evening begins at nine, that of the Americas at seven."""
        if not self._spanish:
            return "A M" if hour % 24 < 12 else "P M"
        if hour == 12:
            if self._locale.american:
                return "de la tarde" if minute else "del día"
            return "del mediodía"
        if hour in (0, 24) or hour >= (19 if self._locale.american else 21):
            return "de la noche"
        if hour < 6:
            return "de la madrugada"
        return "de la mañana" if hour < 12 else "de la tarde"


_LONGEST_DRIVE = 4
"""Up to so many hours 1h30 is how long something takes, and no time of day, unless an article stands before it."""

_AFTER_OPENING = frozenset(("", "y", "h", "horas", "hrs", "todos", "los", "en", "salvo", "excepto", "o"))
_AFTER_HOUR = frozenset((
    "a", "al", "antes", "como", "cuando", "de", "del", "después", "el", "en", "es", "está", "hasta", "la", "las", "los",
    "más", "menos", "no", "o", "para", "pero", "por", "porque", "que", "se", "si", "sin", "u", "y", "ya",
    "aproximadamente",
))  # fmt: skip


def _hour24(hour: int, half: str | None) -> int:
    if not half or hour > 12:
        return hour
    return hour % 12 + (12 if half.lower().startswith("p") else 0)
