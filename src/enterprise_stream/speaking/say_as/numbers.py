"""Numbers as they are written in a locale, said as words."""

import re

from enterprise_stream.speaking.number_words import LARGEST, digits, english, english_year, spanish
from enterprise_stream.speaking.say_as.locale import Locale
from enterprise_stream.speaking.say_as.spanish import FEMININE_ENDS, MASCULINE_IN_A, NO_NOUN

THIN = "\u00a0\u202f\u2009"
"""Blanks that only ever stand inside a number or before its unit."""

DASH = r"\s?[-–—−]\s?"


_OTHER_WAY = {".": r"\d{1,3}(?:\.\d{3})+,\d{1,2}", ",": r"\d{1,3}(?:,\d{3})+\.\d{1,2}"}
"""By the mark before decimals: numbers with both marks, that can only be written the other way round."""

_SWAPPED = str.maketrans(",.", ".,")


def number_pattern(locale: Locale) -> str:
    """A number with thousands and decimals; blanks between thousands only where they are thin."""
    point = re.escape(locale.point)
    mark = re.escape("," if locale.point == "." else ".")
    grouped = rf"\d{{1,3}}(?:(?:{mark}\d{{3}}){{1,5}}|(?:[{THIN}]\d{{3}}){{1,5}})(?!\d)(?:{point}\d{{1,9}})?"
    return rf"(?:{_OTHER_WAY[locale.point]}(?!\d)|{grouped}|\d{{1,24}}(?:[.,]\d{{1,9}})?)"


def split_number(text: str, locale: Locale) -> tuple[str, str]:
    """Digits before and after the decimal mark; a mark that can only be the other one is taken as such."""
    text = re.sub(r"\s", "", text)
    if re.fullmatch(_OTHER_WAY[locale.point], text):
        text = text.translate(_SWAPPED)
    point, mark = locale.point, "," if locale.point == "." else "."
    if re.fullmatch(rf"\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+(?:{re.escape(point)}\d+)?", text):
        text = text.replace(mark, "")
    whole, _, fraction = text.replace(mark, point).partition(point)
    return whole, fraction


def say_number(text: str, locale: Locale, noun: str = "") -> str:
    """A number as written.

    Args:
        text: digits with marks.
        locale: how it is written and said.
        noun: what it counts, in lower case; empty when it counts nothing.
    """
    whole, fraction = split_number(text, locale)
    if not fraction:
        return _whole(whole, locale, noun, year=text == whole)
    said = _whole(whole, locale, "")
    word = "point" if locale.language == "en" else "coma" if locale.point == "," else "punto"
    by_digit = fraction[0] == "0" or len(fraction) > 2 or locale.language == "en"
    return f"{said} {word} {digits(fraction, locale.language) if by_digit else _whole(fraction, locale, '')}"


def _whole(text: str, locale: Locale, noun: str, *, year: bool = False) -> str:
    if (len(text) > 1 and text[0] == "0") or len(text) > len(str(LARGEST)):
        return digits(text, locale.language)
    if locale.language == "es":
        counts = noun.isalpha() and noun not in NO_NOUN
        return spanish(int(text), feminine=counts and feminine(noun), before_noun=counts)
    if year and not noun and re.fullmatch(r"(?:1[5-9]|20)\d\d", text):
        return english_year(int(text), hundred_and=locale.hundred_and)
    return english(int(text), hundred_and=locale.hundred_and)


def feminine(noun: str) -> bool:
    """Whether a Spanish noun is feminine, from its ending; exceptions are listed."""
    return noun not in MASCULINE_IN_A and noun.endswith(FEMININE_ENDS)
