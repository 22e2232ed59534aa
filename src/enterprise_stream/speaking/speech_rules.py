"""How Spanish and English say what is written with digits and symbols.

Each rule matches at the start of a word and covers whole words; the first that applies is taken, so the special ones
stand before the general ones.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from enterprise_stream.speaking.number_words import (
    LARGEST,
    digits,
    english,
    english_ordinal,
    english_year,
    spanish,
    spanish_ordinal,
)
from enterprise_stream.speaking.speech_tables import (
    FEMININE_ENDS,
    MASCULINE_IN_A,
    MONEY,
    MONTHS,
    NO_NOUN,
    SHORT,
    SYMBOLS,
    UNITS,
    WORDS,
)

Match = re.Match[str]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a pattern says.

    Attributes:
        pattern: matched at the start of a word.
        say: from the match and the word that follows (empty before punctuation and at the end) to what is said; None
            when the rule does not apply after all.
    """

    pattern: re.Pattern[str]
    say: Callable[[Match, str], str | None]


LETTER_SYMBOLS = {"—": "—", "–": "—", "…": "…"}
"""What may stand alone: a pause."""

_DASH = r"\s?[-–—]\s?"
_NUMBER = {
    "es": r"(?:\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?)",
    "en": r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)",
}


def _number(text: str, language: str, following: str = "") -> str:
    """A number as written, thousands and decimals included, before the word `following`."""
    thousands, decimal = (".", ",") if language == "es" else (",", ".")
    if language == "es" and re.fullmatch(r"\d+\.(?!\d{3}$)\d+", text):
        text = text.replace(".", ",")
    whole, _, fraction = text.replace(thousands, "").partition(decimal)
    if (len(whole) > 1 and whole[0] == "0") or len(whole) > len(str(LARGEST)):
        said = digits(whole, language)
    elif language == "es":
        noun = following.strip("¿¡(\"'«*_.,;:!?)").lower()
        is_noun = noun.isalpha() and noun not in NO_NOUN and not fraction
        said = spanish(int(whole), feminine=is_noun and _feminine(noun), before_noun=is_noun)
    elif re.fullmatch(r"(?:1[5-9]|20)\d\d", text):
        said = english_year(int(text))
    else:
        said = english(int(whole))
    if not fraction:
        return said
    tail = digits(fraction, language) if fraction[0] == "0" or len(fraction) > 2 else _number(fraction, language)
    return f"{said} {WORDS[language]['point']} {tail}"


def _feminine(noun: str) -> bool:
    return noun not in MASCULINE_IN_A and noun.endswith(FEMININE_ENDS)


def _plain(language: str, match: Match, following: str) -> str:
    low, high, sign = match["low"], match["high"], match["sign"]
    said = _number(low or high, language, following)
    if low:
        said += f" {WORDS[language]['to']} {_number(high, language, following)}"
    return f"{WORDS[language]['minus']} {said}" if sign else said


def _measure(language: str, match: Match, _following: str) -> str:
    one, many = UNITS[language][match["unit"]]
    said = _plain(language, match, one)
    return f"{said} {one if match['high'] == '1' and not match['low'] else many}"


def _money(language: str, match: Match, _following: str) -> str:
    sign = match["before"] or match["after"]
    one, many, cents = MONEY[language][sign]
    low, high = match["low"], match["high"]
    whole, fraction = re.fullmatch(r"(.*?)(?:[.,](\d{1,2}))?", high).groups()  # type: ignore[union-attr]
    said = f"{_number(low, language, one)} {WORDS[language]['to']} " if low else ""
    minor = int((fraction or "0").ljust(2, "0"))
    cent_words = _number(str(minor), language, cents)
    if minor and whole == "0" and not low:
        said = f"{cent_words} {cents}"
    else:
        amount = re.sub(r"\D", "", whole)
        said += f"{_number(amount, language, one)} {one if amount == '1' and not low else many}"
        if minor:
            said += f" con {cent_words}" if language == "es" else f" and {cent_words} {cents}"
    return f"{said} {WORDS[language]['per']} {fallback(match['per'], language)}" if match["per"] else said


def _spanish_time(hour: int, minute: int, part: bool = True) -> str:
    name = spanish(hour % 12 or 12, feminine=True)
    said = f"{'la' if hour % 12 == 1 else 'las'} {name}"
    if minute:
        said += {15: " y cuarto", 30: " y media"}.get(minute, f" y {spanish(minute)}")
    return f"{said} {_spanish_part(hour)}" if part else said


