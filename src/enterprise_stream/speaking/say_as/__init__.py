"""How what is written with digits, signs and short forms is said, kind by kind.

Each rule matches at the start of a word and covers whole words; the first that applies is taken, so that the special
ones stand before the general ones. What no rule knows goes through `leftover`.
"""

from dataclasses import dataclass
from functools import lru_cache

from enterprise_stream.speaking.say_as.amounts import Amounts
from enterprise_stream.speaking.say_as.clock import Clock
from enterprise_stream.speaking.say_as.codes import Codes
from enterprise_stream.speaking.say_as.dates import Dates
from enterprise_stream.speaking.say_as.locale import Locale
from enterprise_stream.speaking.say_as.rule import Rule
from enterprise_stream.speaking.say_as.short import Short
from enterprise_stream.speaking.say_as.tables import Tables, tables
from enterprise_stream.speaking.say_as.web import Web


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a locale, in the order in which they are tried.

    Attributes:
        words: the words that they use.
        numeric: for what begins with a digit or a sign.
        verbal: for what begins with a letter.
        special: the words, in lower case, that some rule of `verbal` may begin with; any other word of letters, unless
            it is all capitals, is said as it is written.
    """

    words: Tables
    numeric: tuple[Rule, ...]
    verbal: tuple[Rule, ...]
    special: frozenset[str]


@lru_cache(maxsize=64)
def rules_of(locale: Locale) -> Rules | None:
    """The rules of a locale; None for a language that has none."""
    words = tables(locale.language)
    if words is None:
        return None
    web, dates, clock = Web(locale, words), Dates(locale, words), Clock(locale)
    codes, amounts, short = Codes(locale, words), Amounts(locale, words), Short(locale, words)
    numeric = (
        *web.rules(), *amounts.prices(), *amounts.fractions(), *dates.in_digits(), *clock.rules(after_article=False),
        *codes.phones(), *codes.rooms(), *codes.ordinals(), *amounts.counts(), *codes.in_words(), *short.rules(),
    )  # fmt: skip
    verbal = (
        *web.rules(), *clock.rules(after_article=True), *dates.in_words(), *codes.in_words(), *amounts.prices(),
        *short.rules(),
    )  # fmt: skip
    special = {
        *words.titles, *words.short, *words.respelt, *words.month_short, *words.weekday_short,
        *map(str.lower, words.months), *map(str.lower, words.units), "la", "las", "the", "no", "st",
        "dr", "ee", "uu", "bn",
    }  # fmt: skip
    return Rules(words, numeric, verbal, frozenset(special | {f"{word}." for word in special}))
