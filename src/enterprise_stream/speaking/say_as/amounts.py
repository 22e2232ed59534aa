"""Counts, ranges, measures, prices, fractions."""

import re
from collections.abc import Iterator

from enterprise_stream.speaking.number_words import digits
from enterprise_stream.speaking.say_as import english, spanish
from enterprise_stream.speaking.say_as.locale import Locale
from enterprise_stream.speaking.say_as.numbers import DASH, THIN, number_pattern, say_number, split_number
from enterprise_stream.speaking.say_as.rule import Around, Match, Rule
from enterprise_stream.speaking.say_as.tables import Tables

MAX_COUNT_DIGITS = 6
"""A longer number without marks between its thousands is no count but a code, and is said digit by digit."""

POSTAL_DIGITS = 5

PER = (
    r"personas?|pers\.|pax|noche|día|semana|mes|hora|habitación|hab\.|estancia|reserva|"
    r"person|night|day|week|month|hour|room|guest|stay|booking"
)
"""What things are counted for: "2 toallas/persona", "4/hab."."""

_BEFORE_DATE = frozenset(("el", "del", "al", "día", "desde", "hasta", "on", "the", "until", "from"))
_OPEN_STAR = re.compile(r"(?<![\d*])\*(?![*\s])")
_QUOTES = "\"'”"
_OPEN_QUOTE = re.compile(r"(?:^|[\s(])[\"'“](?=\w)|[\"'“]$")