def _spanish_part(hour: int) -> str:
    if hour == 12:
        return "del mediodía"
    if hour in (0, 24) or hour >= 21:
        return "de la noche"
    if hour < 6:
        return "de la madrugada"
    return "de la mañana" if hour < 12 else "de la tarde"


def _english_time(hour: int, minute: int, part: bool = True) -> str:
    if not minute and hour in (0, 12, 24) and part:
        return "noon" if hour == 12 else "midnight"
    said = english(hour % 12 or 12)
    if minute:
        said += f" {'oh ' if minute < 10 else ''}{english(minute)}"
    return f"{said} {_english_part(hour)}" if part else said


def _english_part(hour: int) -> str:
    return "A M" if hour % 24 < 12 else "P M"


_TIME = {"es": (_spanish_time, _spanish_part), "en": (_english_time, _english_part)}


def _time(language: str, match: Match, _following: str) -> str | None:
    times = []
    for hour_name, minute_name in (("h1", "m1"), ("h2", "m2")):
        if match[hour_name] is not None:
            times.append((int(match[hour_name]), int(match[minute_name] or 0)))
    half = (match["half"] or "").lower()[:1]
    if half:
        times = [(hour % 12 + (12 if half == "p" else 0), minute) for hour, minute in times]
    if any(hour > 24 or minute > 59 for hour, minute in times):
        return None
    say, part = _TIME[language]
    if len(times) == 1:
        return say(*times[0])
    same = part(times[0][0]) == part(times[1][0])
    return f"{say(*times[0], not same)} {WORDS[language]['to']} {say(*times[1])}"


def _date(language: str, match: Match, _following: str) -> str | None:
    groups = match.groupdict()
    day, month, year = int(groups["day"]), int(groups["month"]), groups.get("year")
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    return _say_date(language, day, MONTHS[language][month - 1], year)


def _named_date(language: str, match: Match, _following: str) -> str | None:
    day = int(match["day"])
    return _say_date(language, day, match["name"], match["year"]) if 1 <= day <= 31 else None


def _say_date(language: str, day: int, month: str, year: str | None) -> str:
    number = int(year) + (2000 if len(year) == 2 else 0) if year else None
    if language == "es":
        return f"{spanish(day)} de {month}" + (f" de {spanish(number)}" if number is not None else "")
    return f"{month} {english_ordinal(day)}" + (f", {english_year(number)}" if number is not None else "")


def _phone(language: str, match: Match, _following: str) -> str | None:
    text = match[0]
    if sum(character.isdigit() for character in text) < 9:
        return None
    groups: list[str] = []
    for run in re.findall(r"\d+", text):
        groups += [run] if len(run) <= 4 else re.findall(r"\d{3}(?!\d$)|\d+", run)
    said = ", ".join(digits(group, language) for group in groups)
    return f"{WORDS[language]['plus']} {said}" if text.startswith("+") else said


def _ordinal(language: str, match: Match, following: str) -> str:
    number = int(match["number"])
    if language == "en":
        return english_ordinal(number)
    return spanish_ordinal(
        number, feminine=match["mark"] in ("ª", "a"), before_noun=match["mark"] == "er" or following.isalpha()
    )


def _address(language: str, match: Match, _following: str) -> str:
    words = WORDS[language]
    said = match[0].replace("@", f" {words['at']} ").replace(".", f" {words['dot']} ")
    return fallback(said.replace("-", f" {words['dash']} ").replace("_", f" {words['under']} "), language)


def _site(language: str, match: Match, _following: str) -> str:
    bare = re.fullmatch(r"(?:https?://)?[^/]+/?", match[0])
    return WORDS[language]["site" if bare else "link"]


def _short(language: str, match: Match, _following: str) -> str | None:
    return SHORT[language].get(match[0].lower())


def _always(language: str, _match: Match, _following: str) -> str:
    return "las veinticuatro horas" if language == "es" else "twenty-four seven"


def _one_oclock(_language: str, match: Match, _following: str) -> str:
    return "la una" if match["hour"] == "1" else "las veintiuna"


