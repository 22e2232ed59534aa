"""The words that the rules need, one set for each language."""

from collections.abc import Mapping
from dataclasses import dataclass

Forms = Mapping[str, tuple[str, str]]
"""A sign to its singular and plural."""


@dataclass(frozen=True, slots=True)
class Tables:
    """Words of one language.

    Attributes:
        to, minus, plus, per, per_and: small words; `per_and` joins a second "per".
        at, dot, dash, underscore, link: parts of addresses; `link` stands for one that cannot be said.
        either, both, times: between two forms of one word, two kinds of people, and what is multiplied.
        star: what a house has by its category, singular and plural.
        coins: currency code to singular, plural, and what its hundredths are called.
        signs: how a currency is written, to its code; a bare $ is the region's.
        units: see `Forms`.
        short: abbreviations and what they stand for; keys in lower case, with their full stop.
        titles: abbreviations that a word always follows.
        respelt: words that the voice would misread, spelt so that it says them.
        symbols: signs that stand between other things.
        months, weekdays: in order.
        month_short, weekday_short: their abbreviations, without a full stop, to their index.
        letters: names of letters, for what is spelled.
        spelled: capitals that are said letter by letter although they could be read as a word.
        domains: ends of web addresses that are not said as they are read.
        kings: names that a Roman number may follow as an ordinal; true where it is feminine.
        codes: words that a number is spelled digit by digit after.
        labels: words that name a thing by the number that follows, so that the number counts nothing.
    """

    to: str
    minus: str
    plus: str
    per: str
    per_and: str
    at: str
    dot: str
    dash: str
    underscore: str
    link: str
    either: str
    both: str
    times: str
    star: tuple[str, str]
    coins: Mapping[str, tuple[str, str, str]]
    signs: Mapping[str, str]
    units: Forms
    short: Mapping[str, str]
    titles: Mapping[str, str]
    respelt: Mapping[str, str]
    symbols: Mapping[str, str]
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    month_short: Mapping[str, int]
    weekday_short: Mapping[str, int]
    letters: Mapping[str, str]
    spelled: frozenset[str]
    domains: Mapping[str, str]
    kings: Mapping[str, bool]
    codes: frozenset[str]
    labels: frozenset[str]


SIGNS = {
    "€": "EUR", "EUR": "EUR", "US$": "USD", "USD": "USD", "U$S": "USD", "MX$": "MXN", "MXN": "MXN", "£": "GBP",
    "GBP": "GBP", "CHF": "CHF", "¥": "JPY", "ARS": "ARS", "COP": "COP", "CLP": "CLP", "CAD": "CAD",
    "$": "$",
}  # fmt: skip


def tables(language: str) -> Tables | None:
    """The words of a language; None for one that has no rules."""
    from enterprise_stream.speaking.say_as.english import ENGLISH
    from enterprise_stream.speaking.say_as.spanish import SPANISH

    return {"es": SPANISH, "en": ENGLISH}.get(language)