class Amounts:
    """Rules for what is counted, measured or paid in a locale."""

    def __init__(self, locale: Locale, words: Tables) -> None:
        self._locale = locale
        self._words = words

    def prices(self) -> Iterator[Rule]:
        """Amounts of money, ranges of them, and what they are per."""
        number = number_pattern(self._locale)
        spaced = rf"(?:\d{{1,3}}(?: \d{{3}}){{1,4}}(?!\d)(?:[.,]\d{{1,2}})?|{number})"
        signs = "|".join(re.escape(sign) for sign in sorted(self._words.signs, key=len, reverse=True))
        big = r"(?:\s?(?P<big>[MkK](?!\.N)(?=[\s€$£/.,;:!?)]|$)|mill(?:ón|ones|ion)\b|[bB]n\b))?"
        per = r"(?:\s?/\s?(?P<per>pers\.|[^\W\d_]{1,14}[²³]?)(?:\s?/\s?(?P<per2>pers\.|[^\W\d_]{1,14}[²³]?))?)?"
        code = r"(?:\s?(?P<code>MXN|USD|EUR|GBP|CAD|ARS|COP|CLP|M\.N\.)(?![^\W\d_]))?"
        sign = r"(?P<sign>[-−+])?\s?"
        before = (
            rf"{sign}(?P<before>{signs})\s?(?:(?P<low>{number})\s?(?:{signs})?{DASH}(?:{signs})?\s?)?(?P<high>{number})"
        )
        after = rf"{sign}(?:(?P<low>{spaced})\s?(?:{signs})?{DASH})?(?P<high>{spaced})"
        end = rf"{big}\s?(?P<after>{signs})(?![^\W\d_]){code}{per}"
        yield Rule(re.compile(rf"{before}{big}{code}{per}"), self._price)
        yield Rule(re.compile(rf"{after}{end}"), self._price)

    def fractions(self) -> Iterator[Rule]:
        """Half a bottle; before dates, which 1/2 may be as well."""
        part = r"(?:(?P<whole>\d{1,3})(?:\s?(?=[½¼¾])|\s(?=[123]/[234])))?(?P<part>[½¼¾]|[123]/[234])(?!/)"
        pattern = part + r"(?:\s(?:(?P<of>de|of(?!\san?\s))|of\san?|an?)(?=\s))?"
        yield Rule(re.compile(r"(?P<one>\d{1,2})/(?P<two>\d{1,2})"), self._one_or_the_other)
        if self._locale.language == "es":
            halved = "|".join(spanish.HALVED)
            more = rf"(?P<whole>\d{{1,3}})(?:\s?(?P<part>[½¼¾])|\s(?P<slash>1/2|1/4|3/4))\s?(?P<what>{halved})\b"
            yield Rule(re.compile(more), self._and_a_half)
        yield Rule(re.compile(pattern), self._fraction)

    def counts(self) -> Iterator[Rule]:
        """Measures, sizes, and any other number."""
        number = number_pattern(self._locale)
        span = rf"(?P<sign>[-−+±~<>≈≥≤])?\s?(?:(?P<low>{number})\s?(?:[%°]{DASH}|{DASH}))?(?P<high>{number})"
        units = "|".join(re.escape(unit) for unit in sorted(self._words.units, key=len, reverse=True))
        yield Rule(re.compile(rf"(?P<high>{number})(?:\s?[★⭐]\ufe0f?|(?P<plain>\*)(?!\*))"), self._stars)
        yield Rule(re.compile(rf"{span}/(?P<per>{PER})(?!\w)"), self._each)
        yield Rule(re.compile(r"(?P<one>\d{1,2}[.,]\d|\d{1,3})/(?P<two>5|10|20|100)(?![\d/])"), self._mark)
        by = r"\s?[x×]\s?"
        size = rf"(?P<one>{number}){by}(?P<two>{number})(?:{by}(?P<three>{number}))?"
        yield Rule(re.compile(rf"{size}(?:\s?(?P<unit>{units})(?![^\W\d_]))?"), self._size)
        per = rf"(?:/(?P<per>{PER})(?!\w))?"
        yield Rule(re.compile(rf"{span}[ {THIN}]?(?P<unit>{units})(?![^\W\d_]){per}(?:(?<=[a-z])\.)?"), self._measure)
        yield Rule(re.compile(rf"{span}(?:-(?P<joined>[^\W\d_]{{2,20}}(?:-[^\W\d_]{{2,20}})?))"), self._joined)
        own = r"(?P<own>['’]s)?" if self._locale.language == "en" else ""
        yield Rule(re.compile(span + own), self._count)

    def _price(self, match: Match, around: Around) -> str | None:
        del around
        groups = match.groupdict()
        coin = self._coin(groups.get("before") or groups["after"], groups["code"])
        low, high = groups["low"], groups["high"]
        many = self._words.coins[coin][1].split()[0]
        said = f"{self._whole(low, many)} {self._words.to} " if low else ""
        said += self._big(high, groups["big"], coin) if groups["big"] else self._amount(high, coin, alone=not low)
        if groups["sign"]:
            said = f"{self._words.plus if groups['sign'] == '+' else self._words.minus} {said}"
        return said + self._per(groups["per"], groups["per2"])

    def _coin(self, sign: str, code: str | None) -> str:
        if code:
            return "MXN" if code == "M.N." else code
        coin = self._words.signs[sign]
        return self._locale.dollar if coin == "$" else coin

    def _whole(self, text: str, noun: str) -> str:
        """An amount of which nobody says the decimals, or all as one number."""
        whole, fraction = self._split_price(text)
        return say_number(f"{whole}{self._locale.point}{fraction}" if fraction else whole, self._locale, noun)

    def _split_price(self, text: str) -> tuple[str, str]:
        """Money has two decimals at most, so that three digits after a mark are thousands whatever the mark."""
        if re.fullmatch(r"\d{1,3}[.,]\d{3}", text):
            return re.sub(r"\D", "", text), ""
        return split_number(text, self._locale)

    def _amount(self, text: str, coin: str, *, alone: bool) -> str:
        one, many, cents = self._words.coins[coin]
        whole, fraction = self._split_price(text)
        minor = int(fraction[:2].ljust(2, "0")) if fraction else 0
        minor_said = say_number(str(minor), self._locale, cents)
        name = one if whole == "1" and alone else many
        if minor and not int(whole) and alone:
            return f"{minor_said} {self._cents(coin) if minor == 1 else cents}"
        said = f"{say_number(whole, self._locale, one.split()[0].lower())} {name}"
        if not minor:
            return said
        return f"{said} con {minor_said}" if self._locale.language == "es" else f"{said} and {minor_said} {cents}"

    def _cents(self, coin: str) -> str:
        return self._words.coins[coin][2].removesuffix("es" if self._words.coins[coin][2] == "peniques" else "s")

    def _big(self, text: str, big: str, coin: str) -> str:
        many = self._words.coins[coin][1]
        said = say_number(text, self._locale, "millones")
        if self._locale.language == "en":
            return f"{said} {'thousand' if big in 'kK' else 'billion' if big in ('bn', 'Bn') else 'million'} {many}"
        if big in "kK":
            return f"{'' if said == 'un' else said + ' '}mil {many}"
        return f"{said} {'millón' if said == 'un' else 'millones'} de {many}"

    def _per(self, first: str | None, second: str | None) -> str:
        said = ""
        for word, joint in ((first, self._words.per), (second, self._words.per_and)):
            if word:
                said += f" {joint} {self._one(word)}"
        return said

    def _one(self, word: str) -> str:
        if word in self._words.units:
            return self._words.units[word][0]
        return self._words.short.get(word.lower(), word)

    def _span(self, match: Match, noun: str) -> str:
        low, high, sign = match["low"], match["high"], match["sign"]
        said = say_number(high, self._locale, noun)
        if low:
            said = f"{say_number(low, self._locale, noun)} {self._words.to} {said}"
        if not sign:
            return said
        spanish_signs = {"<": "menos de", ">": "más de", "~": "aproximadamente"}
        english_signs = {"<": "less than", ">": "more than", "~": "about"}
        signs = {**self._words.symbols, "-": self._words.minus, "−": self._words.minus}
        return f"{(signs | (spanish_signs if self._locale.language == 'es' else english_signs))[sign]} {said}"

    def _measure(self, match: Match, around: Around) -> str | None:
        unit = match["unit"]
        if unit in _QUOTES and _OPEN_QUOTE.search(around.earlier):
            return None
        one, many = self._words.units[unit]
        noun = "" if unit in "%‰" else one.split()[0].lower()
        said = f"{self._span(match, noun)} {one if match['high'] == '1' and not match['low'] else many}"
        return said + self._per(match["per"], None)

    def _each(self, match: Match, around: Around) -> str | None:
        """What every room, night or person has: "4/hab."."""
        del around
        return self._span(match, "") + self._per(match["per"], None)

    def _stars(self, match: Match, around: Around) -> str | None:
        """A house's category, "4*"; where an asterisk is open before it, this one closes it and is markup."""
        if match["plain"] and len(_OPEN_STAR.findall(around.earlier)) % 2:
            return None
        one, many = self._words.star
        joined = self._locale.language == "en" and bool(around.noun)  # "a four star hotel"
        said = say_number(match["high"], self._locale, many)
        return f"{said} {one if joined or match['high'] == '1' else many}"

    def _joined(self, match: Match, around: Around) -> str | None:
        """A number joined to a word: "3-bedroom", "5-star"."""
        del around
        joined = match["joined"]
        joined = self._words.units[joined][0] if joined in self._words.units else joined.replace("-", " ")
        return f"{self._span(match, 'things')} {joined}" if self._locale.language == "en" else None

    def _count(self, match: Match, around: Around) -> str | None:
        noun = around.noun
        text = match["high"]
        if match["low"] and len(text) == POSTAL_DIGITS and text.isdecimal() and around.after[:1].isupper():
            return None  # "Mayor, 1 - 46001 Valencia"
        if text.isdecimal() and len(text) > MAX_COUNT_DIGITS and not text.endswith("000") and not match["low"]:
            return digits(text, self._locale.language)
        if self._locale.language == "en":
            return self._span(match, noun if noun in english.COUNTED else "") + (match["own"] or "")
        named = around.before in self._words.labels or around.after[:1].isupper()
        return self._span(match, "" if named else noun)

    def _size(self, match: Match, around: Around) -> str | None:
        del around
        by = self._words.symbols["×"]
        if self._locale.language == "en" and match["two"] == "1" and not match["three"]:
            by = "for"
        sides = [say_number(match[name], self._locale) for name in ("one", "two", "three") if match[name]]
        return f" {by} ".join(sides) + (f" {self._words.units[match['unit']][1]}" if match["unit"] else "")

    def _one_or_the_other(self, match: Match, around: Around) -> str | None:
        """Three or four nights, "3/4 noches"."""
        stays = spanish.STAYS if self._locale.language == "es" else english.STAYS
        if around.noun not in stays or int(match["two"]) != int(match["one"]) + 1:
            return None
        first, second = (say_number(match[name], self._locale, around.noun) for name in ("one", "two"))
        return f"{first} {self._words.either} {second}"

    def _and_a_half(self, match: Match, around: Around) -> str | None:
        """An hour and a half, "1½ horas": Spanish says the half last."""
        del around
        one, many, is_feminine = spanish.HALVED[match["what"]]
        part = spanish.AFTER_WHOLE[match["part"] or match["slash"]]
        part = "media" if part == "medio" and is_feminine else part
        whole = say_number(match["whole"], self._locale, one)
        return f"{whole} {one if match['whole'] == '1' else many} y {part}"

    def _mark(self, match: Match, around: Around) -> str | None:
        """A mark out of the best there is, 4.5/5; whole numbers are dates before they get here."""
        del around
        of = "sobre" if self._locale.language == "es" else "out of"
        return f"{say_number(match['one'], self._locale)} {of} {say_number(match['two'], self._locale)}"

    def _fraction(self, match: Match, around: Around) -> str | None:
        part, whole, noun = match["part"], match["whole"], around.noun
        of = match["of"] is not None and bool(noun) and around.before not in _BEFORE_DATE
        if self._locale.language == "es":
            return self._spanish_fraction(part, whole, noun, of=of)
        if whole:
            said = english.AFTER_WHOLE.get(part)
            if said is None or (len(part) > 1 and not noun):
                return None
            return f"{say_number(whole, self._locale)} and {said}"
        if of:
            return english.FRACTIONS[part].removesuffix(" a").removesuffix(" of") + " of"
        if noun in english.FRACTION_ALONE:
            return english.FRACTIONS[part].removesuffix(" a").removesuffix(" of")
        if noun in english.FRACTION_AN:
            return f"{english.FRACTIONS[part]}n"
        return english.FRACTIONS[part] if noun in english.FRACTION_NOUNS else None

    def _spanish_fraction(self, part: str, whole: str | None, noun: str, *, of: bool) -> str | None:
        if whole:
            said = spanish.AFTER_WHOLE.get(part, "")
            if not said or (len(part) > 1 and not noun):
                return None
            said = "media" if said == "medio" and noun in ("hora", "horas") else said
            return f"{say_number(whole, self._locale, noun)} y {said}"
        if noun not in spanish.FRACTION_NOUNS and not of:
            return None
        is_feminine = noun in (
            "hora",
            "pensión",
            "botella",
            "taza",
            "ración",
            "jornada",
            "docena",
            "semana",
            "tarifa",
            "h",
        )
        return spanish.FRACTIONS[part][is_feminine]