def fallback(word: str, language: str) -> str:
    """A word that no rule knows: its digits as numbers, its symbols as words, its slashes as gaps."""
    if language in RULES:
        word = re.sub(r"(?<=[^\W\d])-(?=\d)|(?<=\d)-(?=[^\W\d])", " ", word)
        word = re.sub(r"\d+", lambda match: f" {_number(match[0], language)} ", word)
        for symbol, said in SYMBOLS[language].items():
            word = word.replace(symbol, f" {said} ")
    word = re.sub(r"(?<=\w)\s?/\s?(?=\w)", " ", word)
    return " ".join(re.sub(r"\s+(?=[.,;:!?…)»”])", "", word).split())


def _rules(language: str) -> tuple[Rule, ...]:
    number = _NUMBER[language]
    span = rf"(?:(?P<low>{number}){_DASH})?(?P<high>{number})"
    signed = rf"(?P<sign>[-−])?{span}"
    units = "|".join(re.escape(unit) for unit in sorted(UNITS[language], key=len, reverse=True))
    money = "|".join(re.escape(sign) for sign in MONEY[language])
    article = r"(?:las?\s+)?" if language == "es" else ""
    oclock = r"(?:\s?(?:h|hs|hrs|horas)\b\.?)?" if language == "es" else r"(?:\s?(?:h|hrs)\b\.?)?"
    to = rf"(?:{_DASH}|\s+a\s+(?:las?\s+)?)" if language == "es" else rf"(?:{_DASH}|\s+to\s+)"
    half = r"(?:\s?(?P<half>[ap]\.?\s?m\b\.?))"
    months = "|".join(MONTHS[language])
    table: list[tuple[str, Callable[..., str | None]]] = [
        (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", _address),
        (r"(?:https?://|www\.)[^\s]*[^\s.,;:!?)\]]", _site),
        (r"[\w-]+(?:\.[\w-]+)*\.(?:com|es|org|net|eu|io)(?:/[^\s]*[^\s.,;:!?)\]])?", _site),
        (r"24/7", _always),
        (r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", _date),
        (r"(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>\d{4}|\d{2}))?", _date),
        (r"\+?\d[\d\s-]{7,}\d", _phone),
        (rf"(?P<h1>\d{{1,2}})(?::(?P<m1>\d\d))?{to}(?P<h2>\d{{1,2}})(?::(?P<m2>\d\d))?{half}", _time),
        (rf"(?P<h1>\d{{1,2}})(?::(?P<m1>\d\d))?(?P<h2>(?!))?(?P<m2>(?!))?{half}", _time),
        (
            rf"{article}(?P<h1>\d{{1,2}}):(?P<m1>\d\d){to}(?P<h2>\d{{1,2}}):(?P<m2>\d\d)(?P<half>(?!))?{oclock}",
            _time,
        ),
        (rf"{article}(?P<h1>\d{{1,2}}):(?P<m1>\d\d)(?P<h2>(?!))?(?P<m2>(?!))?(?P<half>(?!))?{oclock}", _time),
        (rf"(?P<before>{money})\s?{span}(?P<after>(?!))?(?:/(?P<per>\w+))?", _money),
        (rf"(?P<before>(?!))?{span}\s?(?P<after>{money})(?:\s?/\s?(?P<per>\w+))?", _money),
        (rf"{signed}\s?(?P<unit>{units})", _measure),
    ]
    if language == "es":
        table += [(r"(?:la\s+(?P<hour>1)|las\s+21)(?![:.,]?\d)", _one_oclock)]
        table += [(r"(?P<number>\d{1,3})\.?(?P<mark>º|ª|er|o|a)", _ordinal)]
    else:
        table += [
            (r"(?P<number>\d{1,4})(?P<mark>st|nd|rd|th)(?!\s+(?:of\s+)?(?:" + months + "))", _ordinal),
            (rf"(?P<name>{months})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<year>\d{{4}}))?", _named_date),
            (rf"(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<name>{months})(?:\s+(?P<year>\d{{4}}))?",
             _named_date),
        ]  # fmt: skip
    table += [(signed, _plain), (r"\S+", _short), (r"[^\s]*[^\s,;:!?)]", _short)]
    return tuple(Rule(re.compile(pattern), partial(function, language)) for pattern, function in table)


RULES = {language: _rules(language) for language in ("es", "en")}
"""Rules in the order in which they are tried."""
